/** Newline-delimited JSON (https://github.com/ndjson/ndjson-spec): one document per line, framed as events of the same shape as SSE. */
import { MAX_EVENT_BYTES, PendingBytes, type ReaderOptions, type SseEvent } from "./sse.ts";

const LF = 10;
const utf8 = new TextDecoder();

/** Bytes in, one event per line out; empty lines are events without data. */
export class NdjsonReader {
  readonly #pending: PendingBytes;

  constructor(options: ReaderOptions = {}) {
    this.#pending = new PendingBytes(options.maxEventBytes ?? MAX_EVENT_BYTES);
  }

  /** @throws {EventTooLargeError} when one line passes the limit, after the lines ahead of it have been returned. */
  push(bytes: Uint8Array): SseEvent[] {
    const events: SseEvent[] = [];
    this.#pending.attempt(events, () => this.#read(bytes, events));
    return events;
  }

  #read(bytes: Uint8Array, events: SseEvent[]): void {
    let start = 0;
    for (let lf = bytes.indexOf(LF); lf >= 0; lf = bytes.indexOf(LF, start)) {
      const last = bytes.subarray(start, lf + 1);
      this.#pending.check(last.length);
      events.push(lineEvent(this.#pending.take(last)));
      start = lf + 1;
    }
    this.#pending.add(start === 0 ? bytes : bytes.subarray(start));
  }

  /** The last line may lack its LF, which is added: more may follow towards the client. */
  finish(): SseEvent[] {
    this.#pending.rethrow();
    return this.#pending.length === 0 ? [] : [lineEvent(this.#pending.take(Uint8Array.of(LF)))];
  }
}

function lineEvent(raw: Uint8Array): SseEvent {
  const data = utf8.decode(raw).trim();
  return { raw, data: data === "" ? undefined : data, event: undefined };
}

const encoder = new TextEncoder();

/** One line with this document; LF inside the document (between its tokens) becomes a space. */
export function lineBytes(data: string): Uint8Array {
  return encoder.encode(`${data.replace(/[\r\n]+/g, " ")}\n`);
}
