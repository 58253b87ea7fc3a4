/**
 * The byte ends of a streamed answer: pushes what the backend sends through the guard and hands it to the client, with
 * backpressure both ways. Everything that decides is in `guard/midstream.ts`.
 */
import type { StreamProblem } from "../formats/types.ts";
import type { MidstreamGuard } from "../guard/midstream.ts";
import type { ByteSource } from "../upstream/types.ts";

/** How a streamed answer ended. */
export type StreamEnd = "complete" | "stopped" | "client_left" | "backend_failed" | "guard_failed";

export interface StreamResponseOptions {
  /** Bytes queued for a slow client before the backend is no longer read. */
  readonly highWaterMark: number;
  /** Silence towards the client after which a comment keeps the connection alive; milliseconds, 0 = never. */
  readonly keepAliveMs: number;
  /** Silence of the backend after which the decided beginning of a waiting event is sent ahead; milliseconds. */
  readonly splitAfterMs: number;
  /** Comments may be written (SSE; newline-delimited JSON has none). */
  readonly comments: boolean;
  /** Bytes to add after the guard's last ones (the trailing decision comment). */
  readonly trailer: () => Uint8Array;
  /** Called once, before the client sees the end; the stream ends when it resolves. */
  readonly onEnd: (end: StreamEnd) => Promise<void>;
}

const KEEP_ALIVE = new TextEncoder().encode(": keep-alive\n\n");

/** One streamed answer under way. `wake` is to be called when a late score arrived. */
export class StreamResponse {
  readonly body: ReadableStream<Uint8Array>;
  /** Time spent guarding so far; milliseconds. */
  guardMs = 0;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #ended = false;
  #paused = false;
  /** The client's queue is full. */
  #full = false;
  #lastWriteMs = 0;
  #lastReadMs = 0;
  #splitTimer: ReturnType<typeof setTimeout> | undefined;
  #keepAliveTimer: ReturnType<typeof setInterval> | undefined;

  constructor(readonly source: ByteSource, readonly guard: MidstreamGuard, readonly options: StreamResponseOptions) {
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => this.#start(controller),
        pull: () => this.#resume(),
        cancel: () => this.#clientLeft(),
      },
      { highWaterMark: options.highWaterMark, size: (chunk) => chunk.byteLength },
    );
  }

  /** A late score arrived. */
  wake(): void {
    this.#step(() => this.guard.advance());
  }

  /** Ends the stream with an in-format error (shutdown, time-out). */
  fail(problem: StreamProblem): void {
    if (this.#ended) return;
    this.source.cancel();
    this.guard.fail(problem);
    this.#drain();
  }

  #start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller;
    const { keepAliveMs, comments } = this.options;
    if (keepAliveMs > 0 && comments) this.#keepAliveTimer = setInterval(() => this.#keepAlive(), keepAliveMs);
    this.#lastWriteMs = performance.now();
    this.source.start({
      data: (bytes) => this.#data(bytes),
      end: () => this.#step(() => this.guard.finish()),
      error: (cause) => {
        this.guard.fail({ message: cause.message, type: "backend_error", code: "backend_error" });
        this.#drain();
      },
    });
  }

  #data(bytes: Uint8Array): void {
    this.#lastReadMs = performance.now();
    this.#step(() => this.guard.push(bytes));
  }

  /** One step of the guard, timed, and what comes of it handed over. */
  #step(step: () => void): void {
    if (this.#ended) return;
    const started = performance.now();
    try {
      step();
    } catch (error) {
      // The reader's limit on one event, or an event that cannot be read or rewritten: the backend is at fault.
      const message = error instanceof Error ? error.message : "The backend sent an event that cannot be read";
      this.source.cancel();
      this.guard.fail({ message, type: "backend_error", code: "backend_error" });
    }
    this.guardMs += performance.now() - started;
    this.#drain();
  }

  /** Hands over what is ready, and ends the stream when the guard says so. */
  #drain(): void {
    const out = this.guard.take();
    if (out.length > 0) this.#write(out.length === 1 ? out[0]! : concat(out));
    switch (this.guard.status) {
      case "open":
        this.#regulate();
        this.#armSplit(this.options.splitAfterMs);
        return;
      case "ended":
        return void this.#end(this.guard.backendError === undefined ? "complete" : "backend_failed");
      case "stopped":
        this.source.cancel();
        return void this.#end("stopped");
      case "failed":
        this.source.cancel();
        return void this.#end(this.guard.failure?.type === "guard_unavailable" ? "guard_failed" : "backend_failed");
    }
  }

  #write(bytes: Uint8Array): void {
    const controller = this.#controller;
    if (controller === undefined || this.#ended) return;
    this.#lastWriteMs = performance.now();
    controller.enqueue(bytes);
    this.#full = (controller.desiredSize ?? 1) <= 0;
  }

  /** The client has taken something. */
  #resume(): void {
    this.#full = false;
    if (!this.#ended) this.#regulate();
  }

  /** Reads the backend no faster than the client reads and late scores arrive. */
  #regulate(): void {
    const wanted = this.#full || this.guard.backlogged;
    if (wanted === this.#paused) return;
    this.#paused = wanted;
    if (wanted) this.source.pause();
    else this.source.resume();
  }

  #armSplit(delayMs: number): void {
    if (this.#splitTimer !== undefined || !this.guard.splittable) return;
    this.#splitTimer = setTimeout(() => {
      this.#splitTimer = undefined;
      if (this.#ended) return;
      // Looks back instead of being moved at every read. Timers may fire a moment early.
      const leftMs = this.#lastReadMs + this.options.splitAfterMs - performance.now();
      if (leftMs > 0.5) return this.#armSplit(leftMs);
      this.guard.splitHeld();
      const out = this.guard.take();
      if (out.length > 0) this.#write(concat(out));
      this.#regulate();
    }, delayMs);
  }

  #keepAlive(): void {
    if (this.#ended || this.#full || performance.now() - this.#lastWriteMs < this.options.keepAliveMs) return;
    this.#write(KEEP_ALIVE);
  }

  #clientLeft(): void {
    if (this.#ended) return;
    this.source.cancel();
    this.#ended = true;
    this.#clearTimers();
    // Official SDKs hang up at the terminator, without waiting for the end of the connection: they have had all of it.
    void this.options.onEnd(this.guard.terminated ? "complete" : "client_left");
  }

  async #end(end: StreamEnd): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#clearTimers();
    const controller = this.#controller!;
    const trailer = this.options.trailer();
    if (trailer.length > 0) tryEnqueue(controller, trailer);
    await this.options.onEnd(end);
    try {
      controller.close();
    } catch {
      // The client left while the record was being written: there is nobody to tell.
    }
  }

  #clearTimers(): void {
    clearTimeout(this.#splitTimer);
    clearInterval(this.#keepAliveTimer);
  }
}

function tryEnqueue(controller: ReadableStreamDefaultController<Uint8Array>, bytes: Uint8Array): void {
  try {
    controller.enqueue(bytes);
  } catch {
    // The client left in this very moment.
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.byteLength;
  const out = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.byteLength;
  }
  return out;
}
