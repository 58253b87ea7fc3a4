/**
 * A circuit breaker: after too many failures a target is left alone for a while, then a few probes decide. Written here because a call's end
 * comes long after its promise (a stream breaks minutes later), several probes may be under way, and the clock is an argument.
 */

export interface BreakerOptions {
  /** Failures within the window that open it. */
  readonly failureThreshold: number;
  /** Share of the window's calls that must have failed as well, 0–1: a busy target may fail now and then. */
  readonly failureRatio: number;
  readonly windowMs: number;
  /** How long it stays open. */
  readonly openMs: number;
  /** Calls let through to decide whether to close it; all must succeed. */
  readonly halfOpenProbes: number;
}

export type CircuitState = "closed" | "open" | "half_open";

/** The right to make one call; exactly one of `succeeded`, `failed` and `dropped` follows, and `failed` may follow `succeeded`. */
export interface Permit {
  succeeded(): void;
  failed(): void;
  /** The call says nothing about the target (the client left). */
  dropped(): void;
}

/** Counted per slice of the window, so that old failures are forgotten evenly. */
const SLICES = 10;

interface Slice {
  readonly number: number;
  calls: number;
  failures: number;
}

export class CircuitBreaker {
  #state: "closed" | "open" = "closed";
  #openedMs = 0;
  /** Of the half-open state. */
  #probing = 0;
  #probed = 0;
  /** Rises with every change, so that calls of an earlier state do not count in a later one. */
  #generation = 0;
  #slices: Slice[] = [];

  /** @param onChange Told when it opens (`open`) and closes. */
  constructor(
    readonly options: BreakerOptions,
    readonly now: () => number,
    readonly onChange: (state: "closed" | "open") => void = () => {},
  ) {}

  get state(): CircuitState {
    if (this.#state === "closed") return "closed";
    return this.now() - this.#openedMs >= this.options.openMs ? "half_open" : "open";
  }

  /** Until probes are let through; 0 when calls are; milliseconds. */
  get waitMs(): number {
    return this.state === "open" ? this.options.openMs - (this.now() - this.#openedMs) : 0;
  }

  /** A call would be let through. */
  get allows(): boolean {
    const { state } = this;
    return state === "closed" || (state === "half_open" && this.#probing + this.#probed < this.options.halfOpenProbes);
  }

  /** @returns undefined when no call may be made. */
  acquire(): Permit | undefined {
    if (!this.allows) return undefined;
    return this.#state === "closed" ? this.#ordinary() : this.#probe();
  }

  /** A call that is made although none may be, because nobody else is left to ask; when it succeeds, that closes the circuit. */
  force(): Permit {
    const generation = this.#generation;
    return {
      succeeded: () => {
        if (this.#generation === generation && this.#state === "open") this.#close();
      },
      failed: () => {},
      dropped: () => {},
    };
  }

  #ordinary(): Permit {
    const generation = this.#generation;
    let counted = false;
    let broken = false;
    const count = (failed: boolean) => {
      if (this.#generation !== generation || broken) return;
      const slice = this.#slice();
      if (!counted) slice.calls++;
      counted = true;
      if (!failed) return;
      broken = true;
      slice.failures++;
      if (this.#tooMany()) this.#open();
    };
    return { succeeded: () => count(false), failed: () => count(true), dropped: () => {} };
  }

  #probe(): Permit {
    const generation = this.#generation;
    let over = false;
    this.#probing++;
    const end = (then: () => void) => {
      if (over || this.#generation !== generation) return;
      over = true;
      this.#probing--;
      then();
    };
    return {
      succeeded: () =>
        end(() => {
          this.#probed++;
          if (this.#probed >= this.options.halfOpenProbes) this.#close();
        }),
      failed: () => end(() => this.#open()),
      dropped: () => end(() => {}),
    };
  }

  #slice(): Slice {
    const number = Math.floor(this.now() / (this.options.windowMs / SLICES));
    let slice = this.#slices.at(-1);
    if (slice?.number !== number) this.#slices.push(slice = { number, calls: 0, failures: 0 });
    while (this.#slices[0]!.number <= number - SLICES) this.#slices.shift();
    return slice;
  }

  #tooMany(): boolean {
    let calls = 0;
    let failures = 0;
    for (const slice of this.#slices) {
      calls += slice.calls;
      failures += slice.failures;
    }
    return failures >= this.options.failureThreshold && failures >= calls * this.options.failureRatio;
  }

  #open(): void {
    this.#openedMs = this.now();
    this.#change("open");
  }

  #close(): void {
    this.#change("closed");
  }

  #change(state: "closed" | "open"): void {
    this.#state = state;
    this.#generation++;
    this.#probing = 0;
    this.#probed = 0;
    this.#slices = [];
    this.onChange(state);
  }
}
