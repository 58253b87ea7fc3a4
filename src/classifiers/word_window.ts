/** Facts about words, kept per segment so that a window of segments can be summed and moved on. */

/** A word counts for the segment it ends in; the one under way counts provisionally, so a cut inside a word changes nothing. */
export class WordWindow<T> {
  readonly #segments: T[] = [];
  #all: T;
  #partial = "";

  /**
   * @param keep Earlier segments that count; 0 = all.
   * @param add The sum of two counts; must be associative. @param of The count of one word.
   */
  constructor(readonly keep: number, readonly zero: T, readonly add: (a: T, b: T) => T, readonly of: (word: string) => T) {
    this.#all = zero;
  }

  /** Takes a segment in and returns the count of the window. */
  push(segment: string): T {
    const words = (this.#partial + segment).split(/[\s\u3000]+/);
    this.#partial = words.pop()!.slice(0, MAX_WORD);
    let sum = this.zero;
    for (const word of words) if (word !== "") sum = this.add(sum, this.of(word.slice(0, MAX_WORD)));
    let total: T;
    if (this.keep === 0) total = this.#all = this.add(this.#all, sum);
    else {
      this.#segments.push(sum);
      if (this.#segments.length > this.keep + 1) this.#segments.shift();
      total = this.#segments.reduce(this.add, this.zero);
    }
    return this.#partial === "" ? total : this.add(total, this.of(this.#partial));
  }
}

/** What is longer is cut: no word of a language is, and the memory must not grow. UTF-16 units. */
const MAX_WORD = 256;
