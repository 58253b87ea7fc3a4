/**
 * How many retries a target may get: a share of its calls, so that trying again never multiplies the load on a backend that is overloaded
 * already. A token bucket: every call puts in a share of a token, every retry takes a whole one; a few tokens come with time, for quiet hours.
 */

export interface RetryBudgetOptions {
  /** Retries per call, 0–1: 0.2 = one retry for five calls. */
  readonly ratio: number;
  /** Retries a second that are always allowed. */
  readonly minPerSecond: number;
}

/** Seconds of `minPerSecond` that may be saved up, and the least that may be. */
const SAVED_SECONDS = 10;
const LEAST_TOKENS = 10;

export class RetryBudget {
  #tokens: number;
  #refilledMs: number;
  readonly #most: number;

  constructor(readonly options: RetryBudgetOptions, readonly now: () => number) {
    this.#most = options.ratio === 0 && options.minPerSecond === 0 ? 0 : Math.max(LEAST_TOKENS, options.minPerSecond * SAVED_SECONDS);
    this.#tokens = this.#most;
    this.#refilledMs = now();
  }

  /** A call that is no retry. */
  called(): void {
    this.#tokens = Math.min(this.#most, this.#tokens + this.options.ratio);
  }

  /** Takes the token of one retry; false when there is none. */
  take(): boolean {
    const now = this.now();
    this.#tokens = Math.min(this.#most, this.#tokens + (now - this.#refilledMs) / 1000 * this.options.minPerSecond);
    this.#refilledMs = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
