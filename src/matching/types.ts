/**
 * What the matching room shows: patterns in, matches and a frontier out.
 *
 * Offsets are UTF-16 code units counted from the start of one text (one choice × channel), like `String.prototype.slice`.
 */

/** One pattern of a set. Patterns match independently of each other: their matches may overlap. */
export interface PatternSpec {
  /** Regular expression in RE2 syntax, or the literal text when `literal` is set. */
  readonly source: string;
  /** `source` is plain text, not a regular expression. @default false */
  readonly literal?: boolean;
  /** Compare under Unicode simple case folding. @default false */
  readonly caseInsensitive?: boolean;
  /** `^` and `$` also match at line ends. @default false */
  readonly multiline?: boolean;
  /**
   * Match only when not preceded or followed by a word character: a letter, mark, digit or underscore of any script that
   * writes spaces between words (so not Han, Kana, Thai, Lao, Khmer, Myanmar). @default false
   */
  readonly wholeWord?: boolean;
  /**
   * A further test of a candidate (check digits, context words), called once per candidate with its final extent.
   * `before` is the text that precedes it (at most `contextChars`). Returns the confidence in (0, 1], or 0 for "not a match".
   * A refused candidate is not a match, and neither are shorter ones from the same start; later starts inside it are tried.
   * It must be a pure function of its arguments. @default every candidate matches with score 1
   */
  readonly check?: (match: string, before: string) => number;
  /**
   * A quick look before the extent of a match is worked out, which costs ten times as much. `text` is all that is known around: from where matches can
   * still begin, with their context, to `end`, where the pattern matches, and what came behind. False says for certain that `check` refuses every
   * match that begins before `end`. With `foldEvasions`, `text` is not folded: what is not ASCII in it may be a disguise.
   * @default every match is worked out
   */
  readonly mayPass?: (text: string, end: number) => boolean;
}

/** A decided match of `PatternSpec` number `pattern` at `[from, to)`, `from < to`. */
export interface Match {
  readonly pattern: number;
  readonly from: number;
  readonly to: number;
  /** What `check` returned; 1 without a check. */
  readonly score: number;
}

export interface PatternSetOptions {
  /**
   * A match longer than this is not a match (it could grow for ever); equivalently, no character is held back
   * longer than this many characters. UTF-16 units. @default 512
   */
  readonly maxHoldbackChars?: number;
  /**
   * Upper bound on cached automaton states, at most 64,511; the cache is flushed when it is reached, never the match lost. A state takes about
   * half a kilobyte. @default 8192, up to 64,000 for sets of thousands of keywords
   */
  readonly maxStates?: number;
  /** How much text before a candidate its `check` sees. UTF-16 units. @default 64 */
  readonly contextChars?: number;
  /**
   * Read through common disguises: default-ignorable code points (zero-width space and joiners, soft hyphen, BOM, variation
   * selectors, tag characters) are skipped, and compatibility forms of one ASCII character (full-width, mathematical, circled)
   * read as that character. Offsets stay those of the original text, and a match covers the skipped characters inside it; its
   * length counts them, so padding a secret beyond `maxHoldbackChars` still hides it. `check` gets the text as it was read.
   * @default false
   */
  readonly foldEvasions?: boolean;
}

/** Patterns compiled once (on load), opened once per text. */
export interface PatternSet {
  readonly size: number;
  open(): Scanner;
  /** All matches of a whole text: exactly what a `Scanner` reports over any split of it. */
  findAll(text: string): readonly Match[];
}

/**
 * Reads one text, each character once, in pieces of any size. Everything it reports is a function of the text alone.
 */
export interface Scanner {
  push(text: string): void;
  /** Every character before it is final: no match that is not yet reported by `take()`, present or future, can cover it. */
  readonly frontier: number;
  /** If the text ended here, `finish()` would find nothing more: true when that is certain, at no cost. */
  readonly decided: boolean;
  /** Matches decided since the last call, ordered by `from`, then `pattern`. All start before `frontier` or end at it. */
  take(): readonly Match[];
  /** The text is complete: decides everything; `frontier` becomes its length. */
  finish(): void;
}
