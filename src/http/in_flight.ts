/** Requests under way, so that a shutdown can wait for them and, at its deadline, end their streams properly. */
import type { Exchange } from "./exchange.ts";
import type { StreamResponse } from "./stream_response.ts";

export class InFlight {
  readonly #exchanges = new Set<Exchange>();
  readonly #streams = new Map<Exchange, StreamResponse>();
  #idle: (() => void)[] = [];

  /** @param onChange Is told how many requests are under way. */
  constructor(readonly onChange: (count: number) => void) {}

  get size(): number {
    return this.#exchanges.size;
  }

  begin(exchange: Exchange): void {
    this.#exchanges.add(exchange);
    this.onChange(this.size);
  }

  /** The answer of `exchange` is a stream that `failStreams` can end. */
  streaming(exchange: Exchange, stream: StreamResponse): void {
    this.#streams.set(exchange, stream);
  }

  /** The last byte is out, or nobody is left to receive it. */
  end(exchange: Exchange): void {
    this.#streams.delete(exchange);
    if (!this.#exchanges.delete(exchange)) return;
    this.onChange(this.size);
    if (this.size > 0) return;
    for (const resolve of this.#idle) resolve();
    this.#idle = [];
  }

  /** Resolves when nothing is under way. */
  whenIdle(): Promise<void> {
    return this.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Ends every open stream with an error event in its format. */
  failStreams(): void {
    for (const stream of [...this.#streams.values()]) {
      stream.fail({ message: "The gateway is shutting down; try again", type: "backend_error", code: "shutting_down" });
    }
  }
}
