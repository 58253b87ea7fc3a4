import assert from "node:assert/strict";
import fc from "fast-check";
import { RE2JS } from "re2js";
import { compilePatterns, keywordPattern } from "../../src/matching/mod.ts";
import type { PatternSetOptions, PatternSpec } from "../../src/matching/types.ts";
import { testRuns } from "../support/runs.ts";
import { cut, scan } from "./patterns.ts";

/** What one pattern matches in `text`, as texts. */
function found(spec: PatternSpec, text: string, options?: PatternSetOptions): string[] {
  return compilePatterns([spec], options).findAll(text).map((m) => text.slice(m.from, m.to));
}

Deno.test("patterns read code points, classes, case and anchors as RE2 does", () => {
  const table: [PatternSpec, string, string[]][] = [
    [{ source: "." }, "a😀\n\ud800b", ["a", "😀", "\ud800", "b"]],
    [{ source: "(?s)." }, "\n", ["\n"]],
    [{ source: "[😀-😂]{2}" }, "x😀😁😂y", ["😀😁"]],
    [{ source: "\\p{Greek}+" }, "abc αβγ def", ["αβγ"]],
    [{ source: "\\pL+" }, "naïve 東京 x1", ["naïve", "東京", "x"]],
    [{ source: "\\P{L}+" }, "ab12cd", ["12"]],
    [{ source: "[[:alpha:]]+" }, "é ab", ["ab"]],
    [{ source: "\\x{1F600}|\\x41" }, "A😀", ["A", "😀"]],
    [{ source: "straße", caseInsensitive: true }, "STRAẞE Straße strasse", ["STRAẞE", "Straße"]],
    [{ source: "(?i)kelvin" }, "\u212Aelvin KELVIN", ["\u212Aelvin", "KELVIN"]],
    [{ source: "(?i)[^k]+" }, "ak\u212Ab", ["a", "b"]],
    [{ source: "σ", caseInsensitive: true }, "Σσς", ["Σ", "σ", "ς"]],
    [{ source: "𐐀", caseInsensitive: true }, "𐐀𐐨", ["𐐀", "𐐨"]],
    [{ source: "^a" }, "a\na", ["a"]],
    [{ source: "^a", multiline: true }, "a\na", ["a", "a"]],
    [{ source: "a$" }, "a\na", ["a"]],
    [{ source: "(?m)a$" }, "a\na", ["a", "a"]],
    [{ source: "\\Aa|a\\z", multiline: true }, "a\na\na", ["a", "a"]],
    [{ source: "\\bb+\\b" }, "bb ébé b_", ["bb", "b"]],
    [{ source: "\\Bb" }, "ab b", ["b"]],
    [{ source: "(?P<x>a)(?<y>b)(?:c)" }, "abc", ["abc"]],
    [{ source: "a*?" }, "aaa", ["aaa"]],
    [{ source: "\\Qa.b\\E" }, "a.b axb", ["a.b"]],
    [{ source: "x*" }, "yy", []],
  ];
  for (const [spec, text, expected] of table) assert.deepEqual(found(spec, text), expected, spec.source);
});

Deno.test("keywords are literal, fold case and stand alone when asked to", () => {
  const keyword = (source: string): PatternSpec => ({ source, literal: true, caseInsensitive: true, wholeWord: true });
  const table: [PatternSpec, string, string[]][] = [
    [{ source: "a.c", literal: true }, "abc a.c", ["a.c"]],
    [{ source: "[x](y)*", literal: true }, "[x](y)*", ["[x](y)*"]],
    [keyword("bond"), "Bond bonds _bond bond2 (bond) vagabond bond", ["Bond", "bond", "bond"]],
    [keyword("café"), "café cafés CAFÉ", ["café", "CAFÉ"]],
    [keyword("каша"), "Каша, кашалот", ["Каша"]],
    [keyword("c++"), "C++, c++11 c++", ["C++", "c++"]],
    [keyword("密码"), "我的密码是", ["密码"]],
    [keyword("ad"), "ad\u0301 ad", ["ad"]],
    [{ source: "b+", wholeWord: true }, "bb xbb bbb", ["bb", "bbb"]],
  ];
  for (const [spec, text, expected] of table) assert.deepEqual(found(spec, text), expected, spec.source);
});

