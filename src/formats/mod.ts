/** The formats room: which format speaks which API. */
import { anthropicMessages } from "./anthropic_messages.ts";
import { NdjsonReader } from "./ndjson.ts";
import { openaiChat } from "./openai_chat.ts";
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

/** The formats by API. */
const FORMATS: Readonly<Partial<Record<Api, StreamFormat>>> = {
  "openai-chat": openaiChat,
  "anthropic-messages": anthropicMessages,
};

const PATHS: Readonly<Record<string, Api>> = {
  "/v1/chat/completions": "openai-chat",
  "/v1/completions": "openai-completions",
  "/v1/responses": "openai-responses",
  "/v1/messages": "anthropic-messages",
};

/** The guarded API at a path without tenant prefix; undefined for paths whose text no format knows. */
export function apiForPath(path: string): Api | undefined {
  const api = PATHS[path];
  return api !== undefined && FORMATS[api] !== undefined ? api : undefined;
}

/** The format of an API that `apiForPath` returned. */
export function formatFor(api: Api): StreamFormat {
  const format = FORMATS[api];
  if (format === undefined) throw new Error(`Cannot guard API "${api}": no format speaks it`);
  return format;
}

export { anthropicMessages, openaiChat };
export { RequestError, withIncludeUsage } from "./request.ts";
export { errorEnvelope } from "./envelopes.ts";
