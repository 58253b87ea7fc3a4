/** Whose audit trail is asked for: of a tenant that is served, or of one that is disabled or deleted and whose records are still kept. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { AuditError } from "../../audit/errors.ts";
import type { TrailLease } from "../../audit/trails.ts";
import type { AuditStore } from "../../audit/types.ts";
import type { TenantConfig } from "../../config/mod.ts";
import { configuredTenant } from "../../tenants/registry.ts";
import { NotDeletedError } from "../../tenants/state/store.ts";
import type { AppDeps } from "../deps.ts";
import { GatewayError, invalidRequest } from "../errors.ts";
import { unknownTenant } from "./state_calls.ts";

/** Reads from the trail of tenant `asked` and lets go of it. */
export async function readTrail<T>(asked: string | undefined, deps: AppDeps, work: (trail: AuditStore) => Promise<T>): Promise<T> {
  const { store, release } = await openAskedTrail(asked, deps);
  try {
    return await told(() => work(store));
  } finally {
    await release();
  }
}

/** The trail of tenant `asked`, or of the default one. The caller releases it. @throws {GatewayError} */
export async function openAskedTrail(asked: string | undefined, deps: AppDeps): Promise<TrailLease> {
  const { runtimes, directory } = deps.registry.current;
  const tenant = asked ?? directory.defaultTenant ?? (runtimes.size === 1 ? [...runtimes.keys()][0] : undefined);
  if (tenant === undefined) throw invalidRequest(`Say whose trail: ?tenant=ID`, { param: "tenant" });
  const trail = runtimes.get(tenant)?.trail;
  if (trail !== undefined) return { store: trail, release: () => Promise.resolve() };
  const config = configuredTenant(deps.registry.current, tenant)?.config ?? await deletedTenant(tenant, deps);
  if (!config.audit.enabled) {
    throw new GatewayError(404, "invalid_request", "audit_disabled", `Audit is switched off for tenant "${tenant}"`);
  }
  // Asking must not begin a trail.
  if (!existsSync(join(config.audit.path, "audit.db"))) {
    throw new GatewayError(404, "invalid_request", "no_audit_trail", `Tenant "${tenant}" has no audit trail`);
  }
  return await told(() => deps.openTrail(config, false));
}

async function deletedTenant(id: string, { state }: AppDeps): Promise<TenantConfig> {
  try {
    const config = await state?.deletedTenant(id);
    if (config !== undefined) return config;
  } catch (error) {
    if (!(error instanceof NotDeletedError)) throw error;
  }
  throw unknownTenant(id);
}

/** A trail's refusal in HTTP's words. */
export async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    if (error.code === "invalid") throw invalidRequest(error.message, { code: "invalid_query" });
    throw new GatewayError(503, "internal_error", "audit_unavailable", error.message, { cause: error });
  }
}
