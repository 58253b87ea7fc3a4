/** Remembers words by their hashes, so that a word seen before costs neither a string nor a second hash. */

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

/** Longest word remembered, UTF-16 units. */
export const MAX_LENGTH = 24;
/** Bytes of an entry's spelling: its length (0 when it is not ASCII), then its characters. */
const STRIDE = 32;

export class WordTable<Entry extends Hashed> {
  #entries: (Entry | undefined)[] = new Array(1024).fill(undefined);
  /** Hashes of the entries, side by side: a search reads one cache line before it touches a word. */
  #hashes = new Int32Array(1024);
  #spellings = new Uint8Array(1024 * STRIDE);
  #size = 0;

  /** The entry of a folded word with this hash. */
  find(word: string, hash: number): Entry | undefined {
    const mask = this.#hashes.length - 1;
    for (let place = 0; place < PLACES; place++) {
      const entry = this.#entries[(hash + place) & mask];
      if (entry !== undefined && entry.hash === hash && entry.word === word) return entry;
    }
    return undefined;
  }

  /** The entry of a folded ASCII word, the first `length` of `codes`. */
  findPlain(codes: Uint8Array, length: number, hash: number): Entry | undefined {
    const hashes = this.#hashes, spellings = this.#spellings, mask = hashes.length - 1;
    for (let place = 0; place < PLACES; place++) {
      const at = (hash + place) & mask;
      if (hashes[at] !== hash) continue;
      const from = at * STRIDE;
      if (spellings[from] !== length) continue;
      let same = 0;
      while (same < length && spellings[from + 1 + same] === codes[same]) same++;
      if (same === length) return this.#entries[at];
    }
    return undefined;
  }

  /** Remembers a word, of at most `MAX_LENGTH`, that was not found. */
  keep(entry: Entry): void {
    if (this.#size * 2 >= this.#hashes.length && this.#hashes.length < MAX_SLOTS) this.#grow();
    this.#put(entry);
  }

  #put(entry: Entry): void {
    const { word, hash } = entry;
    const mask = this.#hashes.length - 1;
    let at = hash & mask;
    for (let place = 0; place < PLACES; place++) {
      const free = (hash + place) & mask;
      if (this.#entries[free] !== undefined) continue;
      at = free;
      this.#size++;
      break;
    }
    this.#entries[at] = entry;
    this.#hashes[at] = hash;
    const from = at * STRIDE;
    let ascii = true;
    for (let i = 0; i < word.length; i++) {
      const code = word.charCodeAt(i);
      if (code >= 128) ascii = false;
      this.#spellings[from + 1 + i] = code;
    }
    this.#spellings[from] = ascii ? word.length : 0;
  }

  #grow(): void {
    const entries = this.#entries;
    this.#entries = new Array(entries.length * 2).fill(undefined);
    this.#hashes = new Int32Array(entries.length * 2);
    this.#spellings = new Uint8Array(entries.length * 2 * STRIDE);
    this.#size = 0;
    for (const entry of entries) if (entry !== undefined) this.#put(entry);
  }
}
