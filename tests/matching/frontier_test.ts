import assert from "node:assert/strict";
import fc from "fast-check";
import type { Match } from "../../src/matching/types.ts";
import { testRuns } from "../support/runs.ts";
import { compile, matchesByDefinition, patterns, scan } from "./patterns.ts";

/** All texts over `letters` of at most `length` characters. */
function continuations(letters: string, length: number): string[] {
  let last = [""];
  const all = [""];
  for (let i = 0; i < length; i++) {
    last = last.flatMap((text) => [...letters].map((letter) => text + letter));
    all.push(...last);
  }
  return all;
}

/**
 * The smallest place that some continuation makes part of a match which another continuation does not make: until then it must
 * be held. With matches of at most `maxHoldbackChars`, continuations of one more decide.
 */
function frontierByDefinition(sources: readonly string[], prefix: string, maxHoldbackChars: number, tails: readonly string[]): number {
  const counts = new Map<string, number>();
  const starts = new Map<string, number>();
  for (const tail of tails) {
    for (const match of matchesByDefinition(sources, prefix + tail, maxHoldbackChars)) {
      const key = keyOf(match);
      counts.set(key, (counts.get(key) ?? 0) + 1);
      starts.set(key, match.from);
    }
  }
  let frontier = prefix.length;
  for (const [key, count] of counts) if (count < tails.length) frontier = Math.min(frontier, starts.get(key) ?? 0);
  return frontier;
}

const keyOf = (match: Match) => `${match.pattern}:${match.from}:${match.to}`;

function frontierIsExact(sources: fc.Arbitrary<string>, letters: string, tailLetters: string, lengths: readonly number[]): void {
  const tails = new Map(lengths.map((length) => [length, continuations(tailLetters, length + 1)]));
  fc.assert(
    fc.property(
      fc.array(sources, { minLength: 1, maxLength: 3 }),
      fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 8 }),
      fc.constantFrom(...lengths),
      (sources, text, maxHoldbackChars) => {
        const { frontiers } = scan(compile(sources, { maxHoldbackChars }), [...text]);
        for (let end = 1; end <= text.length; end++) {
          const expected = frontierByDefinition(sources, text.slice(0, end), maxHoldbackChars, tails.get(maxHoldbackChars) ?? []);
          assert.equal(frontiers[end - 1], expected, `after ${JSON.stringify(text.slice(0, end))}`);
        }
      },
    ),
    { numRuns: testRuns(100) },
  );
}

Deno.test("the frontier is exactly the first place whose fate a continuation can change", () => {
  // The patterns know no other characters than these two.
  frontierIsExact(patterns("a ", false), "a ", "a ", [2, 3, 4, 5]);
});

Deno.test("the frontier of a long hold is the same when it is followed and when it is looked for afresh", () => {
  const gap = fc.tuple(patterns(), fc.constantFrom("[^c]*", ".{0,30}", "(?:a|b)*", "\\w*"), patterns()).map((parts) => parts.join(""));
  fc.assert(
    fc.property(
      fc.array(fc.oneof(gap, patterns()), { minLength: 1, maxLength: 3 }),
      fc.string({ unit: fc.constantFrom("a", "b", "a", "b", "c", " "), minLength: 40, maxLength: 100 }),
      fc.constantFrom(20, 30, 50),
      (sources, text, maxHoldbackChars) => {
        const set = compile(sources, { maxHoldbackChars });
        const scanner = set.open();
        for (let end = 1; end <= text.length; end++) {
          scanner.push(text.slice(end - 1, end));
          const afresh = set.open();
          afresh.push(text.slice(0, end));
          assert.equal(scanner.frontier, afresh.frontier, `after ${end}`);
        }
      },
    ),
    { numRuns: testRuns() },
  );
});

Deno.test("the frontier is exact when continuations bring characters that the text has not", () => {
  // One of each class that the patterns tell apart: letter, space, other word character, line end, other.
  frontierIsExact(patterns("a "), "a b", "a b\n!", [2, 3]);
});

Deno.test("where a scanner calls the text decided, its end brings no further match", () => {
  const seen = { decided: 0, open: 0 };
  fc.assert(
    fc.property(
      fc.array(patterns(), { minLength: 1, maxLength: 3 }),
      fc.string({ unit: fc.constantFrom(..."abc d"), minLength: 1, maxLength: 12 }),
      (sources, text) => {
        const scanner = compile(sources).open();
        scanner.push(text);
        const { decided } = scanner;
        seen[decided ? "decided" : "open"]++;
        scanner.take();
        scanner.finish();
        if (decided) assert.deepEqual(scanner.take(), []);
      },
    ),
    { numRuns: testRuns(500) },
  );
  assert.ok(seen.decided > 0 && seen.open > 0, JSON.stringify(seen));
});
