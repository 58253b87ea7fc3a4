/** The body of an answer, pushed as it comes: idle time-out, backpressure and exactly one end. */
import { ClientError } from "./client_error.ts";
import { type Decoder, type DecoderSink } from "./decompress.ts";

export interface BodySink {
  data(bytes: Uint8Array): void;
  end(): void;
  error(cause: ClientError): void;
}

/** Bytes of an answer, pushed; nothing is delivered before `start`. */
export interface PushBody {
  start(sink: BodySink): void;
  pause(): void;
  resume(): void;
  /** Closes the connection at once; nothing is delivered afterwards. Idempotent. */
  cancel(): void;
}

/** The connection, as far as a body needs it. */
export interface BodyConnection {
  pause(): void;
  resume(): void;
  /** Closes it. */
  abort(): void;
}

export interface BodyOptions {
  readonly host: string;
  /** Silence that ends it, time in which the reader paused not counted; milliseconds. */
  readonly idleTimeoutMs: number;
  readonly decoder: ((sink: DecoderSink) => Decoder) | undefined;
}

/** Receives from the connection, hands on to a sink. */
export class ReceivedBody implements PushBody {
  #sink: BodySink | undefined;
  readonly #decoder: Decoder | undefined;
  #over = false;
  #paused = false;
  /** What waits for `start`: a body may end or break before anyone listens. */
  #early: ((sink: BodySink) => void)[] = [];
  #idle: ReturnType<typeof setTimeout> | undefined;
  #lastReadMs = 0;

  constructor(readonly connection: BodyConnection, readonly options: BodyOptions) {
    this.#decoder = options.decoder?.({
      data: (bytes) => this.#deliver((sink) => sink.data(bytes)),
      end: () => this.#finish((sink) => sink.end()),
      error: (what) => {
        this.#fail("broken", `sent an answer that ${what}`);
        connection.abort();
      },
      drain: () => {
        if (!this.#paused) connection.resume();
      },
    });
  }

  start(sink: BodySink): void {
    // Never within the call: who starts a body may not be ready for its end yet.
    queueMicrotask(() => {
      this.#sink = sink;
      for (const each of this.#early) each(sink);
      this.#early = [];
      if (this.#over) return;
      this.#lastReadMs = performance.now();
      this.#watch(this.options.idleTimeoutMs);
      if (!this.#paused) this.connection.resume();
    });
  }

  pause(): void {
    if (this.#over) return;
    this.#paused = true;
    this.connection.pause();
    this.#decoder?.pause();
  }

  resume(): void {
    if (this.#over) return;
    this.#paused = false;
    this.#lastReadMs = performance.now();
    this.#decoder?.resume();
    if (this.#sink !== undefined) this.connection.resume();
  }

  cancel(): void {
    this.#early = [];
    if (this.#over) return;
    this.#close();
    this.connection.abort();
  }

  /** Bytes from the connection. */
  received(bytes: Uint8Array): void {
    if (this.#over) return;
    this.#lastReadMs = performance.now();
    if (this.#decoder === undefined) {
      if (this.#sink === undefined) this.#early.push((sink) => sink.data(bytes));
      else this.#sink.data(bytes);
    } else if (!this.#decoder.write(bytes)) this.connection.pause();
  }

  /** The connection delivered all of it. */
  ended(): void {
    if (this.#decoder === undefined) this.#finish((sink) => sink.end());
    else this.#decoder.end();
  }

  /** The connection broke. */
  broke(what: string): void {
    this.#fail("broken", what);
  }

  #fail(kind: "timeout" | "broken", what: string): void {
    this.#finish((sink) => sink.error(new ClientError(kind, "body", `The backend ${this.options.host} ${what}`)));
  }

  #finish(tell: (sink: BodySink) => void): void {
    if (this.#over) return;
    this.#close();
    this.#deliver(tell);
  }

  #deliver(tell: (sink: BodySink) => void): void {
    if (this.#sink === undefined) this.#early.push(tell);
    else tell(this.#sink);
  }

  #close(): void {
    this.#over = true;
    clearTimeout(this.#idle);
    this.#decoder?.destroy();
  }

  /** One timer that looks back, instead of one that is moved at every read. */
  #watch(ms: number): void {
    const { idleTimeoutMs } = this.options;
    this.#idle = setTimeout(() => {
      const silentMs = performance.now() - this.#lastReadMs;
      if (this.#paused || silentMs < idleTimeoutMs - 1) return this.#watch(this.#paused ? idleTimeoutMs : idleTimeoutMs - silentMs);
      // First why, since closing the connection is an error of its own.
      this.#fail("timeout", `sent nothing for ${idleTimeoutMs} ms`);
      this.connection.abort();
    }, ms);
  }
}
