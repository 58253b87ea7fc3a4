/**
 * What Anthropic documents of a messages request and no type can say: rules that hold between its fields and for its model. Written from the
 * tables and warnings of the pages named at each rule, not from the translation.
 */
import { isObject, type JsonObject } from "../../src/formats/json_value.ts";

interface Model {
  /** The values of `thinking.type` that it takes. */
  readonly thinking: string;
  readonly efforts: string;
  /** Whether it takes sampling parameters: freely, temperature or top_p but not both, only the defaults. */
  readonly sampling: "free" | "one" | "none";
  /** Most tokens of an answer. */
  readonly output: number;
}

/**
 * https://platform.claude.com/docs/en/build-with-claude/thinking-troubleshooting (thinking),
 * https://platform.claude.com/docs/en/build-with-claude/effort, https://platform.claude.com/docs/en/about-claude/models/migration-guide
 * (sampling), https://platform.claude.com/docs/en/build-with-claude/thinking#limits-and-feature-compatibility (output).
 */
const MODELS: Readonly<Record<string, Model>> = {
  "claude-fable-5": { thinking: "adaptive", efforts: "low medium high xhigh max", sampling: "none", output: 128_000 },
  "claude-mythos-5": { thinking: "adaptive", efforts: "low medium high xhigh max", sampling: "none", output: 128_000 },
  "claude-mythos-preview": { thinking: "adaptive enabled", efforts: "low medium high max", sampling: "none", output: 128_000 },
  "claude-opus-5": { thinking: "adaptive disabled", efforts: "low medium high xhigh max", sampling: "none", output: 128_000 },
  "claude-opus-4-8": { thinking: "adaptive disabled", efforts: "low medium high xhigh max", sampling: "none", output: 128_000 },
  "claude-opus-4-7": { thinking: "adaptive disabled", efforts: "low medium high xhigh max", sampling: "none", output: 128_000 },
  "claude-sonnet-5": { thinking: "adaptive disabled", efforts: "low medium high xhigh max", sampling: "none", output: 128_000 },
  "claude-opus-4-6": { thinking: "adaptive enabled disabled", efforts: "low medium high max", sampling: "one", output: 128_000 },
  "claude-sonnet-4-6": { thinking: "adaptive enabled disabled", efforts: "low medium high max", sampling: "one", output: 128_000 },
  "claude-opus-4-5": { thinking: "enabled disabled", efforts: "low medium high", sampling: "one", output: 64_000 },
  "claude-sonnet-4-5": { thinking: "enabled disabled", efforts: "", sampling: "one", output: 64_000 },
  "claude-haiku-4-5": { thinking: "enabled disabled", efforts: "", sampling: "one", output: 64_000 },
  "claude-3-5": { thinking: "", efforts: "", sampling: "free", output: 8192 },
  "claude-opus-4": { thinking: "enabled disabled", efforts: "", sampling: "free", output: 32_000 },
};

/** Constraints that neither `output_config.format` nor a strict tool takes (https://platform.claude.com/docs/en/build-with-claude/structured-outputs). */
const NOT_ENFORCED = [
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "minLength",
  "maxLength",
  "maxItems",
  "oneOf",
  "not",
];

