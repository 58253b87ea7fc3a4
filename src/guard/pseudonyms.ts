/**
 * Placeholders for found entities, e.g. `<EMAIL_1>`: the backend sees them, the client never does. The same value gets the same
 * placeholder within one request, and only there.
 */
export class Pseudonyms {
  readonly #byValue = new Map<string, string>();
  readonly #originals = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  #prefixes: Set<string> | undefined;
  #taken: Set<string> | undefined;

  /** `texts` are the prompt's: placeholders that stand in them already are not given out, so that none comes to mean something else. */
  constructor(readonly texts: () => Iterable<string> = () => []) {}

  /** The placeholder that stands for `original`. */
  hide(entity: string, original: string): string {
    const kind = entity.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
    const key = `${kind}\n${original}`;
    const known = this.#byValue.get(key);
    if (known !== undefined) return known;
    let count = this.#counts.get(kind) ?? 0;
    let placeholder: string;
    do placeholder = `<${kind}_${++count}>`; while (this.#isTaken(placeholder));
    this.#counts.set(kind, count);
    this.#byValue.set(key, placeholder);
    this.#originals.set(placeholder, original);
    this.#prefixes = undefined;
    return placeholder;
  }

  /** What `placeholder` stands for; undefined when this request never hid anything behind it. */
  reveal(placeholder: string): string | undefined {
    return this.#originals.get(placeholder);
  }

  /**
   * `text` with every hidden value replaced where it stands as a word of its own: earlier turns of a chat repeat what was put back
   * into their answers, and nobody judges those.
   */
  hideKnown(text: string): string {
    if (this.#originals.size === 0) return text;
    const byOriginal = new Map([...this.#originals].map(([placeholder, original]) => [original, placeholder]));
    // By length and not one by one, so that many values cost no more than a few.
    const lengths = [...new Set([...byOriginal.keys()].map(({ length }) => length))].sort((a, b) => b - a);
    let out = "", copied = 0;
    for (let at = 0; at < text.length; at++) {
      if (!isWordEdge(text, at)) continue;
      for (const length of lengths) {
        const placeholder = byOriginal.get(text.slice(at, at + length));
        if (placeholder === undefined || !isWordEdge(text, at + length)) continue;
        out += text.slice(copied, at) + placeholder;
        copied = at + length;
        at = copied - 1;
        break;
      }
    }
    return out + text.slice(copied);
  }

  /** `text` is a placeholder or could become one. */
  isPrefix(text: string): boolean {
    if (this.#prefixes === undefined) {
      this.#prefixes = new Set();
      for (const placeholder of this.#originals.keys()) {
        for (let length = 1; length <= placeholder.length; length++) this.#prefixes.add(placeholder.slice(0, length));
      }
    }
    return this.#prefixes.has(text);
  }

  #isTaken(placeholder: string): boolean {
    if (this.#taken === undefined) {
      this.#taken = new Set();
      for (const text of this.texts()) for (const [found] of text.matchAll(/<[A-Z0-9_]+_\d+>/g)) this.#taken.add(found);
    }
    return this.#taken.has(placeholder);
  }

  get size(): number {
    return this.#originals.size;
  }
}

/** Between `at - 1` and `at` no word goes on. */
function isWordEdge(text: string, at: number): boolean {
  return at === 0 || at >= text.length || !WORD_PART.test(text[at]!) || !WORD_PART.test(text[at - 1]!);
}

const WORD_PART = /[\p{L}\p{N}_]/u;

/** A placeholder found in an answer, and what stands behind it. Offsets are UTF-16 units since the text's start. */
export interface Restoration {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Finds the placeholders of one text that arrives in pieces; each character is looked at once. */
export class PlaceholderFinder {
  /** Every character before it is final: no placeholder still to come can cover it. */
  frontier = 0;
  readonly #found: Restoration[] = [];
  #position = 0;
  #candidate = "";

  constructor(readonly pseudonyms: Pseudonyms) {}

  push(text: string): void {
    for (const character of text) {
      // Only the first character of a placeholder is `<`, so a candidate that fails can begin anew at no other place.
      this.#candidate = character === "<" ? "<" : this.#candidate === "" ? "" : this.#candidate + character;
      this.#position += character.length;
      if (this.#candidate === "") continue;
      const original = this.pseudonyms.reveal(this.#candidate);
      if (original !== undefined) {
        this.#found.push({ from: this.#position - this.#candidate.length, to: this.#position, text: original });
        this.#candidate = "";
      } else if (!this.pseudonyms.isPrefix(this.#candidate)) this.#candidate = "";
    }
    this.frontier = this.#position - this.#candidate.length;
  }

  /** The text is complete. */
  finish(): void {
    this.#candidate = "";
    this.frontier = this.#position;
  }

  /** The next placeholder that begins before `limit`, removed. */
  take(limit: number): Restoration | undefined {
    return this.#found.length > 0 && this.#found[0]!.from < limit ? this.#found.shift() : undefined;
  }
}
