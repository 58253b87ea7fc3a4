/** Whose trail the audit commands are about, and how it is kept. */
import { existsSync } from "node:fs";
import { AuditError } from "../audit/errors.ts";
import type { TrailSettings } from "../audit/settings.ts";
import { type Environment, type GatewayConfig, loadConfig } from "../config/mod.ts";
import { filePath } from "../store/database.ts";
import { SILENT } from "../telemetry/log.ts";
import { auditOptions } from "../tenants/audit_options.ts";
import { storedTenants } from "../tenants/state/open.ts";
import { TenantStore } from "../tenants/state/store.ts";

/** What the command line names. */
export interface Named {
  readonly config: string;
  readonly tenant?: string;
  /** The trail's folder, instead of a configuration. */
  readonly path?: string;
}

/** From the configuration and the tenants in its database, as the gateway has them. @throws {AuditError} for a tenant that is not configured. */
export async function trailSettings({ config: file, tenant: asked, path }: Named): Promise<TrailSettings> {
  const env = (name: string) => Deno.env.get(name);
  if (path !== undefined) {
    if (asked === undefined) throw new AuditError("invalid", "Say with --tenant whose trail the folder holds");
    return { tenant: asked, directory: path };
  }
  const { tenants, defaultTenant } = await configured(file, env);
  const id = asked ?? defaultTenant ?? (tenants.size === 1 ? [...tenants.keys()][0] : undefined);
  const tenant = id === undefined ? undefined : tenants.get(id);
  if (tenant === undefined) {
    throw new AuditError(
      "invalid",
      `${id === undefined ? "Say whose trail with --tenant" : `There is no tenant "${id}"`}; configured: ${
        [...tenants.keys()].join(", ")
      }; --path names the folder of one that is configured no longer`,
    );
  }
  return auditOptions(tenant.config, env);
}

async function configured(file: string, env: Environment): Promise<GatewayConfig> {
  const { config } = loadConfig(file, env);
  const { url, authToken, sealingKey } = config.store;
  const path = filePath(url);
  // Asking must not make an empty database.
  if (path !== null && !existsSync(path)) return config;
  const store = await TenantStore.open({ url, authToken, sealingKey, pepper: undefined, now: Date.now });
  try {
    return loadConfig(file, env, {}, storedTenants(store, SILENT)).config;
  } finally {
    await store.close();
  }
}
