/** OpenAI Responses requests. https://platform.openai.com/docs/api-reference/responses/create */
import type { JsonNode } from "./json_nodes.ts";
import { joinPath, RequestReader, wrongType } from "./request.ts";
import type { DecodedRequest, PromptRole } from "./types.ts";

/** @throws {RequestError} */
export function decodeResponsesRequest(body: string): DecodedRequest {
  const reader = new RequestReader(body);
  const { root } = reader;
  // A stored prompt may name the model.
  const model = reader.member(root, "prompt", "") === undefined ? reader.model() : reader.string(root, "model", "") ?? "";
  const instructions = reader.member(root, "instructions", "");
  if (instructions?.kind === "array") readItems(reader, instructions, "instructions", "system");
  else reader.text("system", instructions, "instructions");
  const input = reader.member(root, "input", "");
  if (input?.kind === "string") reader.text("user", input, "input");
  else if (input?.kind === "array") readItems(reader, input, "input", "user");
  else if (input !== undefined) throw wrongType("input", "a string or a list of items", input);
  const prompt = reader.member(root, "prompt", "");
  reader.leaves("user", reader.member(prompt, "variables", "prompt"), "prompt.variables");
  reader.items(root, "tools", "").forEach((tool, i) => reader.definition(tool, `tools[${i}]`));
  reader.definition(reader.member(root, "text", ""), "text");
  const maxTokens = reader.count("max_output_tokens", 0);
  return reader.request({
    model,
    stream: reader.flag("stream"),
    includeUsage: true,
    choices: 1,
    ...(maxTokens !== undefined && { maxTokens }),
  });
}

function readItems(reader: RequestReader, list: JsonNode, path: string, role: PromptRole): void {
  if (list.kind !== "array") return;
  list.items.forEach((item, i) => {
    const here = `${path}[${i}]`;
    if (item.kind === "string") return reader.text(role, item, here);
    if (item.kind !== "object") throw wrongType(here, "an object", item);
    readItem(reader, item, here, role);
  });
}

function readItem(reader: RequestReader, item: JsonNode, path: string, standard: PromptRole): void {
  const type = reader.string(item, "type", path) ?? "message";
  const name = reader.string(item, "role", path);
  const calls = type.endsWith("_call") || type === "reasoning";
  const results = type.endsWith("_output") || type === "file_search_call" || type === "web_search_call";
  const role: PromptRole = results
    ? "tool"
    : calls || name === "assistant"
    ? "assistant"
    : name === "system" || name === "developer"
    ? "system"
    : name === "tool"
    ? "tool"
    : name === undefined
    ? standard
    : "user";
  readContent(reader, role, reader.member(item, "content", path), `${path}.content`);
  readContent(reader, role, reader.member(item, "summary", path), `${path}.summary`);
  reader.jsonString("assistant", reader.member(item, "arguments", path), `${path}.arguments`);
  for (const key of ["input", "code"]) reader.text("assistant", reader.member(item, key, path), joinPath(path, key));
  for (const key of ["action", "operation"]) reader.leaves("assistant", reader.member(item, key, path), joinPath(path, key));
  reader.items(item, "tools", path).forEach((tool, i) => reader.definition(tool, `${path}.tools[${i}]`));
  const output = reader.member(item, "output", path);
  if (output?.kind === "string") reader.text("tool", output, `${path}.output`);
  else readContent(reader, "tool", output, `${path}.output`);
  for (const key of ["outputs", "results"]) readContent(reader, "tool", reader.member(item, key, path), joinPath(path, key));
  // An item that came out of an answer; an image in it is no text.
  if ((type === "message" && role !== "assistant") || item.kind !== "object") return;
  for (const { key, value } of item.members) {
    if (key !== "result" || type !== "image_generation_call") reader.rest(role, value, joinPath(path, key), key);
  }
}

/** Members that carry text in one kind of part or another. */
const TEXTS = ["text", "refusal", "alt", "alt_text", "filename", "logs", "stdout", "stderr", "title"];

function readContent(reader: RequestReader, role: PromptRole, content: JsonNode | undefined, path: string): void {
  if (content === undefined) return;
  if (content.kind === "string") return reader.text(role, content, path);
  const parts = content.kind === "array" ? content.items : [content];
  parts.forEach((part, i) => {
    const here = content.kind === "array" ? `${path}[${i}]` : path;
    if (part.kind === "string") return reader.text(role, part, here);
    for (const key of TEXTS) reader.text(role, reader.member(part, key, here), joinPath(here, key));
    const data = reader.member(part, "file_data", here);
    // Base64 is no text; plain text may stand there as well.
    if (data?.kind === "string" && !data.value.startsWith("data:")) reader.text(role, data, `${here}.file_data`);
  });
}
