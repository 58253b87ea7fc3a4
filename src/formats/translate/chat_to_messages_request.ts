/**
 * OpenAI chat requests for a backend that speaks Anthropic messages.
 * https://platform.openai.com/docs/api-reference/chat/create → https://docs.anthropic.com/en/api/messages
 */
import { JsonSyntaxError } from "../json_nodes.ts";
import { isObject, type JsonObject } from "../json_value.ts";
import { RequestError } from "../request.ts";
import { readJson, readRequest, writeJson } from "./exact_json.ts";
import { cannot, dataUrl, Dropped, given, listAt, objectAt, stringAt } from "./reading.ts";
import type { TranslatedRequest } from "./types.ts";

/** Sent when the client sets no limit, since the messages API demands one. */
const DEFAULT_MAX_TOKENS = 4096;

/** Thinking tokens for OpenAI's efforts; the messages API takes 1,024 at the least. */
const BUDGETS: Readonly<Record<string, number>> = { low: 1024, medium: 4096, high: 16_384, xhigh: 32_768 };

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
  "functions",
  "function_call",
]);

/** @throws {RequestError} */
export function chatToMessages(body: string): TranslatedRequest {
  const chat = readRequest(body);
  const dropped = new Dropped();
  dropped.rest(chat, KNOWN);
  refuse(chat);
  const { system, messages } = turns(listAt(chat.messages, "messages"), dropped);
  const format = responseFormat(chat.response_format, dropped);
  if (format.instruction !== undefined) system.push({ type: "text", text: format.instruction });
  const tools = listAt(chat.tools, "tools").map((tool, i) => toolOf(tool, `tools[${i}]`));
  const limit = chat.max_completion_tokens ?? chat.max_tokens ?? DEFAULT_MAX_TOKENS;
  const choice = toolChoice(chat, tools.length > 0);
  const thinking = thinkingOf(chat, limit, choice, dropped);
  return {
    body: writeJson(given({
      model: chat.model,
      max_tokens: limit,
      system: system.length === 0 ? undefined : system,
      messages,
      temperature: temperature(chat.temperature, thinking?.type === "enabled", dropped),
      top_p: chat.top_p,
      top_k: chat.top_k,
      stop_sequences: stops(chat.stop, dropped),
      stream: chat.stream,
      tools: tools.length === 0 ? undefined : tools,
      tool_choice: choice,
      thinking,
      output_config: format.config,
      metadata: userOf(chat),
      service_tier: serviceTier(chat.service_tier, dropped),
    })),
    dropped: dropped.paths,
  };
}

function refuse(chat: JsonObject): void {
  if (typeof chat.n === "number" && chat.n > 1) throw cannot("n", "the backend gives one answer per request; send 1");
  if (Array.isArray(chat.modalities) && chat.modalities.some((kind) => kind !== "text")) {
    throw cannot("modalities", "the backend answers text only");
  }
  for (const key of ["audio", "web_search_options"]) {
    if (isObject(chat[key])) throw cannot(key, "the backend has no such feature under this API");
  }
  for (const [key, instead] of [["functions", "tools"], ["function_call", "tool_choice"]] as const) {
    if (chat[key] !== undefined && chat[key] !== null) throw cannot(key, `it is deprecated; send "${instead}"`);
  }
}

