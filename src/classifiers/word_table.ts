/** Remembers words by their hashes and finds them where they stand in a text, so that a word seen before is never cut out of it. */
import { lower } from "./normalize.ts";

/** A remembered word. */
export interface Hashed {
  /** Folded. */
  readonly word: string;
  readonly hash: number;
}

/** Most words remembered, a power of two: later ones take the places of earlier ones, so unusual text costs time, never memory. */
const MAX_SLOTS = 32_768;
/** Places a word may stand in. Words made to collide push each other out; they cannot slow a search down. */
const PLACES = 8;

export class WordTable<Entry extends Hashed> {
  #entries: (Entry | undefined)[] = new Array(1024).fill(undefined);
  /** Hashes of the entries, side by side: a search reads one cache line before it touches a word. */
  #hashes = new Int32Array(1024);
  #size = 0;

  /** The entry of the word at `text[from, to)`, folded or with ASCII capitals, of which `hash` is the folded word's hash. */
  find(text: string, from: number, to: number, hash: number): Entry | undefined {
    const hashes = this.#hashes, mask = hashes.length - 1;
    for (let place = 0; place < PLACES; place++) {
      const at = (hash + place) & mask;
      if (hashes[at] !== hash) continue;
      const entry = this.#entries[at];
      if (entry !== undefined && isAt(text, from, to, entry.word)) return entry;
    }
    return undefined;
  }

  /** Remembers a word that `find` did not find. */
  keep(entry: Entry): void {
    if (this.#size * 2 >= this.#hashes.length && this.#hashes.length < MAX_SLOTS) this.#grow();
    this.#put(entry);
  }

  #put(entry: Entry): void {
    const mask = this.#hashes.length - 1;
    let at = entry.hash & mask;
    for (let place = 0; place < PLACES; place++) {
      const free = (entry.hash + place) & mask;
      if (this.#entries[free] !== undefined) continue;
      at = free;
      this.#size++;
      break;
    }
    this.#entries[at] = entry;
    this.#hashes[at] = entry.hash;
  }

  #grow(): void {
    const entries = this.#entries;
    this.#entries = new Array(entries.length * 2).fill(undefined);
    this.#hashes = new Int32Array(entries.length * 2);
    this.#size = 0;
    for (const entry of entries) if (entry !== undefined) this.#put(entry);
  }
}

function isAt(text: string, from: number, to: number, word: string): boolean {
  if (to - from !== word.length) return false;
  for (let i = 0; i < word.length; i++) if (lower(text.charCodeAt(from + i)) !== word.charCodeAt(i)) return false;
  return true;
}
