/**
 * Cuts text into folded words as it arrives: `PlEaSe іgnоre` → `please`, `ignore`. CJK characters and emoji are words of their own;
 * letters written apart (`i g n o r e`, `i.g.n.o.r.e`) come out joined. Linear time, nothing kept but the letters written apart.
 */
import { mix, step, WORD_BASIS } from "./linear.ts";
import { fold, isInvisible, isTag, lookalike, lower, unmix } from "./normalize.ts";

/** Receives the words of a text. */
export interface TokenSink {
  /** Most words: folded ASCII, the first `length` of `codes`, which the next word overwrites. `hash` is the word's `hashWord`. */
  plain(codes: Uint8Array, length: number, hash: number): void;
  /** A folded word. `hidden`: spelled in invisible tag characters. */
  word(text: string, hidden: boolean): void;
  /** Letters that were written apart, joined; at least four. Words may run together in it. */
  letters(joined: string): void;
  /** A sentence ended. */
  pause(): void;
}

/** Letters written apart that are held at most. */
const MAX_LETTERS = 96;
/** Longer words are cut: nobody's word, but base64 or an attempt to make hashing expensive. */
const MAX_WORD = 48;

const OTHER = 0, WORD = 1, INNER = 2, STOP = 3, QUOTE = 4;
const ASCII = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/[a-z0-9]/i.test(char)) return WORD;
  if (/[@$!|+*]/.test(char)) return INNER;
  if (/[.?;\n\r]/.test(char)) return STOP;
  return char === "'" ? QUOTE : OTHER;
});

/** One for all: a word is handed over before any other begins. */
const shared = new Uint8Array(MAX_WORD);

export class Tokenizer {
  #letters = "";
  #gap = 0;
  /** The ASCII word under way. */
  readonly #codes = shared;

  constructor(readonly sink: TokenSink) {}

  /** Reads `text`; a word at its end is complete. */
  push(text: string): void {
    const length = text.length;
    let i = 0;
    while (i < length) {
      const code = text.charCodeAt(i);
      if (code >= 128) {
        i = this.#readWide(text, i);
        continue;
      }
      const kind = ASCII[code]!;
      if (kind === WORD || (kind === INNER && code !== 33 && i + 1 < length && isAsciiWord(text.charCodeAt(i + 1)))) {
        i = this.#readWord(text, i);
      } else {
        if (kind === STOP || kind === INNER && code === 33) this.#stop(text, i, code);
        else this.#gap++;
        i++;
      }
    }
    this.flush();
  }

  /** Gives up letters held back: the segment ends here. */
  flush(): void {
    const letters = this.#letters;
    if (letters === "") return;
    this.#letters = "";
    if (letters.length >= 4) this.sink.letters(/[a-z]/.test(letters) ? unmix(letters) : letters);
    else for (const letter of letters) if (letter !== " ") this.sink.word(letter, false);
  }

