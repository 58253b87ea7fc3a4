/**
 * OpenAI Responses requests for a backend that speaks chat completions only.
 * https://platform.openai.com/docs/api-reference/responses/create → https://platform.openai.com/docs/api-reference/chat/create
 */
import { isObject, type JsonObject } from "../json_value.ts";
import { readRequest, writeJson } from "./exact_json.ts";
import { calledDirectly, cannot, Dropped, given, limitKey, listAt, objectAt, stringAt } from "./reading.ts";
import type { TranslatedRequest } from "./types.ts";

const KNOWN = new Set([
  "model",
  "input",
  "instructions",
  "max_output_tokens",
  "temperature",
  "top_p",
  "stream",
  "stream_options",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "text",
  "reasoning",
  "user",
  "safety_identifier",
  "prompt_cache_key",
  "service_tier",
  "top_logprobs",
  // Echoed in the answer, as the Responses API does.
  "metadata",
  // Hints for OpenAI's prompt cache change no answer.
  "prompt_cache_options",
  "prompt_cache_retention",
  // Nothing is stored here: asked for by name that is told, and what is asked for again by its id is refused.
  "store",
  "truncation",
]);

/** State that the backend would have to keep. */
const STATE = ["previous_response_id", "conversation", "background", "prompt"];

/** Features that a backend of the chat API does not have, and whose absence would show in no answer. */
const REFUSED = ["moderation", "image", "access_programs", "context_management"];

/** @throws {RequestError} */
export function responsesToChat(body: string): TranslatedRequest {
  const request = readRequest(body);
  const dropped = new Dropped();
  for (const key of STATE) {
    if (request[key]) throw cannot(key, "the backend keeps no state; send the whole conversation as input");
  }
  for (const key of REFUSED) {
    const value = request[key];
    if (isObject(value) || (Array.isArray(value) && value.length > 0)) throw cannot(key, "the backend's API has no such feature");
  }
  if (request.truncation === "auto") dropped.add("truncation");
  if (request.store === true) dropped.add("store");
  if (typeof request.top_logprobs === "number" && request.top_logprobs > 0) dropped.add("top_logprobs");
  dropped.rest(request, KNOWN);
  const text = isObject(request.text) ? request.text : {};
  const reasoning = isObject(request.reasoning) ? request.reasoning : {};
  dropped.rest(reasoning, new Set(["effort"]), "reasoning");
  dropped.rest(text, new Set(["format", "verbosity"]), "text");
  const tools = listAt(request.tools, "tools").map((tool, i) => toolOf(tool, `tools[${i}]`, dropped));
  const instructions = typeof request.instructions === "string" && request.instructions !== ""
    ? [{ role: "system", content: request.instructions }]
    : [];
  return {
    body: writeJson(given({
      model: request.model,
      messages: [...instructions, ...messagesOf(request.input, dropped)],
      [limitKey(request.model)]: request.max_output_tokens,
      temperature: request.temperature,
      top_p: request.top_p,
      stream: request.stream,
      stream_options: request.stream === true ? { include_usage: true } : undefined,
      tools: tools.length === 0 ? undefined : tools,
      tool_choice: tools.length === 0 ? undefined : choiceOf(request.tool_choice),
      parallel_tool_calls: tools.length === 0 ? undefined : request.parallel_tool_calls,
      reasoning_effort: reasoning.effort,
      verbosity: text.verbosity,
      response_format: formatOf(text.format),
      user: request.user,
      safety_identifier: request.safety_identifier,
      prompt_cache_key: request.prompt_cache_key,
      service_tier: request.service_tier,
    })),
    dropped: dropped.paths,
    echo: echoOf(request),
  };
}

const CLIENT_KEYS: Readonly<Record<string, string>> = {
  messages: "input",
  max_tokens: "max_output_tokens",
  max_completion_tokens: "max_output_tokens",
  reasoning_effort: "reasoning.effort",
  response_format: "text.format",
  verbosity: "text.verbosity",
};

/** A path of the chat request as the client knows it; messages and items are not one to one, so of those only the list is named. */
export function responsesPath(path: string): string {
  const key = /^[a-z_]+/.exec(path)?.[0] ?? "";
  if (key === "messages") return "input";
  return Object.hasOwn(CLIENT_KEYS, key) ? CLIENT_KEYS[key]! : path;
}