function turns(list: readonly unknown[], dropped: Dropped): { system: JsonObject[]; messages: JsonObject[] } {
  const system: JsonObject[] = [];
  const messages: { role: string; content: JsonObject[] }[] = [];
  list.forEach((each, i) => {
    const path = `messages[${i}]`;
    const message = objectAt(each, path);
    const role = stringAt(message.role, `${path}.role`);
    if (role === "system" || role === "developer") {
      // The messages API has one system prompt, before everything.
      if (messages.length > 0) dropped.add(`${path}.position`);
      system.push(...textBlocks(message.content, `${path}.content`));
      return;
    }
    const speaker = role === "assistant" ? "assistant" : "user";
    const content = role === "assistant"
      ? assistantBlocks(message, path, dropped)
      : role === "tool"
      ? [toolResult(message, path)]
      : role === "user"
      ? userBlocks(message.content, `${path}.content`)
      : undefined;
    if (content === undefined) throw cannot(`${path}.role`, "use system, developer, user, assistant or tool");
    dropped.rest(message, MESSAGE_KEYS, path);
    // Results of parallel calls, and what the user says to them, belong into one turn.
    const last = messages.at(-1);
    if (last?.role === speaker) last.content.push(...content);
    else messages.push({ role: speaker, content });
  });
  return { system, messages: messages.filter(({ content }) => content.length > 0) };
}

const MESSAGE_KEYS = new Set(["role", "content", "tool_calls", "tool_call_id", "refusal", "audio", "function_call"]);

/** Empty texts are refused by the messages API and say nothing. */
function text(value: string): JsonObject[] {
  return value === "" ? [] : [{ type: "text", text: value }];
}

function textBlocks(content: unknown, path: string): JsonObject[] {
  if (typeof content === "string") return text(content);
  return listAt(content, path).flatMap((each, i) => {
    const part = objectAt(each, `${path}[${i}]`);
    if (part.type !== "text") throw cannot(`${path}[${i}]`, "only text can stand here");
    return text(stringAt(part.text, `${path}[${i}].text`));
  });
}

function userBlocks(content: unknown, path: string): JsonObject[] {
  if (typeof content === "string") return text(content);
  return listAt(content, path).flatMap((each, i) => {
    const here = `${path}[${i}]`;
    const part = objectAt(each, here);
    switch (part.type) {
      case "text":
        return text(stringAt(part.text, `${here}.text`));
      case "image_url":
        return [{ type: "image", source: sourceOf(stringAt(objectAt(part.image_url, `${here}.image_url`).url, `${here}.image_url.url`)) }];
      case "file":
        return [documentOf(objectAt(part.file, `${here}.file`), `${here}.file`)];
      default:
        throw cannot(here, `parts of type "${String(part.type).slice(0, 40)}" have no counterpart; send text, image_url or file`);
    }
  });
}

function sourceOf(url: string): JsonObject {
  const data = dataUrl(url);
  return data === undefined ? { type: "url", url } : { type: "base64", media_type: data.mediaType, data: data.data };
}

function documentOf(file: JsonObject, path: string): JsonObject {
  if (file.file_data === undefined) throw cannot(`${path}.file_id`, "files uploaded elsewhere cannot be read here; send file_data");
  const data = dataUrl(stringAt(file.file_data, `${path}.file_data`));
  if (data?.mediaType !== "application/pdf") throw cannot(`${path}.file_data`, "only PDF files as base64 data URLs can be sent");
  return given({ type: "document", source: { type: "base64", media_type: data.mediaType, data: data.data }, title: file.filename });
}

function assistantBlocks(message: JsonObject, path: string, dropped: Dropped): JsonObject[] {
  if (isObject(message.audio)) throw cannot(`${path}.audio`, "the backend has no audio");
  if (isObject(message.function_call)) throw cannot(`${path}.function_call`, 'it is deprecated; send "tool_calls"');
  const blocks: JsonObject[] = [];
  if (typeof message.content === "string") blocks.push(...text(message.content));
  else {
    listAt(message.content, `${path}.content`).forEach((each, i) => {
      const here = `${path}.content[${i}]`;
      const part = objectAt(each, here);
      if (part.type !== "text" && part.type !== "refusal") throw cannot(here, "an assistant's parts are text or refusal");
      blocks.push(...text(stringAt(part.type === "text" ? part.text : part.refusal, here)));
    });
  }
  if (typeof message.refusal === "string") blocks.push(...text(message.refusal));
  // A thinking block needs the signature it was made with.
  for (const key of ["reasoning_content", "reasoning"]) if (typeof message[key] === "string") dropped.add(`${path}.${key}`);
  listAt(message.tool_calls, `${path}.tool_calls`).forEach((each, i) => {
    const here = `${path}.tool_calls[${i}]`;
    const call = objectAt(each, here);
    if (call.type === "custom") throw cannot(here, "the input of custom tools is no JSON object; use function tools");
    const called = objectAt(call.function, `${here}.function`);
    blocks.push({
      type: "tool_use",
      id: stringAt(call.id, `${here}.id`),
      name: stringAt(called.name, `${here}.function.name`),
      input: argumentsOf(called.arguments, `${here}.function.arguments`),
    });
  });
  return blocks;
}

