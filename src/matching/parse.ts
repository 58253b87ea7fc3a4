import { RE2JS, RE2JSSyntaxException } from "re2js";
import type { PatternSpec } from "./types.ts";

/** How a pattern reads its source; the fields of `PatternSpec` of the same names. */
export interface PatternFlags {
  readonly literal?: boolean;
  readonly caseInsensitive?: boolean;
  readonly multiline?: boolean;
  readonly wholeWord?: boolean;
}

/** A pattern that cannot be compiled: where and why. */
export class PatternError extends Error {
  override readonly name = "PatternError";
  /**
   * @param reason What is wrong, in words: `lookahead has no linear-time form`.
   * @param column Where in `source`, from 1, in UTF-16 units.
   * @param source The pattern.
   * @param pattern Its number in the set that was compiled, when it was part of one.
   */
  constructor(readonly reason: string, readonly column: number, readonly source: string, readonly pattern?: number) {
    super(
      `Cannot compile pattern ${JSON.stringify(source.length > 80 ? source.slice(0, 77) + "..." : source)}: ${reason} at column ${column}`,
    );
  }
}

/** A step of a compiled pattern. `out` and `other` are numbers of instructions. */
export type Instruction =
  | { readonly op: "fail" }
  | { readonly op: "match" }
  | { readonly op: "skip"; readonly out: number }
  | { readonly op: "either"; readonly out: number; readonly other: number }
  /** Goes on where every condition in `looks` (bits of `Look`) holds. */
  | { readonly op: "look"; readonly looks: number; readonly out: number }
  /** Reads one code point in `ranges`: sorted, disjoint, inclusive pairs. */
  | { readonly op: "char"; readonly ranges: readonly number[]; readonly out: number };

/** Conditions on a place between two characters. The first six are RE2's own bits. */
export const Look = {
  beginLine: 1,
  endLine: 2,
  beginText: 4,
  endText: 8,
  wordBoundary: 16,
  noWordBoundary: 32,
  /** No character of a word (of any script, see `PatternSpec.wholeWord`) before. */
  notAfterWord: 64,
  /** The same after. */
  notBeforeWord: 128,
} as const;

/** One pattern as a non-deterministic program. */
export interface Program {
  readonly instructions: readonly Instruction[];
  readonly start: number;
}

/**
 * Reads a pattern in RE2 syntax (https://github.com/google/re2/wiki/Syntax) with `re2js`'s parser and compiler.
 * @throws {PatternError} for a syntax error, an empty pattern, or what has no linear-time form (lookaround, backreferences,
 * atomic and possessive groups).
 */
export function parsePattern(source: string, flags: PatternFlags = {}): Program {
  if (source === "") throw new PatternError("an empty pattern matches nothing", 1, source);
  let jsFlags = RE2JS.LONGEST_MATCH;
  if (flags.caseInsensitive) jsFlags |= RE2JS.CASE_INSENSITIVE;
  if (flags.multiline) jsFlags |= RE2JS.MULTILINE;
  let compiled: unknown;
  try {
    compiled = RE2JS.compile(flags.literal ? RE2JS.quote(source) : source, jsFlags).re2().prog;
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) throw explain(error, source);
    throw error;
  }
  const program = readProgram(compiled);
  return flags.wholeWord ? betweenWords(program) : program;
}

/** `parsePattern` for a `PatternSpec`. @throws {PatternError} */
export function parseSpec(spec: PatternSpec): Program {
  return parsePattern(spec.source, spec);
}

// re2js's instruction codes (its `Inst` class, not exported). The version is pinned; an unknown code is an error, not a guess.
const opNames = new Map([
  [1, "either"],
  [2, "either"],
  [3, "skip"],
  [4, "look"],
  [5, "fail"],
  [6, "match"],
  [7, "skip"],
  [8, "char"],
  [9, "char"],
  [10, "char"],
  [11, "char"],
]);
const foldCase = 1;

function readProgram(compiled: unknown): Program {
  if (!isRecord(compiled) || !Array.isArray(compiled.inst) || typeof compiled.start !== "number") throw unexpected();
  return { instructions: compiled.inst.map(readInstruction), start: compiled.start };
}

function readInstruction(raw: unknown): Instruction {
  if (!isRecord(raw)) throw unexpected();
  const { op, out, arg, runes } = raw;
  if (typeof op !== "number" || typeof out !== "number" || typeof arg !== "number") throw unexpected();
  switch (opNames.get(op)) {
    case "either":
      return { op: "either", out, other: arg };
    case "skip":
      return { op: "skip", out };
    case "look":
      return { op: "look", looks: arg, out };
    case "fail":
      return { op: "fail" };
    case "match":
      return { op: "match" };
    case "char":
      if (!(runes instanceof Int32Array)) throw unexpected();
      return { op: "char", ranges: readRanges(runes, (arg & foldCase) !== 0), out };
    default:
      throw unexpected();
  }
}

