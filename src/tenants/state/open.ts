/** Opens the tenant store as a gateway does at start. */
import { existsSync } from "node:fs";
import type { StoreConfig, StoredTenants } from "../../config/mod.ts";
import { tenant as tenantSchema, type TenantFile } from "../../config/schema.ts";
import { filePath } from "../../store/database.ts";
import { StoreError } from "../../store/errors.ts";
import type { Log } from "../../telemetry/log.ts";
import { type StoredTenant, TenantStore } from "./store.ts";

export interface OpenOptions {
  readonly store: StoreConfig;
  readonly pepper: string | undefined;
  readonly logRetentionDays: number;
  /** Told whether the store can be used. */
  readonly onUp: (up: boolean) => void;
  readonly log: Log;
}

/**
 * The store; undefined where there is none yet and none can be made (a read-only folder): the file's tenants are served all the same.
 * @throws {StoreError} when there is one that cannot be read, or a remote one that is down and was never seen: its tenants must not go
 * missing.
 */
export async function openTenantStore(
  { store: { url, authToken, copyFolder, sealingKey }, pepper, logRetentionDays, onUp, log }: OpenOptions,
): Promise<TenantStore | undefined> {
  try {
    const store = await TenantStore.open({
      url,
      authToken,
      copyFolder,
      sealingKey,
      pepper,
      logRetentionDays,
      now: Date.now,
      onFailure: (failure) => {
        onUp(failure === null);
        if (failure === null) log.info("the tenant store answers again");
        else log.error("the tenant store is down: the last known tenants and keys are served", { error: failure.message });
      },
      onCopyFailure: (error) => log.warn("the tenant store's copy on this disk cannot be kept", { error: error.message }),
    });
    onUp(store.connection.failure === null);
    return store;
  } catch (error) {
    const path = filePath(url);
    if (!(error instanceof StoreError) || path === null || existsSync(path)) throw error;
    log.warn("no tenant store: tenants cannot be changed while running", { error: error.message });
    return undefined;
  }
}

/** What was parsed of each stored tenant: one that did not change is not parsed again. */
const parsed = new WeakMap<StoredTenant, TenantFile | string>();

/** The stored tenants in the spelling of the file; one that this version of the program cannot read is told and left out. */
export function storedTenants(store: TenantStore | undefined, log: Log): StoredTenants {
  const tenants = new Map<string, TenantFile>();
  for (const tenant of store?.tenants.values() ?? []) {
    let file = parsed.get(tenant);
    if (file === undefined) {
      const { success, data, error } = tenantSchema.safeParse(tenant.config);
      parsed.set(tenant, file = success ? data : error.issues[0]?.message ?? "unreadable");
      if (!success) log.error("a stored tenant cannot be read and is not served", { tenant: tenant.id, error: String(file) });
    }
    if (typeof file !== "string") tenants.set(tenant.id, file);
  }
  return tenants;
}
