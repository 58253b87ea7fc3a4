import { RE2JS } from "re2js";
import type { PatternFlags } from "./parse.ts";
import type { PatternSpec } from "./types.ts";

/**
 * One pattern for a whole list of words or phrases: it finds the leftmost, then longest of them. Words that begin alike share
 * their states, so thousands cost what dozens of patterns of their own would. For when it does not matter which word it was.
 * @param words Plain text, at least one.
 * @param flags `literal` is ignored: the words always are.
 * @throws {RangeError} when there are no words, or one is empty.
 */
export function keywordPattern(words: readonly string[], flags: PatternFlags = {}): PatternSpec {
  const distinct = [...new Set(words)];
  if (distinct.length === 0 || distinct.includes("")) {
    throw new RangeError("Cannot make a pattern of keywords: there are none, or one is empty");
  }
  // Sorted, so that re2js finds the common beginnings.
  const order = (word: string) => flags.caseInsensitive ? word.toLowerCase() : word;
  distinct.sort((a, b) => order(a) < order(b) ? -1 : 1);
  return { ...flags, literal: false, source: distinct.map((word) => RE2JS.quote(word)).join("|") };
}
