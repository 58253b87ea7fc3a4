/**
 * What the automaton costs per character, and how much it holds back: `deno run scripts/bench/matching.ts [file of text]`.
 * `deno task bench` prints the same figures through `benchMatching()`.
 */
import { compilePatterns } from "../../src/matching/mod.ts";
import type { PatternSet, PatternSpec } from "../../src/matching/types.ts";
import { cpuMicroseconds } from "./cpu.ts";

export interface MatchingFigures {
  /** Number of patterns → nanoseconds of CPU per UTF-16 unit in steady state (the median of several passes). */
  readonly nsPerChar: Readonly<Record<number, number>>;
  /** The same with one `push` per token of about four characters, and the frontier read after each. */
  readonly nsPerCharInTokens: Readonly<Record<number, number>>;
  /** Characters held back after each token, on average and at most, with the entity patterns only. */
  readonly meanHoldbackChars: number;
  readonly mostHoldbackChars: number;
  /** Ten thousand letters under an e-mail pattern, in tokens: it could match at every place, and never does. */
  readonly pathologicalNsPerChar: number;
  /** Milliseconds to compile the largest set. */
  readonly compileMs: number;
}

const entities: readonly PatternSpec[] = [
  String.raw`\b[A-Za-z0-9][A-Za-z0-9._%+'-]*@(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,24}\b`,
  String.raw`\b\d(?:[ -]?\d){12,18}\b`,
  String.raw`\b\d{3}-\d{2}-\d{4}\b`,
  String.raw`\+[1-9](?:[ ./()-]{0,2}\d){6,14}\b`,
  String.raw`(?:\([2-9]\d{2}\) ?|\b[2-9]\d{2}[.-])\d{3}[.-]\d{4}\b`,
  String.raw`\b(?:GB|DE|FR|NL|ES|IT|CH|AT|BE|PL|SE|DK|NO|FI)\d{2}(?:[ -]?[0-9A-Z]){11,30}\b`,
].map((source) => ({ source }));

const secrets: readonly PatternSpec[] = [
  String.raw`\b(?:\d{1,3}\.){3}\d{1,3}\b`,
  String.raw`sk-[A-Za-z0-9_-]{20,}`,
  String.raw`AKIA[0-9A-Z]{16}`,
  String.raw`gh[pousr]_[A-Za-z0-9]{36}`,
  String.raw`xox[baprs]-[A-Za-z0-9-]{10,}`,
  String.raw`eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+`,
  String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----`,
  String.raw`(?i)(?:password|passwd|pwd)\s*[:=]\s*\S+`,
  String.raw`(?i)https?://[^\s/]+/[^\s]*token=[^\s&]+`,
  String.raw`(?i)ignore (?:all |any )?(?:previous|prior|above) (?:instructions|prompts)`,
  String.raw`(?i)\byou (?:should|must|ought to) (?:buy|sell|invest)\b`,
  String.raw`(?i)\bguaranteed (?:returns?|profits?)\b`,
  String.raw`(?i)\b(?:take|stop taking) \d+ ?(?:mg|milligrams)\b`,
  String.raw`(?i)\b(?:diagnos(?:e|is|ed)|prescri(?:be|ption))\b`,
].map((source) => ({ source }));

const subjects = "account,advance,bonus,bond,broker,capital,cheque,coupon,credit,crypto,debit,deposit,dividend,equity,fund,futures".split(
  ",",
);
const acts = "fraud,laundering,manipulation,evasion,insider tip,pump,scam,shorting,transfer scheme,wash trade,kickback,bribe".split(",");

/** Phrases as policies list them, case-insensitive and whole words. */
const phrases: readonly PatternSpec[] = subjects.flatMap((subject) =>
  acts.map((act): PatternSpec => ({ source: `${subject} ${act}`, literal: true, caseInsensitive: true, wholeWord: true }))
);

/** `count` patterns of a realistic mix. */
export function benchPatterns(count: number): readonly PatternSpec[] {
  return [...entities, ...secrets, ...phrases].slice(0, count);
}

