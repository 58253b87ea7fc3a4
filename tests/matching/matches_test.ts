import assert from "node:assert/strict";
import fc from "fast-check";
import { RE2JS } from "re2js";
import { compilePatterns } from "../../src/matching/mod.ts";
import { testRuns } from "../support/runs.ts";
import { compile, cut, matchesByDefinition, patterns, scan } from "./patterns.ts";

const text = fc.string({ unit: fc.constantFrom("a", "b", "c", " "), maxLength: 30 });
const sets = fc.array(patterns(), { minLength: 1, maxLength: 3 });
const sizes = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 30 });

/** Non-empty matches of RE2JS in its leftmost-longest mode. */
function matchesOfRe2(source: string, input: string, flags = 0): [number, number][] {
  const matcher = RE2JS.compile(source, RE2JS.LONGEST_MATCH | flags).matcher(input);
  const found: [number, number][] = [];
  while (matcher.find()) if (matcher.end() > matcher.start()) found.push([matcher.start(), matcher.end()]);
  return found;
}

Deno.test("findAll() finds what re2js finds in leftmost-longest mode", () => {
  fc.assert(
    fc.property(sets, text, (sources, input) => {
      const all = compile(sources).findAll(input);
      sources.forEach((source, pattern) => {
        const own = all.filter((m) => m.pattern === pattern).map((m) => [m.from, m.to]);
        assert.deepEqual(own, matchesOfRe2(source, input), source);
      });
    }),
    { numRuns: testRuns() },
  );
});

Deno.test("findAll() follows the definition when matches have a greatest length", () => {
  fc.assert(
    fc.property(sets, text, fc.integer({ min: 1, max: 9 }), (sources, input, maxHoldbackChars) => {
      assert.deepEqual(compile(sources, { maxHoldbackChars }).findAll(input), matchesByDefinition(sources, input, maxHoldbackChars));
    }),
    { numRuns: testRuns() },
  );
});

Deno.test("a refused candidate does not hide a later one inside it", () => {
  const refuse = (match: string, pattern: number) => (match.length + pattern + match.charCodeAt(0)) % 3 !== 0;
  fc.assert(
    fc.property(sets, text, fc.integer({ min: 1, max: 9 }), sizes, (sources, input, maxHoldbackChars, pieces) => {
      const set = compilePatterns(
        sources.map((source, pattern) => ({ source, check: (match: string) => refuse(match, pattern) ? 1 : 0 })),
        { maxHoldbackChars },
      );
      const expected = matchesByDefinition(sources, input, maxHoldbackChars, refuse);
      assert.deepEqual(set.findAll(input), expected);
      assert.deepEqual(scan(set, cut(input, pieces)).matches, expected);
    }),
    { numRuns: testRuns() },
  );
});

Deno.test("mayPass changes no match, lets nothing go earlier, and splits of a text still agree", () => {
  const check = (_: string, before: string) => before.includes("c") ? 1 : 0;
  const mayPass = (text: string, end: number) => text.slice(0, end).includes("c");
  fc.assert(
    fc.property(sets, text, sizes, fc.constantFrom(4, 9, 512), (sources, input, pieces, maxHoldbackChars) => {
      const options = { maxHoldbackChars, contextChars: 3 };
      const quick = compilePatterns(sources.map((source) => ({ source, check, mayPass })), options);
      const slow = compilePatterns(sources.map((source) => ({ source, check })), options);
      assert.deepEqual(quick.findAll(input), slow.findAll(input));
      const parts = cut(input, pieces);
      const { matches, frontiers } = scan(quick, parts), expected = scan(slow, parts);
      assert.deepEqual(matches, expected.matches);
      frontiers.forEach((frontier, i) => assert.ok(frontier <= (expected.frontiers[i] ?? 0), `${frontier} after piece ${i}`));
      parts.forEach((_, i) => assert.equal(frontiers[i], scan(quick, [parts.slice(0, i + 1).join("")]).frontiers[0]));
    }),
    { numRuns: testRuns() },
  );
});

Deno.test("every split of a text gives the same matches and the same frontier at the same place", () => {
  fc.assert(
    fc.property(sets, text, sizes, fc.constantFrom(4, 9, 512), (sources, input, pieces, maxHoldbackChars) => {
      const set = compile(sources, { maxHoldbackChars });
      const single = scan(set, [...input]);
      const chunks = cut(input, pieces);
      const cutUp = scan(set, chunks);
      assert.deepEqual(cutUp.matches, single.matches);
      assert.deepEqual(set.findAll(input), single.matches);
      let end = 0;
      chunks.forEach((chunk, i) => {
        end += chunk.length;
        assert.equal(cutUp.frontiers[i], single.frontiers[end - 1]);
      });
    }),
    { numRuns: testRuns() },
  );
});

Deno.test("a cache of a few states, flushed again and again, changes nothing", () => {
  fc.assert(
    fc.property(sets, text, fc.integer({ min: 1, max: 4 }), (sources, input, maxStates) => {
      assert.deepEqual(scan(compile(sources, { maxStates }), [...input]), scan(compile(sources), [...input]));
    }),
    { numRuns: testRuns() },
  );
});

Deno.test("take() gives matches in order of place, before the frontier", () => {
  fc.assert(
    fc.property(sets, text, sizes, (sources, input, pieces) => {
      const scanner = compile(sources).open();
      let last = { from: -1, pattern: -1 };
      for (const piece of cut(input, pieces)) {
        const before = scanner.frontier;
        scanner.push(piece);
        assert.ok(scanner.frontier >= before);
        for (const match of scanner.take()) {
          assert.ok(match.from >= before, "it was released before it was reported");
          assert.ok(match.from < scanner.frontier);
          assert.ok(match.from > last.from || (match.from === last.from && match.pattern > last.pattern));
          last = match;
        }
      }
    }),
    { numRuns: testRuns() },
  );
});
