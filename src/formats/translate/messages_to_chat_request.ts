/**
 * Anthropic messages requests for a backend that speaks OpenAI chat.
 * https://docs.anthropic.com/en/api/messages → https://platform.openai.com/docs/api-reference/chat/create
 */
import { isObject, type JsonObject, listOf } from "../json_value.ts";
import { RequestError } from "../request.ts";
import { readRequest, writeJson } from "./exact_json.ts";
import { calledDirectly, cannot, Dropped, given, limitKey, listAt, objectAt, stringAt } from "./reading.ts";
import { effortOf } from "./thinking.ts";
import type { TranslatedRequest } from "./types.ts";

const KNOWN = new Set([
  "model",
  "messages",
  "system",
  "max_tokens",
  "temperature",
  "top_p",
  "stop_sequences",
  "stream",
  "tools",
  "tool_choice",
  "thinking",
  "output_config",
  "metadata",
  "service_tier",
  "cache_control",
  "thread",
]);

/** Keys that change what the answer is about, or where it is made: leaving them out would be silently wrong. */
const REFUSED = ["mcp_servers", "container", "context_management", "inference_geo"];

/** Cache breakpoints change no answer, so nobody is told of them. */
const HINT = "cache_control";
const TEXT_KEYS = new Set(["type", "text", HINT, "citations"]);
const TOOL_KEYS = new Set(["type", "name", "description", "input_schema", "strict", HINT]);

/** @throws {RequestError} */
export function messagesToChat(body: string): TranslatedRequest {
  const request = readRequest(body);
  const dropped = new Dropped();
  for (const key of REFUSED) {
    const value = request[key];
    if (typeof value === "string" || isObject(value) || (Array.isArray(value) && value.length > 0)) {
      throw cannot(key, "the backend's API has no such feature");
    }
  }
  if (isObject(request.thread)) throw noThreads();
  if (request.max_tokens === 0) throw cannot("max_tokens", "0 only fills the provider's prompt cache; ask for one token or more");
  dropped.rest(request, KNOWN);
  const model = stringAt(request.model, "model");
  const system = systemText(request.system, dropped);
  const turns = listAt(request.messages, "messages");
  noPrefill(turns);
  const messages = combined(turns.map((each, i) => turn(each, `messages[${i}]`, dropped)));
  const tools = listAt(request.tools, "tools").map((tool, i) => toolOf(tool, `tools[${i}]`, dropped));
  // Without tools there is nothing to choose from, and the chat API refuses a choice.
  const choice = isObject(request.tool_choice) && tools.length > 0 ? request.tool_choice : undefined;
  const output = isObject(request.output_config) ? request.output_config : {};
  const metadata = isObject(request.metadata) ? request.metadata : {};
  dropped.rest(output, new Set(["effort", "format"]), "output_config");
  dropped.rest(metadata, new Set(["user_id"]), "metadata");
  return {
    body: writeJson(given({
      model,
      messages: [...system, ...messages],
      [limitKey(model)]: request.max_tokens,
      temperature: request.temperature,
      top_p: request.top_p,
      stop: stops(request.stop_sequences),
      stream: request.stream,
      stream_options: request.stream === true ? { include_usage: true } : undefined,
      tools: tools.length === 0 ? undefined : tools,
      tool_choice: choiceOf(choice),
      parallel_tool_calls: choice?.disable_parallel_tool_use === true ? false : undefined,
      reasoning_effort: effortOf(request.thinking, output.effort, dropped),
      response_format: formatOf(output.format),
      user: metadata.user_id,
      service_tier: request.service_tier === "standard_only" ? "default" : request.service_tier,
    })),
    dropped: dropped.paths,
  };
}

/** The SDK's tool runner asks for threads by itself, and on this very error goes on by sending the whole conversation. */
function noThreads(): RequestError {
  return new RequestError("thread", '"thread" cannot be translated: the backend keeps no state; send the whole conversation', {
    details: { error_code: "thread_unsupported_request", unsupported: [] },
  });
}

/**
 * A begun answer, which only the messages API goes on with: the client would put two beginnings together. Models there that cannot do it
 * refuse it with this status and in these words (https://platform.claude.com/docs/en/api/errors).
 */
function noPrefill(turns: readonly unknown[]): void {
  const last = turns.at(-1);
  if (!isObject(last) || last.role !== "assistant") return;
  if (typeof last.content !== "string" && !listAt(last.content, "content").some((block) => isObject(block) && block.type === "text")) {
    return;
  }
  throw cannot(
    `messages[${turns.length - 1}]`,
    "the chat API does not support assistant message prefill; the conversation must end with a user message",
  );
}

