/**
 * Where a text is cut for scoring: at the end of a sentence, at a newline, or after `maxWords` words, whichever comes first.
 *
 * Boundaries are a function of the text alone. `.` ends a sentence only before white space (so `3.14`, `e.g.x` and hosts stay
 * whole), the other terminators end it at once. Offsets are UTF-16 units.
 */

const TAB = 9, LF = 10, CR = 13, SPACE = 32, BANG = 33, DOT = 46, QUESTION = 63, NBSP = 0xa0;

/** White space as far as words and sentences are concerned. */
export function isSpace(code: number): boolean {
  return code === SPACE || (code >= TAB && code <= CR) || code === NBSP || code === 0x2028 || code === 0x2029 || code === 0x3000;
}

/** `!`, `?`, `…` and their CJK and Indic counterparts: they end a sentence whatever follows. */
function endsSentenceAtOnce(code: number): boolean {
  return code === BANG || code === QUESTION || code === 0x2026 || code === 0x3002 || code === 0xff01 || code === 0xff1f || code === 0x0964;
}

/** Closing quotes and brackets that still belong to the sentence they follow. */
function isClosing(code: number): boolean {
  return code === 34 || code === 39 || code === 41 || code === 93 || code === 0x2019 || code === 0x201d || code === 0xbb;
}

export interface SegmentLimits {
  /** A segment is cut after this many words; `Infinity` cuts at sentences and newlines only. At least 1. */
  readonly maxWords: number;
  /** A segment is cut at this length whatever it holds (text without spaces). UTF-16 units. */
  readonly maxChars: number;
}

/** Finds segment ends in one text, each character looked at once. */
export class Segmenter {
  #ends: number[] = [];
  /** Ends before it have been taken: `shift()` would copy what a long push leaves. */
  #taken = 0;
  #position = 0;
  #start = 0;
  #words = 0;
  #inWord = false;
  /** The last character could end a sentence if white space follows. */
  #maybeEnd = false;

  constructor(readonly limits: SegmentLimits) {}

  push(text: string): void {
    const { maxWords, maxChars } = this.limits;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (isSpace(code)) {
        if (this.#maybeEnd || (this.#inWord && this.#words >= maxWords)) this.#cut(this.#position);
        this.#inWord = false;
      } else if (!this.#inWord) {
        this.#inWord = true;
        this.#words++;
      }
      if (code === DOT) this.#maybeEnd = true;
      else if (!isClosing(code)) this.#maybeEnd = false;
      this.#position++;
      const forced = (code >= LF && code <= CR) || endsSentenceAtOnce(code) || this.#position - this.#start >= maxChars;
      // Never between the halves of a surrogate pair.
      if (forced && (code & 0xfc00) !== 0xd800) this.#cut(this.#position);
    }
  }

  /** Closes the segment under way here, as if the text paused. */
  close(): void {
    this.#cut(this.#position);
  }

  /** The next decided end, removed; undefined when none is decided yet. */
  take(): number | undefined {
    if (this.#taken < this.#ends.length) return this.#ends[this.#taken++];
    if (this.#taken > 0) {
      this.#ends = [];
      this.#taken = 0;
    }
    return undefined;
  }

  #cut(at: number): void {
    this.#maybeEnd = false;
    if (at === this.#start) return;
    this.#ends.push(at);
    this.#start = at;
    this.#words = 0;
    this.#inWord = false;
  }
}
