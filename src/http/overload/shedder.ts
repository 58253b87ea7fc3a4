/**
 * Which requests are turned away while there is too much to do: those of the lowest priority first, and of one priority a share that grows
 * as long as it does not help. Pure state; who calls brings the clock and the dice.
 *
 * Each request draws a number below 1 and stands at its priority's rank plus that number; those below the threshold are shed. The threshold
 * climbs while a limit is exceeded and sinks once there is room (compare compound priorities in Zhou et al., "Overload Control for Scaling
 * WeChat Microservices", SoCC 2018).
 */

/** What there is too much of. */
export type ShedReason = "connections" | "event_loop" | "memory";

/** How near each limit is: 1 = at it. */
export interface Pressure {
  readonly event_loop: number;
  readonly memory: number;
}

/** Climbed per tick at a limit; of one rank. */
const CLIMB = 0.1;
/** Sunk per tick below `CALM`. */
const SINK = 0.05;
/** Pressure below which more is let in again. */
const CALM = 0.8;
/** Share of the highest rank that is let in whatever the pressure, to find out whether it is over. */
const PROBES = 0.05;
/** A priority that had no request for so long does not count; milliseconds. */
const FORGET_MS = 10_000;

export class Shedder {
  #threshold = 0;
  #reason: ShedReason = "event_loop";
  /** When each priority last had a request. */
  readonly #seen = new Map<number, number>();
  /** Priorities that count, lowest first. */
  #ranks: number[] = [];

  /** How much is shed: 1 = all of the lowest priority, and so on. */
  get level(): number {
    return this.#threshold;
  }

  /** A request's fate. @param draw in [0, 1). @returns why it is shed; undefined = it is not. */
  admit(priority: number, draw: number, nowMs: number): ShedReason | undefined {
    this.#seen.set(priority, nowMs);
    if (this.#threshold === 0) return undefined;
    let rank = this.#ranks.indexOf(priority);
    if (rank < 0) rank = this.#ranks.filter((each) => each < priority).length;
    return rank + draw < this.#threshold ? this.#reason : undefined;
  }

  /** True when some other priority that has requests is higher. */
  isLower(priority: number): boolean {
    return this.#ranks.some((each) => each > priority);
  }

  /** Looks at the load; to be called at a steady pace. */
  tick({ event_loop, memory }: Pressure, nowMs: number): void {
    for (const [priority, ms] of this.#seen) if (nowMs - ms > FORGET_MS) this.#seen.delete(priority);
    this.#ranks = [...this.#seen.keys()].sort((a, b) => a - b);
    const pressure = Math.max(event_loop, memory);
    if (pressure >= 1) {
      this.#reason = memory >= event_loop ? "memory" : "event_loop";
      this.#threshold += CLIMB * Math.min(2, pressure);
    } else if (pressure < CALM) this.#threshold -= SINK;
    this.#threshold = Math.min(Math.max(0, this.#threshold), Math.max(0, this.#ranks.length - PROBES));
    // Steps that are no power of two leave crumbs.
    if (this.#threshold < 1e-9) this.#threshold = 0;
  }
}