/**
 * Consecutive turns of one role are one turn for the messages API. For the chat API that matters where calls are made or answered: results
 * must follow their calls at once.
 */
function combined(turns: readonly JsonObject[][]): JsonObject[] {
  const out: JsonObject[] = [];
  for (const message of turns.flat()) {
    const last = out.at(-1);
    if (message.role === "tool") {
      const said = out.findLastIndex(({ role }) => role !== "user");
      out.splice(said + 1, 0, message);
    } else if (message.role === "assistant" && last?.role === "assistant" && last.tool_calls !== undefined) {
      const calls = [...listOf(last.tool_calls), ...listOf(message.tool_calls)];
      const texts = [last.content, message.content].filter((text) => typeof text === "string");
      out.splice(-1, 1, { role: "assistant", content: texts.length === 0 ? null : texts.join(""), tool_calls: calls });
    } else out.push(message);
  }
  return out;
}

function systemText(system: unknown, dropped: Dropped): JsonObject[] {
  if (system === undefined || system === null || system === "") return [];
  const content = typeof system === "string" ? system : listAt(system, "system").map((each, i) => {
    const block = objectAt(each, `system[${i}]`);
    dropped.rest(block, TEXT_KEYS, `system[${i}]`);
    return stringAt(block.text, `system[${i}].text`);
  }).join("\n\n");
  return content === "" ? [] : [{ role: "system", content }];
}

function turn(each: unknown, path: string, dropped: Dropped): JsonObject[] {
  const message = objectAt(each, path);
  const role = stringAt(message.role, `${path}.role`);
  if (role !== "user" && role !== "assistant" && role !== "system") throw cannot(`${path}.role`, "use user or assistant");
  if (typeof message.content === "string") return [{ role, content: message.content }];
  const blocks = listAt(message.content, `${path}.content`).map((block, i) => objectAt(block, `${path}.content[${i}]`));
  return role === "assistant" ? assistantTurn(blocks, `${path}.content`, dropped) : userTurn(role, blocks, `${path}.content`, dropped);
}

function assistantTurn(blocks: readonly JsonObject[], path: string, dropped: Dropped): JsonObject[] {
  const calls: JsonObject[] = [];
  let text: string | undefined;
  blocks.forEach((block, i) => {
    const here = `${path}[${i}]`;
    switch (block.type) {
      case "text":
        dropped.rest(block, TEXT_KEYS, here);
        text = (text ?? "") + stringAt(block.text, `${here}.text`);
        if (Array.isArray(block.citations) && block.citations.length > 0) dropped.add(`${here}.citations`);
        return;
      case "tool_use":
        dropped.rest(block, new Set(["type", "id", "name", "input", HINT, "caller"]), here);
        calls.push({
          id: stringAt(block.id, `${here}.id`),
          type: "function",
          function: { name: stringAt(block.name, `${here}.name`), arguments: writeJson(block.input ?? {}) },
        });
        return;
      case "thinking":
      case "redacted_thinking":
        // Reasoning is not sent back in the chat API.
        return dropped.add(here);
      default:
        throw unknownBlock(block, here);
    }
  });
  if (text === undefined && calls.length === 0) return [];
  return [{ role: "assistant", content: text ?? null, ...(calls.length > 0 && { tool_calls: calls }) }];
}

/** Tool results become messages of their own, which must follow the calls at once, so they come first. */
function userTurn(role: string, blocks: readonly JsonObject[], path: string, dropped: Dropped): JsonObject[] {
  const results: JsonObject[] = [];
  const parts: JsonObject[] = [];
  blocks.forEach((block, i) => {
    const here = `${path}[${i}]`;
    if (block.type !== "tool_result") return void parts.push(...partsOf(block, here, dropped));
    dropped.rest(block, new Set(["type", "tool_use_id", "content", "is_error", HINT]), here);
    const inside = typeof block.content === "string"
      ? [{ type: "text", text: block.content }]
      : listAt(block.content, `${here}.content`).flatMap((each, j) =>
        partsOf(objectAt(each, `${here}.content[${j}]`), `${here}.content[${j}]`, dropped)
      );
    const [texts, others] = [inside.filter(({ type }) => type === "text"), inside.filter(({ type }) => type !== "text")];
    results.push({
      role: "tool",
      tool_call_id: stringAt(block.tool_use_id, `${here}.tool_use_id`),
      content: failedOr(block.is_error === true, texts.map(({ text }) => text).join("\n")),
    });
    // A tool's message holds text alone; its images follow as the user's.
    parts.push(...others);
  });
  if (parts.length === 0) return results;
  const text = parts.every(({ type }) => type === "text") ? parts.map(({ text }) => text).join("\n\n") : undefined;
  return [...results, { role, content: text ?? parts }];
}

