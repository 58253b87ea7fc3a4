/**
 * Placeholders for found entities, e.g. `<EMAIL_1>`: the backend sees them, the client never does. The same value gets the same
 * placeholder within one request, and only there.
 */
export class Pseudonyms {
  readonly #byValue = new Map<string, string>();
  readonly #originals = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  #prefixes: Set<string> | undefined;

  /** `taken` says which placeholders the prompt itself contains, so that none of them comes to mean something else. */
  constructor(readonly taken: (placeholder: string) => boolean = () => false) {}

  /** The placeholder that stands for `original`. */
  hide(entity: string, original: string): string {
    const kind = entity.toUpperCase().replace(/[^A-Z0-9]+/g, "_");
    const key = `${kind}\n${original}`;
    const known = this.#byValue.get(key);
    if (known !== undefined) return known;
    let count = this.#counts.get(kind) ?? 0;
    let placeholder: string;
    do placeholder = `<${kind}_${++count}>`; while (this.taken(placeholder));
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
    let out = text;
    const longestFirst = [...this.#originals].sort(([, a], [, b]) => b.length - a.length);
    for (const [placeholder, original] of longestFirst) {
      for (let at = out.indexOf(original); at >= 0; at = out.indexOf(original, at)) {
        const end = at + original.length;
        if (isWordPart(out[at - 1]) && isWordPart(original[0]) || isWordPart(out[end]) && isWordPart(original.at(-1))) at = end;
        else {
          out = out.slice(0, at) + placeholder + out.slice(end);
          at += placeholder.length;
        }
      }
    }
    return out;
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

  get size(): number {
    return this.#originals.size;
  }
}

function isWordPart(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character);
}

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
