/**
 * Keeps the beginning of an answer back until it is worth committing to: a stream until its first bytes, a whole answer until its end.
 * Until then the client has received nothing, so what breaks may still be tried again elsewhere.
 */
import { BackendError, type ByteSink, type ByteSource } from "./types.ts";

/** A source whose first part was read already; delivers it again, then the rest. */
class HeldAnswer implements ByteSource {
  #held: ((sink: ByteSink) => void)[] = [];
  #sink: ByteSink | undefined;
  #paused = false;
  bytes = 0;
  /** Told of everything that arrives until `start`. */
  onProgress: (event: "data" | "end" | BackendError) => void = () => {};

  constructor(readonly source: ByteSource) {
    source.start({
      data: (bytes) => {
        if (this.#sink !== undefined) return this.#sink.data(bytes);
        this.bytes += bytes.byteLength;
        this.#held.push((sink) => sink.data(bytes));
        this.onProgress("data");
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

/** Resolves at the stream's first bytes, or after `holdMs` without any. @throws {BackendError} when it breaks or ends before. */
export function withFirstBytes(source: ByteSource, holdMs: number, host: string, signal: AbortSignal): Promise<ByteSource> {
  return settle(source, signal, holdMs, (held, event, resolve, reject) => {
    if (event === "end" && held.bytes === 0) {
      reject(new BackendError("broken", `The backend ${host} ended its stream before it began`));
    } else if (event instanceof BackendError) reject(event);
    else {
      held.hold();
      resolve(held);
    }
  });
}

/**
 * Resolves when the answer is whole, or larger than `maxBytes`, in which case its reader will refuse it.
 * @throws {BackendError} when it breaks off, or is not whole after `limitMs`.
 */
export function whole(source: ByteSource, maxBytes: number, limitMs: number, host: string, signal: AbortSignal): Promise<ByteSource> {
  return settle(source, signal, limitMs, (held, event, resolve, reject) => {
    if (event instanceof BackendError) reject(event);
    else if (event === "late") reject(new BackendError("timeout", `The backend ${host} did not end its answer in time`));
    else if (event === "end" || held.bytes > maxBytes) resolve(held);
  });
}

function settle(
  source: ByteSource,
  signal: AbortSignal,
  limitMs: number,
  judge: (
    held: HeldAnswer,
    event: "data" | "end" | "late" | BackendError,
    resolve: (source: ByteSource) => void,
    reject: (cause: BackendError) => void,
  ) => void,
): Promise<ByteSource> {
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
    const tell = (event: "data" | "end" | "late" | BackendError) =>
      judge(held, event, (answer) => finish(() => resolve(answer)), (cause) =>
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
