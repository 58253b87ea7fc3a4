/** `GET /admin/log`: who changed what, when, and how it was before and after. */
import { z } from "zod";
import type { Json } from "../../tenants/state/merge_patch.ts";
import { operation } from "./operation.ts";
import { count, instant, named, nextCursor, time } from "./shapes.ts";
import { stateOf, told } from "./state_calls.ts";

const entry = named(
  "LogEntry",
  z.strictObject({
    id: z.int().describe("Rises with every change"),
    at: time,
    actor: z.string().describe("Name of the admin key; `local` without a configured key, `command line` for commands on the file"),
    role: z.string().nullable(),
    address: z.string().nullable().describe("Where the request came from"),
    request_id: z.string().nullable(),
    action: z.string().describe("`create`, `update`, `delete`, `restore`, `purge`, `rollback`, `rotate`, `revoke`, `reload`, …"),
    target: z.string().describe("`tenant acme`, `key key_… of acme`, `configuration`"),
    tenant: z.string().nullable(),
    before: z.custom<Json>().describe("How it was, secrets masked"),
    after: z.custom<Json>().describe("How it is, secrets masked"),
  }).describe("One change"),
);
const page = named("LogPage", z.strictObject({ entries: z.array(entry).describe("Newest first"), next_cursor: nextCursor }));
const text = z.string().max(200).optional();

export const logOperation = operation({
  id: "queryLog",
  method: "get",
  path: "/admin/log",
  tag: "log",
  summary: "Every change of tenants and keys, newest first",
  description: "Kept for `admin.log_retention_days`. Gateways that share a store share its log.",
  access: "viewer",
  query: {
    tenant: text.describe("Changes of this tenant and its keys"),
    actor: text.describe("Changes by this admin key"),
    action: text,
    start: instant("Inclusive, RFC 3339"),
    end: instant("Inclusive, RFC 3339"),
    limit: count(1000, 100, "Entries of a page, 1 to 1000"),
    cursor: z.string().regex(/^\d{1,15}$/, "not a cursor of this list").optional().describe("`next_cursor` of the page before"),
  },
  errors: [503],
  answers: { 200: { description: "A page", json: page } },
  handle: async ({ answer, query: { cursor, limit, ...filter } }, deps) => {
    const before = cursor === undefined ? undefined : Number(cursor);
    const found = await told(() => stateOf(deps).store.changes({ ...filter, before, limit: limit + 1 }));
    const entries = found.slice(0, limit);
    return answer(200, { entries, next_cursor: found.length > entries.length ? String(entries.at(-1)!.id) : null });
  },
});
