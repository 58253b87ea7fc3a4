import type { Alphabet } from "./alphabet.ts";

/** Slots that a new tape has. */
const firstSlots = 32;

/** Slots of new tapes are cut from a sheet of so many tapes: a view costs 30 ns, an array of its own 200. A tape that lives on keeps 4 KiB. */
const tapesPerSheet = 64;
let sheet = new Uint16Array(0);
let cut = 0;

function newSlots(): Uint16Array {
  if (cut === sheet.length) {
    sheet = new Uint16Array(tapesPerSheet * firstSlots);
    cut = 0;
  }
  return sheet.subarray(cut, cut += firstSlots);
}

/** Slots that a tape has once it needs more than the first few. */
const nextSlots = 256;

/** A push of so many units is read on the workbench. */
const longPiece = 64;

/** Slots that tapes lend themselves while a long piece is read; `undefined` while one has them. */
let workbench: Uint16Array | undefined = new Uint16Array(4096);

/** From so many units on, asking the encoder whether all of a piece is ASCII pays: it copies at several units per nanosecond. */
const fewestEncoded = 48;

const encoder = new TextEncoder();
/** Pieces in UTF-8; what is longer (three bytes a unit at most) is read unit by unit. Nothing stays in it between calls. */
const encoded = new Uint8Array(2048);

/**
 * The end of a text as classes of characters, one slot per UTF-16 unit: what is held back and one character more.
 * Positions count from the start of the whole text, in UTF-16 units.
 */
export class Tape {
  readonly #alphabet: Alphabet;
  #slots: Uint16Array = newSlots();
  /** The slots of its own while `#slots` is the workbench. */
  #own: Uint16Array | undefined;
  #base = 0;
  #end = 0;
  /** Kind of the last character read before `#base`; 0 at the start of the text. */
  #kindBefore = 0;
  /** Only ASCII has been written so far. */
  #plain = true;

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
  /** All that was ever written is ASCII. */
  get plain(): boolean {
    return this.#plain;
  }

  /** Writes `text[from … to)`, which does not end inside a surrogate pair. May forget what is before `keep`. */
  append(text: string, from: number, to: number, keep: number): void {
    if (this.#end - this.#base + to - from > this.#slots.length) this.#makeRoom(to - from, keep);
    if (!this.#appendAscii(text, from, to)) this.#appendUnits(text, from, to);
  }

  /** `append()` of a piece that is long enough to ask and all ASCII; else returns false, with nothing written. */
  #appendAscii(text: string, from: number, to: number): boolean {
    const length = to - from;
    if (length < fewestEncoded || length > encoded.length) return false;
    const { read, written } = encoder.encodeInto(length === text.length ? text : text.slice(from, to), encoded);
    // A unit beyond ASCII takes two bytes and more.
    if (read !== length || written !== length) return false;
    const { ascii } = this.#alphabet;
    const slots = this.#slots;
    const slot = this.#end - this.#base;
    for (let at = 0; at < length; at++) slots[slot + at] = ascii[encoded[at] ?? 0] ?? 0;
    this.#end += length;
    return true;
  }

  #appendUnits(text: string, from: number, to: number): void {
    const { ascii, half, skipped } = this.#alphabet;
    const slots = this.#slots;
    let slot = this.#end - this.#base;
    for (let at = from; at < to; at++) {
      const unit = text.charCodeAt(at);
      if (unit < 128) {
        slots[slot++] = ascii[unit] ?? 0;
        continue;
      }
      this.#plain = false;
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
    if (room >= longPiece && workbench !== undefined && needed <= workbench.length) {
      this.#own = this.#slots;
      workbench.set(this.#own);
      this.#slots = workbench;
      workbench = undefined;
    } else {
      this.#grow(needed);
    }
  }

  #grow(needed: number): void {
    const larger = new Uint16Array(Math.max(needed, this.#slots.length * 2, nextSlots));
    larger.set(this.#slots);
    this.#slots = larger;
  }

  /** Gives the workbench back, if the tape has it. Until then no other tape has it. May forget what is before `keep`. */
  release(keep: number): void {
    if (this.#own === undefined) return;
    const lent = this.#slots;
    const from = Math.max(keep, this.#base);
    if (from > this.#base) {
      this.#kindBefore = this.kindBefore(from);
    }
    const held = this.#end - from;
    this.#slots = held <= this.#own.length ? this.#own : new Uint16Array(Math.max(held, nextSlots));
    for (let i = 0, slot = from - this.#base; i < held; i++) this.#slots[i] = lent[slot + i] ?? 0;
    this.#base = from;
    this.#own = undefined;
    workbench = lent;
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
