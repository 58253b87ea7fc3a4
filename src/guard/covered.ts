/** Which text rules of higher precedence have decided about, asked in order of precedence; n spans cost O(n log n) per rule that decides. */

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Spans that hide what lies inside of one of them. Calls must come by ascending `order`, and within one order by ascending `from`, as
 * whole texts are decided.
 */
export class CoveredText {
  /** Of higher precedence: ascending by `from` and by `to`, none inside of another. */
  #above: Span[] = [];
  /** Of the current order, in text order, with the same property. */
  #own: Span[] = [];
  #order = -1;

  /** One earlier span holds all of `[from, to)`. */
  holds(order: number, from: number, to: number): boolean {
    this.#enter(order);
    return reaches(this.#above, from) >= to || (this.#own.at(-1)?.to ?? -1) >= to;
  }

  add(order: number, from: number, to: number): void {
    this.#enter(order);
    const last = this.#own.at(-1);
    if (last !== undefined && last.to >= to) return;
    if (last?.from === from) this.#own.pop();
    this.#own.push({ from, to });
  }

  #enter(order: number): void {
    if (order === this.#order) return;
    this.#order = order;
    if (this.#own.length === 0) return;
    this.#above = merged(this.#above, this.#own);
    this.#own = [];
  }
}

/** How far a span that begins at or before `from` reaches; -1 when there is none. */
function reaches(spans: readonly Span[], from: number): number {
  let low = 0, high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[middle]!.from <= from) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? -1 : spans[low - 1]!.to;
}

function merged(a: readonly Span[], b: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const next = j >= b.length || (i < a.length && a[i]!.from <= b[j]!.from) ? a[i++]! : b[j++]!;
    const last = out.at(-1);
    if (last !== undefined && last.to >= next.to) continue;
    if (last?.from === next.from) out.pop();
    out.push(next);
  }
  return out;
}
