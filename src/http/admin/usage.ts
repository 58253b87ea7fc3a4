/** `GET /admin/usage`: what tenants and keys used, by whatever groups are asked for. */
import { z } from "zod";
import { MAX_USAGE_ROWS, readUsage, USAGE_GROUPS, usageCsv, type UsageGroup } from "../../usage/query.ts";
import { invalidRequest } from "../errors.ts";
import { operation } from "./operation.ts";
import { named } from "./shapes.ts";
import { stateOf, told } from "./state_calls.ts";

const sums = {
  requests: z.int(),
  blocked: z.int().describe("Requests that a rule stopped"),
  redacted: z.int().describe("Requests of which something was redacted"),
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
};
const usage = named(
  "Usage",
  z.strictObject({
    rows: z.array(
      z.strictObject({
        tenant: z.string().optional(),
        key: z.string().optional().describe("The key's id; empty for requests without one"),
        model: z.string().optional().describe("As clients named it; `(other)` sums up what exceeds 100 in an hour"),
        hour: z.string().optional().describe("The hour's beginning, RFC 3339, UTC"),
        day: z.string().optional().describe("YYYY-MM-DD, UTC"),
        ...sums,
      }),
    ).describe("One per group, in the order of the groups"),
  }),
);
const moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);
const groups = z.string().regex(/^[a-z]+(,[a-z]+)*$/, "expected names with commas between").describe(
  `Comma-separated: ${USAGE_GROUPS.join(", ")}; tenant by default`,
);

export const usageOperation = operation({
  id: "readUsage",
  method: "get",
  path: "/admin/usage",
  tag: "usage",
  summary: "Requests and tokens of tenants and keys",
  description:
    "What was counted so far by this gateway is written before it is read; of others, what they have written. Times are UTC hours.",
  access: "viewer",
  query: {
    tenant: z.string().max(200).optional().describe("One tenant; all by default"),
    from: moment.optional().describe("RFC 3339 or a date; the beginning of this month by default"),
    to: moment.optional().describe("RFC 3339 or a date, not included; now by default"),
    group_by: groups.optional(),
    format: z.enum(["json", "csv"]).optional().describe("json by default"),
  },
  errors: [503],
  answers: {
    200: { description: "The sums", json: usage, orText: ["text/csv"] },
  },
  handle: async ({ answer, query }, deps) => {
    const groupBy = groupsOf(query.group_by ?? "tenant");
    const now = new Date();
    const fromMs = query.from === undefined ? Date.UTC(now.getUTCFullYear(), now.getUTCMonth()) : Date.parse(query.from);
    const toMs = query.to === undefined ? now.getTime() + 1 : Date.parse(query.to);
    if (toMs <= fromMs) throw invalidRequest(`"to" must be after "from"`, { code: "invalid_query", param: "to" });
    const rows = await told(async () => {
      const state = stateOf(deps);
      await deps.ledger.flush();
      return await readUsage(state.store.connection.db(), { tenant: query.tenant, fromMs, toMs, groupBy, limit: MAX_USAGE_ROWS + 1 });
    });
    if (rows.length > MAX_USAGE_ROWS) {
      throw invalidRequest(`More than ${MAX_USAGE_ROWS} rows; ask for a shorter range or fewer groups`, {
        status: 422,
        code: "too_many_rows",
        param: "group_by",
      });
    }
    if (query.format !== "csv") return answer(200, { rows });
    return new Response(usageCsv(rows, groupBy), {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": 'attachment; filename="usage.csv"',
        "cache-control": "no-store",
      },
    });
  },
});

function groupsOf(text: string): UsageGroup[] {
  const known = text.split(",").map((name) => USAGE_GROUPS.find((group) => group === name));
  const groups = known.filter((group) => group !== undefined);
  if (groups.length < known.length || new Set(groups).size < groups.length) {
    throw invalidRequest(`"group_by" takes each of ${USAGE_GROUPS.join(", ")} once`, { code: "invalid_query", param: "group_by" });
  }
  return groups;
}
