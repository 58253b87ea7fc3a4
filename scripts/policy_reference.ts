/** Writes docs/policy-reference.md from the schemas and the tables of actions and conditions; a test checks that it was run. */
import { jsonSchema } from "../src/cli/schema.ts";
import { ACTIONS } from "../src/policy/actions.ts";
import { FACTS } from "../src/policy/conditions.ts";
import { ACTION_KINDS, type ActionKind } from "../src/policy/schema.ts";
import { VARIABLES } from "../src/policy/template.ts";

/** As much of JSON Schema as zod writes for these files. */
interface Described {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly $ref?: string;
  readonly anyOf?: readonly Described[];
  readonly items?: Described;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly additionalProperties?: Described | false;
  readonly required?: readonly string[];
  readonly $defs?: Readonly<Record<string, Described>>;
}

const WHAT: Readonly<Record<ActionKind, string>> = {
  stop: "Refuses a prompt, ends a stream, withholds a whole answer.",
  redact: "Puts something else in place of the text.",
  pseudonymize: "Hides each found entity behind a placeholder such as `<EMAIL_1>`, and puts it back in the answer.",
  inject: "Adds text to the answer.",
  transform: "Changes the text it fires on.",
  log: "Writes a log line, once per request.",
  audit: "Adds to the request's audit record.",
  notify: "Sends a signed webhook, once per request, off the request path.",
};

const FACT_MEANINGS: Readonly<Record<string, string>> = {
  input_length: 'length of the prompt, UTF-16 units: `"> 1000"`',
  output_length: "length of the answer up to the end of the sentence that is judged, UTF-16 units; 0 at ingress",
  response_length: "older spelling of `output_length`",
  contains: "the text contains this, in any case",
  model: 'the requested model: `"gpt-4o"`, `"in [a, b]"`, `"not in [a, b]"`, `"!= a"`',
  role: "who wrote a text of the prompt: `user`, `tool`, …; same forms as `model`",
  tenant: "the tenant's id; same forms as `model`",
};

const VARIABLE_MEANINGS: Readonly<Record<typeof VARIABLES[number], string>> = {
  input: "the prompt's text, at most 200 characters of it, without control characters",
  output: "the answer's beginning, likewise",
  tenant: "the tenant's id",
  model: "the requested model",
  timestamp: "when the request began, RFC 3339",
  request_id: "the request's id, as in `X-CheckStream-Request-Id`",
  rule_name: "the rule's name",
  classifier_name: "the classifier that fired it",
  score: "its score",
};

/** The page, whole. */
export function policyReference(): string {
  const policy: Described = JSON.parse(jsonSchema("policy"));
  const tests: Described = JSON.parse(jsonSchema("policy-test"));
  const defs = policy.$defs ?? {};
  const rule = defs.rule!, trigger = defs.trigger!, action = defs.action!;
  const options = (kind: ActionKind) => {
    const { options, required } = ACTIONS[kind];
    const properties = Object.fromEntries(options.map((option) => [option, action.properties![option]!]));
    return table({ properties, required: required.map(String) });
  };
  const ruleKeys = Object.fromEntries(
    Object.entries(rule.properties!).filter(([key]) => !(key in action.properties!) || ["message", "regulation", "tags"].includes(key)),
  );
  return [
    "# Policy reference",
    "",
    "Every key of a policy file. Generated from the schema by `deno task schemas`; do not edit. See [the tutorial](policies.md) for how to",
    "write one and [the cookbook](policy-cookbook.md) for an example of each. `checkstream schema policy` prints the same as JSON Schema.",
    "",
    "## The file",
    "",
    table(policy),
    "",
    "`defaults` takes:",
    "",
    table(policy.properties!.defaults!),
    "",
    "## A rule",
    "",
    "An action's options may stand on the rule itself, beside `action: redact`, or under `options`.",
    "",
    table({ properties: ruleKeys, required: rule.required ?? [] }),
    "",
    "## Triggers",
    "",
    "One of `classifier`, `pattern`, `keywords`, `condition`, `all`, `any`, `not`, with the keys that belong to it. A classifier without a",
    "threshold of its own uses the tenant's `thresholds.safety` (prompts, whole answers) or `thresholds.chunk` (streams).",
    "",
    table(trigger),
    "",
    "### Conditions",
    "",
    'Beside a classifier: `score` (`"> 0.8"`; `>`, `<`, `>=`, `<=`, `==`, `!=`) and `label` (`"in [a, b]"`, the most likely one). By itself:',
    "",
    "| key | asks about |",
    "| --- | --- |",
    ...Object.keys(FACTS).map((fact) => `| \`${fact}\` | ${cell(FACT_MEANINGS[fact]!)} |`),
    "",
    "## Actions",
    "",
    "| action | phases | does |",
    "| --- | --- | --- |",
    ...ACTION_KINDS.map((kind) => `| [\`${kind}\`](#${kind}) | ${ACTIONS[kind].phases.join(", ")} | ${WHAT[kind]} |`),
    "",
    "At egress a stream has been sent already: `redact` and `stop` act there on whole answers only.",
    ...ACTION_KINDS.flatMap((kind) => ["", `### ${kind}`, "", ACTIONS[kind].options.length === 0 ? "No options." : options(kind)]),
    "",
    "## Variables",
    "",
    "Filled in in `message`, `content` and `metadata`.",
    "",
    "| variable | is |",
    "| --- | --- |",
    ...VARIABLES.map((variable) => `| \`\${${variable}}\` | ${VARIABLE_MEANINGS[variable]} |`),
    "",
    "## Policy tests",
    "",
    "`*.test.yaml`, run by `checkstream policy test`.",
    "",
    table(tests),
    "",
    "A case:",
    "",
    table(tests.properties!.cases!.items!),
    "",
    "What it expects:",
    "",
    table(tests.properties!.cases!.items!.properties!.expect!),
    "",
  ].join("\n");
}

function table({ properties = {}, required = [] }: Described): string {
  return [
    "| key | value | default | meaning |",
    "| --- | --- | --- | --- |",
    ...Object.entries(properties).map(([key, value]) => {
      const fallback = required.includes(key) && value.default === undefined
        ? "required"
        : value.default === undefined
        ? ""
        : `\`${JSON.stringify(value.default)}\``;
      return `| \`${key}\` | ${cell(typeOf(value))} | ${cell(fallback)} | ${cell(value.description ?? "")} |`;
    }),
  ].join("\n");
}

function typeOf(value: Described): string {
  if (value.$ref !== undefined) return nameOf(value.$ref);
  if (value.enum?.join() === ACTION_KINDS.join()) return "name of an action";
  if (value.enum !== undefined) return value.enum.map((each) => `\`${each}\``).join(", ");
  if (value.anyOf !== undefined) return [...new Set(value.anyOf.map(typeOf))].join(" or ");
  if (value.type === "array") return `list of ${typeOf(value.items ?? {})}`;
  if (value.type === "object") return "mapping";
  const { minimum, maximum } = value;
  const range = minimum === undefined && maximum === undefined ? "" : ` ${minimum ?? ""}–${maximum ?? ""}`;
  const names: Readonly<Record<string, string>> = { string: "text", boolean: "true or false", integer: "whole number", number: "number" };
  return [value.type ?? "any"].flat().map((type) => `${names[type] ?? type}${range}`).join(" or ");
}

function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf("/") + 1);
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replace(/\s+/g, " ");
}

if (import.meta.main) await Deno.writeTextFile(new URL("../docs/policy-reference.md", import.meta.url), policyReference());
