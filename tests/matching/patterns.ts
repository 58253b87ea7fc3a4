import fc from "fast-check";
import { compilePatterns } from "../../src/matching/mod.ts";
import type { Match, PatternSet, PatternSetOptions, PatternSpec } from "../../src/matching/types.ts";

/**
 * Patterns in the syntax that RE2 and JavaScript read alike (no flags inside, no empty classes), over `letters`.
 * @param open Also classes of characters that are not in `letters`.
 */
export function patterns(letters = "abc", open = true): fc.Arbitrary<string> {
  const chars = [...letters];
  const atom = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...chars) },
    { weight: 2, arbitrary: fc.constantFrom(`[${chars[0]}${chars[1]}]`, ...(open ? [".", `[^${chars[0]}]`, "\\w"] : [])) },
    { weight: 1, arbitrary: fc.constantFrom("\\b", "\\B", "^", "$") },
  );
  const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { maxDepth: 4, depthIdentifier: "pattern" },
      { weight: 3, arbitrary: atom },
      { weight: 4, arbitrary: fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => a + b) },
      { weight: 2, arbitrary: fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => `(?:${a}|${b})`) },
      {
        weight: 2,
        arbitrary: fc.tuple(tie("pattern"), fc.constantFrom("*", "+", "?", "{2}", "{1,3}", "{2,}")).map(([a, n]) => `(?:${a})${n}`),
      },
    ),
  }));
  return pattern;
}

/** `text` cut at the given places (each taken modulo what is left). */
export function cut(text: string, sizes: readonly number[]): string[] {
  const pieces: string[] = [];
  let at = 0;
  for (const size of sizes) {
    if (at >= text.length) break;
    pieces.push(text.slice(at, at + size));
    at += size;
  }
  if (at < text.length) pieces.push(text.slice(at));
  return pieces;
}

/** Everything that a scanner reports over `pieces`, with the frontier after each piece. */
export function scan(set: PatternSet, pieces: readonly string[]): { matches: Match[]; frontiers: number[] } {
  const scanner = set.open();
  const matches: Match[] = [];
  const frontiers: number[] = [];
  for (const piece of pieces) {
    scanner.push(piece);
    frontiers.push(scanner.frontier);
    matches.push(...scanner.take());
  }
  scanner.finish();
  frontiers.push(scanner.frontier);
  matches.push(...scanner.take());
  return { matches, frontiers };
}

export function compile(sources: readonly string[], options?: PatternSetOptions): PatternSet {
  return compilePatterns(sources.map((source): PatternSpec => ({ source })), options);
}

/**
 * The definition of a match, word for word and slowly: for every start in order, every end within `maxHoldbackChars`, asks
 * JavaScript's engine whether the pattern matches exactly there (looks see the whole text). BMP only.
 */
export function matchesByDefinition(
  sources: readonly string[],
  text: string,
  maxHoldbackChars: number,
  check: (match: string, pattern: number) => boolean = () => true,
): Match[] {
  const found: Match[] = [];
  sources.forEach((source, pattern) => {
    let from = 0;
    while (from < text.length) {
      let longest = from;
      for (let to = Math.min(text.length, from + maxHoldbackChars); to > from; to--) {
        if (!matchesExactly(source, text, from, to)) continue;
        longest = to;
        break;
      }
      if (longest > from && check(text.slice(from, longest), pattern)) {
        found.push({ pattern, from, to: longest, score: 1 });
        from = longest;
      } else {
        from++;
      }
    }
  });
  return found.sort((a, b) => a.from - b.from || a.pattern - b.pattern);
}

const compiled = new Map<string, RegExp>();

function matchesExactly(source: string, text: string, from: number, to: number): boolean {
  const after = text.length - to;
  const key = `${after} ${source}`;
  let regexp = compiled.get(key);
  if (regexp === undefined) {
    if (compiled.size > 20_000) compiled.clear();
    // Backtracking tries every way to stop with exactly so many characters left.
    regexp = new RegExp(`(?:${source})(?=[^]{${after}}$(?![^]))`, "y");
    compiled.set(key, regexp);
  }
  regexp.lastIndex = from;
  return regexp.test(text);
}
