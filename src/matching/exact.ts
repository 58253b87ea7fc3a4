import type { Alphabet } from "./alphabet.ts";
import type { ForwardDfa, State } from "./dfa.ts";
import { exhausted, type ReverseDfa, type ReverseState, starts } from "./reverse.ts";
import type { Tape } from "./tape.ts";

/** What all scanners of a set share. */
export interface Machine {
  /** Threads of every pattern from every place. */
  readonly searching: ForwardDfa;
  /** Only the threads it is given. */
  readonly following: ForwardDfa;
  readonly backwards: ReverseDfa;
  readonly alphabet: Alphabet;
  readonly maxHoldbackChars: number;
}

/**
 * The first place in `[lower, position)` from which the text up to `position` leads to one of `threads`; -1 when there is none.
 * Costs a step per character until no thread can have begun earlier.
 */
export function oldestStart(machine: Machine, tape: Tape, threads: ReverseState, position: number, lower: number): number {
  const { backwards } = machine;
  const { half, kindOf, kinds } = machine.alphabet;
  const { slots, base } = tape;
  const { table, columns } = backwards;
  const first = lower - base;
  let row = table.rowOf(threads);
  let oldest = -1;
  for (let slot = position - base - 1; slot >= first; slot--) {
    const cls = slots[slot] ?? 0;
    if (cls >= half) continue;
    if (slot > 0 && slots[slot - 1] === half) slot--;
    if (slot < first) break;
    const previous = slot > 0 ? slots[slot - 1] ?? 0 : half;
    const before = kinds === 1 ? 0 : previous < half ? kindOf[previous] ?? 0 : tape.kindBefore(base + slot);
    row = table.next(row, columns[cls * kinds + before] ?? 0) || backwards.follow(table.at(row), cls, before);
    const flags = table.flags[row] ?? 0;
    if (flags & starts) oldest = slot;
    if (flags & exhausted) break;
  }
  return oldest < 0 ? -1 : base + oldest;
}

/** Follows one pattern from one start over the text as it comes, and so finds the longest match there. */
export class Thread {
  readonly #machine: Machine;
  #state: State;
  #at: number;
  /** End of the last character that was read. */
  #read: number;
  /** End of the longest match so far; `start` when there is none. */
  end: number;

  constructor(machine: Machine, pattern: number, tape: Tape, readonly start: number) {
    this.#machine = machine;
    this.#state = machine.following.startState(pattern, tape.kindBefore(start));
    this.#at = this.#read = this.end = start;
  }

  /** Reads on to the end of the tape. True when `end` is settled: nothing that follows can change it. */
  advance(tape: Tape, ended: boolean): boolean {
    const { following, alphabet, maxHoldbackChars } = this.#machine;
    const last = this.start + maxHoldbackChars;
    const { slots, base, end } = tape;
    const { table } = following;
    if (this.#isSettled(last)) return true;
    let row = table.rowOf(this.#state);
    for (let at = this.#at; at < end;) {
      const cls = slots[at++ - base] ?? 0;
      if (cls >= alphabet.half) continue;
      row = table.next(row, cls) || following.follow(table.at(row), cls);
      if (table.flags[row] === 0) {
        this.#read = at;
        continue;
      }
      // Only here can the end or the hope for another change; that the room runs out is seen below.
      this.#state = table.at(row);
      this.#at = at;
      if (this.#state.late.length > 0) this.#matched(last);
      this.#read = at;
      if (this.#state.now.length > 0) this.#matched(last);
      if (this.#isSettled(last)) return true;
    }
    this.#state = table.at(row);
    this.#at = end;
    if (this.#isSettled(last)) return true;
    if (!ended) return false;
    if (following.step(this.#state, alphabet.end).late.length > 0) this.#matched(last);
    return true;
  }

  /** No further match is possible in time. */
  #isSettled(last: number): boolean {
    const { now, growth, least } = this.#state;
    return this.#at + (now.length > 0 ? growth : least) > last;
  }

  #matched(last: number): void {
    if (this.#read <= last) this.end = this.#read;
  }
}