Deno.test("keywordPattern() finds the longest of its words, as they are written", () => {
  const spec = keywordPattern(["Bond", "bond yield", "c++", "a.b", "BOND", "bo"], { caseInsensitive: true, wholeWord: true });
  assert.deepEqual(found(spec, "bonds Bond yields BOND YIELD, C++ a.b axb bo"), ["Bond", "BOND YIELD", "C++", "a.b", "bo"]);
  assert.deepEqual(found(keywordPattern(["A", "a b"]), "a b A"), ["a b", "A"]);
  assert.throws(() => keywordPattern([]), RangeError);
  assert.throws(() => keywordPattern(["a", ""]), RangeError);
});

Deno.test("case folding of every code point is re2js's", () => {
  const folding = /\p{Changes_When_Casefolded}|\p{Changes_When_Lowercased}|\p{Changes_When_Uppercased}/u;
  const every: string[] = [];
  for (let code = 0; code < 0x20000; code++) {
    const character = String.fromCodePoint(code);
    if (folding.test(character)) every.push(character);
  }
  const text = every.join("");
  for (let i = 0; i < every.length; i += 97) {
    const letter = every[i] ?? "";
    const matcher = RE2JS.compile(RE2JS.quote(letter), RE2JS.CASE_INSENSITIVE).matcher(text);
    const expected: string[] = [];
    while (matcher.find()) expected.push(matcher.group() ?? "");
    assert.deepEqual(found({ source: letter, literal: true, caseInsensitive: true }, text), expected, letter);
  }
});

Deno.test("findAll() agrees with re2js on texts of any plane, cut anywhere, even inside a surrogate pair", () => {
  const units = ["a", "É", "é", "\u212A", "k", "😀", "😁", "\ud83d", "\ude00", " ", "\n", "7"];
  const atoms = [
    "a",
    "(?i:é)",
    "(?i:k)",
    "😀",
    "[^😀]",
    ".",
    "(?s:.)",
    "\\pL",
    "\\W",
    "\\b",
    "[😀-😁]",
    "\\x{d83d}",
    "(?m:^)",
    "(?m:$)",
    "\\z",
  ];
  const pattern = fc.array(fc.tuple(fc.constantFrom(...atoms), fc.constantFrom("", "", "", "*", "+", "?", "{2}")), {
    minLength: 1,
    maxLength: 4,
  })
    .map((parts) => parts.map(([atom, times]) => /^\\[bz]|\(\?m/.test(atom) ? atom : `${atom}${times}`).join(""));
  fc.assert(
    fc.property(
      fc.array(pattern, { minLength: 1, maxLength: 3 }),
      fc.array(fc.constantFrom(...units), { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 20 }),
      (sources, parts, sizes) => {
        const text = parts.join("");
        const set = compilePatterns(sources.map((source) => ({ source })));
        const { matches } = scan(set, cut(text, sizes));
        assert.deepEqual(set.findAll(text), matches);
        sources.forEach((source, pattern) => {
          const matcher = RE2JS.compile(source, RE2JS.LONGEST_MATCH).matcher(text);
          const expected: [number, number][] = [];
          while (matcher.find()) if (matcher.end() > matcher.start()) expected.push([matcher.start(), matcher.end()]);
          assert.deepEqual(matches.filter((m) => m.pattern === pattern).map((m) => [m.from, m.to]), expected, source);
        });
      },
    ),
    { numRuns: testRuns() },
  );
});

Deno.test("a pair cut in two waits for its second half, and a half that stays alone is a character", () => {
  const scanner = compilePatterns([{ source: "😀" }, { source: "\\x{d83d}" }]).open();
  scanner.push("a\ud83d");
  assert.equal(scanner.frontier, 1);
  scanner.push("\ude00");
  assert.deepEqual([scanner.frontier, scanner.take()], [3, [{ pattern: 0, from: 1, to: 3, score: 1 }]]);
  scanner.push("\ud83d");
  scanner.finish();
  assert.deepEqual([scanner.frontier, scanner.take()], [4, [{ pattern: 1, from: 3, to: 4, score: 1 }]]);
});
