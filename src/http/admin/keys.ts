/** `/admin/tenants/{id}/keys`: gateway keys of tenants. A key is shown once, when it is made; its digest alone is kept. */
import { z } from "zod";
import { budget } from "../../config/budget.ts";
import { keyRateLimit } from "../../config/rate_limit.ts";
import { KEY_SCOPES, type StoredKey } from "../../tenants/state/store.ts";
import type { AppDeps } from "../deps.ts";
import { GatewayError, invalidRequest } from "../errors.ts";
import { type Operation, operation } from "./operation.ts";
import { count, cursor, named, nextCursor, time } from "./shapes.ts";
import { author, knownTenant, stateOf, told } from "./state_calls.ts";

/** Longest that a rotated key may go on; seconds. */
const MAX_OVERLAP_S = 30 * 86_400;

const scope = z.enum(KEY_SCOPES);
const newKey = named(
  "NewKey",
  z.strictObject({
    name: z.string().trim().min(1).max(200).describe("What it is for"),
    scopes: z.array(scope).min(1).max(10).default([...KEY_SCOPES])
      .describe("`proxy`: call the API; `tenant:read`: read the tenant's own `/admin/tenant-info`"),
    allowed_models: z.array(z.string().min(1).max(200)).min(1).max(1000).optional().describe(
      "Models it may ask for; those of its tenant by default",
    ),
    rate_limit: keyRateLimit.optional().describe("Its own, beside its tenant's"),
    budget: budget.optional().describe("Its own, beside its tenant's"),
    expires_at: z.iso.datetime({ offset: true }).refine(
      (text) => text >= "1970-01-02" && text < "9999-12-31",
      "expected a year from 1970 to 9999",
    )
      .optional().describe("When it stops, RFC 3339; never by default"),
    key: z.string().regex(/^[\x21-\x7e]{8,500}$/, "expected 8 to 500 visible characters").optional().describe(
      "A key that clients have already (of `api_key_map`, say), to take in instead of making one",
    ),
  }).describe("What a new key is made from"),
);
const rotation = named(
  "KeyRotation",
  z.strictObject({
    overlap_s: z.number().min(0).max(MAX_OVERLAP_S).default(0).describe("How long the old key goes on, seconds; 0 revokes it at once"),
  }),
);
const facts = {
  id: z.string(),
  prefix: z.string().describe("The key's first characters, to tell keys apart"),
  name: z.string(),
  scopes: z.array(scope),
  allowed_models: z.array(z.string()).nullable(),
  rate_limit: keyRateLimit.nullable().describe("Its own, beside its tenant's"),
  budget: budget.nullable().describe("Its own, beside its tenant's"),
  created_at: time,
  created_by: z.string().nullable(),
  expires_at: time.nullable(),
  revoked_at: time.nullable(),
  last_used_at: time.nullable().describe("Written within half a minute of the use"),
};
const keyShape = named("Key", z.strictObject(facts).describe("A key, by its prefix"));
const madeKey = named(
  "MadeKey",
  z.strictObject({ ...facts, key: z.string().describe("The key itself; it is never shown again") }).describe("A new key"),
);
const keyList = named("KeyPage", z.strictObject({ keys: z.array(keyShape).describe("Oldest first"), next_cursor: nextCursor }));

const about = { tag: "keys" } as const;
const id = z.string().min(1).describe("The tenant's id");
const key = z.string().min(1).describe("The key's id, `key_…`");

