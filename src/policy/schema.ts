/** Policy files as zod schemas, both spellings; editors get them as JSON Schema. */
import { z } from "zod";

const score = z.number().min(0).max(1);
const name = z.string().min(1).max(100);

/** An option with what editors say of it: its description, and what it is when left out. */
function option<T extends z.ZodType>(schema: T, description: string, fallback?: string | number | boolean): z.ZodOptional<T> {
  return schema.optional().meta({ description, ...(fallback !== undefined && { default: fallback }) });
}

const patternFlags = {
  case_insensitive: option(z.boolean(), "Compare without regard to case (keywords: the default)"),
  multiline: option(z.boolean(), "^ and $ match at line ends", false),
};

const legacyType = z.enum(["classifier", "pattern", "keywords", "keyword", "composite", "condition", "context"]).optional().describe(
  "Older spelling",
);

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
  field?: string | undefined;
  value?: string | number | undefined;
}

export const trigger: z.ZodType<RawTrigger> = z.lazy(() =>
  z.strictObject({
    type: legacyType,
    classifier: option(z.string(), "Name of a classifier or pipeline"),
    threshold: option(score, "Fires at this score or above"),
    min_threshold: option(score, "Lower end of a range, inclusive"),
    max_threshold: option(score, "Upper end of a range, inclusive"),
    label: option(z.union([z.string(), z.array(z.string()).min(1)]), "Fires on this label's score"),
    confidence: option(score, "Least score of the label"),
    entities: option(z.array(z.string()).min(1), "Entities of pii_detector or secrets"),
    condition: option(
      z.record(z.string(), z.union([z.string(), z.number()])),
      "score, label, input_length, output_length, contains, model, role, tenant",
    ),
    pattern: option(z.string().min(1), "Regular expression, RE2 syntax"),
    ...patternFlags,
    keywords: option(z.array(z.string().min(1)).min(1), "Words or phrases"),
    match: option(z.enum(["any", "all"]), "Any keyword, or all of them", "any"),
    all: option(z.array(trigger).min(1), "All must fire"),
    any: option(z.array(trigger).min(1), "One must fire"),
    not: option(trigger, "Must not fire"),
    operator: option(
      z.preprocess((value) => typeof value === "string" ? value.toLowerCase() : value, z.enum(["and", "or", "not"])),
      "Older spelling of all, any and not",
    ),
    triggers: option(z.array(trigger).min(1), "Older spelling"),
    field: option(z.string(), "Older spelling of condition: {field: value}"),
    value: option(z.union([z.string(), z.number()]), "Older spelling of condition: {field: value}"),
  })
).meta({ id: "trigger" }) as z.ZodType<RawTrigger>;

export const ACTION_KINDS = ["stop", "redact", "pseudonymize", "inject", "transform", "log", "audit", "notify"] as const;
const kind = z.enum(ACTION_KINDS);
export type ActionKind = z.infer<typeof kind>;

