/** `/admin/tenants`: who is served, with what; changed while running. */
import { z } from "zod";
import { configuredTenant } from "../../tenants/registry.ts";
import type { Json } from "../../tenants/state/merge_patch.ts";
import type { AppDeps } from "../deps.ts";
import { invalidRequest } from "../errors.ts";
import { requireRole } from "./access.ts";
import { type Operation, operation } from "./operation.ts";
import { author, checkTag, ETAG, IF_MATCH, knownTenant, stateOf, tagHeaders, told, unknownTenant } from "./state_calls.ts";
import { count, cursor, documentedAs, named, nextCursor } from "./shapes.ts";
import { configBody, masked, shownConfig, shownDeleted, shownTenant, tenantShape } from "./tenant_shapes.ts";

const newTenant = named(
  "NewTenant",
  z.strictObject({ id: z.string().max(200).describe("`[a-z0-9][a-z0-9._-]{0,62}`"), config: configBody }),
);
const tenantPatch = documentedAs(z.record(z.string(), z.custom<Json>()), "TenantPatch");
const tenantList = named(
  "TenantPage",
  z.strictObject({ tenants: z.array(tenantShape).describe("By id"), next_cursor: nextCursor }),
);
const effective = named(
  "EffectiveTenant",
  z.strictObject({
    id: z.string(),
    version: z.string().nullable().describe("Content hash of what serves it; null while it is not served"),
    enabled: z.boolean(),
    config: shownConfig.describe("Everything merged: database over file over global sections over defaults; secrets masked"),
    origins: z.record(z.string(), z.enum(["default", "global", "tenant", "database"])).describe(
      "Where each value comes from, by dotted path",
    ),
  }).describe("What a tenant is served with, and why"),
);
const restoration = named(
  "Restoration",
  z.strictObject({ keys: z.boolean().default(false).describe("Also bring back the keys that the deletion revoked") }),
);
const id = z.string().min(1).describe("The tenant's id");
const about = { tag: "tenants" } as const;

