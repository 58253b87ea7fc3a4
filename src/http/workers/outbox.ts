/** What a worker tells the control plane, many things a message: a message costs more than what is in it. */
import type { Told } from "./protocol.ts";

/** Longest that a thing which nobody waits for is kept back; milliseconds. */
const SOON_MS = 100;
/** Things kept back at most. */
const MOST_KEPT = 256;

export class Outbox {
  #kept: Told[] = [];
  readonly #latest = new Map<string, Told>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = false;

  constructor(readonly post: (told: readonly Told[]) => void) {}

  /** Told within `SOON_MS`. */
  soon(told: Told): void {
    this.#kept.push(told);
    if (this.#kept.length >= MOST_KEPT) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), SOON_MS);
  }

  /** Told within `SOON_MS`; of several under one name only the last. */
  latest(name: string, told: Told): void {
    this.#latest.set(name, told);
    this.#timer ??= setTimeout(() => this.flush(), SOON_MS);
  }

  /** Told at the end of this turn of the event loop, with all that was kept back. */
  now(told: Told): void {
    this.#kept.push(told);
    if (this.#turn) return;
    this.#turn = true;
    queueMicrotask(() => this.flush());
  }

  /** Tells all of it. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#turn = false;
    const told = [...this.#kept, ...this.#latest.values()];
    this.#kept = [];
    this.#latest.clear();
    if (told.length === 0) return;
    this.post(told);
  }
}
