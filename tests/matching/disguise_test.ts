import assert from "node:assert/strict";
import fc from "fast-check";
import { compilePatterns } from "../../src/matching/mod.ts";
import { testRuns } from "../support/runs.ts";
import { compile, cut, patterns, scan } from "./patterns.ts";

const foldEvasions = true;

Deno.test("a disguised match is found, with the offsets of the text as it is", () => {
  const table: [string, string, string[]][] = [
    ["secret", "my s\u200be\u00adc\ufe0fret!", ["s\u200be\u00adc\ufe0fret"]],
    ["\\bsecret\\b", "\ufeff\u2060ＳＥＣＲＥＴ secret", ["secret"]],
    ["(?i)secret", "ＳＥＣＲＥＴ 𝐬𝓮𝖈𝗋𝙚𝚝 ⓢecret", ["ＳＥＣＲＥＴ", "𝐬𝓮𝖈𝗋𝙚𝚝", "ⓢecret"]],
    ["\\d{4} \\d{4}", "４１１１\u00a0𝟙111", ["４１１１\u00a0𝟙111"]],
    ["a$", "a\u200b", ["a"]],
    ["^a", "\u200ba", ["a"]],
    ["\\bx", "a\u200dx", []],
    ["(?:.c|\\B)", "ac\u200bc", ["ac"]],
    ["hi", "h\u{e0041}\u{e0042}i", ["h\u{e0041}\u{e0042}i"]],
  ];
  for (const [source, text, expected] of table) {
    const set = compilePatterns([{ source }], { foldEvasions });
    assert.deepEqual(set.findAll(text).map((m) => text.slice(m.from, m.to)), expected, source);
    assert.deepEqual(scan(set, [...text]).matches, set.findAll(text));
  }
});

Deno.test("without foldEvasions a disguised match is another text", () => {
  assert.deepEqual(compilePatterns([{ source: "secret" }]).findAll("s\u200becret ｓecret"), []);
});

Deno.test("check() gets the text as it was read", () => {
  const seen: [string, string][] = [];
  const check = (match: string, before: string) => {
    seen.push([match, before]);
    return 0.5;
  };
  const [match] = compilePatterns([{ source: "[0-9]+", check }], { foldEvasions }).findAll("n\u200bｏ １\u200b２");
  assert.deepEqual(seen, [["12", "no "]]);
  assert.deepEqual(match, { pattern: 0, from: 4, to: 7, score: 0.5 });
});

Deno.test("characters put in between change no match, whatever the pattern, text and split", () => {
  fc.assert(
    fc.property(
      fc.array(patterns(), { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(fc.constantFrom("a", "b", "c", " "), fc.constantFrom("", "", "\u200b", "\u{e0041}")), { maxLength: 15 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 20 }),
      (sources, parts, sizes) => {
        const plain = parts.map(([letter]) => letter).join("");
        const dressed = parts.map(([letter, extra]) => letter + extra).join("");
        const place: number[] = [];
        for (let at = 0, i = 0; i < parts.length; i++) {
          place.push(at);
          at += 1 + (parts[i]?.[1].length ?? 0);
        }
        const expected = compile(sources).findAll(plain).map((m) => ({ ...m, from: place[m.from], to: (place[m.to - 1] ?? 0) + 1 }));
        const set = compile(sources, { foldEvasions });
        assert.deepEqual(set.findAll(dressed), expected);
        assert.deepEqual(scan(set, cut(dressed, sizes)).matches, expected);

        // Held from the same letter on; when nothing is, also what follows the last letter goes.
        const { frontiers } = scan(compile(sources), [...plain]);
        const dressedFrontiers = scan(set, parts.map(([letter, extra]) => letter + extra)).frontiers;
        frontiers.slice(0, -1).forEach((frontier, i) => {
          assert.equal(dressedFrontiers[i], frontier > i ? place[i + 1] ?? dressed.length : place[frontier]);
        });
      },
    ),
    { numRuns: testRuns() },
  );
});