/** A tool's message of the chat API has no mark for a failure, so its text says so. */
function failedOr(failed: boolean, text: string): string {
  if (!failed) return text;
  return text === "" ? "Error" : `Error: ${text}`;
}

function partsOf(block: JsonObject, path: string, dropped: Dropped): JsonObject[] {
  switch (block.type) {
    case "text":
      dropped.rest(block, TEXT_KEYS, path);
      return [{ type: "text", text: stringAt(block.text, `${path}.text`) }];
    case "image":
      dropped.rest(block, new Set(["type", "source", HINT]), path);
      return [{ type: "image_url", image_url: { url: urlOf(objectAt(block.source, `${path}.source`), `${path}.source`) } }];
    case "document":
      dropped.rest(block, new Set(["type", "source", "title", "context", "citations", HINT]), path);
      if (isObject(block.citations) && block.citations.enabled === true) dropped.add(`${path}.citations`);
      return documentParts(block, objectAt(block.source, `${path}.source`), path, dropped);
    case "search_result": {
      if (isObject(block.citations) && block.citations.enabled === true) dropped.add(`${path}.citations`);
      const found = listAt(block.content, `${path}.content`).map((each, i) =>
        stringAt(objectAt(each, path).text, `${path}.content[${i}].text`)
      );
      return [{ type: "text", text: [block.title, block.source, ...found].filter((each) => typeof each === "string").join("\n") }];
    }
    default:
      throw unknownBlock(block, path);
  }
}

function documentParts(block: JsonObject, source: JsonObject, path: string, dropped: Dropped): JsonObject[] {
  const heading = [block.title, block.context].filter((each) => typeof each === "string");
  if (source.type === "text") return [{ type: "text", text: [...heading, stringAt(source.data, `${path}.source.data`)].join("\n") }];
  if (source.type === "content") {
    if (typeof source.content === "string") return [{ type: "text", text: [...heading, source.content].join("\n") }];
    const parts = listAt(source.content, `${path}.source.content`).flatMap((each, i) =>
      partsOf(objectAt(each, `${path}.source.content[${i}]`), `${path}.source.content[${i}]`, dropped)
    );
    return heading.length === 0 ? parts : [{ type: "text", text: heading.join("\n") }, ...parts];
  }
  if (source.type !== "base64") throw cannot(`${path}.source`, "the chat API takes no document by reference; send base64 or text");
  const url = urlOf(source, `${path}.source`);
  return [{ type: "file", file: { filename: typeof block.title === "string" ? block.title : "document.pdf", file_data: url } }];
}

function urlOf(source: JsonObject, path: string): string {
  if (source.type === "url") return stringAt(source.url, `${path}.url`);
  if (source.type !== "base64") throw cannot(path, "files uploaded elsewhere cannot be read here; send base64 or a URL");
  return `data:${stringAt(source.media_type, `${path}.media_type`)};base64,${stringAt(source.data, `${path}.data`)}`;
}

function unknownBlock(block: JsonObject, path: string): RequestError {
  return cannot(path, `blocks of type "${String(block.type).slice(0, 40)}" have no counterpart in the chat API`);
}

function toolOf(each: unknown, path: string, dropped: Dropped): JsonObject {
  const tool = objectAt(each, path);
  if (tool.type !== undefined && tool.type !== null && tool.type !== "custom") {
    throw cannot(path, `the backend has no "${String(tool.type).slice(0, 40)}" tool`);
  }
  dropped.rest(calledDirectly(tool), TOOL_KEYS, path);
  return {
    type: "function",
    function: given({
      name: stringAt(tool.name, `${path}.name`),
      description: tool.description,
      parameters: tool.input_schema,
      strict: tool.strict,
    }),
  };
}

function choiceOf(choice: JsonObject | undefined): unknown {
  switch (choice?.type) {
    case undefined:
      return undefined;
    case "auto":
    case "none":
      return choice.type;
    case "any":
      return "required";
    case "tool":
      return { type: "function", function: { name: stringAt(choice.name, "tool_choice.name") } };
    default:
      throw cannot("tool_choice.type", "use auto, any, tool or none");
  }
}

function stops(value: unknown): unknown {
  const list = listAt(value, "stop_sequences");
  if (list.length > 4) throw cannot("stop_sequences", "the chat API takes four at the most");
  return list.length === 0 ? undefined : list;
}

function formatOf(format: unknown): JsonObject | undefined {
  if (format === undefined || format === null) return undefined;
  const { type, schema } = objectAt(format, "output_config.format");
  if (type !== "json_schema") throw cannot("output_config.format.type", "use json_schema");
  return { type: "json_schema", json_schema: { name: "answer", schema, strict: true } };
}
