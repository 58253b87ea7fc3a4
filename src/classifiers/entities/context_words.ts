/** Whether words that say what a number is stand before it. Asked for every candidate and mostly refused, so refusals are made cheap. */

/** ASCII letters and digits: no word begins right after one. */
const ALPHANUMERIC = Uint8Array.from({ length: 128 }, (_, code) => /[A-Za-z0-9]/.test(String.fromCharCode(code)) ? 1 : 0);

/** A number below 1024 for two characters, the same for both cases of a letter. */
const pairOf = (first: number, second: number) => (first & 31) << 5 | second & 31;

/** Whether a word may stand in `text[from … to)`. False is certain. */
export type MayHold = (text: string, from: number, to: number) => boolean;

/**
 * A quick search for the words, in lower case, whatever their case in the text: in ASCII, which nearly all text is, only places with one of their
 * first two characters are compared. True also for what is not ASCII.
 * @param inside Words count inside of others, too.
 */
export function mayHold(words: readonly string[], inside = false): MayHold {
  if (words.some((word) => word.length < 2 || word < "0")) return () => true; // symbols begin no word, and one letter tells nothing
  const byPair: string[][] = Array.from({ length: 1024 }, () => []);
  for (const word of new Set(words)) byPair[pairOf(word.charCodeAt(0), word.charCodeAt(1))]!.push(word);
  // Bytes stay in the cache where lists do not.
  const occupied = Uint8Array.from(byPair, (list) => list.length > 0 ? 1 : 0);
  return (text, from, to) => {
    let begins = inside || from === 0 || ALPHANUMERIC[text.charCodeAt(from - 1)] !== 1;
    for (let at = from; at < to; at++) {
      const code = text.charCodeAt(at);
      if (code >= 128) return true;
      const alphanumeric = ALPHANUMERIC[code] === 1;
      if (begins && alphanumeric && at + 1 < to) {
        const pair = pairOf(code, text.charCodeAt(at + 1));
        if (occupied[pair] === 1 && byPair[pair]!.some((word) => standsAt(word, text, at))) return true;
      }
      begins = inside || !alphanumeric;
    }
    return false;
  };
}

/** Whether a word in lower case stands at a place of an ASCII text, whatever its case there. Symbols may pass for others. */
function standsAt(word: string, text: string, at: number): boolean {
  if (at + word.length > text.length) return false;
  for (let i = 0; i < word.length; i++) {
    const code = text.charCodeAt(at + i);
    if (code !== word.charCodeAt(i) && (code | 32) !== word.charCodeAt(i)) return false;
  }
  return true;
}

/** A test for words that stand before what they describe. */
export interface ContextWords {
  /** Whether one of the words stands in the last `within` UTF-16 units of a text, whole, whatever its case. */
  readonly precede: (text: string) => boolean;
  readonly mayHold: MayHold;
}

/** The test for these words. */
export function contextWords(words: readonly string[], within: number): ContextWords {
  const lower = words.map((word) => word.trim().toLowerCase()).filter((word) => word !== "");
  const alternatives = lower.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll(" ", "\\s+"));
  // Literal alternatives only and at most 64 characters of text, so the backtracking engine is safe here.
  const test = new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives.join("|")})(?![\\p{L}])`, "giu");
  const firsts = lower.map((word) => word.split(" ")[0]!);
  const needed = firsts.filter((word) => !firsts.some((other) => other !== word && word.includes(other)));
  const begun = mayHold(firsts);
  return {
    // The expression costs 17 µs for thirty words, looking for one after the other 1 µs.
    precede: (text) => {
      const from = Math.max(0, text.length - within);
      if (!begun(text, from, text.length)) return false;
      const lower = text.slice(from).toLowerCase();
      test.lastIndex = from; // not a slice: a word does not begin where the text is cut
      return needed.some((word) => lower.includes(word)) && test.test(text);
    },
    mayHold: begun,
  };
}

/** 1 to 26 for an ASCII letter of either case, 0 for other ASCII characters. */
function letterNumber(code: number): number {
  const letter = code | 32;
  return letter >= 97 && letter <= 122 ? letter - 96 : 0;
}

/** The last three characters of a word as a number. */
const endingKey = (word: string) => [...word].slice(-3).reduce((key, character) => key << 5 | letterNumber(character.charCodeAt(0)), 0);

/**
 * Whether `text[0 … to)` may end in one of the words, of two characters or more, with nothing behind it but characters that are no letters. False
 * is certain; the last three letters decide.
 */
export function mayEndIn(words: readonly string[]): (text: string, to: number) => boolean {
  const short = new Set(words.filter((word) => word.length === 2).map(endingKey));
  const long = new Set(words.filter((word) => word.length > 2).map(endingKey));
  return (text, to) => {
    let last = to - 1;
    while (last >= 0 && letterNumber(text.charCodeAt(last)) === 0) {
      if (text.charCodeAt(last) >= 128) return true;
      last--;
    }
    if (last < 0) return false;
    const third = last > 1 ? text.charCodeAt(last - 2) : 0, second = last > 0 ? text.charCodeAt(last - 1) : 0;
    if (third >= 128 || second >= 128) return true;
    const ending = letterNumber(second) << 5 | letterNumber(text.charCodeAt(last));
    return short.has(ending) || long.has(letterNumber(third) << 10 | ending);
  };
}
