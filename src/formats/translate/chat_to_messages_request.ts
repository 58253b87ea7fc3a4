/**
 * OpenAI chat requests for a backend that speaks Anthropic messages.
 * https://platform.openai.com/docs/api-reference/chat/create → https://docs.anthropic.com/en/api/messages
 */
import { isObject, type JsonObject } from "../json_value.ts";
import { RequestError } from "../request.ts";
import { turnsOf } from "./chat_to_messages_turns.ts";
import { isClaudeFrom } from "./claude_models.ts";
import { enforcedSchema } from "./enforced_schema.ts";
import { readRequest, writeJson } from "./exact_json.ts";
import { functionsPath, speaksOfFunctions, withTools } from "./legacy_functions.ts";
import { cannot, Dropped, given, listAt, objectAt, renamed, stringAt } from "./reading.ts";
import { sampling } from "./sampling.ts";
import { thinkingOf } from "./thinking.ts";
import type { TranslatedRequest } from "./types.ts";

/** Sent when the client sets no limit, since the messages API demands one: what every Claude from 4 on can write, and what any model can. */
const CLAUDE_MAX_TOKENS = 32_000;
const DEFAULT_MAX_TOKENS = 4096;

const KNOWN = new Set([
  "model",
  "messages",
  "max_tokens",
  "max_completion_tokens",
  "temperature",
  "top_p",
  "top_k",
  "stop",
  "stream",
  "stream_options",
  "n",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "response_format",
  "reasoning_effort",
  "user",
  "safety_identifier",
  "service_tier",
  "modalities",
  "audio",
  "web_search_options",
  "moderation",
  // Hints for OpenAI's prompt cache change no answer.
  "prompt_cache_key",
  "prompt_cache_options",
  "prompt_cache_retention",
  // Looked at below: 0 asks for nothing.
  "frequency_penalty",
  "presence_penalty",
]);

/** @throws {RequestError} */
export function chatToMessages(body: string): TranslatedRequest {
  const chat = readRequest(body);
  if (!speaksOfFunctions(chat)) return translated(chat);
  try {
    const { dropped, ...rest } = translated(withTools(chat));
    return { ...rest, dropped: dropped.map(functionsPath), ...(Array.isArray(chat.functions) && { functions: true }) };
  } catch (error) {
    throw error instanceof RequestError ? renamed(error, functionsPath) : error;
  }
}

function translated(chat: JsonObject): TranslatedRequest {
  const dropped = new Dropped();
  dropped.rest(chat, KNOWN);
  refuse(chat);
  for (const key of ["frequency_penalty", "presence_penalty"]) if (chat[key]) dropped.add(key);
  const { system, messages } = turnsOf(listAt(chat.messages, "messages"), dropped);
  const format = responseFormat(chat.response_format, dropped);
  if (format.instruction !== undefined) system.push({ type: "text", text: format.instruction });
  const tools = allowedTools(chat.tool_choice, listAt(chat.tools, "tools").map((tool, i) => toolOf(tool, `tools[${i}]`, dropped)));
  const limit = chat.max_completion_tokens ?? chat.max_tokens ?? undefined;
  const choice = toolChoice(chat, tools.length > 0);
  const { thinking, effort } = thinkingOf(chat.reasoning_effort, {
    model: chat.model,
    limit,
    forced: choice?.type === "any" || choice?.type === "tool",
    midTurn: messages.at(-1)?.role === "assistant" || messages.at(-1)?.content.some(({ type }) => type === "tool_result") === true,
  }, dropped);
  const thinks = thinking !== undefined && thinking.type !== "disabled";
  return {
    body: writeJson(given({
      model: chat.model,
      max_tokens: limit ?? defaultLimit(chat.model, thinking),
      system: system.length === 0 ? undefined : system,
      messages,
      ...sampling(chat, thinks, dropped),
      stop_sequences: stops(chat.stop, dropped),
      stream: chat.stream,
      tools: tools.length === 0 ? undefined : tools,
      tool_choice: choice,
      thinking,
      output_config: format.format === undefined && effort === undefined ? undefined : given({ effort, format: format.format }),
      metadata: userOf(chat),
      service_tier: serviceTier(chat.service_tier, dropped),
    })),
    dropped: dropped.paths,
  };
}

function defaultLimit(model: unknown, thinking: JsonObject | undefined): number {
  const budget = typeof thinking?.budget_tokens === "number" ? thinking.budget_tokens : 0;
  return isClaudeFrom(model, 4, 0) ? CLAUDE_MAX_TOKENS : DEFAULT_MAX_TOKENS + budget;
}

function refuse(chat: JsonObject): void {
  if (typeof chat.n === "number" && chat.n > 1) throw cannot("n", "the backend gives one answer per request; send 1");
  if (Array.isArray(chat.modalities) && chat.modalities.some((kind) => kind !== "text")) {
    throw cannot("modalities", "the backend answers text only");
  }
  for (const key of ["audio", "web_search_options", "moderation"]) {
    if (isObject(chat[key])) throw cannot(key, "the backend has no such feature under this API");
  }
}

