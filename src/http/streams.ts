/** The streams that are open, so that a shutdown can wait for them and, at its deadline, end them properly. */
import type { StreamResponse } from "./stream_response.ts";

export class Streams {
  readonly #open = new Set<StreamResponse>();
  #idle: (() => void)[] = [];

  get size(): number {
    return this.#open.size;
  }

  add(stream: StreamResponse): void {
    this.#open.add(stream);
  }

  remove(stream: StreamResponse): void {
    this.#open.delete(stream);
    if (this.#open.size > 0) return;
    for (const resolve of this.#idle) resolve();
    this.#idle = [];
  }

  /** Resolves when no stream is open. */
  whenIdle(): Promise<void> {
    return this.#open.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve));
  }

  /** Ends every open stream with an error event in its format. */
  failAll(): void {
    for (const stream of [...this.#open]) {
      stream.fail({ message: "The gateway is shutting down; try again", type: "backend_error", code: "shutting_down" });
    }
  }
}
