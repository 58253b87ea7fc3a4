/** `GET /audit`, `/audit/verify`, `/audit/export`, `/audit/key`: one tenant's trail. */
import { z } from "zod";
import type { AuditFilter } from "../../audit/types.ts";
import { openAskedTrail, readTrail, told } from "./asked_trail.ts";
import { type Operation, operation } from "./operation.ts";
import { count, cursor, instant, named, nextCursor } from "./shapes.ts";

const EXPORT_TYPES = {
  jsonl: "application/x-ndjson; charset=utf-8",
  csv: "text/csv; charset=utf-8",
  html: "text/html; charset=utf-8",
} as const;

const action = z.looseObject({
  rule: z.string(),
  phase: z.string(),
  mode: z.string(),
  action: z.string().describe("`stop`, `redact`, `log`, …"),
});
const record = named(
  "AuditRecord",
  z.looseObject({
    id: z.int().min(1).describe("Position in the tenant's chain"),
    timestamp: z.string(),
    request_id: z.string(),
    tenant: z.string(),
    policy_version: z.string(),
    decision: z.string().describe("`allow`, `block`, `redact` or `error`"),
    actions: z.array(action),
    previous_hash: z.string(),
    hash: z.string().describe("SHA-256 over the canonical record"),
  }).describe("One request"),
);
const page = named(
  "AuditPage",
  z.strictObject({ records: z.array(record).describe("Newest first"), next_cursor: nextCursor }),
);
const report = named(
  "ChainReport",
  z.strictObject({
    status: z.enum(["valid", "invalid"]),
    records_verified: z.int(),
    chain_intact: z.boolean(),
    first_bad: z.strictObject({ id: z.int(), reason: z.string() }).optional(),
    set_aside: z.array(z.strictObject({ file: z.string(), reason: z.string() })).optional()
      .describe("Damaged files that this trail refers to; each can be verified by itself"),
  }),
);

const filterText = z.string().max(1000).optional();
const whose = { tenant: z.string().optional().describe("Whose trail; the default tenant's, or the only one's") };
const period = { start: instant("Inclusive, RFC 3339"), end: instant("Inclusive, RFC 3339") };
const about = { method: "get", tag: "audit", access: "viewer", errors: [404, 503] } as const;

export const auditOperations: readonly Operation[] = [
  operation({
    ...about,
    id: "queryAudit",
    path: "/audit",
    summary: "Records, newest first",
    query: {
      ...whose,
      ...period,
      action: filterText.describe("Kind of action"),
      rule: filterText.describe("Name of a rule that fired"),
      regulation: filterText,
      model: filterText,
      key_id: filterText,
      request_id: filterText,
      decision: filterText,
      phase: filterText,
      limit: count(1000, 100, "Records of a page, 1 to 1000"),
      cursor,
    },
    answers: { 200: { description: "A page", json: page } },
    handle: async ({ answer, query: { tenant, ...filter } }, deps) => {
      const { records, next_cursor } = await readTrail(tenant, deps, (trail) => trail.query(given(filter)));
      return answer(200, { records: records.map((each) => ({ ...each, actions: each.actions.map((one) => ({ ...one })) })), next_cursor });
    },
  }),
  operation({
    ...about,
    id: "verifyAudit",
    path: "/audit/verify",
    summary: "Prove that nothing was changed, removed or reordered",
    query: { ...whose, ...period },
    answers: { 200: { description: "What the chain says", json: report } },
    handle: async ({ answer, query: { tenant, ...range } }, deps) => {
      const { set_aside, ...rest } = await readTrail(tenant, deps, (trail) => trail.verify(given(range)));
      return answer(200, { ...rest, ...(set_aside !== undefined && { set_aside: [...set_aside] }) });
    },
  }),
  operation({
    ...about,
    id: "getAuditKey",
    path: "/audit/key",
    summary: "The public key that the trail is signed with",
    query: whose,
    answers: { 200: { description: "SPKI, PEM", text: ["application/x-pem-file"] } },
    handle: async ({ answer, query }, deps) =>
      answer(200, await readTrail(query.tenant, deps, (trail) => trail.publicKey()), "application/x-pem-file"),
  }),
  operation({
    ...about,
    id: "exportAudit",
    path: "/audit/export",
    summary: "The trail as a file",
    description: "`jsonl` proves itself without the gateway; `csv` and `html` are for people.",
    query: { ...whose, ...period, format: z.enum(["jsonl", "csv", "html"]).default("jsonl") },
    answers: {
      200: { description: "The trail", text: Object.values(EXPORT_TYPES).map((type) => type.split(";")[0]!) },
    },
    handle: async ({ answer, query: { tenant, format, ...range } }, deps) => {
      const { store, release } = await openAskedTrail(tenant, deps);
      const chunks = store.export(format, given(range));
      // What is wrong shows at the first chunk, while the status can still say so.
      const first = await told(() => chunks.next()).catch(async (error) => {
        await release();
        throw error;
      });
      const all = async function* () {
        try {
          if (first.done !== true) yield first.value;
          yield* chunks;
        } finally {
          await release();
        }
      };
      return answer(200, ReadableStream.from(all()).pipeThrough(new TextEncoderStream()), EXPORT_TYPES[format], {
        "content-disposition": `attachment; filename="audit.${format}"`,
      });
    },
  }),
];

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the parameters that were not given. */
function given<T extends Partial<AuditFilter>>(filter: { readonly [K in keyof T]: T[K] | undefined }): Given<T> {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as Given<T>;
}
