import type { Alphabet } from "./alphabet.ts";
import { allFlags, type ForwardDfa, type State } from "./dfa.ts";
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
 * Costs a step per character until no thread can have begun earlier. How many such places it passed is left in `backwards.startsPassed`.
 */
export function oldestStart(machine: Machine, tape: Tape, threads: ReverseState, position: number, lower: number): number {
  const { backwards } = machine;
  const { half, kindOf, kinds } = machine.alphabet;
  const { slots, base } = tape;
  const { table, columns } = backwards;
  const first = lower - base;
  let row = table.rowOf(threads);
  let oldest = -1, passed = 0;
  for (let slot = position - base - 1; slot >= first; slot--) {
    const cls = slots[slot] ?? 0;
    if (cls >= half) continue;
    if (slot > 0 && slots[slot - 1] === half) slot--;
    if (slot < first) break;
    const previous = slot > 0 ? slots[slot - 1] ?? 0 : half;
    const before = kinds === 1 ? 0 : previous < half ? kindOf[previous] ?? 0 : tape.kindBefore(base + slot);
    row = table.next(row, columns[cls * kinds + before] ?? 0) || backwards.follow(table.at(row), cls, before);
    const flags = table.flags[row] ?? 0;
    if (flags & starts) {
      oldest = slot;
      passed++;
    }
    if (flags & exhausted) break;
  }
  backwards.startsPassed = passed;
  return oldest < 0 ? -1 : base + oldest;
}

/** Follows one pattern from one start over the text as it comes, and so finds the longest match there. */
export class Thread {
  readonly #machine: Machine;
  #state: State;
  #at: number;
  /** End of the longest match so far; `start` when there is none. */
  end: number;

  constructor(machine: Machine, pattern: number, tape: Tape, readonly start: number) {
    this.#machine = machine;
    this.#state = machine.following.startState(pattern, tape.kindBefore(start));
    this.#at = this.end = start;
  }

  /** Reads on to the end of the tape. True when `end` is settled: nothing that follows can change it. */
  advance(tape: Tape, ended: boolean): boolean {
    const { following, alphabet: { half, end: endOfText }, maxHoldbackChars } = this.#machine;
    const last = this.start + maxHoldbackChars;
    const { slots, base } = tape;
    const { table } = following;
    if (this.#isSettled(last)) return true;
    let row = table.rowOf(this.#state);
    for (let slot = this.#at - base, slotsEnd = tape.end - base;; slot++) {
      slot = table.run(row, slots, slot, slotsEnd, half, allFlags);
      row = table.reached;
      if (slot === slotsEnd) break;
      const cls = slots[slot] ?? 0;
      row = table.next(row, cls) || following.follow(table.at(row), cls);
      if (table.flags[row] === 0) continue;
      // Only here can the end or the hope for another change; that the room runs out is seen below.
      this.#state = table.at(row);
      this.#at = base + slot + 1;
      if (this.#state.late.length > 0) this.#matched(tape.lastRead(base + slot), last);
      if (this.#state.now.length > 0) this.#matched(this.#at, last);
      if (this.#isSettled(last)) return true;
    }
    this.#state = table.at(row);
    this.#at = tape.end;
    if (this.#isSettled(last)) return true;
    if (!ended) return false;
    if (following.step(this.#state, endOfText).late.length > 0) this.#matched(tape.lastRead(tape.end), last);
    return true;
  }

  /** No further match is possible in time. */
  #isSettled(last: number): boolean {
    const { now, growth, least } = this.#state;
    return this.#at + (now.length > 0 ? growth : least) > last;
  }

  /** Nothing was read yet when `end` is that of a character before the start: an empty match is none. */
  #matched(end: number, last: number): void {
    if (end <= last && end > this.end) this.end = end;
  }
}