const FUNCTION_KEYS = new Set(["name", "description", "parameters", "strict"]);

function toolOf(each: unknown, path: string, dropped: Dropped): JsonObject {
  const tool = objectAt(each, path);
  if (tool.type !== "function") throw cannot(`${path}.type`, "only function tools can be translated");
  const called = objectAt(tool.function, `${path}.function`);
  dropped.rest(called, FUNCTION_KEYS, `${path}.function`);
  return given({
    name: stringAt(called.name, `${path}.function.name`),
    description: called.description,
    input_schema: parametersOf(called, `${path}.function.parameters`, dropped),
    strict: called.strict,
  });
}

/** Without parameters a function takes none. Only those of a strict function are enforced. */
function parametersOf({ parameters, strict }: JsonObject, path: string, dropped: Dropped): JsonObject {
  const schema = { type: "object", ...(parameters === undefined || parameters === null ? { properties: {} } : objectAt(parameters, path)) };
  return strict === true ? enforcedSchema(schema, path, dropped) : schema;
}

/** The tools among which `allowed_tools` lets the model choose; all of them without it. */
function allowedTools(choice: unknown, tools: readonly JsonObject[]): readonly JsonObject[] {
  if (!isObject(choice) || choice.type !== "allowed_tools") return tools;
  const { tools: named } = objectAt(choice.allowed_tools, "tool_choice.allowed_tools");
  const names = listAt(named, "tool_choice.allowed_tools.tools").map((each, i) => {
    const path = `tool_choice.allowed_tools.tools[${i}]`;
    return stringAt(objectAt(objectAt(each, path).function, `${path}.function`).name, `${path}.function.name`);
  });
  const unknown = names.find((name) => !tools.some((tool) => tool.name === name));
  if (unknown !== undefined) throw cannot("tool_choice", `there is no tool "${unknown.slice(0, 60)}"`);
  return tools.filter(({ name }) => names.includes(String(name)));
}

function toolChoice(chat: JsonObject, hasTools: boolean): JsonObject | undefined {
  const { tool_choice: choice } = chat;
  // Without tools there is nothing to choose from, and the messages API refuses a choice.
  if (!hasTools) return undefined;
  const single = chat.parallel_tool_calls === false ? { disable_parallel_tool_use: true } : {};
  if (choice === undefined || choice === null) return chat.parallel_tool_calls === false ? { type: "auto", ...single } : undefined;
  if (choice === "none") return { type: "none" };
  if (choice === "auto") return { type: "auto", ...single };
  if (choice === "required") return { type: "any", ...single };
  if (isObject(choice) && choice.type === "function" && isObject(choice.function)) {
    return { type: "tool", name: stringAt(choice.function.name, "tool_choice.function.name"), ...single };
  }
  if (isObject(choice) && choice.type === "allowed_tools" && isObject(choice.allowed_tools)) {
    return { type: choice.allowed_tools.mode === "required" ? "any" : "auto", ...single };
  }
  throw cannot("tool_choice", "use auto, none, required, one function or allowed_tools");
}

function responseFormat(value: unknown, dropped: Dropped): { format?: JsonObject; instruction?: string } {
  if (value === undefined || value === null) return {};
  const format = objectAt(value, "response_format");
  if (format.type === "text") return {};
  if (format.type === "json_schema") {
    const path = "response_format.json_schema.schema";
    const schema = objectAt(objectAt(format.json_schema, "response_format.json_schema").schema, path);
    return { format: { type: "json_schema", schema: enforcedSchema(schema, path, dropped) } };
  }
  if (format.type === "json_object") {
    // There is no such mode; the instruction is the documented substitute, and the header says that nothing enforces it.
    dropped.add("response_format");
    return { instruction: "Answer with one JSON object and nothing else: no prose, no code fence." };
  }
  throw cannot("response_format.type", "use text, json_object or json_schema");
}

function stops(value: unknown, dropped: Dropped): unknown {
  if (value === undefined || value === null) return undefined;
  const all = typeof value === "string" ? [value] : listAt(value, "stop").map((each, i) => stringAt(each, `stop[${i}]`));
  // The messages API refuses sequences of white space alone.
  const kept = all.filter((each) => each.trim() !== "");
  if (kept.length < all.length) dropped.add("stop");
  return kept.length === 0 ? undefined : kept;
}

function userOf(chat: JsonObject): JsonObject | undefined {
  const user = chat.safety_identifier ?? chat.user;
  return typeof user === "string" ? { user_id: user } : undefined;
}

function serviceTier(value: unknown, dropped: Dropped): string | undefined {
  if (value === "auto") return "auto";
  if (value === "default") return "standard_only";
  if (value !== undefined && value !== null) dropped.add("service_tier");
  return undefined;
}
