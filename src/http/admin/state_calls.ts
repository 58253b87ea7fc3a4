/** What the calls on tenant state share: the state itself, whom a path names, tags, who is asking, and refusals in HTTP's words. */
import { configuredTenant } from "../../tenants/registry.ts";
import { AuditKeptError } from "../../tenants/state/kept_audit.ts";
import { NoSealingKeyError } from "../../tenants/state/sealing.ts";
import { InvalidTenantError, NoPolicyVersionError, type TenantState } from "../../tenants/state/service.ts";
import {
  type Author,
  KeyRevokedError,
  KeyTakenError,
  NotDeletedError,
  StaleVersionError,
  type StoredTenant,
  TenantDeletedError,
  TenantExistsError,
} from "../../tenants/state/store.ts";
import type { AppDeps } from "../deps.ts";
import { GatewayError, invalidRequest } from "../errors.ts";
import type { Asked } from "./operation.ts";
import { unprocessable } from "./reading.ts";

/** The state. @throws {GatewayError} 503 when its store could not be opened. */
export function stateOf({ state }: AppDeps): TenantState {
  if (state !== undefined) return state;
  throw new GatewayError(
    503,
    "internal_error",
    "no_tenant_store",
    "The tenant store could not be opened at start; see the log and store.url",
  );
}

/** `id`, when there is such a tenant, in the file or in the database. @throws {GatewayError} 404 */
export function knownTenant(id: string, { registry, state }: AppDeps): string {
  if (configuredTenant(registry.current, id) !== undefined || state?.store.tenants.has(id) === true) return id;
  throw unknownTenant(id);
}

export function unknownTenant(id: string): GatewayError {
  return new GatewayError(404, "invalid_request", "unknown_tenant", `There is no tenant "${id.slice(0, 64)}"`);
}

/** The tag of a tenant's version (RFC 9110, section 8.8.3). An answer that is compressed on its way would get a weak one. */
export function tagHeaders(version: number): Record<string, string> {
  return { etag: `"${version}"`, "cache-control": "no-cache, no-transform" };
}

/** What `ETag` says of answers that have one. */
export const ETAG = { ETag: "The tenant's version, for `If-Match`" };

/** What `If-Match` does for calls that read it. */
export const IF_MATCH = { "If-Match": "Do it only while the tenant has one of these tags; 412 otherwise" };

/** @throws {GatewayError} 412 when `If-Match` is given and names no tag that `tenant` has (RFC 9110, section 13.1.1). */
export function checkTag(
  { c }: Pick<Asked, "c">,
  id: string,
  tenant: Pick<StoredTenant, "version"> | undefined,
): void {
  const given = c.req.header("if-match");
  if (given === undefined || given.trim() === "*") return;
  const version = tenant?.version ?? 0;
  // A weak tag matches as well: some proxies weaken tags of what they compress, and the versions are the same bytes apart from that.
  if (given.split(",").some((tag) => tag.trim().replace(/^W\//, "") === `"${version}"`)) return;
  throw staleVersion(`Tenant "${id}" is at version ${version} by now`);
}

function staleVersion(message: string): GatewayError {
  return invalidRequest(`${message}; read it again`, { status: 412, code: "stale_version" });
}

/** Who is asking, for the log of changes. */
export function author({ caller, c, requestId }: Asked): Author {
  const address = c.env.remoteAddress;
  return { name: caller?.name ?? "nobody", role: caller?.role ?? "none", requestId, ...(address !== undefined && { address }) };
}

/** Makes a change, and says in HTTP's words what it was refused for. */
export async function told<T>(change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (error instanceof InvalidTenantError) throw unprocessable(error.problems, "invalid_tenant");
    if (error instanceof NoSealingKeyError) throw unprocessable([{ path: error.path, message: error.message }], "invalid_tenant");
    if (error instanceof TenantExistsError) throw invalidRequest(error.message, { status: 409, code: "tenant_exists" });
    if (error instanceof KeyTakenError) throw invalidRequest(error.message, { status: 409, code: "key_taken" });
    if (error instanceof StaleVersionError) throw staleVersion(error.message);
    if (error instanceof KeyRevokedError) throw invalidRequest(error.message, { status: 409, code: "key_revoked" });
    if (error instanceof TenantDeletedError) throw invalidRequest(error.message, { status: 404, code: "unknown_tenant" });
    if (error instanceof NotDeletedError) throw invalidRequest(error.message, { status: 404, code: "unknown_tenant" });
    if (error instanceof NoPolicyVersionError) throw invalidRequest(error.message, { status: 409, code: "no_policy_version" });
    if (error instanceof AuditKeptError) throw invalidRequest(error.message, { status: 409, code: "audit_kept" });
    throw error;
  }
}