/** What is wrong with a request, in words; the model is found by the longest name that its own contains. */
export function brokenRules(request: JsonObject): string[] {
  const { model, max_tokens, temperature, top_p, top_k, thinking, output_config, tools, tool_choice, messages } = request;
  const wrong: string[] = [];
  const must = (holds: boolean, words: string) => holds || wrong.push(words);
  const has = (value: unknown) => value !== undefined;
  const kind = isObject(thinking) ? String(thinking.type) : undefined;
  const thinks = kind === "enabled" || kind === "adaptive";
  const output = isObject(output_config) ? output_config : {};
  const choice = isObject(tool_choice) ? tool_choice : {};
  const functions = Array.isArray(tools) ? tools : [];

  const name = Object.keys(MODELS).filter((each) => String(model).includes(each)).sort((a, b) => b.length - a.length)[0];
  const facts = name === undefined ? undefined : MODELS[name]!;
  if (facts !== undefined) {
    must(!has(kind) || facts.thinking.split(" ").includes(kind!), `${name} refuses thinking.type ${kind}`);
    must(!has(output.effort) || facts.efforts.split(" ").includes(String(output.effort)), `${name} has no effort ${output.effort}`);
    must(Number(max_tokens) <= facts.output, `${name} writes ${facts.output} tokens at most`);
    if (facts.sampling === "none") must(![temperature, top_p, top_k].some(has), `${name} takes no sampling parameters`);
    if (facts.sampling === "one") must(!has(temperature) || !has(top_p), `${name} takes temperature or top_p, not both`);
  }
  must(!has(temperature) || (Number(temperature) >= 0 && Number(temperature) <= 1), "temperature is 0 to 1");
  // https://platform.claude.com/docs/en/build-with-claude/thinking
  if (thinks) must(!has(temperature) && !has(top_k) && (!has(top_p) || Number(top_p) >= 0.95), "thinking takes no such sampling");
  // https://platform.claude.com/docs/en/build-with-claude/extended-thinking
  if (kind === "enabled" && isObject(thinking)) {
    const budget = Number(thinking.budget_tokens);
    must(budget >= 1024 && budget < Number(max_tokens), "a budget is 1,024 at least and less than max_tokens");
    must(choice.type !== "any" && choice.type !== "tool", "a budget goes with no forced tool");
  }
  // https://platform.claude.com/docs/en/build-with-claude/thinking#limits-and-feature-compatibility
  if (thinks && Array.isArray(messages)) must(messages.at(-1)?.role !== "assistant", "an answer that is begun goes with no thinking");
  if (kind === "disabled") must(!["xhigh", "max"].includes(String(output.effort)), "thinking cannot be disabled at this effort");

  // https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools
  for (const tool of functions) {
    must(/^[a-zA-Z0-9_-]{1,64}$/.test(String(tool.name)), `"${tool.name}" is no name of a tool`);
    if (tool.strict === true) checkSchema(tool.input_schema, wrong);
  }
  must(!has(tool_choice) || functions.length > 0, "tool_choice goes with tools only");
  if (choice.type === "tool") must(functions.some((tool) => tool.name === choice.name), `there is no tool ${choice.name}`);
  if (choice.type === "none") must(!has(choice.disable_parallel_tool_use), "none takes no disable_parallel_tool_use");
  if (isObject(output.format)) checkSchema(output.format.schema, wrong);

  const turns = Array.isArray(messages) ? messages : [];
  must(turns.length > 0, "there is no message");
  for (const [at, { role, content }] of turns.entries()) {
    if (!Array.isArray(content)) continue;
    const types = content.map((block: JsonObject) => block.type);
    must(types.length > 0, `messages.${at} is empty`);
    must(!content.some((block: JsonObject) => block.type === "text" && block.text === ""), `messages.${at} has an empty text`);
    // https://platform.claude.com/docs/en/agents-and-tools/tool-use/handle-tool-calls
    const last = types.lastIndexOf("tool_result");
    must(types.slice(0, last + 1).every((type) => type === "tool_result"), `messages.${at}: tool results come first`);
    const ids = content.map((block: JsonObject) => block.type === "tool_use" ? block.id : block.tool_use_id).filter(has);
    must(ids.every((id) => /^[a-zA-Z0-9_-]+$/.test(String(id))), `messages.${at}: String should match pattern '^[a-zA-Z0-9_-]+$'`);
    // https://platform.claude.com/docs/en/agents-and-tools/tool-use/parallel-tool-use
    must(last < 0 || turns[at - 1]?.role === "assistant", `messages.${at}: all results are in the turn after the calls`);
    if (kind === "enabled" && role === "user" && at === turns.length - 1 && last >= 0) {
      wrong.push("a turn with a budget begins with thinking");
    }
  }
  return wrong;
}

function checkSchema(schema: unknown, wrong: string[]): void {
  if (Array.isArray(schema)) { for (const each of schema) checkSchema(each, wrong); }
  if (!isObject(schema)) return;
  if (schema.type === "object" && schema.additionalProperties !== false) wrong.push("an object of an enforced schema is not closed");
  for (const key of NOT_ENFORCED) if (key in schema) wrong.push(`an enforced schema has ${key}`);
  for (const key of ["properties", "$defs"]) if (isObject(schema[key])) checkSchema(Object.values(schema[key]), wrong);
  for (const key of ["items", "anyOf", "allOf"]) checkSchema(schema[key], wrong);
}