function readRanges(runes: Int32Array, folded: boolean): readonly number[] {
  const [only] = runes;
  if (runes.length !== 1 || only === undefined) return Array.from(runes);
  return folded ? foldOrbit(only) : [only, only];
}

const orbits = new Map<number, readonly number[]>();
const marker = 0x10ffff;

/**
 * Every code point that equals `rune` under simple case folding, as ranges. re2js spells out the folding of a character class
 * but not of a single letter, so ask it for a class of that letter and one more.
 */
function foldOrbit(rune: number): readonly number[] {
  const known = orbits.get(rune);
  if (known !== undefined) return known;
  const { instructions } = parsePattern(`(?i)[\\x{${rune.toString(16)}}\\x{${marker.toString(16)}}]`);
  const ranges = instructions.flatMap((i) => i.op === "char" ? i.ranges.filter((_, n) => i.ranges[n | 1] !== marker) : []);
  orbits.set(rune, ranges);
  return ranges;
}

function betweenWords(program: Program): Program {
  const last = program.instructions.length;
  return {
    start: last + 1,
    instructions: [
      ...program.instructions.map((i): Instruction => i.op === "match" ? { op: "look", looks: Look.notBeforeWord, out: last } : i),
      { op: "match" },
      { op: "look", looks: Look.notAfterWord, out: program.start },
    ],
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function unexpected(): Error {
  return new Error("re2js compiled a pattern into a program of an unknown form; this code reads that of re2js 2.10");
}

const noLinearForm: readonly (readonly [RegExp, string])[] = [
  [/^\(\?=/, "lookahead"],
  [/^\(\?!/, "negative lookahead"],
  [/^\(\?<=/, "lookbehind"],
  [/^\(\?<!/, "negative lookbehind"],
  [/^\(\?>/, "atomic group"],
  [/^(\(\?P=|\\k[<{'])/, "backreference"],
  [/^\\[1-9]/, "backreference"],
  [/^\(\?\(/, "conditional group"],
];

/** Turns re2js's message, which quotes a piece of the pattern, into one with a column. */
function explain(error: RE2JSSyntaxException, source: string): PatternError {
  const places = [...syntaxPlaces(source)];
  for (const at of places) {
    const found = noLinearForm.find(([form]) => form.test(source.slice(at)));
    if (found) return new PatternError(`${found[1]} has no linear-time form`, at + 1, source);
  }
  const reason = error.getDescription();
  if (reason === "missing closing )" || reason === "unexpected )") {
    return new PatternError(reason, oddParenthesis(source, places) + 1, source);
  }
  const piece = error.getPattern() ?? "";
  if (/^[*+?}]\+$/.test(piece)) {
    return new PatternError("possessive repetition has no linear-time form", Math.max(source.indexOf(piece), 0) + 1, source);
  }
  const at = piece === "" ? source.length - 1 : source.indexOf(piece);
  return new PatternError(`${reason}${piece === "" ? "" : ` (${piece})`}`, Math.max(at, 0) + 1, source);
}

/** Offsets in `source` where syntax can begin: outside of escapes, quotes (`\Q..\E`) and character classes. */
function* syntaxPlaces(source: string): Generator<number> {
  let inClass = false;
  for (let i = 0; i < source.length; i++) {
    const c = source[i];
    if (c === "\\" && source[i + 1] === "Q") {
      const end = source.indexOf("\\E", i);
      if (end < 0) return;
      i = end + 1;
    } else if (c === "\\") {
      if (!inClass) yield i;
      i++;
    } else if (inClass) {
      if (c === "[" && source[i + 1] === ":" && source.indexOf(":]", i) > 0) i = source.indexOf(":]", i) + 1;
      else inClass = c !== "]";
    } else if (c === "[") {
      inClass = true;
      if (source[i + 1] === "^") i++;
      if (source[i + 1] === "]") i++;
    } else {
      yield i;
    }
  }
}

function oddParenthesis(source: string, places: readonly number[]): number {
  const open: number[] = [];
  for (const at of places) {
    if (source[at] === "(") open.push(at);
    else if (source[at] === ")" && open.pop() === undefined) return at;
  }
  return open.at(-1) ?? 0;
}
