/**
 * All patterns of a policy in one pass over a text that arrives in pieces: which matches are there, and up to where the text is
 * final (the *frontier*) and may be let go.
 *
 * ## What is a match
 *
 * Each pattern is searched by itself, as if the others were not there. Its matches do not overlap each other: the next one is
 * looked for where the last one ended. At every place the leftmost start wins, and from there the longest match of at most
 * `maxHoldbackChars` UTF-16 units. Empty matches are none. A `check` is asked once about that longest match; if it refuses, the
 * search goes on one character further, so a refused run of digits does not hide a card number inside it.
 *
 * All of this is said of the whole text, so how it was cut into pieces cannot matter. A surrogate pair that is cut in two is read
 * when its second half is there. `^` and `$` are the text's ends, and `finish()` says where the text ends.
 *
 * ## Why nothing leaks and little waits
 *
 * The patterns are one non-deterministic automaton (`nfa.ts`). A *thread* is a run of a pattern from one start. At a place in the
 * text, a match that is not settled yet is a thread from its start which can still reach the pattern's end, in time. The frontier
 * is the start of the oldest such thread, so
 *
 * - nothing before it can be part of a match still to come (nothing leaks), and
 * - some continuation makes the character at it part of one (nothing waits in vain). Only a `check`, which nobody can foresee,
 *   may refuse it then.
 *
 * `dfa.ts` runs all threads at once: it knows *sets* of threads, made as texts need them and kept in a bounded cache, so a
 * character costs two look-ups whatever the number of patterns. A set does not know where its threads began. That is found, once
 * per `push` and once per match, by walking the held characters backwards (`reverse.ts`), which ends as soon as no older start is
 * possible; over a long hold the oldest threads are followed instead (`frontier.ts`). Where a match ends is found by following its
 * own thread (`exact.ts`).
 *
 * ## What it costs
 *
 * Linear in the text: about 6 ns per character with 200 patterns over English, and about 130 ns per `push`
 * (`scripts/bench/matching.ts`). What can cost more, all of it bounded:
 *
 * - a `push` while a match is open at every place for `maxHoldbackChars` (10,000 letters under an e-mail pattern): 1–2 µs;
 * - a refused candidate costs its length again, so a check that refuses at every place costs `maxHoldbackChars` steps each;
 * - gaps such as `.{0,200}` make new sets at most characters while open: 1–10 µs per character.
 *
 * @module
 */
import { ForwardDfa } from "./dfa.ts";
import { buildNfa } from "./nfa.ts";
import { parseSpec, PatternError } from "./parse.ts";
import { Prospects } from "./prospects.ts";
import { ReverseDfa } from "./reverse.ts";
import { type Compiled, TextScanner } from "./scanner.ts";
import type { Match, PatternSet, PatternSetOptions, PatternSpec, Scanner } from "./types.ts";

export { keywordPattern } from "./keywords.ts";
export { maxMatchLength } from "./length.ts";
export { parsePattern, PatternError, type PatternFlags } from "./parse.ts";
export type { Match, PatternSet, PatternSetOptions, PatternSpec, Scanner } from "./types.ts";

/** Default bounds of the cache. Texts use about as many states as the patterns have nodes, once there are thousands. */
const fewestStates = 8192;
const mostStates = 64_000;

/**
 * Compiles patterns into one set. Costs a few milliseconds per hundred patterns; do it on load.
 * @throws {PatternError} with `pattern` set to the number of the pattern that cannot be compiled.
 */
export function compilePatterns(specs: readonly PatternSpec[], options: PatternSetOptions = {}): PatternSet {
  const { maxHoldbackChars = 512, contextChars = 64, foldEvasions = false } = options;
  const programs = specs.map((spec, pattern) => {
    try {
      return parseSpec(spec);
    } catch (error) {
      if (error instanceof PatternError) throw new PatternError(error.reason, error.column, error.source, pattern);
      throw error;
    }
  });
  const nfa = buildNfa(programs, specs.map((spec) => spec.source), foldEvasions);
  const { maxStates = Math.min(Math.max(fewestStates, nfa.size), mostStates) } = options;
  const prospects = new Prospects(nfa);
  const set: Compiled = {
    nfa,
    machine: {
      searching: new ForwardDfa(nfa, prospects, maxStates, true),
      following: new ForwardDfa(nfa, prospects, maxStates, false),
      backwards: new ReverseDfa(nfa, maxStates),
      alphabet: nfa.alphabet,
      maxHoldbackChars,
    },
    specs,
    checks: specs.some((spec) => spec.check !== undefined),
    contextChars,
    foldEvasions,
  };
  const open = (): Scanner => new TextScanner(set);
  const findAll = (text: string): readonly Match[] => {
    const scanner = open();
    scanner.push(text);
    scanner.finish();
    return scanner.take();
  };
  return { size: specs.length, open, findAll };
}