export const keyOperations: readonly Operation[] = [
  operation({
    ...about,
    id: "listKeys",
    method: "get",
    path: "/admin/tenants/{id}/keys",
    summary: "A tenant's keys, revoked ones too",
    access: "viewer",
    params: { id },
    query: { limit: count(1000, 1000, "Keys of a page, 1 to 1000"), cursor },
    errors: [503],
    answers: { 200: { description: "A page", json: keyList } },
    handle: ({ answer, params, query }, deps) => {
      const keys = stateOf(deps).store.keysOf(knownTenant(params.id, deps));
      const from = query.cursor === undefined ? 0 : keys.findIndex((key) => key.id === query.cursor) + 1;
      if (query.cursor !== undefined && from === 0) {
        throw invalidRequest(`"cursor" is none of this list's`, { code: "invalid_query", param: "cursor" });
      }
      const page = keys.slice(from, from + query.limit);
      return answer(200, { keys: page.map(shown), next_cursor: from + page.length < keys.length ? page.at(-1)!.id : null });
    },
  }),
  operation({
    ...about,
    id: "createKey",
    method: "post",
    path: "/admin/tenants/{id}/keys",
    summary: "Make a key",
    access: "admin",
    params: { id },
    body: newKey,
    errors: [409, 503],
    answers: {
      200: { description: "The tenant has the given key already", json: madeKey },
      201: { description: "Made, and works from now on", json: madeKey },
    },
    handle: async (call, deps) => {
      const id = knownTenant(call.params.id, deps);
      const { scopes, allowed_models, rate_limit, budget, expires_at, key: given, ...rest } = call.body;
      const wanted = {
        ...rest,
        scopes: KEY_SCOPES.filter((scope) => scopes.includes(scope)),
        ...(allowed_models !== undefined && { allowed_models }),
        ...(rate_limit !== undefined && { rate_limit }),
        ...(budget !== undefined && { budget }),
        ...(expires_at !== undefined && { expires_at: new Date(expires_at).toISOString() }),
      };
      const { store } = stateOf(deps);
      if (given !== undefined) {
        const { key, created } = await told(() => store.importKey(id, given, wanted, author(call)));
        return call.answer(created ? 201 : 200, { ...shown(key), key: given });
      }
      const made = await told(() => store.createKey(id, wanted, author(call)));
      return call.answer(201, { ...shown(made.key), key: made.secret });
    },
  }),
  operation({
    ...about,
    id: "rotateKey",
    method: "post",
    path: "/admin/tenants/{id}/keys/{key}/rotate",
    summary: "Make a new key like this one",
    access: "admin",
    params: { id, key },
    body: rotation,
    emptyBody: true,
    errors: [409, 503],
    answers: { 201: { description: "The new key; the old one goes on for the overlap", json: madeKey } },
    handle: async (call, deps) => {
      const { tenant, key } = keyOf(call.params, deps);
      const next = await told(() => stateOf(deps).store.rotateKey(tenant, key.id, call.body.overlap_s * 1000, author(call)));
      return call.answer(201, { ...shown(next.key), key: next.secret });
    },
  }),
  operation({
    ...about,
    id: "revokeKey",
    method: "delete",
    path: "/admin/tenants/{id}/keys/{key}",
    summary: "Revoke a key",
    description: "It stops at once. Revoking it again changes nothing.",
    access: "admin",
    params: { id, key },
    errors: [503],
    answers: { 204: { description: "Revoked", empty: true } },
    handle: async (call, deps) => {
      const { key } = keyOf(call.params, deps);
      if (key.revoked_at === null) await told(() => stateOf(deps).store.revokeKey(key.id, author(call)));
      return call.answer(204);
    },
  }),
];

function shown({ tenant: _, scopes, allowed_models, ...rest }: StoredKey): z.input<typeof keyShape> {
  return { ...rest, scopes: [...scopes], allowed_models: allowed_models === null ? null : [...allowed_models] };
}

function keyOf(named: { readonly id: string; readonly key: string }, deps: AppDeps): { tenant: string; key: StoredKey } {
  const tenant = knownTenant(named.id, deps);
  const key = stateOf(deps).store.key(tenant, named.key);
  if (key === undefined) throw new GatewayError(404, "invalid_request", "unknown_key", `Tenant "${tenant}" has no such key`);
  return { tenant, key };
}
