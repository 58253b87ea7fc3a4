/** Pieces of guarded texts: whose they are, and whether they are decided. */
import type { Channel } from "../formats/types.ts";
import type { TextGuard } from "./text_guard.ts";

/** One choice × channel. */
export interface Lane {
  readonly choice: number;
  readonly channel: Channel;
  readonly guard: TextGuard;
  /** The same text may come again: what was decided of it is not forgotten. */
  kept?: boolean;
}

/** Where a piece of text stands in its lane; UTF-16 offsets. */
export interface LanePart {
  readonly lane: Lane;
  from: number;
  readonly to: number;
  /** Half an escape follows in its event: what becomes of it is known with the next character. */
  readonly half?: boolean;
  /** It came after its choice was stopped, and no guard has heard it. */
  readonly unheard?: boolean;
  /** The text came before, whole, and its guard has heard it then. */
  readonly again?: boolean;
}

/** All of it may go, or is replaced. */
export function isDecided({ lane: { guard }, to, half }: LanePart): boolean {
  return half ? guard.released > to || endsWith(guard, to) : guard.released >= to;
}

/** No decision touches the character that the half of an escape will become. */
export function isHalfFree({ lane: { guard }, to }: LanePart): boolean {
  return guard.released > to ? guard.edits.untouched(to, to + 1) : endsWith(guard, to);
}

/** The text is over there, and all of it decided. */
function endsWith({ closed, length, released }: TextGuard, to: number): boolean {
  return closed && released === length && length === to;
}
