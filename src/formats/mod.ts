/** The formats room: which format speaks which API. */
import { anthropicMessages } from "./anthropic_messages.ts";
import { NdjsonReader } from "./ndjson.ts";
import { openaiChat } from "./openai_chat.ts";
import { type ReaderOptions, type SseEvent, SseReader } from "./sse.ts";
import type { StreamFormat } from "./types.ts";

/** Bytes in, events out. */
export interface EventReader {
  push(bytes: Uint8Array): readonly SseEvent[];
  finish(): readonly SseEvent[];
}

/** The reader for a format's framing. */
export function readerFor(format: StreamFormat, options: ReaderOptions = {}): EventReader {
  return format.framing === "sse" ? new SseReader(options) : new NdjsonReader(options);
}

export { anthropicMessages, openaiChat };
