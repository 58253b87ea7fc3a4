import type { State } from "./dfa.ts";
import { type Machine, oldestStart } from "./exact.ts";
import { unreachable } from "./nfa.ts";
import type { Tape } from "./tape.ts";

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
  const { following, alphabet, maxHoldbackChars } = machine;
  const { slots, base, end } = tape;
  let state = following.startState(pattern, tape.kindBefore(start));
  for (let slot = start - base; slot < end - base; slot++) {
    const cls = slots[slot] ?? 0;
    if (cls < alphabet.half) state = following.step(state, cls);
  }
  return state.live.some((node) => end - start + following.prospects.open(node, state.kind) <= maxHoldbackChars && live.includes(node));
}
