/** Policy files as zod schemas, both spellings; editors get them as JSON Schema. */
import { z } from "zod";

const score = z.number().min(0, "a score is between 0 and 1").max(1, "a score is between 0 and 1");
const name = z.string().min(1).max(100);

const patternFlags = {
  case_insensitive: z.boolean().optional().describe("Compare without regard to case"),
  multiline: z.boolean().optional().describe("^ and $ match at line ends"),
};

const legacyType = z.enum(["classifier", "pattern", "keywords", "keyword", "composite", "condition"]).optional().describe("Older spelling");

/** A trigger as written; `triggers.ts` compiles it. */
export interface RawTrigger {
  type?: string | undefined;
  classifier?: string | undefined;
  threshold?: number | undefined;
  min_threshold?: number | undefined;
  max_threshold?: number | undefined;
  label?: string | string[] | undefined;
  confidence?: number | undefined;
  entities?: string[] | undefined;
  condition?: Record<string, string | number> | undefined;
  pattern?: string | undefined;
  case_insensitive?: boolean | undefined;
  multiline?: boolean | undefined;
  keywords?: string[] | undefined;
  match?: "any" | "all" | undefined;
  all?: RawTrigger[] | undefined;
  any?: RawTrigger[] | undefined;
  not?: RawTrigger | undefined;
  operator?: "and" | "or" | "not" | undefined;
  triggers?: RawTrigger[] | undefined;
}

export const trigger: z.ZodType<RawTrigger> = z.lazy(() =>
  z.strictObject({
    type: legacyType,
    classifier: z.string().optional().describe("Name of a classifier or pipeline"),
    threshold: score.optional().describe("Fires at this score or above"),
    min_threshold: score.optional().describe("Lower end of a range, inclusive"),
    max_threshold: score.optional().describe("Upper end of a range, inclusive"),
    label: z.union([z.string(), z.array(z.string()).min(1)]).optional().describe("Fires on this label's score"),
    confidence: score.optional().describe("Least score of the label"),
    entities: z.array(z.string()).min(1).optional().describe("Entities of pii_detector or secrets"),
    condition: z.record(z.string(), z.union([z.string(), z.number()])).optional().describe(
      "score, label, input_length, contains, model, role, tenant",
    ),
    pattern: z.string().min(1).optional().describe("Regular expression, RE2 syntax"),
    ...patternFlags,
    keywords: z.array(z.string().min(1)).min(1).optional().describe("Words or phrases"),
    match: z.enum(["any", "all"]).optional().describe("Any keyword, or all of them"),
    all: z.array(trigger).min(1).optional().describe("All must fire"),
    any: z.array(trigger).min(1).optional().describe("One must fire"),
    not: trigger.optional().describe("Must not fire"),
    operator: z.preprocess((value) => typeof value === "string" ? value.toLowerCase() : value, z.enum(["and", "or", "not"])).optional()
      .describe("Older spelling"),
    triggers: z.array(trigger).min(1).optional().describe("Older spelling"),
  })
) as z.ZodType<RawTrigger>;

export const ACTION_KINDS = ["stop", "redact", "pseudonymize", "inject", "transform", "log", "audit", "notify"] as const;
const kind = z.enum(ACTION_KINDS);
export type ActionKind = z.infer<typeof kind>;

