/**
 * OpenAI Responses requests for a backend that speaks chat completions only.
 * https://platform.openai.com/docs/api-reference/responses/create → https://platform.openai.com/docs/api-reference/chat/create
 */
import { isObject, type JsonObject } from "../json_value.ts";
import { readRequest, writeJson } from "./exact_json.ts";
import { cannot, Dropped, given, listAt, objectAt, stringAt } from "./reading.ts";
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
  // Nothing is stored here, and what is asked for again by its id is refused.
  "store",
  "truncation",
]);

/** State that the backend would have to keep. */
const REFUSED = ["previous_response_id", "conversation", "background", "prompt"];

/** @throws {RequestError} */
export function responsesToChat(body: string): TranslatedRequest {
  const request = readRequest(body);
  const dropped = new Dropped();
  for (const key of REFUSED) {
    if (request[key]) throw cannot(key, "the backend keeps no state; send the whole conversation as input");
  }
  if (request.truncation === "auto") dropped.add("truncation");
  if (typeof request.top_logprobs === "number" && request.top_logprobs > 0) dropped.add("top_logprobs");
  dropped.rest(request, KNOWN);
  const text = isObject(request.text) ? request.text : {};
  const reasoning = isObject(request.reasoning) ? request.reasoning : {};
  dropped.rest(reasoning, new Set(["effort"]), "reasoning");
  dropped.rest(text, new Set(["format", "verbosity"]), "text");
  const tools = listAt(request.tools, "tools").map((tool, i) => toolOf(tool, `tools[${i}]`));
  const instructions = typeof request.instructions === "string" && request.instructions !== ""
    ? [{ role: "system", content: request.instructions }]
    : [];
  return {
    body: writeJson(given({
      model: request.model,
      messages: [...instructions, ...messagesOf(request.input, dropped)],
      max_completion_tokens: request.max_output_tokens,
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
  };
}

function messagesOf(input: unknown, dropped: Dropped): JsonObject[] {
  if (typeof input === "string") return [{ role: "user", content: input }];
  const messages: { role: string; tool_calls?: JsonObject[]; [key: string]: unknown }[] = [];
  listAt(input, "input").forEach((each, i) => {
    const path = `input[${i}]`;
    const item = objectAt(each, path);
    switch (item.type ?? "message") {
      case "message": {
        const role = stringAt(item.role, `${path}.role`);
        return void messages.push({
          role: role === "developer" ? "system" : role,
          content: contentOf(item.content, role, `${path}.content`),
        });
      }
      case "function_call": {
        const call = {
          id: stringAt(item.call_id, `${path}.call_id`),
          type: "function",
          function: { name: stringAt(item.name, `${path}.name`), arguments: stringAt(item.arguments, `${path}.arguments`) },
        };
        // Calls made in one breath belong to one message, and to the text before them.
        const last = messages.at(-1);
        if (last?.role !== "assistant") messages.push({ role: "assistant", content: null, tool_calls: [call] });
        else (last.tool_calls ??= []).push(call);
        return;
      }
      case "function_call_output":
        return void messages.push({
          role: "tool",
          tool_call_id: stringAt(item.call_id, `${path}.call_id`),
          content: contentOf(item.output, "tool", `${path}.output`),
        });
      case "reasoning":
        return dropped.add(path);
      default:
        throw cannot(path, `items of type "${String(item.type).slice(0, 40)}" have no counterpart in the chat API`);
    }
  });
  return messages;
}

function contentOf(content: unknown, role: string, path: string): unknown {
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
        if (typeof part.file_data !== "string") throw cannot(here, "files can be sent as file_data only");
        return { type: "file", file: given({ filename: part.filename, file_data: part.file_data }) };
      default:
        throw cannot(here, `parts of type "${String(part.type).slice(0, 40)}" have no counterpart in the chat API`);
    }
  });
  if (role === "user") return parts;
  if (role === "tool" && parts.some(({ type }) => type !== "text")) throw cannot(path, "a tool's output holds text only in the chat API");
  // Plain texts are what every chat backend takes from an assistant, a system or a tool.
  return parts.every(({ type }) => type === "text") ? parts.map(({ text }) => text).join("") : parts;
}

function toolOf(each: unknown, path: string): JsonObject {
  const tool = objectAt(each, path);
  if (tool.type !== "function") throw cannot(path, `the backend has no "${String(tool.type).slice(0, 40)}" tool; use function tools`);
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

function choiceOf(choice: unknown): unknown {
  if (!isObject(choice)) return choice;
  if (choice.type !== "function") throw cannot("tool_choice", "use auto, none, required or one function");
  return { type: "function", function: { name: stringAt(choice.name, "tool_choice.name") } };
}

function formatOf(value: unknown): JsonObject | undefined {
  if (value === undefined || value === null) return undefined;
  const { type, name, schema, strict, description } = objectAt(value, "text.format");
  if (type === "text") return undefined;
  if (type === "json_object") return { type };
  if (type === "json_schema") return { type, json_schema: given({ name, description, schema, strict }) };
  throw cannot("text.format.type", "use text, json_object or json_schema");
}
