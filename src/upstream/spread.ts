/** Which of several equal targets gets a call: the one with the least under way for its weight; among equals they take turns by weight. */

/** What choosing looks at. */
export interface Spreadable {
  readonly weight: number;
  readonly inFlight: number;
  /** Of taking turns; kept between choices. */
  turn: number;
}

/** @returns undefined when `among` is empty. Takes its turn, so call it only for a call that is made. */
export function choose<T extends Spreadable>(among: readonly T[]): T | undefined {
  if (among.length <= 1) return among[0];
  const load = ({ inFlight, weight }: T) => inFlight / weight;
  const least = Math.min(...among.map(load));
  const free = among.filter((each) => load(each) === least);
  // Smooth weighted round robin: each gains its weight, the richest pays the sum.
  let total = 0;
  let chosen = free[0]!;
  for (const each of free) {
    each.turn += each.weight;
    total += each.weight;
    if (each.turn > chosen.turn) chosen = each;
  }
  chosen.turn -= total;
  return chosen;
}
