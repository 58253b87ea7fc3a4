/**
 * Splits the bytes of an event stream into events, at any byte boundary.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */

/** One server-sent event. */
export interface SseEvent {
  /**
   * The very bytes of the event, blank line included; the raws of all events together are exactly the input. Only a stream that
   * ends without its last blank line gets it added, so that whatever follows towards the client does not run into the event.
   */
  readonly raw: Uint8Array;
  /** The `data` lines joined by LF; undefined when there was none (a comment, a lone field) or nothing in it (a heartbeat). */
  readonly data: string | undefined;
  /** The `event` field; undefined when absent. */
  readonly event: string | undefined;
}

/** Most bytes one event may have, unless told otherwise. */
export const MAX_EVENT_BYTES = 10 * 1024 * 1024;

/** The backend sent an event larger than `maxEventBytes`. */
export class EventTooLargeError extends Error {
  override readonly name = "EventTooLargeError";
  constructor(readonly maxEventBytes: number) {
    super(`The backend sent an event of more than ${maxEventBytes} bytes; raise the limit if such events are expected`);
  }
}

export interface ReaderOptions {
  /** @default {MAX_EVENT_BYTES} */
  readonly maxEventBytes?: number;
}

const LF = 10, CR = 13;
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const NOTHING: Uint8Array = new Uint8Array(0);

/** The parts of an event that came in several reads; joined once, when the event is whole. */
export class PendingBytes {
  #parts: Uint8Array[] = [];
  length = 0;
  #overflow: unknown;

  constructor(readonly maxBytes: number) {}

  /** Runs `read`, which adds to `events`; what it throws waits for the next call when it has found events before. */
  attempt(events: readonly SseEvent[], read: () => void): void {
    this.rethrow();
    try {
      read();
    } catch (error) {
      if (events.length === 0) throw error;
      this.#overflow = error;
    }
  }

