/** A signal that can be waited for again and again: guards call `ring` when a late score arrived. */
export class Wake {
  #waiting: (() => void)[] = [];
  #listener: (() => void) | undefined;

  /** Resolves at the next `ring`. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Also calls `listener` at every ring from now on. */
  listen(listener: () => void): void {
    this.#listener = listener;
  }

  ring(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
    this.#listener?.();
  }
}
