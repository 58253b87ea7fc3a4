/** Words sorted into classes, found again however they are disguised. A class is one bit, so a word may belong to several. */
import { collapseRuns, deleet, unmix } from "./normalize.ts";

/** Classes by name; each value lists words separated by white space. `word*` matches any word that starts with `word`. */
export type LexiconSource = Readonly<Record<string, string>>;

/** At most this many classes: they are bits of one number. */
const MAX_CLASSES = 32;

export class Lexicon<Name extends string = string> {
  readonly #words = new Map<string, number>();
  readonly #stems = new Map<string, number>();
  readonly #bits = new Map<string, number>();
  #minStem = 99;
  #maxStem = 0;
  #maxCjk = 1;

  /** Throws `RangeError` for more classes than fit. `rot13`: words are also found in ROT13. */
  constructor(source: Readonly<Record<Name, string>>, options: { readonly rot13?: boolean } = {}) {
    const names = Object.keys(source);
    if (names.length > MAX_CLASSES) throw new RangeError(`Cannot make a lexicon of ${names.length} classes: at most ${MAX_CLASSES} fit`);
    names.forEach((name, index) => this.#bits.set(name, 1 << index));
    for (const [name, words] of Object.entries<string>(source)) {
      const bit = this.#bits.get(name)!;
      for (const word of words.split(/\s+/)) {
        if (word === "") continue;
        if (word.endsWith("*")) {
          const stem = word.slice(0, -1);
          this.#stems.set(stem, (this.#stems.get(stem) ?? 0) | bit);
          this.#minStem = Math.min(this.#minStem, stem.length);
          this.#maxStem = Math.max(this.#maxStem, stem.length);
          continue;
        }
        this.#words.set(word, (this.#words.get(word) ?? 0) | bit);
        if (isCjk(word.charCodeAt(0))) this.#maxCjk = Math.max(this.#maxCjk, word.length);
        if (options.rot13 && word.length >= 5 && /^[a-z]+$/.test(word)) {
          const turned = word.replace(/[a-z]/g, (c) => String.fromCharCode((c.charCodeAt(0) - 97 + 13) % 26 + 97));
          if (!this.#words.has(turned)) this.#words.set(turned, bit);
        }
      }
    }
  }

  /** The bits of some classes. */
  mask(...names: Name[]): number {
    let mask = 0;
    for (const name of names) mask |= this.#bits.get(name) ?? 0;
    return mask;
  }

  /** Classes of a folded word, looking through leetspeak, stretched letters and look-alikes; 0 for none. */
  classes(word: string): number {
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    const stem = this.#stem(word);
    if (stem !== 0 || word.length < 3) return stem;
    return this.#disguised(word);
  }

  /** Classes of the longest known word that ends at `tail`'s end; for CJK, where words have no spaces. */
  classesOfTail(tail: string): number {
    let mask = 0;
    for (let n = 1; n <= Math.min(this.#maxCjk, tail.length); n++) mask |= this.#words.get(tail.slice(-n)) ?? 0;
    return mask;
  }

  /** Longest CJK word, characters. */
  get maxCjk(): number {
    return this.#maxCjk;
  }

  /** Splits letters that run together into words, longest known word first; unknown letters are dropped. Cost: length × 16. */
  split(joined: string): string[] {
    const found: string[] = [];
    for (const part of joined.split(" ")) {
      let i = 0;
      while (i < part.length) {
        let size = Math.min(16, part.length - i);
        while (size >= 2 && !this.#words.has(part.slice(i, i + size)) && !this.#words.has(deleet(part.slice(i, i + size)))) size--;
        if (size >= 2) found.push(deleet(part.slice(i, i + size)));
        i += Math.max(1, size);
      }
    }
    return found;
  }

  #stem(word: string): number {
    if (this.#maxStem === 0) return 0;
    let mask = 0;
    const most = Math.min(word.length, this.#maxStem);
    for (let n = this.#minStem; n <= most; n++) mask |= this.#stems.get(word.slice(0, n)) ?? 0;
    return mask;
  }

  #disguised(word: string): number {
    let masked = false, run = false, wide = false;
    for (let i = 0; i < word.length; i++) {
      const code = word.charCodeAt(i);
      if (code < 97) masked = true;
      else if (code > 122) wide = wide || code >= 128 || code === 124;
      if (i > 1 && code === word.charCodeAt(i - 1) && code === word.charCodeAt(i - 2)) run = true;
    }
    if (masked || (wide && word.includes("|"))) {
      const plain = deleet(word);
      const found = this.#words.get(plain) ?? this.#words.get(deleet(word, true)) ?? this.#words.get(collapseRuns(plain, 1));
      if (found !== undefined && /[a-z]/.test(word)) return found;
    }
    if (run) {
      const found = this.#words.get(collapseRuns(word, 1)) ?? this.#words.get(collapseRuns(word, 2));
      if (found !== undefined) return found;
    }
    return wide ? this.#words.get(unmix(word)) ?? 0 : 0;
  }
}

/** CJK ideographs and kana. */
export function isCjk(code: number): boolean {
  return (code >= 0x3040 && code <= 0x30ff) || (code >= 0x3400 && code <= 0x9fff);
}
