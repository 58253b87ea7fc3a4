import { empty, type State } from "./dfa.ts";
import { type Machine, oldestStart } from "./exact.ts";
import { unreachable } from "./nfa.ts";
import type { Tape } from "./tape.ts";

/** How many starts `Oldest.next()` tries. */
const maxTries = 64;

/** The exact frontier is given up, for an earlier one, after this many starts that proved too old to match in time. */
const maxFalseStarts = 16;

/**
 * The oldest start, not before `from`, of one of the `live` threads of `state`, the state at the end of the tape, that can still
 * match within `maxHoldbackChars`; the end of the tape when there is none.
 * @param pattern The only pattern that `live` has threads of, when there is but one.
 */
export function oldestLive(
  machine: Machine,
  tape: Tape,
  state: State,
  live: Int32Array,
  pattern: number | undefined,
  from: number,
): number {
  const { backwards, maxHoldbackChars } = machine;
  const { least, most } = live === state.live ? state : needs(machine, state, live);
  const threads = live === state.live ? backwards.threads(state, undefined) : backwards.state(live);
  let lower = Math.max(from, tape.end - maxHoldbackChars + least);
  for (let tries = 0;; tries++) {
    const start = oldestStart(machine, tape, threads, tape.end, lower);
    if (start < 0) return tape.end;
    // Which of the threads begin there, only a walk forwards can tell; it matters when some need more room than is left.
    if (tape.end - start + most <= maxHoldbackChars || tries === maxFalseStarts) return start;
    if (isAlive(machine, tape, start, live, pattern)) return start;
    lower = start + 1;
  }
}

function needs(machine: Machine, state: State, live: Int32Array): { least: number; most: number } {
  let least = unreachable;
  let most = 0;
  for (const node of live) {
    const units = machine.searching.prospects.open(node, state.kind);
    least = Math.min(least, units);
    most = Math.max(most, units);
  }
  return { least, most };
}

/** Whether a thread that begins at `start` is among `live` and can still match in time. */
function isAlive(machine: Machine, tape: Tape, start: number, live: Int32Array, pattern: number | undefined): boolean {
  const { following, maxHoldbackChars } = machine;
  const state = readOn(machine, tape, following.startState(pattern, tape.kindBefore(start)), start);
  return state.live.some((node) => {
    return tape.end - start + following.prospects.open(node, state.kind) <= maxHoldbackChars && live.includes(node);
  });
}

/** The state after reading on from `position` to the end of the tape; where the threads have all ended, the state there. */
function readOn({ following, alphabet }: Machine, tape: Tape, from: State, position: number): State {
  const { slots, base, end } = tape;
  const { table } = following;
  let row = table.rowOf(from);
  for (let slot = position - base; slot < end - base; slot++) {
    const cls = slots[slot] ?? 0;
    if (cls >= alphabet.half) continue;
    row = table.next(row, cls) || following.follow(table.at(row), cls);
    if ((table.flags[row] ?? 0) & empty) break;
  }
  return table.at(row);
}

/**
 * The threads from the start that holds the frontier, followed as text comes: while they are open the frontier stays, and a long
 * hold costs a step per character instead of a walk back per push.
 */
export class Oldest {
  readonly #machine: Machine;
  #state: State;
  #at: number;

  constructor(machine: Machine, tape: Tape, readonly start: number) {
    this.#machine = machine;
    this.#state = machine.following.startState(undefined, tape.kindBefore(start));
    this.#at = start;
  }

  /** Reads on to the end of the tape. Whether some thread can still match in time. */
  isOpen(tape: Tape): boolean {
    this.#state = readOn(this.#machine, tape, this.#state, this.#at);
    this.#at = tape.end;
    return this.#at - this.start + this.#state.least <= this.#machine.maxHoldbackChars;
  }

  /**
   * The next oldest, once this one is no longer open. Tries the starts that follow one by one: of the many that a long hold has,
   * most end at once, and threads from a single start make few states, where those from all together may make a new one
   * at every step back. `undefined` when it is not found in a few tries.
   * @param least Fewest units that any thread needs to match.
   */
  next(tape: Tape, least: number): Oldest | undefined {
    const { alphabet, maxHoldbackChars } = this.#machine;
    const first = Math.max(this.start + 1, tape.end - maxHoldbackChars + least);
    for (let start = first, tries = 0; start < tape.end && tries < maxTries; start++) {
      if (tape.slots[start - tape.base] === alphabet.skipped || tape.slots[start - 1 - tape.base] === alphabet.half) continue;
      const candidate = new Oldest(this.#machine, tape, start);
      if (candidate.isOpen(tape)) return candidate;
      tries++;
    }
    return undefined;
  }
}
