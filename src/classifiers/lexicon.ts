/** Words sorted into classes, found again however they are disguised. A word may belong to several classes. */
import { collapseRuns, deleet, unmix } from "./normalize.ts";

/** Numbers of classes; shared arrays, never changed. */
export type Classes = readonly number[];

/** No class. */
export const NO_CLASSES: Classes = [];

export class Lexicon {
  readonly #words = new Map<string, number[]>();
  readonly #stems = new Map<string, number[]>();
  readonly #numbers = new Map<string, number>();
  #minStem = 99;
  #maxStem = 0;
  #maxCjk = 1;
  /** Last characters of CJK words. */
  readonly #cjkEnds = new Set<number>();

  /**
   * `source`: words by class, separated by white space; `word*` stands for every word that starts with `word`.
   * `rot13`: words are also found in ROT13.
   */
  constructor(source: Readonly<Record<string, string>>, options: { readonly rot13?: boolean } = {}) {
    for (const [name, words] of Object.entries(source)) {
      const number = this.#numbers.size;
      this.#numbers.set(name, number);
      for (const word of words.split(/\s+/)) if (word !== "") this.#add(word, number, options.rot13 ?? false);
    }
  }

  /** How many classes there are; they are numbered from 0. */
  get size(): number {
    return this.#numbers.size;
  }

  /** Longest CJK word, characters. */
  get maxCjk(): number {
    return this.#maxCjk;
  }

  /** Names of the classes, by number. */
  get names(): readonly string[] {
    return [...this.#numbers.keys()];
  }

  /** The number of a class. */
  classNamed(name: string): number | undefined {
    return this.#numbers.get(name);
  }

  /** Classes of a folded word, looking through leetspeak, stretched letters and look-alikes. */
  classes(word: string): Classes {
    const known = this.#words.get(word);
    if (known !== undefined) return known;
    if (word.length < 3) return NO_CLASSES;
    return this.#stem(word) ?? this.#disguised(word) ?? NO_CLASSES;
  }

  /** Classes of every known word that ends at `tail`'s end; for CJK, where words have no spaces. */
  classesOfTail(tail: string): Classes {
    let found: Classes = NO_CLASSES;
    if (!this.#cjkEnds.has(tail.charCodeAt(tail.length - 1))) return found;
    for (let n = 1; n <= Math.min(this.#maxCjk, tail.length); n++) {
      const known = this.#words.get(tail.slice(-n));
      if (known !== undefined) found = found.length === 0 ? known : [...new Set([...found, ...known])];
    }
    return found;
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

  #add(word: string, number: number, rot13: boolean): void {
    if (word.endsWith("*")) {
      const stem = word.slice(0, -1);
      append(this.#stems, stem, number);
      this.#minStem = Math.min(this.#minStem, stem.length);
      this.#maxStem = Math.max(this.#maxStem, stem.length);
      return;
    }
    append(this.#words, word, number);
    const last = word.charCodeAt(word.length - 1);
    if (isCjk(last)) this.#cjkEnds.add(last);
    if (isCjk(word.charCodeAt(0))) this.#maxCjk = Math.max(this.#maxCjk, word.length);
    if (rot13 && word.length >= 5 && /^[a-z]+$/.test(word)) {
      append(this.#words, word.replace(/[a-z]/g, (c) => String.fromCharCode((c.charCodeAt(0) - 97 + 13) % 26 + 97)), number);
    }
  }

  #stem(word: string): Classes | undefined {
    for (let n = Math.min(word.length, this.#maxStem); n >= this.#minStem; n--) {
      const known = this.#stems.get(word.slice(0, n));
      if (known !== undefined) return known;
    }
    return undefined;
  }

  #disguised(word: string): Classes | undefined {
    let letters = false, marks = false, run = false, wide = false;
    for (let i = 0; i < word.length; i++) {
      const code = word.charCodeAt(i);
      if (code >= 97 && code <= 122) letters = true;
      else if (code >= 128) wide = true;
      else marks = true;
      if (i > 1 && code === word.charCodeAt(i - 1) && code === word.charCodeAt(i - 2)) run = true;
    }
    const words = this.#words;
    if (marks && letters) {
      const plain = deleet(word);
      const found = words.get(plain) ?? words.get(deleet(word, true)) ?? words.get(collapseRuns(plain, 1));
      if (found !== undefined) return found;
    }
    if (run) {
      const found = words.get(collapseRuns(word, 1)) ?? words.get(collapseRuns(word, 2));
      if (found !== undefined) return found;
    }
    return wide ? words.get(unmix(word)) : undefined;
  }
}

function append(map: Map<string, number[]>, word: string, number: number): void {
  const known = map.get(word);
  if (known === undefined) map.set(word, [number]);
  else if (!known.includes(number)) known.push(number);
}

/** CJK ideographs and kana. */
export function isCjk(code: number): boolean {
  return (code >= 0x3040 && code <= 0x30ff) || (code >= 0x3400 && code <= 0x9fff);
}
