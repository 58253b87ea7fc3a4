import assert from "node:assert/strict";
import { compilePatterns, maxMatchLength, PatternError } from "../../src/matching/mod.ts";

Deno.test("a pattern that cannot be compiled says why and at which column", () => {
  const table: [string, number, string][] = [
    ["a(?=b)", 2, "lookahead has no linear-time form"],
    ["a(?!b)", 2, "negative lookahead has no linear-time form"],
    ["(?<=a)b", 1, "lookbehind has no linear-time form"],
    ["[(?=](?<!a)b", 6, "negative lookbehind has no linear-time form"],
    ["\\Q(?=\\E(a)\\1", 11, "backreference has no linear-time form"],
    ["(?P<n>a)(?P=n)", 9, "backreference has no linear-time form"],
    ["x(?>a)", 2, "atomic group has no linear-time form"],
    ["ab++", 3, "possessive repetition has no linear-time form"],
    ["(a", 1, "missing closing )"],
    ["(a)(b", 4, "missing closing )"],
    ["a)", 2, "unexpected )"],
    ["a[z-b]", 3, "invalid character class range (z-b)"],
    ["a{1001}", 2, "invalid repeat count ({1001})"],
    ["a\\", 2, "trailing backslash at end of expression"],
    ["ab[c", 3, "missing closing ] ([c)"],
    ["*a", 1, "missing argument to repetition operator (*)"],
    ["\\p{Nope}", 1, "invalid character class range (\\p{Nope})"],
    ["", 1, "an empty pattern matches nothing"],
  ];
  for (const [source, column, reason] of table) {
    assert.throws(() => compilePatterns([{ source: "fine" }, { source }]), (error) => {
      assert.ok(error instanceof PatternError, `${source}: ${error}`);
      assert.deepEqual([error.column, error.reason, error.pattern, error.source], [column, reason, 1, source]);
      assert.equal(error.message, `Cannot compile pattern ${JSON.stringify(source)}: ${reason} at column ${column}`);
      return true;
    });
  }
});

Deno.test("a pattern set of too many states is refused", () => {
  const source = "(?:a?){1000}".repeat(20);
  assert.throws(
    () => compilePatterns(Array.from({ length: 20 }, () => ({ source }))),
    /needs more than 200000 states; shorten counted repetitions/,
  );
});

Deno.test("maxMatchLength() is the longest match in UTF-16 units", () => {
  const table: [string, number][] = [
    ["abc", 3],
    ["a|bcd|", 3],
    ["a{2,5}b?", 6],
    ["(?:a|bc){3}", 6],
    ["😀", 2],
    [".", 2],
    ["a*", Infinity],
    ["(?:ab)+c", Infinity],
    ["(?:a?)*", Infinity],
    ["(?:(?:^)*)*ab", 2],
    ["\\b", 0],
    ["a{1000}", 1000],
    ["[^\\x00-\\x{10FFFF}]*a", 1],
  ];
  for (const [source, length] of table) assert.equal(maxMatchLength({ source }), length, source);
  assert.equal(maxMatchLength({ source: "a*", literal: true }), 2);
});
