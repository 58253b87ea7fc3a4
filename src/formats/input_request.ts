/** Requests that are guarded on their way in only: embeddings and moderations. https://platform.openai.com/docs/api-reference/embeddings */
import { RequestError, RequestReader } from "./request.ts";
import type { DecodedRequest } from "./types.ts";

/**
 * `model` is empty when the request names none (moderations may).
 * @throws {RequestError}
 */
export function decodeInputRequest(body: string): DecodedRequest {
  const reader = new RequestReader(body);
  const input = reader.member(reader.root, "input", "");
  if (input === undefined) throw new RequestError("input", '"input" is missing; send a string or a list of strings');
  reader.texts("user", input, "input");
  const model = reader.string(reader.root, "model", "") ?? "";
  return reader.request({ model, stream: false, includeUsage: false, choices: 1 });
}
