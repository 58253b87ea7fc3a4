/**
 * Keeps the beginning of an answer back until it is worth committing to: a stream until its first event, a whole answer until its end.
 * Until then the client has received nothing, so what breaks may still be tried again elsewhere.
 */
import type { StreamBeginning } from "../formats/mod.ts";
import { BackendError, type ByteSink, type ByteSource } from "./types.ts";

/** A source whose first part was read already; delivers it again, then the rest. */
class HeldAnswer implements ByteSource {
  #held: ((sink: ByteSink) => void)[] = [];
  #sink: ByteSink | undefined;
  #paused = false;
  bytes = 0;
  /** Told of everything that arrives until `start`. */
  onProgress: (event: Uint8Array | "end" | BackendError) => void = () => {};

  constructor(readonly source: ByteSource) {
    source.start({
      data: (bytes) => {
        if (this.#sink !== undefined) return this.#sink.data(bytes);
        this.bytes += bytes.byteLength;
        this.#held.push((sink) => sink.data(bytes));
        this.onProgress(bytes);
      },
      end: () => {
        if (this.#sink !== undefined) return this.#sink.end();
        this.#held.push((sink) => sink.end());
        this.onProgress("end");
      },
      error: (cause) => {
        if (this.#sink !== undefined) return this.#sink.error(cause);
        this.#held.push((sink) => sink.error(cause));
        this.onProgress(cause);
      },
    });
  }

  start(sink: ByteSink): void {
    queueMicrotask(() => {
      this.#sink = sink;
      const held = this.#held;
      this.#held = [];
      for (const each of held) each(sink);
      if (!this.#paused) this.source.resume();
    });
  }

  pause(): void {
    this.#paused = true;
    this.source.pause();
  }

  resume(): void {
    this.#paused = false;
    this.source.resume();
  }

  cancel(): void {
    this.#held = [];
    this.source.cancel();
  }

  /** Stops reading until `start`. */
  hold(): void {
    this.source.pause();
  }
}

/** A stream, and what its first event says; `failed`: it is an error that another backend may not have. */
export interface BegunStream {
  readonly source: ByteSource;
  readonly beginning: "begun" | "failed";
}

/**
 * Resolves at the stream's first event, or after `holdMs` without one. @throws {BackendError} when it breaks before, or ends without a byte.
 */
export function withBeginning(
  source: ByteSource,
  judge: StreamBeginning,
  holdMs: number,
  host: string,
  signal: AbortSignal,
): Promise<BegunStream> {
  return settle<BegunStream>(source, signal, holdMs, (held, event, resolve, reject) => {
    if (event instanceof BackendError) return reject(event);
    if (event === "end" && held.bytes === 0) {
      return reject(new BackendError("broken", `The backend ${host} ended its stream before it began`));
    }
    const beginning = event === "late" ? "begun" : event === "end" ? judge.end() : judge.push(event);
    if (beginning === undefined) return;
    held.hold();
    resolve({ source: held, beginning });
  });
}

/**
 * Resolves when the answer is whole, or larger than `maxBytes`, in which case its reader will refuse it.
 * @throws {BackendError} when it breaks off, or is not whole after `limitMs`.
 */
export function whole(source: ByteSource, maxBytes: number, limitMs: number, host: string, signal: AbortSignal): Promise<ByteSource> {
  return settle<ByteSource>(source, signal, limitMs, (held, event, resolve, reject) => {
    if (event instanceof BackendError) reject(event);
    else if (event === "late") reject(new BackendError("timeout", `The backend ${host} did not end its answer in time`));
    else if (event === "end" || held.bytes > maxBytes) resolve(held);
  });
}

function settle<T>(
  source: ByteSource,
  signal: AbortSignal,
  limitMs: number,
  judge: (
    held: HeldAnswer,
    event: Uint8Array | "end" | "late" | BackendError,
    resolve: (settled: T) => void,
    reject: (cause: BackendError) => void,
  ) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let done = false;
    const finish = (apply: () => void) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      apply();
    };
    const held = new HeldAnswer(source);
    const tell = (event: Uint8Array | "end" | "late" | BackendError) =>
      judge(held, event, (settled) => finish(() => resolve(settled)), (cause) =>
        finish(() => {
          source.cancel();
          reject(cause);
        }));
    const onAbort = () =>
      finish(() => {
        source.cancel();
        reject(new BackendError("broken", "The client left"));
      });
    const timer = setTimeout(() => tell("late"), Math.max(1, limitMs));
    signal.addEventListener("abort", onAbort);
    held.onProgress = tell;
    if (signal.aborted) onAbort();
  });
}

/** Most of an unwanted answer that is read for the sake of its connection; bytes and milliseconds. */
const MAX_DRAINED_BYTES = 1 << 16;
const MAX_DRAIN_MS = 1000;

/** What can be read and thrown away. */
interface Readable {
  start(sink: { data(bytes: Uint8Array): void; end(): void; error(): void }): void;
  cancel(): void;
}

/** Reads a short answer nobody wants to its end, so that its connection can be used again; ends a long one. */
export function discard(source: Readable): void {
  let bytes = 0;
  const timer = setTimeout(() => source.cancel(), MAX_DRAIN_MS);
  const over = () => clearTimeout(timer);
  source.start({
    data(part) {
      bytes += part.byteLength;
      if (bytes <= MAX_DRAINED_BYTES) return;
      over();
      source.cancel();
    },
    end: over,
    error: over,
  });
}
