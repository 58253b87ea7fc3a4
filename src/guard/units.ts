/** Words, sentences and paragraphs around a match, for redaction scopes. Offsets are UTF-16 units; each character is looked at once. */
import type { RedactScope } from "../policy/types.ts";
import { isSpace, Segmenter } from "./segments.ts";

/** The scopes that reach beyond the match itself. */
export type UnitScope = Exclude<RedactScope, "matched">;

/** Remembers unit boundaries of one text. Blank space between units belongs to none, so a redaction leaves it alone. */
export class UnitTracker {
  /** Ascending. A boundary may stand before the character that made it known (the second line feed of a blank line). */
  #boundaries: Boundary[] = [{ at: 0, knownAt: 0 }];
  readonly #sentences: Segmenter | undefined;
  #position = 0;
  #afterSpace = true;
  /** Line feeds since the last visible character, and where the first of them stands. */
  #lineFeeds = 0;
  #firstLineFeed = 0;
  #expectStart = false;
  #closed = false;

  constructor(readonly scope: UnitScope) {
    if (scope === "sentence") this.#sentences = new Segmenter({ maxWords: Infinity, maxChars: Infinity });
  }

  push(text: string): void {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      const space = isSpace(code);
      if (this.scope === "word" && space !== this.#afterSpace) this.#add(this.#position);
      if (this.#sentences !== undefined) {
        this.#sentences.push(text[i]!);
        for (let end = this.#sentences.take(); end !== undefined; end = this.#sentences.take()) {
          this.#add(end);
          this.#expectStart = true;
        }
        if (this.#expectStart && !space) {
          this.#add(this.#position);
          this.#expectStart = false;
        }
      }
      if (this.scope === "paragraph") {
        if (code === 10 && ++this.#lineFeeds === 1) this.#firstLineFeed = this.#position;
        if (code === 10 && this.#lineFeeds === 2) this.#add(this.#firstLineFeed);
        if (!space) {
          if (this.#lineFeeds >= 2) this.#add(this.#position);
          this.#lineFeeds = 0;
        }
      }
      this.#afterSpace = space;
      this.#position++;
    }
  }

  close(): void {
    this.#closed = true;
  }

  /** Start of the unit that holds position `at`, as far as the text up to and including that position tells. */
  start(at: number): number {
    const after = this.#first((boundary) => boundary.at > at || boundary.knownAt > at + 1);
    return after === 0 ? 0 : this.#boundaries[after - 1]!.at;
  }

  /**
   * End of the unit whose last needed character is before `to`, as far as the text before `furthest` tells, and at most that;
   * undefined while it is not known.
   */
  end(to: number, furthest: number): number | undefined {
    if (this.scope === "all") return Infinity;
    const boundary = this.#boundaries[this.#first(({ at }) => at >= to)];
    if (boundary !== undefined && boundary.knownAt <= furthest) return Math.min(boundary.at, furthest);
    if (this.#position >= furthest) return furthest;
    return this.#closed ? this.#position : undefined;
  }

  /** Nothing before `position` will be asked for again. */
  forget(position: number): void {
    let keep = 0;
    while (keep + 1 < this.#boundaries.length && this.#boundaries[keep + 1]!.knownAt <= position) keep++;
    if (keep > 0) this.#boundaries.splice(0, keep);
  }

  /** Index of the first boundary for which `holds`; both of a boundary's numbers ascend, so it goes on to hold from there. */
  #first(holds: (boundary: Boundary) => boolean): number {
    let low = 0, high = this.#boundaries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(this.#boundaries[middle]!)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #add(at: number): void {
    if (at <= this.#boundaries[this.#boundaries.length - 1]!.at) return;
    this.#boundaries.push({ at, knownAt: Math.max(at, this.#position + 1) });
  }
}

interface Boundary {
  readonly at: number;
  /** Characters that must have been read to know it. */
  readonly knownAt: number;
}
