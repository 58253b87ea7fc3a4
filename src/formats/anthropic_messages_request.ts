/** Anthropic messages requests. https://docs.anthropic.com/en/api/messages */
import type { JsonNode } from "./json_nodes.ts";
import { joinPath, RequestError, RequestReader, wrongType } from "./request.ts";
import type { DecodedRequest, PromptRole } from "./types.ts";

/** @throws {RequestError} */
export function decodeMessagesRequest(body: string): DecodedRequest {
  const reader = new RequestReader(body);
  const { root } = reader;
  const model = reader.model();
  readContent(reader, "system", reader.member(root, "system", ""), "system");
  const messages = reader.member(root, "messages", "");
  if (messages === undefined) throw new RequestError("messages", '"messages" is missing; send a list of messages');
  if (messages.kind !== "array") throw wrongType("messages", "a list", messages);
  messages.items.forEach((message, i) => {
    const path = `messages[${i}]`;
    if (message.kind !== "object") throw wrongType(path, "an object", message);
    const name = reader.string(message, "role", path);
    if (name === undefined) throw new RequestError(`${path}.role`, `"${path}.role" is missing; use user or assistant`);
    // A role we do not know is guarded like a user's, never left out.
    const role = name === "assistant" || name === "system" ? name : "user";
    readContent(reader, role, reader.member(message, "content", path), `${path}.content`);
  });
  reader.items(root, "tools", "").forEach((tool, i) => reader.definition(tool, `tools[${i}]`));
  const maxTokens = reader.count("max_tokens", 0);
  return reader.request({
    model,
    stream: reader.flag("stream"),
    includeUsage: true,
    choices: 1,
    ...(maxTokens !== undefined && { maxTokens }),
  });
}

function readContent(reader: RequestReader, role: PromptRole, content: JsonNode | undefined, path: string): void {
  if (content === undefined) return;
  if (content.kind === "string") return reader.text(role, content, path);
  if (content.kind !== "array") throw wrongType(path, "a string or a list of blocks", content);
  content.items.forEach((block, i) => readBlock(reader, role, block, `${path}[${i}]`));
}

/** Names of members that carry text in one kind of block or another. */
const TEXTS = ["text", "thinking", "title", "context", "alt", "alt_text"];

function readBlock(reader: RequestReader, role: PromptRole, block: JsonNode, path: string): void {
  if (block.kind === "string") return reader.text(role, block, path);
  const type = reader.string(block, "type", path) ?? "";
  const speaks = type.endsWith("tool_result") || type === "search_result" ? "tool" : role;
  for (const key of TEXTS) reader.text(speaks, reader.member(block, key, path), joinPath(path, key));
  reader.items(block, "tools", path).forEach((tool, i) => reader.definition(tool, `${path}.tools[${i}]`));
  if (type.endsWith("tool_use")) reader.leaves(role, reader.member(block, "input", path), `${path}.input`);
  const source = reader.member(block, "source", path);
  if (source?.kind === "string") reader.text(speaks, source, `${path}.source`);
  else if (source !== undefined) {
    const kind = reader.string(source, "type", `${path}.source`);
    if (kind === "text") reader.text(speaks, reader.member(source, "data", `${path}.source`), `${path}.source.data`);
    readContent(reader, speaks, reader.member(source, "content", `${path}.source`), `${path}.source.content`);
  }
  const content = reader.member(block, "content", path);
  if (content?.kind === "object") readBlock(reader, speaks, content, `${path}.content`);
  else readContent(reader, speaks, content, `${path}.content`);
  // What else a block of an answer has: citations, results of tools that ran at the provider.
  reader.rest(speaks, block, path);
}
