import type { Alphabet } from "./alphabet.ts";

/**
 * The end of a text that is still needed: what is held back, and as much before it as checks may ask for.
 * Positions count from the start of the whole text, in UTF-16 units.
 */
export class Window {
  readonly #alphabet: Alphabet;
  #text = "";
  #base = 0;
  /** Kind of the last character before `#base` that is not skipped; 0 at the start of the text. */
  #kindBefore = 0;

  constructor(alphabet: Alphabet) {
    this.#alphabet = alphabet;
  }

  get text(): string {
    return this.#text;
  }
  /** Position of the first unit of `text`. */
  get base(): number {
    return this.#base;
  }
  get end(): number {
    return this.#base + this.#text.length;
  }

  append(text: string): void {
    this.#text += text;
  }

  /** Forgets what is before `position`. */
  trim(position: number): void {
    if (position <= this.#base) return;
    this.#kindBefore = this.kindBefore(position);
    this.#text = this.#text.slice(position - this.#base);
    this.#base = position;
  }

  slice(from: number, to: number): string {
    return this.#text.slice(Math.max(0, from - this.#base), to - this.#base);
  }

  /** Class of the character that begins at `position`, `* 4` plus its length in units: packed, as this is asked per character. */
  after(position: number): number {
    const at = position - this.#base;
    const code = this.#text.codePointAt(at) ?? 0;
    return this.#alphabet.classOf(code) << 2 | (code > 0xffff ? 2 : 1);
  }

  /** The same for the character that ends at `position`. */
  before(position: number): number {
    const at = position - this.#base;
    const unit = this.#text.charCodeAt(at - 1);
    if ((unit & 0xfc00) === 0xdc00 && at > 1) {
      const code = this.#text.codePointAt(at - 2) ?? 0;
      if (code > 0xffff) return this.#alphabet.classOf(code) << 2 | 2;
    }
    return this.#alphabet.classOf(unit) << 2 | 1;
  }

  /** End of the last character that is not skipped at or before `position`. */
  lastRead(position: number): number {
    let at = position;
    while (at > this.#base) {
      const packed = this.before(at);
      if (packed >> 2 !== this.#alphabet.ignored) break;
      at -= packed & 3;
    }
    return at;
  }

  /** Kind of the last character before `position` that is not skipped; 0 when the text begins there. */
  kindBefore(position: number): number {
    const at = this.#alphabet.ignored < 0 ? position : this.lastRead(position);
    if (at <= this.#base) return this.#kindBefore;
    return this.#alphabet.kindOf[this.before(at) >> 2] ?? 0;
  }
}