/** Options of all actions; which one takes which is checked in `actions.ts`. */
const actionOptions = {
  message: option(z.string().max(4000), "What the client is told (stop), logged (log) or sent (notify); ${…} variables are filled in"),
  status_code: option(z.int().min(400).max(499), "HTTP status of a blocked prompt", 400),
  include_scores: option(z.boolean(), "Tell the scores in the error of a blocked prompt", false),
  replacement: option(z.string().max(1000), "What a redaction puts in place", "[REDACTED]"),
  scope: option(z.enum(["matched", "word", "sentence", "paragraph", "all"]), "How much a redaction replaces", "matched"),
  preserve_length: option(z.boolean(), "Keep the length of what is redacted, filled with the replacement's character or *", false),
  marker_style: option(z.enum(["bracket", "asterisk", "custom"]), "How a redaction without replacement looks", "bracket"),
  position: option(
    z.enum(["start", "end", "inline", "before", "after"]),
    "Where to inject; inline is right behind what the rule fired on. All but a stream's end is gone by then, so there all mean end",
    "end",
  ),
  content: option(z.string().max(20_000), "What to inject"),
  format: option(z.enum(["plain", "markdown", "html"]), "Format of what is injected; html escapes it", "plain"),
  separator: option(z.string().max(200), "Between the answer and what is injected", ""),
  conditions: option(
    z.strictObject({ not_already_present: option(z.boolean(), "Only when the answer does not contain the text yet", false) }),
    "When to inject",
  ),
  operation: option(z.enum(["lowercase", "uppercase", "trim"]), "What transform does"),
  level: option(z.enum(["debug", "info", "warn", "error"]), "Level of the log line", "info"),
  log_level: option(z.enum(["debug", "info", "warn", "error"]), "Level of the log line; on a stop it adds one"),
  include: option(z.array(z.string()), "What to record beside the facts: input, output, classifier_scores; hashes and the rest always are"),
  include_context: option(z.boolean(), "Older spelling of include: [input, output]"),
  tags: option(z.array(z.string()), "Tags of the log line or audit record"),
  regulation: option(z.string().max(300), "Regulation the record cites"),
  category: option(z.string().max(100), "Category of the audit record"),
  severity: option(z.string().max(50), "Severity of the audit record"),
  metadata: option(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])), "Further fields of the audit record"),
  retention_days: option(z.int().min(1).max(36_500), "Keep the record at least this long"),
  channel: option(z.enum(["webhook"]), "How to notify", "webhook"),
  payload: option(z.record(z.string(), z.string()), "Further fields of the webhook's body; ${…} variables are filled in"),
  url: option(z.string().regex(/^https?:\/\/[^\s]+$/, "expected an http(s) URL"), "Where to notify"),
};

export const actionObject = z.strictObject({ type: kind.describe("What to do"), ...actionOptions }).meta({ id: "action" });
export type RawAction = z.infer<typeof actionObject>;
const action = z.union([kind, actionObject]);

/** Options that may stand beside `action: redact` on the rule itself. */
const { message: _m, tags: _t, regulation: _r, ...besideAction } = actionOptions;

const rule = z.strictObject({
  name: name.describe("Unique in the file"),
  description: option(z.string(), "What the rule is for"),
  enabled: option(z.boolean(), "false is mode: disabled", true),
  phase: option(
    z.enum(["ingress", "midstream", "egress", "all"]),
    "Where the rule applies (default: every phase in which its actions can act)",
  ),
  mode: option(z.enum(["enforce", "shadow", "disabled"]), "Apply, only record, or skip", "enforce"),
  priority: option(z.number().min(0).max(100), "Higher decides first; equals in file order", 50),
  trigger: option(trigger, "When the rule fires"),
  action: option(z.union([action, z.array(action).min(1)]), "What it does"),
  actions: option(z.array(action).min(1), "Older spelling of action"),
  options: option(z.strictObject(besideAction).partial(), "Options of the action"),
  message: actionOptions.message,
  regulation: actionOptions.regulation,
  tags: option(z.array(z.string()), "Recorded with everything the rule does"),
  continue: option(z.boolean(), "Lower rules still see the text this rule decided on", false),
  ...besideAction,
}).meta({ id: "rule" });
export type RawRule = z.infer<typeof rule>;

export const policyFile = z.strictObject({
  version: option(z.union([z.string(), z.number()]), 'Version of the policy format: "1.0"'),
  name: option(name, "Name of the policy"),
  description: option(z.string(), "What the policy is for"),
  regulation: option(z.string(), "Regulation of rules that name none"),
  extends: option(
    z.union([z.string(), z.array(z.string()).min(1)]),
    "Policies to build on, relative to this file; a rule of the same name replaces theirs",
  ),
  defaults: z.strictObject({
    mode: option(z.enum(["enforce", "shadow", "disabled"]), "Mode of rules that do not say", "enforce"),
    priority: option(z.number().min(0).max(100), "Priority of rules that do not say", 50),
    phase: option(z.enum(["ingress", "midstream", "egress", "all"]), "Phase of rules that do not say"),
    continue: option(z.boolean(), "continue of rules that do not say", false),
  }).optional().describe("For rules that do not say"),
  policies: option(z.array(rule), "The rules"),
  rules: option(z.array(rule), "Older spelling of policies"),
});
export type RawPolicy = z.infer<typeof policyFile>;
