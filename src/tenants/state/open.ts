/** Opens the tenant store as a gateway does at start. */
import { existsSync } from "node:fs";
import { filePath } from "../../store/database.ts";
import { StoreError } from "../../store/errors.ts";
import type { StoredTenants } from "../../config/mod.ts";
import { tenant as tenantSchema } from "../../config/schema.ts";
import type { Log } from "../../telemetry/log.ts";
import { TenantStore, type TenantStoreOptions } from "./store.ts";

/**
 * The store; undefined where there is none yet and none can be made (a read-only folder): the file's tenants are served all the same.
 * @throws {StoreError} when there is one that cannot be read: its tenants must not go missing.
 */
export async function openTenantStore(options: TenantStoreOptions, log: Log): Promise<TenantStore | undefined> {
  try {
    const store = await TenantStore.open({ ...options, share: true });
    if (store.shared) {
      log.warn("another process holds the tenant store: what it changes is seen at the next reload", { store: options.url });
    }
    return store;
  } catch (error) {
    const path = filePath(options.url);
    if (!(error instanceof StoreError) || path === null || existsSync(path)) throw error;
    log.warn("no tenant store: tenants cannot be changed while running", { error: error.message });
    return undefined;
  }
}

/** The stored tenants in the spelling of the file; one that this version of the program cannot read is told and left out. */
export function storedTenants(store: TenantStore | undefined, log: Log): StoredTenants {
  const tenants = new Map<string, ReturnType<typeof tenantSchema.parse>>();
  for (const { id, config } of store?.tenants.values() ?? []) {
    const parsed = tenantSchema.safeParse(config);
    if (parsed.success) tenants.set(id, parsed.data);
    else log.error("a stored tenant cannot be read and is not served", { tenant: id, error: parsed.error.issues[0]?.message ?? "" });
  }
  return tenants;
}