const openings = [
  "In most cases the answer depends on how the records were kept",
  "According to the report, the committee met twice in the spring",
  "You can change this setting on the second page of the form",
  "The bond between the two layers weakens when the temperature rises",
  "For example, a deposit made on Friday is shown on Monday",
  "Their account of the journey was printed in 1897",
  "Please write to support@example.org if the problem remains",
  "It took about 45 minutes, or 2,700 seconds, to cross the bridge",
  "Nobody expected the fund to close before the end of the year",
  "She credited the discovery to a student who had worked at night",
];
const endings = [
  ", although earlier versions behaved differently.",
  " and then returned to the coast with a small crew.",
  "; see chapter 12 for the full list of exceptions.",
  ", which is why the first attempt failed.",
  ". This is the simplest way to do it!",
  " (the number was 555-0142 at that time).",
  ", as the table below shows:\n\n- first, the cost\n- second, the delay\n",
  ". Why would anyone choose otherwise?",
];

/** English prose of about `length` characters, the same on every run. */
export function benchText(length: number): string {
  let seed = 1;
  const pick = (from: readonly string[]) => {
    seed = (seed * 48271) % 2147483647;
    return from[seed % from.length] ?? "";
  };
  let text = "";
  while (text.length < length) text += `${pick(openings)}${pick(endings)} `;
  return text;
}

function tokens(text: string): string[] {
  return text.match(/\s?\S{1,4}|\s/g) ?? [];
}

function nsPerChar(set: PatternSet, pieces: readonly string[], passes: number): number {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const times: number[] = [];
  for (let pass = 0; pass < passes; pass++) {
    const begin = cpuMicroseconds();
    const scanner = set.open();
    for (const piece of pieces) {
      scanner.push(piece);
      if (scanner.frontier > length) throw new Error("The frontier left the text");
      scanner.take();
    }
    scanner.finish();
    times.push((cpuMicroseconds() - begin) * 1000 / length);
  }
  return times.sort((a, b) => a - b)[passes >> 1] ?? 0;
}

function holdback(set: PatternSet, pieces: readonly string[]): { mean: number; most: number } {
  const scanner = set.open();
  let end = 0;
  let sum = 0;
  let most = 0;
  for (const piece of pieces) {
    scanner.push(piece);
    end += piece.length;
    sum += end - scanner.frontier;
    most = Math.max(most, end - scanner.frontier);
  }
  return { mean: sum / pieces.length, most };
}

/** Measures for about two seconds. */
export function benchMatching(text: string = benchText(200_000)): MatchingFigures {
  const pieces = tokens(text);
  const chunks = text.match(/[^]{1,4096}/g) ?? [];
  const whole: Record<number, number> = {};
  const tokenwise: Record<number, number> = {};
  let compileMs = 0;
  for (const count of [1, 20, 200]) {
    const begin = cpuMicroseconds();
    const set = compilePatterns(benchPatterns(count));
    compileMs = (cpuMicroseconds() - begin) / 1000;
    whole[count] = nsPerChar(set, chunks, 15);
    tokenwise[count] = nsPerChar(set, pieces, 7);
  }
  const held = holdback(compilePatterns(entities), pieces);
  const letters = tokens("a".repeat(10_000));
  return {
    nsPerChar: whole,
    nsPerCharInTokens: tokenwise,
    meanHoldbackChars: held.mean,
    mostHoldbackChars: held.most,
    pathologicalNsPerChar: nsPerChar(compilePatterns([{ source: String.raw`[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}` }]), letters, 5),
    compileMs,
  };
}

/** The figures in lines. */
export function matchingTable(figures: MatchingFigures): string {
  return [
    ...Object.keys(figures.nsPerChar).map(Number).map((count) => {
      const [whole, tokenwise] = [figures.nsPerChar[count] ?? 0, figures.nsPerCharInTokens[count] ?? 0];
      return `${count} patterns: ${whole.toFixed(1)} ns per character, ${tokenwise.toFixed(1)} in tokens of four`;
    }),
    `held back: ${figures.meanHoldbackChars.toFixed(2)} characters on average, ${figures.mostHoldbackChars} at most`,
    `10,000 letters under an e-mail pattern: ${figures.pathologicalNsPerChar.toFixed(0)} ns per character`,
    `compiling 200 patterns: ${figures.compileMs.toFixed(0)} ms`,
  ].join("\n");
}

if (import.meta.main) {
  const [file] = Deno.args;
  console.log(matchingTable(file === undefined ? benchMatching() : benchMatching(await Deno.readTextFile(file))));
}
