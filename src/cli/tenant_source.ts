/** Where `checkstream tenants` and `keys` find the state: a running gateway's admin API, or the database itself while no gateway holds it. */
import { readConfig } from "../config/mod.ts";
import { maskSecrets } from "../config/mask.ts";
import { systemResolver } from "../net/addresses.ts";
import { compileTenant, openWorkshop } from "../tenants/build.ts";
import type { Json } from "../tenants/state/merge_patch.ts";
import { releaseAudit } from "../tenants/state/kept_audit.ts";
import { TenantState, unguarded } from "../tenants/state/service.ts";
import { KEY_SCOPES, type NewKey, type StoredTenant, TenantStore } from "../tenants/state/store.ts";

/** What the commands can do; answers are those of the admin API. */
export interface TenantSource extends AsyncDisposable {
  list(): Promise<readonly Row[]>;
  show(id: string): Promise<Row>;
  add(id: string, config: Json): Promise<Row>;
  update(id: string, patch: Json): Promise<Row>;
  remove(id: string): Promise<void>;
  keys(id: string): Promise<readonly Row[]>;
  createKey(id: string, key: NewKey): Promise<Row>;
  rotateKey(id: string, key: string, overlapS: number): Promise<Row>;
  revokeKey(id: string, key: string): Promise<void>;
}

export type Row = Readonly<Record<string, unknown>>;

/** The admin API at `url`; the admin key comes from `CHECKSTREAM_ADMIN_API_KEY`. */
export function overHttp(url: string): TenantSource {
  const key = Deno.env.get("CHECKSTREAM_ADMIN_API_KEY");
  const call = async (method: string, path: string, body?: unknown): Promise<Row> => {
    const answer = await fetch(`${url.replace(/\/+$/, "")}/admin/tenants${path}`, {
      method,
      headers: { "content-type": "application/json", ...(key !== undefined && { "x-checkstream-admin-key": key }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const parsed = text === "" ? {} : JSON.parse(text);
    if (!answer.ok) throw new Error(parsed.detail ?? `the gateway answered ${answer.status}`);
    return parsed;
  };
  const at = (id: string, key?: string) => `/${encodeURIComponent(id)}${key === undefined ? "" : `/keys/${encodeURIComponent(key)}`}`;
  return {
    list: async () => {
      const rows: Row[] = [];
      for (let cursor: string | null = ""; cursor !== null;) {
        const page = await call("GET", `?limit=1000&cursor=${encodeURIComponent(cursor)}`);
        rows.push(...page.tenants as Row[]);
        cursor = page.next_cursor as string | null;
      }
      return rows;
    },
    show: (id) => call("GET", at(id)),
    add: (id, config) => call("POST", "", { id, config }),
    update: (id, patch) => call("PATCH", at(id), patch),
    remove: async (id) => void await call("DELETE", at(id)),
    keys: async (id) => (await call("GET", `${at(id)}/keys`)).keys as Row[],
    createKey: (id, body) => call("POST", `${at(id)}/keys`, body),
    rotateKey: (id, key, overlap_s) => call("POST", `${at(id, key)}/rotate`, { overlap_s }),
    revokeKey: async (id, key) => void await call("DELETE", at(id, key)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

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
    compile: (merged) => void compileTenant(merged, openWorkshop(loaded, {})),
    reload: () => Promise.resolve(),
    resolve: systemResolver,
    releaseAudit: (tenant) => releaseAudit(tenant, env),
  });
  const author = { name: "command line", role: "admin" };
  const known = (id: string) => {
    const tenant = store.tenants.get(id);
    if (tenant === undefined) throw new Error(`There is no tenant "${id}" in the database`);
    return tenant;
  };
  const knownKey = (id: string, key: string) => {
    if (store.key(id, key) === undefined) throw new Error(`Tenant "${id}" has no key "${key}"`);
  };
  const shown = (tenant: StoredTenant): Row => ({ ...tenant, config: maskSecrets(tenant.config) });
  return {
    list: () => Promise.resolve([...store.tenants.values()].map(shown)),
    show: (id) => Promise.resolve(shown(known(id))),
    add: async (id, config) => shown((await state.create(id, config, author)).tenant),
    update: async (id, patch) => shown(await state.patch(id, patch, unguarded, author)),
    remove: async (id) => await state.remove(known(id).id, unguarded, author),
    keys: (id) => Promise.resolve(store.keysOf(id).map((key) => ({ ...key }))),
    createKey: async (id, key) => withSecret(await store.createKey(known(id).id, { ...key, scopes: key.scopes ?? KEY_SCOPES }, author)),
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

function withSecret({ key, secret }: { readonly key: Row | object; readonly secret: string }): Row {
  return { ...key, key: secret };
}
