/** OpenAI chat completion requests. https://platform.openai.com/docs/api-reference/chat/create */
import { joinPath, RequestError, RequestReader, wrongType } from "./request.ts";
import type { JsonNode } from "./json_nodes.ts";
import { MESSAGE, REASONING_LISTS } from "./openai_fields.ts";
import type { DecodedRequest, PromptRole } from "./types.ts";

const ROLES: Readonly<Record<string, PromptRole>> = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
  tool: "tool",
  function: "tool",
};

/** @throws {RequestError} */
export function decodeChatRequest(body: string): DecodedRequest {
  const reader = new RequestReader(body);
  const { root } = reader;
  const model = reader.model();
  const messages = reader.member(root, "messages", "");
  if (messages === undefined) throw new RequestError("messages", '"messages" is missing; send a list of messages');
  if (messages.kind !== "array") throw wrongType("messages", "a list", messages);
  readChatMessages(reader, messages.items);
  reader.items(root, "tools", "").forEach((tool, i) => reader.definition(tool, `tools[${i}]`));
  reader.items(root, "functions", "").forEach((tool, i) => reader.definition(tool, `functions[${i}]`));
  reader.definition(reader.member(root, "response_format", ""), "response_format");
  const prediction = reader.member(root, "prediction", "");
  readContent(reader, "assistant", reader.member(prediction, "content", "prediction"), "prediction.content");
  const options = reader.member(root, "stream_options", "");
  const usage = reader.member(options, "include_usage", "stream_options");
  const maxTokens = reader.count("max_completion_tokens", 0) ?? reader.count("max_tokens", 0);
  return reader.request({
    model,
    stream: reader.flag("stream"),
    includeUsage: usage?.kind === "boolean" && usage.value === true,
    choices: reader.count("n", 1) ?? 1,
    ...(maxTokens !== undefined && { maxTokens }),
  });
}

/** Notes the texts of `messages`. @throws {RequestError} */
export function readChatMessages(reader: RequestReader, messages: readonly JsonNode[]): void {
  messages.forEach((message, i) => readMessage(reader, message, `messages[${i}]`));
}

function readMessage(reader: RequestReader, message: JsonNode, path: string): void {
  if (message.kind !== "object") throw wrongType(path, "an object", message);
  const name = reader.string(message, "role", path);
  if (name === undefined) throw new RequestError(`${path}.role`, `"${path}.role" is missing; use system, user, assistant or tool`);
  // A role we do not know is guarded like a user's, never left out.
  const role = ROLES[name] ?? "user";
  readContent(reader, role, reader.member(message, "content", path), `${path}.content`);
  reader.text(role, reader.member(message, "name", path), `${path}.name`);
  for (const key of ["refusal", "reasoning_content", "reasoning"]) reader.text(role, reader.member(message, key, path), `${path}.${key}`);
  for (const [list, names] of REASONING_LISTS) {
    const details = reader.member(message, list, path);
    if (details?.kind !== "array") continue;
    details.items.forEach((detail, i) => {
      const here = `${path}.${list}[${i}]`;
      for (const name of names) reader.text(role, reader.member(detail, name, here), `${here}.${name}`);
    });
  }
  reader.items(message, "tool_calls", path).forEach((call, i) => {
    const here = `${path}.tool_calls[${i}]`;
    const called = reader.member(call, "function", here);
    reader.jsonString(role, reader.member(called, "arguments", `${here}.function`), `${here}.function.arguments`);
    reader.text(role, reader.member(reader.member(call, "custom", here), "input", `${here}.custom`), `${here}.custom.input`);
  });
  const called = reader.member(message, "function_call", path);
  reader.jsonString(role, reader.member(called, "arguments", `${path}.function_call`), `${path}.function_call.arguments`);
  // What backends add to their messages, sent back.
  for (const { key, value } of message.members) if (!MESSAGE.has(key)) reader.rest(role, value, joinPath(path, key), key);
}

function readContent(reader: RequestReader, role: PromptRole, content: JsonNode | undefined, path: string): void {
  if (content === undefined) return;
  if (content.kind === "string") return reader.text(role, content, path);
  if (content.kind !== "array") throw wrongType(path, "a string or a list of parts", content);
  content.items.forEach((part, i) => readPart(reader, role, part, `${path}[${i}]`));
}

function readPart(reader: RequestReader, role: PromptRole, part: JsonNode, path: string): void {
  if (part.kind === "string") return reader.text(role, part, path);
  for (const key of ["text", "refusal", "alt", "alt_text"]) reader.text(role, reader.member(part, key, path), `${path}.${key}`);
  const image = reader.member(part, "image_url", path);
  for (const key of ["alt", "alt_text"]) reader.text(role, reader.member(image, key, `${path}.image_url`), `${path}.image_url.${key}`);
  const file = reader.member(part, "file", path);
  for (const key of ["filename", "text"]) reader.text(role, reader.member(file, key, `${path}.file`), `${path}.file.${key}`);
  const data = reader.member(file, "file_data", `${path}.file`);
  // Base64 is no text; plain text may stand there as well.
  if (data?.kind === "string" && !/^data:[^,]*;base64,|^[A-Za-z0-9+/\s]+=*$/.test(data.value.slice(0, 256))) {
    reader.text(role, data, `${path}.file.file_data`);
  }
  const nested = reader.member(part, "content", path);
  if (nested?.kind === "string" || nested?.kind === "array") readContent(reader, role, nested, `${path}.content`);
}
