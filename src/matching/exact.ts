import type { ForwardDfa, State } from "./dfa.ts";
import type { ReverseDfa, ReverseState } from "./reverse.ts";
import type { Window } from "./window.ts";

/** What all scanners of a set share. */
export interface Machine {
  /** Threads of every pattern from every place. */
  readonly searching: ForwardDfa;
  /** Only the threads it is given. */
  readonly following: ForwardDfa;
  readonly backwards: ReverseDfa;
  /** Class of the end of the text, and of skipped characters. */
  readonly end: number;
  readonly ignored: number;
  readonly maxHoldbackChars: number;
}

/**
 * The first place in `[lower, position)` from which the text up to `position` leads to one of the threads of `state`; -1 when
 * there is none. Costs a step per character until no thread can have begun earlier.
 */
export function oldestStart(machine: Machine, window: Window, threads: ReverseState, position: number, lower: number): number {
  const { backwards, ignored } = machine;
  let state = threads;
  let oldest = -1;
  let at = position;
  let packed = at > lower ? window.before(at) : 0;
  while (at > lower) {
    const from = at - (packed & 3);
    const cls = packed >> 2;
    if (cls !== ignored) {
      state = backwards.step(state, cls, window.kindBefore(from));
      if (state.starts && from >= lower) oldest = from;
      if (state.nodes.length === 0) break;
    }
    at = from;
    if (at > lower) packed = window.before(at);
  }
  return oldest;
}

/** Follows one pattern from one start over the text as it comes, and so finds the longest match there. */
export class Thread {
  #state: State;
  #at: number;
  /** End of the last character that was not skipped. */
  #read: number;
  /** End of the longest match so far; `start` when there is none. */
  end: number;

  constructor(readonly machine: Machine, startNode: Int32Array, window: Window, readonly start: number) {
    this.#state = machine.following.state(startNode, window.kindBefore(start));
    this.#at = this.#read = this.end = start;
  }

  /** Reads on to `limit`. True when `end` is settled: nothing that follows can change it. */
  advance(window: Window, limit: number, ended: boolean): boolean {
    const { following, ignored, maxHoldbackChars } = this.machine;
    const last = this.start + maxHoldbackChars;
    for (;;) {
      const state = this.#state;
      if (this.#at + (state.now.length > 0 ? state.growth : state.least) > last) return true;
      if (this.#at >= limit) {
        if (!ended) return false;
        if (following.step(state, this.machine.end).late.length > 0) this.#matched(last);
        return true;
      }
      const packed = window.after(this.#at);
      this.#at += packed & 3;
      if (packed >> 2 === ignored) continue;
      this.#state = following.step(state, packed >> 2);
      if (this.#state.late.length > 0) this.#matched(last);
      this.#read = this.#at;
      if (this.#state.now.length > 0) this.#matched(last);
    }
  }

  #matched(last: number): void {
    if (this.#read <= last) this.end = this.#read;
  }
}

/**
 * Whether a thread that began at `start` with `startNodes` is among `threads` at `position` and can still match within
 * `maxHoldbackChars`.
 */
export function isAlive(
  machine: Machine,
  startNodes: Int32Array,
  window: Window,
  start: number,
  position: number,
  threads: Int32Array,
): boolean {
  const { following, ignored, maxHoldbackChars } = machine;
  let state = following.state(startNodes, window.kindBefore(start));
  for (let at = start; at < position;) {
    const packed = window.after(at);
    at += packed & 3;
    if (packed >> 2 !== ignored) state = following.step(state, packed >> 2);
  }
  return state.live.some((node) => position - start + following.open(node, state.kind) <= maxHoldbackChars && threads.includes(node));
}