function argumentsOf(value: unknown, path: string): unknown {
  const source = value === undefined ? "" : stringAt(value, path);
  if (source.trim() === "") return {};
  let input: unknown;
  try {
    input = readJson(source);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
  }
  if (!isObject(input)) throw new RequestError(path, `"${path}" must be a JSON object as a string`);
  return input;
}

function toolResult(message: JsonObject, path: string): JsonObject {
  const content = textBlocks(message.content, `${path}.content`);
  return given({
    type: "tool_result",
    tool_use_id: stringAt(message.tool_call_id, `${path}.tool_call_id`),
    content: typeof message.content === "string" ? message.content : content,
  });
}

function toolOf(each: unknown, path: string): JsonObject {
  const tool = objectAt(each, path);
  if (tool.type !== "function") throw cannot(`${path}.type`, "only function tools can be translated");
  const called = objectAt(tool.function, `${path}.function`);
  return given({
    name: stringAt(called.name, `${path}.function.name`),
    description: called.description,
    input_schema: called.parameters ?? { type: "object", properties: {} },
    strict: called.strict,
  });
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
  throw cannot("tool_choice", "use auto, none, required or one function");
}

function responseFormat(value: unknown, dropped: Dropped): { config?: JsonObject; instruction?: string } {
  if (value === undefined || value === null) return {};
  const format = objectAt(value, "response_format");
  if (format.type === "text") return {};
  if (format.type === "json_schema") {
    const { schema } = objectAt(format.json_schema, "response_format.json_schema");
    return { config: { format: { type: "json_schema", schema: objectAt(schema, "response_format.json_schema.schema") } } };
  }
  if (format.type === "json_object") {
    // There is no such mode; the instruction is the documented substitute, and the header says that nothing enforces it.
    dropped.add("response_format");
    return { instruction: "Answer with one JSON object and nothing else: no prose, no code fence." };
  }
  throw cannot("response_format.type", "use text, json_object or json_schema");
}

function thinkingOf(chat: JsonObject, limit: unknown, choice: JsonObject | undefined, dropped: Dropped): JsonObject | undefined {
  const { reasoning_effort: effort } = chat;
  if (effort === undefined || effort === null) return undefined;
  if (effort === "none" || effort === "minimal") return { type: "disabled" };
  const wanted = BUDGETS[stringAt(effort, "reasoning_effort")];
  if (wanted === undefined) throw cannot("reasoning_effort", `use none, minimal, ${Object.keys(BUDGETS).join(", ")}`);
  const room = typeof limit === "number" ? limit - 1 : 0;
  const forced = choice?.type === "any" || choice?.type === "tool";
  // Thinking must fit under max_tokens and cannot go with a forced tool.
  if (room < 1024 || forced) {
    dropped.add("reasoning_effort");
    return undefined;
  }
  return { type: "enabled", budget_tokens: Math.min(wanted, room) };
}

function temperature(value: unknown, thinking: boolean, dropped: Dropped): unknown {
  if (typeof value !== "number") return value;
  if (thinking && value !== 1) {
    dropped.add("temperature");
    return undefined;
  }
  // OpenAI's scale goes to 2, Anthropic's to 1.
  if (value > 1) dropped.add("temperature");
  return Math.min(value, 1);
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