  /** @throws {EventTooLargeError} when it was put off. */
  rethrow(): void {
    if (this.#overflow !== undefined) throw this.#overflow;
  }

  /** @throws {EventTooLargeError} when the event passes the limit. */
  add(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.check(bytes.length);
    this.#parts.push(bytes);
    this.length += bytes.length;
  }

  /** @throws {EventTooLargeError} when `more` bytes would pass the limit. */
  check(more: number): void {
    if (this.length + more > this.maxBytes) throw new EventTooLargeError(this.maxBytes);
  }

  /** Everything added, and `last`, as one array. */
  take(last: Uint8Array = NOTHING): Uint8Array {
    if (this.length === 0) return last;
    const joined = concatBytes([...this.#parts, last]);
    this.#parts = [];
    this.length = 0;
    return joined;
  }
}

/** Bytes in, events out. Keeps slices of the given arrays: the caller must not reuse them. */
export class SseReader {
  readonly #pending: PendingBytes;
  /** The line that the next byte continues has no bytes yet. */
  #lineEmpty = true;
  /** The last byte was a CR: an LF that follows belongs to it. */
  #afterCr = false;
  /** An event has ended with a CR whose LF, seen before in this stream, is still to come. */
  #awaitsLf = false;
  #usesCrLf = false;
  #first = true;

  constructor(options: ReaderOptions = {}) {
    this.#pending = new PendingBytes(options.maxEventBytes ?? MAX_EVENT_BYTES);
  }

  /**
   * @throws {EventTooLargeError} when one event passes the limit, though not before the events that came ahead of it have been returned;
   * the reader is of no further use then.
   */
  push(bytes: Uint8Array): SseEvent[] {
    const events: SseEvent[] = [];
    this.#pending.attempt(events, () => this.#read(bytes, events));
    return events;
  }

  #read(bytes: Uint8Array, events: SseEvent[]): void {
    if (bytes.length === 0) return;
    // One native search tells the common stream (no CR at all) from the rest.
    const ends = this.#afterCr || bytes.indexOf(CR) >= 0 ? this.#eventEnds(bytes) : this.#eventEndsLf(bytes);
    if (ends.length === 0) {
      return this.#pending.add(bytes);
    }
    // One decoding for the whole read when it is ASCII: then byte offsets are string offsets.
    const text = utf8.decode(bytes);
    const ascii = text.length === bytes.length;
    let start = 0;
    for (const end of ends) {
      this.#pending.check(end - start);
      const whole = this.#pending.length === 0;
      const raw = whole ? bytes.subarray(start, end) : this.#pending.take(bytes.subarray(start, end));
      events.push(this.#event(raw, whole && ascii ? text.slice(start, end) : utf8.decode(raw)));
      start = end;
    }
    if (start < bytes.length) this.#pending.add(start === 0 ? bytes : bytes.subarray(start));
  }

  /** The stream is over; what lacks its blank line is an event all the same, as many servers end so. */
  finish(): SseEvent[] {
    this.#pending.rethrow();
    if (this.#pending.length === 0) return [];
    const lineEnd = this.#usesCrLf ? [CR, LF] : [LF];
    // A CR alone has ended the line; its LF would have come in the same breath.
    const raw = this.#pending.take(Uint8Array.from(this.#awaitsLf ? [LF] : this.#lineEmpty ? lineEnd : [...lineEnd, ...lineEnd]));
    return [this.#event(raw, utf8.decode(raw))];
  }

  /** Where events end in a read without any CR. */
  #eventEndsLf(bytes: Uint8Array): number[] {
    const ends: number[] = [];
    let position = 0;
    if (this.#lineEmpty) { while (bytes[position] === LF) ends.push(++position); }
    for (let lf = bytes.indexOf(LF, position); lf >= 0; lf = bytes.indexOf(LF, position)) {
      position = lf + 1;
      while (bytes[position] === LF) ends.push(++position);
    }
    this.#lineEmpty = bytes[bytes.length - 1] === LF;
    return ends;
  }

  /** Where events end when CR, LF and CRLF may be mixed. */
  #eventEnds(bytes: Uint8Array): number[] {
    const ends: number[] = [];
    let position = 0;
    let lf = nextOf(bytes, LF, 0), cr = nextOf(bytes, CR, 0);
    if (this.#afterCr) {
      this.#afterCr = false;
      const follows = bytes[0] === LF;
      if (follows) {
        position = 1;
        this.#usesCrLf = true;
      }
      if (this.#awaitsLf) ends.push(position);
      this.#awaitsLf = false;
    }
    while (position < bytes.length) {
      if (lf < position) lf = nextOf(bytes, LF, position);
      if (cr < position) cr = nextOf(bytes, CR, position);
      const stop = Math.min(lf, cr);
      if (stop === Infinity) {
        this.#lineEmpty = false;
        break;
      }
      const empty = this.#lineEmpty && stop === position;
      position = stop + 1;
      this.#lineEmpty = true;
      if (cr === stop) {
        if (position === bytes.length) {
          this.#afterCr = true;
          // A stream that has used CRLF will send the LF: waiting for it keeps the event in one piece.
          if (empty && this.#usesCrLf) this.#awaitsLf = true;
          else if (empty) ends.push(position);
          break;
        }
        if (bytes[position] === LF) {
          position++;
          this.#usesCrLf = true;
        }
      }
      if (empty) ends.push(position);
    }
    return ends;
  }

  #event(raw: Uint8Array, text: string): SseEvent {
    if (this.#first) {
      this.#first = false;
      if (text.charCodeAt(0) === 0xfeff) text = text.slice(1);
    }
    // The common event: one `data` line and the blank line.
    if (text.startsWith("data: ") && text.indexOf("\n") === text.length - 2 && text.charCodeAt(text.length - 3) !== CR) {
      const data = text.slice(6, -2);
      if (data !== "" && !data.includes("\r")) return { raw, data, event: undefined };
    }
    return parseFields(raw, text);
  }
}

function nextOf(bytes: Uint8Array, byte: number, from: number): number {
  const found = bytes.indexOf(byte, from);
  return found < 0 ? Infinity : found;
}

function parseFields(raw: Uint8Array, text: string): SseEvent {
  let data: string | undefined;
  let event: string | undefined;
  const lines = (text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text).split("\n");
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (line === "" || colon === 0) continue;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1);
    if (name === "data") data = data === undefined ? value : `${data}\n${value}`;
    else if (name === "event") event = value;
  }
  return { raw, data: data === "" ? undefined : data, event };
}

const encoder = new TextEncoder();

/** An event of its own with this payload. */
export function sseBytes(data: string, event?: string): Uint8Array {
  return encoder.encode(event === undefined ? `data: ${data}\n\n` : `event: ${event}\ndata: ${data}\n\n`);
}

/** The same event with another payload: its other lines (`event`, `id`, comments) stay, and so do its line ends. */
export function withData(source: SseEvent, data: string): Uint8Array {
  const text = utf8.decode(source.raw);
  const eol = /\r\n|\r|\n/.exec(text)?.[0] ?? "\n";
  const payload = data.split("\n").map((line) => `data: ${line}`);
  const lines: string[] = [];
  let placed = false;
  for (const line of text.replace(/^\ufeff/, "").split(/\r\n|\r|\n/)) {
    if (line === "") continue;
    if (line !== "data" && !line.startsWith("data:")) lines.push(line);
    else if (!placed) {
      placed = true;
      lines.push(...payload);
    }
  }
  if (!placed) lines.push(...payload);
  return encoder.encode(lines.join(eol) + eol + eol);
}

/** Several arrays as one. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
