import type { Alphabet } from "./alphabet.ts";

/** Slots that a new tape has: most texts (tool arguments, short answers) are short. */
const firstSlots = 256;

/**
 * The end of a text as classes of characters, one slot per UTF-16 unit: what is held back and one character more.
 * Positions count from the start of the whole text, in UTF-16 units.
 */
export class Tape {
  readonly #alphabet: Alphabet;
  #slots = new Uint16Array(firstSlots);
  #base = 0;
  #end = 0;
  /** Kind of the last character read before `#base`; 0 at the start of the text. */
  #kindBefore = 0;

  constructor(alphabet: Alphabet) {
    this.#alphabet = alphabet;
  }

  /** Position of the first slot. */
  get base(): number {
    return this.#base;
  }
  /** Position after the last slot that is written. */
  get end(): number {
    return this.#end;
  }
  get slots(): Uint16Array {
    return this.#slots;
  }

  /** Writes `text[from … to)`, which does not end inside a surrogate pair. May forget what is before `keep`. */
  append(text: string, from: number, to: number, keep: number): void {
    const { ascii, half, skipped } = this.#alphabet;
    if (this.#end - this.#base + to - from > this.#slots.length) this.#makeRoom(to - from, keep);
    const slots = this.#slots;
    let slot = this.#end - this.#base;
    for (let at = from; at < to; at++) {
      const unit = text.charCodeAt(at);
      if (unit < 128) {
        slots[slot++] = ascii[unit] ?? 0;
        continue;
      }
      const code = text.codePointAt(at) ?? 0;
      const cls = this.#alphabet.classOf(code);
      if (code > 0xffff) {
        slots[slot++] = cls === skipped ? skipped : half;
        at++;
      }
      slots[slot++] = cls;
    }
    this.#end = this.#base + slot;
  }

  #makeRoom(room: number, keep: number): void {
    if (keep > this.#base) {
      this.#kindBefore = this.kindBefore(keep);
      this.#slots.copyWithin(0, keep - this.#base, this.#end - this.#base);
      this.#base = keep;
    }
    const needed = this.#end - this.#base + room;
    if (needed <= this.#slots.length) return;
    const larger = new Uint16Array(Math.max(needed, this.#slots.length * 2));
    larger.set(this.#slots);
    this.#slots = larger;
  }

  /** End of the last character that was read at or before `position`. */
  lastRead(position: number): number {
    let slot = position - this.#base;
    while (slot > 0 && (this.#slots[slot - 1] ?? 0) >= this.#alphabet.half) slot--;
    return this.#base + slot;
  }

  /** Kind of the last character read before `position`; 0 when there is none. */
  kindBefore(position: number): number {
    const slot = this.lastRead(position) - this.#base;
    return slot === 0 ? this.#kindBefore : this.#alphabet.kindOf[this.#slots[slot - 1] ?? 0] ?? 0;
  }
}
