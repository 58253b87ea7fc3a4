import assert from "node:assert/strict";
import { benchPatterns, benchText } from "../../scripts/bench/matching.ts";
import { compilePatterns } from "../../src/matching/mod.ts";
import { cut, scan } from "./patterns.ts";

const email = { source: String.raw`[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}` };

Deno.test("an e-mail address is held from its first letter and decided by the first character that cannot belong to it", () => {
  const scanner = compilePatterns([email]).open();
  const places: number[] = [];
  for (const letter of "to ann@x.org, or") {
    scanner.push(letter);
    places.push(scanner.frontier);
  }
  assert.deepEqual(places, [0, 0, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 13, 14, 14, 14]);
  assert.deepEqual(scanner.take(), [{ pattern: 0, from: 3, to: 12, score: 1 }]);
});

Deno.test("text that could match for ever is held no longer than maxHoldbackChars", () => {
  const scanner = compilePatterns([email], { maxHoldbackChars: 100 }).open();
  for (let end = 1; end <= 3000; end++) {
    scanner.push("a");
    // The shortest end of a match is "@a.aa", five characters, so a start 95 characters back is the oldest that is in time.
    assert.equal(scanner.frontier, Math.max(0, end - 95));
  }
  scanner.push("@example.org ");
  // The leftmost start that has a match in time: it has no room for the last letter.
  assert.deepEqual(scanner.take(), [{ pattern: 0, from: 2911, to: 3011, score: 1 }]);
});

Deno.test("once a match has grown too long, what follows is not held for it", () => {
  const scanner = compilePatterns([{ source: "<[^>]*>" }], { maxHoldbackChars: 50 }).open();
  scanner.push("<" + "x".repeat(47));
  assert.equal(scanner.frontier, 0);
  scanner.push("yyy");
  assert.equal(scanner.frontier, 51);
  scanner.push("z<z");
  assert.equal(scanner.frontier, 52);
});

Deno.test("a match of exactly maxHoldbackChars counts, one more does not", () => {
  const set = compilePatterns([{ source: "x[0-9]+y" }], { maxHoldbackChars: 6 });
  assert.deepEqual(set.findAll("x1234y").length, 1);
  assert.deepEqual(set.findAll("x12345y").length, 0);
});

Deno.test("check() is called once per candidate, with the text before it whatever the split", () => {
  const text = `${"the order number is ".repeat(10)}20240131 4111111111111111, thanks 55`;
  const calls = (sizes: readonly number[]) => {
    const seen: string[] = [];
    const check = (match: string, before: string) => {
      seen.push(`${before}|${match}`);
      return match.length === 16 ? 0.9 : 0;
    };
    const set = compilePatterns([{ source: "\\b[0-9]+", check }], { contextChars: 9 });
    return { matches: scan(set, cut(text, sizes)).matches, seen };
  };
  const whole = calls([1000]);
  assert.deepEqual(whole.seen, ["umber is |20240131", "20240131 |4111111111111111", ", thanks |55"]);
  assert.deepEqual(whole.matches, [{ pattern: 0, from: 209, to: 225, score: 0.9 }]);
  for (const size of [1, 2, 3, 7, 50]) assert.deepEqual(calls(Array.from({ length: 300 }, () => size)), whole);
});

Deno.test("the patterns and the text that the benchmark measures give the same matches in tokens, slices and pieces", () => {
  const text = benchText(20_000);
  const set = compilePatterns(benchPatterns(200));
  const whole = set.findAll(text);
  assert.ok(whole.length > 10);
  for (const size of [1, 4, 1023, 1024, 1025, 5000]) {
    assert.deepEqual(scan(set, cut(text, Array.from({ length: text.length }, () => size))).matches, whole);
  }
});

Deno.test("a scanner is finished once, and empty pushes change nothing", () => {
  const scanner = compilePatterns([{ source: "a+" }]).open();
  scanner.push("");
  scanner.push("xa");
  scanner.push("");
  assert.equal(scanner.frontier, 1);
  scanner.finish();
  scanner.finish();
  assert.deepEqual([scanner.frontier, scanner.take(), scanner.take()], [2, [{ pattern: 0, from: 1, to: 2, score: 1 }], []]);
  assert.throws(() => scanner.push("a"), /the scanner is finished/);
});

Deno.test("a set of no patterns holds nothing", () => {
  const scanner = compilePatterns([]).open();
  scanner.push("abc");
  assert.equal(scanner.frontier, 3);
  scanner.finish();
  assert.deepEqual(scanner.take(), []);
});
