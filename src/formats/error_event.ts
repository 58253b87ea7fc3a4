/** How a stream begins: a backend that has answered 200 already can only say in an event that it is overloaded or broken. */
import { isObject, parseObject } from "./json_value.ts";
import { NdjsonReader } from "./ndjson.ts";
import { type SseEvent, SseReader } from "./sse.ts";
import type { StreamFormat } from "./types.ts";

/** Most of a stream that is looked at; bytes. A larger first event is no error. */
const MAX_BEGINNING_BYTES = 1 << 16;

/** The client's own mistakes, which no other backend mends; everything else may pass. */
const CLIENTS_FAULT =
  /invalid|bad_?request|authentication|permission|forbidden|not_?found|too_large|unsupported|context_length|content|policy/i;

/** Judges the beginning of a stream from its bytes, cut anywhere; comments and pings are no beginning yet. */
export class StreamBeginning {
  readonly #reader: SseReader | NdjsonReader;

  constructor(framing: StreamFormat["framing"]) {
    const options = { maxEventBytes: MAX_BEGINNING_BYTES };
    this.#reader = framing === "sse" ? new SseReader(options) : new NdjsonReader(options);
  }

  /** @returns undefined while it cannot be told. */
  push(bytes: Uint8Array): "begun" | "failed" | undefined {
    return this.#judge(() => this.#reader.push(bytes));
  }

  /** The stream ended before it could be told. */
  end(): "begun" | "failed" {
    return this.#judge(() => this.#reader.finish()) ?? "begun";
  }

  #judge(read: () => readonly SseEvent[]): "begun" | "failed" | undefined {
    try {
      const first = read().find(({ data }) => data !== undefined && !/^\s*\{\s*"type"\s*:\s*"ping"/.test(data));
      return first === undefined ? undefined : isPassingError(first.data!) ? "failed" : "begun";
    } catch {
      // Too large, or no JSON: what is wrong with it is said where it is read.
      return "begun";
    }
  }
}

/**
 * An error event that another try, or another backend, may better. OpenAI: `{"error": {type, code}}`; Anthropic:
 * `{"type": "error", "error": {type}}` (https://docs.claude.com/en/docs/build-with-claude/streaming#error-events); Responses:
 * `{"type": "error", code}` and `response.failed`; Ollama: `{"error": "…"}`.
 */
function isPassingError(data: string): boolean {
  if (!/"error"|"response\.failed"/.test(data)) return false;
  const event = parseObject(data, "an event");
  const response = isObject(event.response) ? event.response : undefined;
  const error = event.error ?? response?.error ?? (event.type === "error" ? event : undefined);
  if (error === undefined || error === null) return event.type === "response.failed";
  if (!isObject(error)) return true;
  const status = Number(error.code ?? error.status);
  if (status >= 400 && status < 600) return status >= 500 || status === 408 || status === 429;
  return ![error.type, error.code].some((each) => typeof each === "string" && CLIENTS_FAULT.test(each));
}
