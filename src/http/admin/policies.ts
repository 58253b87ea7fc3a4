/** `/admin/tenants/{id}/policy`: the policies that a tenant had by the database, and the way back to one. */
import { z } from "zod";
import type { PolicyVersion } from "../../tenants/state/policy_versions.ts";
import { GatewayError } from "../errors.ts";
import { type Operation, operation } from "./operation.ts";
import { count, named, nextCursor, time } from "./shapes.ts";
import { author, checkTag, ETAG, IF_MATCH, knownTenant, stateOf, tagHeaders, told } from "./state_calls.ts";

const facts = {
  version: z.int().min(1).describe("1, 2, 3 … per tenant"),
  created_at: time,
  created_by: z.string().describe("Name of the key that made the change"),
  restored_from: z.int().nullable().describe("The version whose policy this one brought back"),
};
const source = z.union([
  z.strictObject({ path: z.string().describe("Policy file, relative to the configuration file") }),
  z.strictObject({ text: z.string().describe("The policy itself, as YAML") }),
]);
const versionShape = named("PolicyVersion", z.strictObject({ ...facts, policy: source }).describe("A policy that a tenant had"));
const versionList = named(
  "PolicyVersionPage",
  z.strictObject({
    versions: z.array(z.strictObject({ ...facts, policy: z.enum(["path", "text"]).describe("What kind it is") })).describe("Newest first"),
    next_cursor: nextCursor,
  }),
);
const rollback = named(
  "PolicyRollback",
  z.strictObject({ version: z.int().min(1).optional().describe("The version to bring back; the one before by default") }),
);

const id = z.string().min(1).describe("The tenant's id");
const number = z.string().regex(/^[1-9]\d{0,8}$/, "expected a version number");
const about = { tag: "policies" } as const;

export const policyOperations: readonly Operation[] = [
  operation({
    ...about,
    id: "listPolicyVersions",
    method: "get",
    path: "/admin/tenants/{id}/policy/versions",
    summary: "The policies that a tenant had by the database",
    description: "The newest hundred are kept. A policy that stands in the configuration file alone has no versions here.",
    access: "viewer",
    params: { id },
    query: {
      limit: count(100, 20, "Versions of a page, 1 to 100"),
      cursor: number.optional().describe("`next_cursor` of the page before"),
    },
    errors: [503],
    answers: { 200: { description: "A page", json: versionList } },
    handle: async ({ answer, params, query }, deps) => {
      const id = knownTenant(params.id, deps);
      const below = query.cursor === undefined ? undefined : Number(query.cursor);
      const found = await told(() => stateOf(deps).store.policyVersions(id, { limit: query.limit + 1, below }));
      const page = found.slice(0, query.limit);
      return answer(200, {
        versions: page.map(({ policy, ...rest }) => ({ ...rest, policy: "text" in policy ? "text" as const : "path" as const })),
        next_cursor: found.length > page.length ? String(page.at(-1)!.version) : null,
      });
    },
  }),
  operation({
    ...about,
    id: "getPolicyVersion",
    method: "get",
    path: "/admin/tenants/{id}/policy/versions/{version}",
    summary: "One of them, with its text",
    access: "viewer",
    params: { id, version: number.describe("Its number") },
    errors: [503],
    answers: { 200: { description: "The version", json: versionShape } },
    handle: async ({ answer, params }, deps) => {
      const id = knownTenant(params.id, deps);
      const found = await told(() => stateOf(deps).store.policyVersion(id, Number(params.version)));
      if (found === undefined) {
        throw new GatewayError(404, "invalid_request", "unknown_version", `Tenant "${id}" has no policy version ${params.version}`);
      }
      return answer(200, shown(found));
    },
  }),
  operation({
    ...about,
    id: "rollbackPolicy",
    method: "post",
    path: "/admin/tenants/{id}/policy/rollback",
    summary: "Bring back an earlier policy",
    description: "The one before by default; doing it again goes further back. The rest of the tenant stays as it is.",
    access: "operator",
    params: { id },
    headers: IF_MATCH,
    body: rollback,
    emptyBody: true,
    errors: [409, 412, 503],
    answers: { 200: { description: "The new version, served from now on", json: versionShape, headers: ETAG } },
    handle: async (call, deps) => {
      const id = knownTenant(call.params.id, deps);
      const state = stateOf(deps);
      const made = await told(() => state.rollback(id, call.body.version, (current) => checkTag(call, id, current), author(call)));
      return call.answer(200, shown(made), tagHeaders(state.store.tenants.get(id)?.version ?? 0));
    },
  }),
];

function shown({ policy, ...rest }: PolicyVersion): z.input<typeof versionShape> {
  return { ...rest, policy: { ...policy } };
}
