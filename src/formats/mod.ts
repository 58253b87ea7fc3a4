/** The formats room: which format speaks which API, and what else the gateway needs of them. */
import { anthropicMessages } from "./anthropic_messages.ts";
import { customFormat, type CustomPaths } from "./custom.ts";
import { NdjsonReader } from "./ndjson.ts";
import { openaiChat } from "./openai_chat.ts";
import { openaiCompletions } from "./openai_completions.ts";
import { openaiResponses } from "./openai_responses.ts";
import { type ReaderOptions, type SseEvent, SseReader } from "./sse.ts";
import type { Api, StreamFormat } from "./types.ts";

/** Bytes in, events out. */
export interface EventReader {
  push(bytes: Uint8Array): readonly SseEvent[];
  finish(): readonly SseEvent[];
}

/** The reader for a format's framing. */
export function readerFor(format: StreamFormat, options: ReaderOptions = {}): EventReader {
  return format.framing === "sse" ? new SseReader(options) : new NdjsonReader(options);
}

const FORMATS: Readonly<Record<Exclude<Api, "custom">, StreamFormat>> = {
  "openai-chat": openaiChat,
  "openai-completions": openaiCompletions,
  "openai-responses": openaiResponses,
  "anthropic-messages": anthropicMessages,
};

/**
 * The format of an API; `custom` needs its paths, and the framing its backend uses (`framingOf` tells by content type).
 * @throws {SyntaxError} when a custom path is not one.
 */
export function formatFor(api: Api, custom?: CustomPaths, framing: StreamFormat["framing"] = "sse"): StreamFormat {
  if (api !== "custom") return FORMATS[api];
  if (custom === undefined) throw new TypeError("A custom format needs streaming.custom.content_path");
  return customFormat(custom, framing);
}

/** How an answer of this content type is framed. */
export function framingOf(contentType: string): StreamFormat["framing"] {
  return /^application\/(x-)?(nd-?json|jsonl|json-seq|jsonlines)\b|^application\/stream\+json\b/i.test(contentType) ? "ndjson" : "sse";
}

const PATHS: Readonly<Record<string, Api>> = {
  "/v1/chat/completions": "openai-chat",
  "/v1/completions": "openai-completions",
  "/v1/responses": "openai-responses",
  "/v1/messages": "anthropic-messages",
};

/** The API of a path (without tenant prefix and query); undefined for paths that are not guarded both ways. */
export function apiForPath(path: string): Api | undefined {
  return Object.hasOwn(PATHS, path) ? PATHS[path] : undefined;
}

/** Paths whose requests are guarded and whose answers are no text: see `decodeInputRequest`. */
export const INGRESS_ONLY_PATHS: readonly string[] = ["/v1/embeddings", "/v1/moderations"];

export { anthropicMessages, openaiChat, openaiCompletions, openaiResponses };
export { customFormat, type CustomPaths } from "./custom.ts";
export { errorEnvelope, type ErrorFacts } from "./envelopes.ts";
export { StreamBeginning } from "./error_event.ts";
export { decodeInputRequest } from "./input_request.ts";
export { BadEventError } from "./json_value.ts";
export { RequestError, withIncludeUsage, withModel } from "./request.ts";
export { EventTooLargeError, MAX_EVENT_BYTES } from "./sse.ts";
