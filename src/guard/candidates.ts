/** Rules that fired on a piece of text and are yet to be decided, and the two orders in which that happens. */
import type { Fired } from "./fires.ts";
import type { PlannedRule } from "./plan.ts";

/** A rule that fired on `[from, to)`; decided in text order, then by precedence. */
export interface Candidate {
  readonly planned: PlannedRule;
  readonly from: number;
  /** End of the text it decides about; undefined while its sentence or paragraph is not complete. */
  to: number | undefined;
  readonly matchFrom: number;
  readonly matchTo: number;
  readonly why: Pick<Fired, "score" | "classifier" | "label" | "entity">;
}

/** Streams are decided by text position, then precedence: what comes first is final before the rest is known. */
export function byPosition(a: Candidate, b: Candidate): number {
  return a.from - b.from || a.planned.order - b.planned.order || widerFirst(a, b);
}

/** Whole texts are decided by precedence, then position. */
export function byPrecedence(a: Candidate, b: Candidate): number {
  return a.planned.order - b.planned.order || a.from - b.from || widerFirst(a, b);
}

/** Among findings of one rule at one place: an order that does not depend on which of them was known first. */
function widerFirst(a: Candidate, b: Candidate): number {
  if (a.matchFrom !== b.matchFrom || a.matchTo !== b.matchTo) return a.matchFrom - b.matchFrom || b.matchTo - a.matchTo;
  const [x, y] = [a.why.classifier ?? "", b.why.classifier ?? ""];
  return x < y ? -1 : x > y ? 1 : 0;
}