const ECHOED = [
  "instructions",
  "max_output_tokens",
  "metadata",
  "parallel_tool_calls",
  "prompt_cache_key",
  "safety_identifier",
  "temperature",
  "tool_choice",
  "tools",
  "top_p",
  "user",
];

/** What a response repeats of its request. */
function echoOf(request: JsonObject): JsonObject {
  return given({
    ...Object.fromEntries(ECHOED.map((key) => [key, request[key]])),
    // Nobody writes a summary here, whichever was asked for.
    reasoning: isObject(request.reasoning) ? { effort: request.reasoning.effort ?? null, summary: null } : undefined,
    text: isObject(request.text) ? { format: { type: "text" }, ...given(request.text) } : undefined,
  });
}

const ROLES = ["user", "assistant", "system", "developer"];

function messagesOf(input: unknown, dropped: Dropped): JsonObject[] {
  if (typeof input === "string") return [{ role: "user", content: input }];
  const messages: { role: string; content: Content | null; tool_calls?: JsonObject[]; tool_call_id?: string }[] = [];
  /** Images and files of tools' outputs, which hold text only in the chat API: they follow the outputs as the user's. */
  const shown: JsonObject[] = [];
  const flush = () => {
    if (shown.length > 0) messages.push({ role: "user", content: shown.splice(0) });
  };
  listAt(input, "input").forEach((each, i) => {
    const path = `input[${i}]`;
    const item = objectAt(each, path);
    if (item.type !== "function_call_output" && item.type !== "custom_tool_call_output" && item.type !== "reasoning") flush();
    switch (item.type ?? "message") {
      case "message": {
        const role = stringAt(item.role, `${path}.role`);
        if (!ROLES.includes(role)) throw cannot(`${path}.role`, `use ${ROLES.join(", ")}`);
        const content = contentOf(item.content, role, `${path}.content`, dropped);
        const last = messages.at(-1);
        // What was said after a call belongs to its message: the call's output must follow that at once.
        if (role === "assistant" && last?.tool_calls !== undefined) return void (last.content = saidToo(last.content, content));
        return void messages.push({ role: role === "developer" ? "system" : role, content });
      }
      case "function_call":
      case "custom_tool_call": {
        const id = stringAt(item.call_id, `${path}.call_id`);
        const name = stringAt(item.name, `${path}.name`);
        const call = item.type === "function_call"
          ? { id, type: "function", function: { name, arguments: stringAt(item.arguments, `${path}.arguments`) } }
          : { id, type: "custom", custom: { name, input: stringAt(item.input, `${path}.input`) } };
        // Calls made in one breath belong to one message, and to the text before them.
        const last = messages.at(-1);
        if (last?.role !== "assistant") messages.push({ role: "assistant", content: null, tool_calls: [call] });
        else (last.tool_calls ??= []).push(call);
        return;
      }
      case "function_call_output":
      case "custom_tool_call_output": {
        const output = contentOf(item.output, "user", `${path}.output`, dropped);
        const parts = typeof output === "string" ? [{ type: "text", text: output }] : output;
        messages.push({
          role: "tool",
          tool_call_id: stringAt(item.call_id, `${path}.call_id`),
          content: parts.filter(({ type }) => type === "text").map(({ text }) => text).join("\n"),
        });
        shown.push(...parts.filter(({ type }) => type !== "text"));
        return;
      }
      case "reasoning":
        return dropped.add(path);
      default:
        throw cannot(path, `items of type "${String(item.type).slice(0, 40)}" have no counterpart in the chat API`);
    }
  });
  flush();
  return messages;
}

