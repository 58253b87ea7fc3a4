/** Tenant state through the admin API of a running gateway. */
import { KEY_SCOPES } from "../tenants/state/store.ts";
import type { Row, TenantSource } from "./tenant_source.ts";

/** The admin API at `url`; the admin key comes from `CHECKSTREAM_ADMIN_API_KEY`. */
export function overHttp(url: string): TenantSource {
  const key = Deno.env.get("CHECKSTREAM_ADMIN_API_KEY");
  const call = async (method: string, path: string, body?: unknown): Promise<{ status: number; row: Row }> => {
    const target = `${url.replace(/\/+$/, "")}/admin/tenants${path}`;
    let answer: Response;
    try {
      answer = await fetch(target, {
        method,
        headers: { "content-type": "application/json", ...(key !== undefined && { "x-checkstream-admin-key": key }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw new Error(`No gateway answers at ${url}; is it running, and is this its admin address?`, { cause: error });
    }
    const row = rowOf(await answer.text());
    if (!answer.ok) throw new Error(typeof row.detail === "string" ? row.detail : `the gateway answered ${answer.status}`);
    return { status: answer.status, row };
  };
  const row = async (method: string, path: string, body?: unknown) => (await call(method, path, body)).row;
  const all = async (path: string, name: string): Promise<readonly Row[]> => {
    const rows: Row[] = [];
    for (let cursor: unknown = undefined; cursor !== null;) {
      const page = await row("GET", `${path}?limit=1000${typeof cursor === "string" ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
      const found = page[name];
      if (!Array.isArray(found)) throw new Error(`What answers at ${url} is no CheckStream admin API`);
      rows.push(...found);
      cursor = page.next_cursor ?? null;
    }
    return rows;
  };
  const at = (id: string, key?: string) => `/${encodeURIComponent(id)}${key === undefined ? "" : `/keys/${encodeURIComponent(key)}`}`;
  return {
    list: () => all("", "tenants"),
    show: async (id) => {
      const [shown, { config: effective, origins }] = await Promise.all([row("GET", at(id)), row("GET", `${at(id)}/effective`)]);
      return { ...shown, effective, origins };
    },
    add: (id, config) => row("POST", "", { id, config }),
    update: (id, patch) => row("PATCH", at(id), patch),
    remove: async (id) => void await row("DELETE", at(id)),
    keys: (id) => all(`${at(id)}/keys`, "keys"),
    createKey: (id, body) => row("POST", `${at(id)}/keys`, body),
    importKey: async (id, key, name) => (await call("POST", `${at(id)}/keys`, { name, scopes: KEY_SCOPES, key })).status === 201,
    rotateKey: (id, key, overlap_s) => row("POST", `${at(id, key)}/rotate`, { overlap_s }),
    revokeKey: async (id, key) => void await row("DELETE", at(id, key)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function rowOf(text: string): Row {
  if (text === "") return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}