  #stop(text: string, at: number, code: number): void {
    const next = at + 1 < text.length ? text.charCodeAt(at + 1) : 32;
    if (code !== 46 || next <= 32 || next === 34 || next === 41) {
      this.flush();
      this.sink.pause();
    } else this.#gap++;
  }

  /** Words of ASCII letters take the short way: hashed as they are read, never cut out. */
  #readWord(text: string, from: number): number {
    const length = text.length;
    const codes = this.#codes;
    codes[0] = lower(text.charCodeAt(from));
    let hash = step(WORD_BASIS, codes[0]);
    let i = from + 1;
    for (; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 128) break;
      const kind = ASCII[code]!;
      if (kind !== WORD) {
        if ((kind !== QUOTE && kind !== INNER) || i + 1 === length) break;
        const next = text.charCodeAt(i + 1);
        if (!isAsciiWord(next) && (kind !== INNER || code === 33 || ASCII[next] !== INNER || next === 33)) break;
      }
      const folded = lower(code);
      // Out of bounds in a long word, which is handed over as a string.
      codes[i - from] = folded;
      hash = step(hash, folded);
    }
    if (i < length) {
      const code = text.charCodeAt(i);
      if (code >= 128 && joins(code, text, i)) return this.#readWide(text, from);
    }
    if (i === from + 1 || i - from > MAX_WORD) this.#emit(text.slice(from, i).toLowerCase(), false);
    else {
      if (this.#letters !== "") this.flush();
      this.#gap = 0;
      this.sink.plain(codes, i - from, mix(hash));
    }
    return i;
  }

  /** A word (or character) that is not plain ASCII, from `from`. */
  #readWide(text: string, from: number): number {
    let word = "", i = from, latin = false, mixed = false, hidden = false;
    while (i < text.length) {
      const code = text.codePointAt(i)!;
      const size = code > 0xffff ? 2 : 1;
      if (code >= 128 && isInvisible(code)) {
        i += size;
        continue;
      }
      if (isSingleton(code)) {
        if (word !== "") break;
        if (isWideStop(code)) {
          this.flush();
          this.sink.pause();
        } else this.#emit(fold(code), false);
        return i + size;
      }
      const tag = isTag(code);
      if (tag !== hidden && word !== "") break;
      const folded = fold(code);
      if (!isWordText(folded, word !== "" && i + size < text.length)) break;
      hidden = tag;
      if (folded.charCodeAt(0) < 128) latin = true;
      else if (lookalike(folded.codePointAt(0)!) !== undefined) mixed = true;
      word += folded;
      i += size;
    }
    if (word === "") {
      if (i === from) i += text.codePointAt(i)! > 0xffff ? 2 : 1;
      // What cannot be seen separates nothing: a space on either side of it is one.
      if (isInvisible(text.codePointAt(from)!)) this.#gap = Math.max(0, this.#gap - 1);
      else this.#gap++;
      return i;
    }
    if (mixed && latin) word = unmix(word);
    this.#emit(word, hidden);
    return i;
  }

  #emit(word: string, hidden: boolean): void {
    if (word.length === 1 && isLetter(word)) {
      // Two separators or more between letters written apart end a word of theirs.
      if (this.#letters !== "") {
        if (this.#gap > 1) this.#letters += " ";
        else if (this.#gap === 0) this.flush();
      }
      this.#letters += word;
      this.#gap = 0;
      if (this.#letters.length >= MAX_LETTERS) this.flush();
      return;
    }
    if (this.#letters !== "") this.flush();
    this.#gap = 0;
    this.sink.word(word.length > MAX_WORD ? word.slice(0, MAX_WORD) : word, hidden);
  }
}

function isAsciiWord(code: number): boolean {
  return code < 128 && ASCII[code] === WORD;
}

function isLetter(char: string): boolean {
  const code = char.charCodeAt(0);
  return code < 128
    ? (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 64 || code === 36
    : lookalike(code) !== undefined;
}

/** A wide character that continues a word begun in ASCII. */
function joins(code: number, text: string, at: number): boolean {
  const full = text.codePointAt(at) ?? code;
  return isInvisible(full) ? at + 1 < text.length : !isSingleton(full) && !isTag(full) && isWordText(fold(full), false);
}

/** CJK, kana, symbols and emoji stand alone. */
function isSingleton(code: number): boolean {
  return (code >= 0x3001 && code <= 0x30ff) || (code >= 0x3400 && code <= 0x9fff) || (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0x2600 && code <= 0x27bf) || (code >= 0x1f300 && code <= 0x1faff) || code === 0xff01 || code === 0xff1f || code === 0x2026;
}

function isWideStop(code: number): boolean {
  return code === 0x3002 || code === 0xff01 || code === 0xff1f || code === 0x2026;
}

const wordTexts = new Map<string, boolean>();

/** The folded character belongs to a word: a letter or digit, or an apostrophe inside one. */
function isWordText(folded: string, inside: boolean): boolean {
  const code = folded.charCodeAt(0);
  if (code < 128) {
    const kind = ASCII[code]!;
    return kind === WORD || (inside && (kind === QUOTE || (kind === INNER && code !== 33)));
  }
  if (code === 0x2019) return false;
  let known = wordTexts.get(folded);
  if (known === undefined) {
    known = /^[\p{L}\p{N}\p{M}]/u.test(folded);
    if (wordTexts.size < 8192) wordTexts.set(folded, known);
  }
  return known;
}