function contentOf(content: unknown, role: string, path: string, dropped: Dropped): string | JsonObject[] {
  if (typeof content === "string") return content;
  const parts = listAt(content, path).map((each, i): JsonObject => {
    const here = `${path}[${i}]`;
    const part = objectAt(each, here);
    switch (part.type) {
      case "input_text":
      case "output_text":
        return { type: "text", text: stringAt(part.text, `${here}.text`) };
      case "refusal":
        return { type: "refusal", refusal: stringAt(part.refusal, `${here}.refusal`) };
      case "input_image":
        if (typeof part.image_url !== "string") {
          throw cannot(`${here}.file_id`, "files uploaded elsewhere cannot be read here; send image_url");
        }
        return { type: "image_url", image_url: given({ url: part.image_url, detail: part.detail }) };
      case "input_file":
        if (typeof part.file_data !== "string" && typeof part.file_id !== "string") {
          throw cannot(here, "files can be sent as file_data or file_id only");
        }
        if (part.detail !== undefined && part.detail !== "auto") dropped.add(`${here}.detail`);
        return { type: "file", file: given({ filename: part.filename, file_data: part.file_data, file_id: part.file_id }) };
      case "input_audio":
        return { type: "input_audio", input_audio: objectAt(part.input_audio, `${here}.input_audio`) };
      default:
        throw cannot(here, `parts of type "${String(part.type).slice(0, 40)}" have no counterpart in the chat API`);
    }
  });
  if (role === "user") return parts;
  // Plain texts are what every chat backend takes from an assistant or a system.
  return parts.every(({ type }) => type === "text") ? parts.map(({ text }) => text).join("") : parts;
}

type Content = string | readonly JsonObject[];

/** Two contents of one message as one. */
function saidToo(first: Content | null | undefined, more: Content): Content {
  if (first === null || first === undefined || first.length === 0) return more;
  if (typeof first === "string" && typeof more === "string") return `${first}\n\n${more}`;
  return [first, more].flatMap((each) => typeof each === "string" ? [{ type: "text", text: each }] : each);
}

const TOOL_KEYS = new Set(["type", "name", "description", "parameters", "strict"]);

const CUSTOM_KEYS = new Set(["type", "name", "description", "format"]);

function toolOf(each: unknown, path: string, dropped: Dropped): JsonObject {
  const tool = objectAt(each, path);
  if (tool.type === "custom") {
    dropped.rest(calledDirectly(tool), CUSTOM_KEYS, path);
    const { description, format } = tool;
    return { type: "custom", custom: given({ name: stringAt(tool.name, `${path}.name`), description, format: grammarOf(format) }) };
  }
  if (tool.type !== "function") {
    throw cannot(path, `the backend has no "${String(tool.type).slice(0, 40)}" tool; use function or custom tools`);
  }
  dropped.rest(calledDirectly(tool), TOOL_KEYS, path);
  return {
    type: "function",
    function: given({
      name: stringAt(tool.name, `${path}.name`),
      description: tool.description,
      parameters: tool.parameters,
      strict: tool.strict,
    }),
  };
}

/** The chat API writes a grammar's two members one level deeper. */
function grammarOf(format: unknown): unknown {
  if (!isObject(format) || format.type !== "grammar") return format;
  const { type, ...grammar } = format;
  return { type, grammar };
}

/** A tool by its name, as the chat API writes it. */
function namedTool({ type, name }: JsonObject, path: string): JsonObject | undefined {
  return type === "function" || type === "custom" ? { type, [type]: { name: stringAt(name, `${path}.name`) } } : undefined;
}

function choiceOf(choice: unknown): unknown {
  if (!isObject(choice)) return choice;
  if (choice.type === "allowed_tools") {
    const tools = listAt(choice.tools, "tool_choice.tools").map((each, i) => {
      const path = `tool_choice.tools[${i}]`;
      const tool = namedTool(objectAt(each, path), path);
      if (tool === undefined) throw cannot(path, "only function and custom tools can be translated");
      return tool;
    });
    return { type: "allowed_tools", allowed_tools: { mode: choice.mode, tools } };
  }
  const tool = namedTool(choice, "tool_choice");
  if (tool === undefined) throw cannot("tool_choice", "use auto, none, required, one function or custom tool, or allowed_tools");
  return tool;
}

function formatOf(value: unknown): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  const { type, name, schema, strict, description } = objectAt(value, "text.format");
  if (type === "text") return undefined;
  if (type === "json_object") return { type };
  if (type === "json_schema") return { type, json_schema: given({ name, description, schema, strict }) };
  throw cannot("text.format.type", "use text, json_object or json_schema");
}
