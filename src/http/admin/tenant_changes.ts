/** `POST/PATCH/DELETE /admin/tenants…` and their keys: tenant state while running. */
import { type Context, Hono } from "hono";
import { z } from "zod";
import { maskSecrets } from "../../config/mask.ts";
import { InvalidTenantError, type TenantState } from "../../tenants/state/service.ts";
import { KEY_SCOPES, StaleVersionError, type StoredKey, type StoredTenant, TenantExistsError } from "../../tenants/state/store.ts";
import type { AppDeps, AppEnv } from "../deps.ts";
import { GatewayError, invalidRequest } from "../errors.ts";

/** Largest body of an admin call; bytes. */
const MAX_BODY_BYTES = 1 << 20;

const creation = z.strictObject({ id: z.string().max(200), config: z.record(z.string(), z.json()) });
const patch = z.record(z.string(), z.json());
const newKey = z.strictObject({
  name: z.string().trim().min(1).max(200),
  scopes: z.array(z.enum(KEY_SCOPES)).min(1).default([...KEY_SCOPES]),
  allowed_models: z.array(z.string().min(1)).min(1).optional(),
  expires_at: z.iso.datetime({ offset: true }).optional(),
});
const rotation = z.strictObject({ overlap_s: z.number().min(0).max(30 * 86_400).default(0) });

export function tenantChanges(deps: AppDeps): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .post("/", async (c) => {
      const { id, config } = await bodyOf(c, creation);
      const { tenant, created } = await told(() => state(deps).create(id, config, actor(c)));
      return answer(c, tenant, created ? 201 : 200);
    })
    .patch("/:id", async (c) => {
      const id = known(c, deps);
      const wanted = versionOf(c.req.header("if-match"));
      const changes = await bodyOf(c, patch);
      return answer(c, await told(() => state(deps).patch(id, changes, wanted, actor(c))), 200);
    })
    .delete("/:id", async (c) => {
      const id = known(c, deps);
      if (!state(deps).store.tenants.has(id)) {
        throw invalidRequest(`Tenant "${id}" stands in the configuration file; remove it there`, { status: 409, code: "tenant_in_file" });
      }
      await state(deps).remove(id, actor(c));
      return c.body(null, 204);
    })
    .get("/:id/keys", (c) => c.json({ keys: state(deps).store.keysOf(known(c, deps)).map(shown) }))
    .post("/:id/keys", async (c) => {
      const id = known(c, deps);
      const { allowed_models, expires_at, ...rest } = await bodyOf(c, newKey);
      const { key, secret } = await state(deps).store.createKey(id, {
        ...rest,
        ...(allowed_models !== undefined && { allowed_models }),
        ...(expires_at !== undefined && { expires_at: new Date(expires_at).toISOString() }),
      }, actor(c));
      return c.json({ ...shown(key), key: secret }, 201, { "cache-control": "no-store" });
    })
    .post("/:id/keys/:key/rotate", async (c) => {
      const { id, key } = keyOf(c, deps);
      const { overlap_s } = await bodyOf(c, rotation);
      const next = await state(deps).store.rotateKey(id, key.id, overlap_s * 1000, actor(c));
      return c.json({ ...shown(next.key), key: next.secret }, 201, { "cache-control": "no-store" });
    })
    .delete("/:id/keys/:key", async (c) => {
      const { key } = keyOf(c, deps);
      if (key.revoked_at === null) await state(deps).store.revokeKey(key.id, actor(c));
      return c.body(null, 204);
    });
}

/** A stored tenant as the API shows it. */
export function storedTenant({ id, config, version, created_at, updated_at }: StoredTenant): Record<string, unknown> {
  return { id, config: maskSecrets(config), version, created_at, updated_at };
}

/** The tag of a tenant's version (RFC 9110, section 8.8.3). An answer that is compressed on its way would get a weak one. */
export function tagHeaders({ version }: StoredTenant): Record<string, string> {
  return { etag: `"${version}"`, "cache-control": "no-cache, no-transform" };
}

function answer(c: Context<AppEnv>, tenant: StoredTenant, status: 200 | 201): Response {
  return c.json(storedTenant(tenant), status, tagHeaders(tenant));
}

function shown({ tenant: _, ...key }: StoredKey): Omit<StoredKey, "tenant"> {
  return key;
}

function state(deps: AppDeps): TenantState {
  if (deps.state !== undefined) return deps.state;
  throw new GatewayError(
    503,
    "internal_error",
    "no_tenant_store",
    "The tenant store could not be opened at start; see the log and store.url",
  );
}

function known(c: Context<AppEnv>, deps: AppDeps): string {
  const id = c.req.param("id")!;
  if (deps.registry.current.runtimes.has(id) || deps.state?.store.tenants.has(id) === true) return id;
  throw new GatewayError(404, "invalid_request", "unknown_tenant", `There is no tenant "${id.slice(0, 64)}"`);
}

function keyOf(c: Context<AppEnv>, deps: AppDeps): { id: string; key: StoredKey } {
  const id = known(c, deps);
  const key = state(deps).store.key(id, c.req.param("key")!);
  if (key === undefined) throw new GatewayError(404, "invalid_request", "unknown_key", `Tenant "${id}" has no such key`);
  return { id, key };
}

/** Who is asking, for the log of changes. */
function actor(c: Context<AppEnv>): string {
  return `admin from ${c.env.remoteAddress ?? "unknown"}`;
}

function versionOf(tag: string | undefined): number | undefined {
  if (tag === undefined || tag === "*") return undefined;
  const match = /^(?:W\/)?"(\d{1,15})"$/.exec(tag.trim());
  // A tag this API never gave out matches nothing.
  return match === null ? -1 : Number(match[1]);
}

async function bodyOf<T>(c: Context<AppEnv>, schema: z.ZodType<T>): Promise<T> {
  const bytes = new Uint8Array(await c.req.arrayBuffer());
  if (bytes.byteLength > MAX_BODY_BYTES) {
    throw invalidRequest(`The request body is larger than ${MAX_BODY_BYTES} bytes`, { status: 413, code: "request_too_large" });
  }
  let value: unknown;
  try {
    value = bytes.byteLength === 0 ? {} : JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw invalidRequest("The request body is not valid JSON");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw unprocessable(parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message })));
}

/** Says what a change was refused for in HTTP's words. */
async function told<T>(change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    if (error instanceof InvalidTenantError) throw unprocessable(error.problems);
    if (error instanceof TenantExistsError) throw invalidRequest(error.message, { status: 409, code: "tenant_exists" });
    if (error instanceof StaleVersionError) throw invalidRequest(`${error.message}; read it again`, { status: 412, code: "stale_version" });
    throw error;
  }
}

function unprocessable(errors: readonly { readonly path: string; readonly message: string }[]): GatewayError {
  return invalidRequest(errors.map(({ path, message }) => path === "" ? message : `${path}: ${message}`).join("; "), {
    status: 422,
    code: "invalid_tenant",
    errors,
  });
}
