/** Tenant state in the database itself, while no gateway holds it. */
import { readConfig } from "../config/mod.ts";
import { maskSecrets } from "../config/mask.ts";
import { systemResolver } from "../net/addresses.ts";
import { SILENT } from "../telemetry/log.ts";
import { compileTenant, openWorkshop } from "../tenants/build.ts";
import { releaseAudit } from "../tenants/state/kept_audit.ts";
import { storedTenants } from "../tenants/state/open.ts";
import { TenantState, unguarded } from "../tenants/state/service.ts";
import { KEY_SCOPES, type MadeKey, type StoredTenant, TenantStore } from "../tenants/state/store.ts";
import type { Row, TenantSource } from "./tenant_source.ts";

/** The database that the configuration names. @throws {StoreHeldError} while a gateway runs on it. */
export async function onFile(config: string): Promise<TenantSource> {
  const env = (name: string) => Deno.env.get(name);
  const base = readConfig(config, env);
  const loaded = base.with(new Map());
  const { url, authToken, sealingKey } = loaded.config.store;
  const store = await TenantStore.open({ url, authToken, sealingKey, pepper: env("CHECKSTREAM_KEY_PEPPER"), now: Date.now, hold: "alone" });
  const state = new TenantState({
    store,
    load: (stored) => base.with(stored),
    reach: () => base.reach,
    compile: (merged) => void compileTenant(merged, openWorkshop(loaded, {})),
    reload: () => Promise.resolve(),
    resolve: systemResolver,
    releaseAudit: (tenant) => releaseAudit(tenant, env),
  });
  const author = { name: "command line", role: "admin" };
  const merged = () => base.with(storedTenants(store, SILENT)).config.configured;
  const known = (id: string) => {
    if (!merged().has(id) && !store.tenants.has(id)) throw new Error(`There is no tenant "${id}" in the database or in ${config}`);
    return id;
  };
  const knownKey = (id: string, key: string) => {
    if (store.key(id, key) === undefined) throw new Error(`Tenant "${id}" has no key "${key}"`);
  };
  return {
    list: () => {
      const all = merged();
      const ids = [...new Set([...all.keys(), ...store.tenants.keys()])].sort();
      return Promise.resolve(
        ids.map((id) => ({
          id,
          display_name: all.get(id)?.config.displayName,
          enabled: all.get(id)?.config.enabled,
          ...row(store.tenants.get(id)),
        })),
      );
    },
    show: (id) => {
      const found = merged().get(known(id));
      return Promise.resolve({
        id,
        ...row(store.tenants.get(id)),
        ...(found !== undefined && { effective: maskSecrets(found.values), origins: { ...found.origins } }),
      });
    },
    add: async (id, config) => row((await state.create(id, config, author)).tenant),
    update: async (id, patch) => row(await state.patch(known(id), patch, unguarded, author)),
    remove: async (id) => {
      if (store.tenants.get(known(id)) === undefined) throw new Error(`Tenant "${id}" stands in ${config}; remove it there`);
      await state.remove(id, unguarded, author);
    },
    keys: (id) => Promise.resolve(store.keysOf(known(id)).map((key) => ({ ...key }))),
    createKey: async (id, key) => withSecret(await store.createKey(known(id), key, author)),
    importKey: async (id, secret, name) => (await store.importKey(known(id), secret, { name, scopes: KEY_SCOPES }, author)).created,
    rotateKey: async (id, key, overlapS) => {
      knownKey(id, key);
      return withSecret(await store.rotateKey(id, key, overlapS * 1000, author));
    },
    revokeKey: async (id, key) => {
      knownKey(id, key);
      await store.revokeKey(key, author);
    },
    [Symbol.asyncDispose]: () => store.close(),
  };
}

/** A stored tenant as the admin API shows it. */
function row(tenant: StoredTenant | undefined): Row {
  return tenant === undefined ? {} : { ...tenant, config: maskSecrets(tenant.config) };
}

function withSecret({ key, secret }: MadeKey): Row {
  return { ...key, key: secret };
}