/** Options of all actions; which one takes which is checked in `actions.ts`. */
const actionOptions = {
  message: z.string().max(4000).optional().describe("What the client is told; ${…} variables are filled in"),
  status_code: z.int().min(400).max(499).optional().describe("HTTP status of a blocked prompt"),
  include_scores: z.boolean().optional().describe("Tell the scores in the error"),
  replacement: z.string().max(1000).optional().describe("What a redaction puts in place"),
  scope: z.enum(["matched", "word", "sentence", "paragraph", "all"]).optional().describe("How much a redaction replaces"),
  preserve_length: z.boolean().optional().describe("Keep the length of what is redacted"),
  marker_style: z.enum(["bracket", "asterisk", "custom"]).optional().describe("How a redaction without replacement looks"),
  position: z.enum(["start", "end", "inline", "before", "after"]).optional().describe("Where to inject"),
  content: z.string().max(20_000).optional().describe("What to inject"),
  format: z.enum(["plain", "markdown", "html"]).optional().describe("Format of what is injected"),
  separator: z.string().max(200).optional().describe("Between the answer and what is injected"),
  conditions: z.strictObject({ not_already_present: z.boolean().optional() }).optional(),
  operation: z.enum(["lowercase", "uppercase", "trim"]).optional().describe("What transform does"),
  level: z.enum(["debug", "info", "warn", "error"]).optional().describe("Level of the log line"),
  log_level: z.enum(["debug", "info", "warn", "error"]).optional().describe("Older spelling of level"),
  include: z.array(z.string()).optional().describe("What to record"),
  include_context: z.boolean().optional().describe("Older spelling of include"),
  tags: z.array(z.string()).optional().describe("Tags of the log line"),
  regulation: z.string().max(300).optional().describe("Regulation the record cites"),
  category: z.string().max(100).optional(),
  severity: z.string().max(50).optional(),
  metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  retention_days: z.int().min(1).max(36_500).optional().describe("Keep the record at least this long"),
  channel: z.enum(["webhook"]).optional().describe("How to notify"),
  url: z.string().regex(/^https?:\/\/[^\s]+$/, "expected an http(s) URL").optional().describe("Where to notify"),
};

export const actionObject = z.strictObject({ type: kind, ...actionOptions });
export type RawAction = z.infer<typeof actionObject>;
const action = z.union([kind, actionObject]);

/** Options that may stand beside `action: redact` on the rule itself. */
const { message: _m, tags: _t, regulation: _r, ...besideAction } = actionOptions;

const rule = z.strictObject({
  name: name.describe("Unique in the file"),
  description: z.string().optional(),
  enabled: z.boolean().optional().describe("false is mode: disabled"),
  phase: z.enum(["ingress", "midstream", "egress", "all"]).optional().describe("Where the rule applies"),
  mode: z.enum(["enforce", "shadow", "disabled"]).optional().describe("Apply, only record, or skip"),
  priority: z.number().min(0).max(100).optional().describe("Higher first"),
  trigger: trigger.optional().describe("When the rule fires"),
  action: z.union([action, z.array(action).min(1)]).optional().describe("What it does"),
  actions: z.array(action).min(1).optional().describe("Older spelling of action"),
  options: z.strictObject(besideAction).partial().optional().describe("Options of the action"),
  message: actionOptions.message,
  regulation: actionOptions.regulation,
  tags: z.array(z.string()).optional(),
  continue: z.boolean().optional().describe("Lower rules still see the text this rule decided on"),
  ...besideAction,
});
export type RawRule = z.infer<typeof rule>;

export const policyFile = z.strictObject({
  version: z.union([z.string(), z.number()]).optional().describe('Version of the policy format: "1.0"'),
  name: name.optional().describe("Name of the policy"),
  description: z.string().optional(),
  regulation: z.string().optional(),
  extends: z.union([z.string(), z.array(z.string()).min(1)]).optional().describe(
    "Policies to build on; later rules of the same name replace earlier ones",
  ),
  defaults: z.strictObject({
    mode: z.enum(["enforce", "shadow", "disabled"]).optional(),
    priority: z.number().min(0).max(100).optional(),
    phase: z.enum(["ingress", "midstream", "egress", "all"]).optional(),
    continue: z.boolean().optional(),
  }).optional().describe("For rules that do not say"),
  policies: z.array(rule).optional().describe("The rules"),
  rules: z.array(rule).optional().describe("Older spelling of policies"),
});
export type RawPolicy = z.infer<typeof policyFile>;

/** JSON Schema of policy files, for editors. */
export function policyJsonSchema(): unknown {
  return z.toJSONSchema(policyFile, { io: "input", unrepresentable: "any" });
}