export const tenantOperations: readonly Operation[] = [
  operation({
    ...about,
    id: "listTenants",
    method: "get",
    path: "/admin/tenants",
    summary: "All tenants, of the file and of the database",
    access: "viewer",
    query: {
      state: z.enum(["present", "deleted"]).default("present").describe("`deleted`: those that can be restored"),
      limit: count(1000, 100, "Tenants of a page, 1 to 1000"),
      cursor,
    },
    errors: [503],
    answers: { 200: { description: "A page", json: tenantList } },
    handle: async ({ answer, query }, deps) => {
      const after = query.cursor ?? "";
      const { runtimes, common } = deps.registry.current;
      const stored = deps.state?.store.tenants;
      const all = query.state === "deleted"
        ? (await stateOf(deps).store.deleted()).map((tenant) => ({ id: tenant.id, shown: () => shownDeleted(tenant) }))
        : [...new Set([...runtimes.keys(), ...common.unserved.keys(), ...stored?.keys() ?? []])].sort()
          .map((id) => ({ id, shown: () => show(id, deps) }));
      const rest = all.filter(({ id }) => id > after);
      const page = rest.slice(0, query.limit);
      return answer(200, {
        tenants: page.map(({ shown }) => shown()),
        next_cursor: rest.length > page.length ? page.at(-1)!.id : null,
      });
    },
  }),
  operation({
    ...about,
    id: "createTenant",
    method: "post",
    path: "/admin/tenants",
    summary: "Make a tenant",
    description: "Sending the same again changes nothing and answers 200; another content for an id that is taken is a 409.",
    access: "operator",
    body: newTenant,
    errors: [409, 503],
    answers: {
      201: { description: "Made, and served from now on", json: tenantShape, headers: ETAG },
      200: { description: "The very same one was there", json: tenantShape, headers: ETAG },
    },
    handle: async (call, deps) => {
      const { id, config } = call.body;
      const { tenant, created } = await told(() => stateOf(deps).create(id, config, author(call)));
      return call.answer(created ? 201 : 200, show(tenant.id, deps), tagHeaders(tenant.version));
    },
  }),
  operation({
    ...about,
    id: "getTenant",
    method: "get",
    path: "/admin/tenants/{id}",
    summary: "One tenant",
    access: "viewer",
    params: { id },
    answers: { 200: { description: "The tenant", json: tenantShape, headers: ETAG } },
    handle: ({ answer, params }, deps) => {
      const tenant = show(params.id, deps);
      return answer(200, tenant, tagHeaders(tenant.version));
    },
  }),
  operation({
    ...about,
    id: "getEffectiveTenant",
    method: "get",
    path: "/admin/tenants/{id}/effective",
    summary: "What a tenant is served with, and where each value comes from",
    access: "viewer",
    params: { id },
    answers: { 200: { description: "Merged, with origins", json: effective } },
    handle: ({ answer, params: { id } }, { registry }) => {
      const merged = configuredTenant(registry.current, id);
      if (merged === undefined) throw unknownTenant(id);
      const { values, origins, config } = merged;
      return answer(200, {
        id,
        version: registry.current.runtimes.get(id)?.version ?? null,
        enabled: config.enabled,
        config: masked(values),
        origins: { ...origins },
      });
    },
  }),
  operation({
    ...about,
    id: "patchTenant",
    method: "patch",
    path: "/admin/tenants/{id}",
    summary: "Change a tenant",
    description:
      "A JSON merge patch of `config`. A tenant of the file keeps what the patch does not name. `enabled: false` switches a tenant off: " +
      "its requests get 403 `tenant_disabled`, its keys stay.",
    access: "operator",
    params: { id },
    headers: IF_MATCH,
    accepts: ["application/merge-patch+json", "application/json"],
    body: tenantPatch,
    errors: [412, 503],
    answers: { 200: { description: "Changed, and served from now on", json: tenantShape, headers: ETAG } },
    handle: async (call, deps) => {
      const id = knownTenant(call.params.id, deps);
      const state = stateOf(deps);
      const tenant = await told(() => state.patch(id, call.body, (current) => checkTag(call, id, current), author(call)));
      return call.answer(200, show(id, deps), tagHeaders(tenant.version));
    },
  }),
  operation({
    ...about,
    id: "deleteTenant",
    method: "delete",
    path: "/admin/tenants/{id}",
    summary: "Delete a tenant",
    description: "It and its keys stop at once. It can be restored until it is purged.",
    access: "operator",
    params: { id },
    headers: IF_MATCH,
    errors: [409, 412, 503],
    answers: { 204: { description: "Deleted", empty: true } },
    handle: async (call, deps) => {
      const id = knownTenant(call.params.id, deps);
      const state = stateOf(deps);
      if (!state.store.tenants.has(id)) {
        throw invalidRequest(`Tenant "${id}" stands in the configuration file; remove it there`, { status: 409, code: "tenant_in_file" });
      }
      await told(() => state.remove(id, (current) => checkTag(call, id, current), author(call)));
      return call.answer(204);
    },
  }),
  operation({
    ...about,
    id: "restoreTenant",
    method: "post",
    path: "/admin/tenants/{id}/restore",
    summary: "Bring a deleted tenant back",
    description: "Its keys stay revoked unless `keys` asks for those that the deletion revoked, which takes the role `admin`.",
    access: "operator",
    params: { id },
    body: restoration,
    emptyBody: true,
    errors: [503],
    answers: { 200: { description: "Back, and served from now on", json: tenantShape, headers: ETAG } },
    handle: async (call, deps) => {
      if (call.body.keys) requireRole(call.c, deps, "admin");
      const tenant = await told(() => stateOf(deps).restore(call.params.id, call.body.keys, author(call)));
      return call.answer(200, show(tenant.id, deps), tagHeaders(tenant.version));
    },
  }),
  operation({
    ...about,
    id: "purgeTenant",
    method: "post",
    path: "/admin/tenants/{id}/purge",
    summary: "Forget a deleted tenant for good",
    description:
      "Its configuration, keys and policies. While its audit trail has records within their retention, or is under legal hold, " +
      "that is a 409 which says until when.",
    access: "admin",
    params: { id },
    errors: [409, 503],
    answers: { 204: { description: "Forgotten", empty: true } },
    handle: async (call, deps) => {
      await told(() => stateOf(deps).purge(call.params.id, author(call)));
      return call.answer(204);
    },
  }),
];

function show(id: string, { registry, state }: AppDeps): z.input<typeof tenantShape> {
  const shown = shownTenant(id, state?.store.tenants.get(id), registry.current);
  if (shown === undefined) throw unknownTenant(id);
  return shown;
}
