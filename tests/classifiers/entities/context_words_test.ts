import assert from "node:assert/strict";
import fc from "fast-check";
import { contextWords, mayEndIn, mayHold } from "../../../src/classifiers/entities/context_words.ts";
import { entityPatterns } from "../../../src/classifiers/entities/entity.ts";
import { PII } from "../../../src/classifiers/entities/pii.ts";
import { compilePatterns } from "../../../src/matching/mod.ts";
import { cut, scan } from "../../matching/patterns.ts";
import { testRuns } from "../../support/runs.ts";
import { spansIn } from "../support/entity_table.ts";

Deno.test("a context word stands whole, in any case, within its distance", () => {
  const { precede } = contextWords(["tel", "account number", "né", "d.o.b"], 16);
  for (const text of ["tel ", "Call TEL: ", "(tel) ", "Account  Number ", "Né le ", "é, D.O.B ", "_tel "]) assert.ok(precede(text), text);
  for (const text of ["hotel ", "tell ", "2tel ", "ételtel ", "account of a number ", "tel " + "-".repeat(14), ""]) {
    assert.ok(!precede(text), text);
  }
});

Deno.test("a word does not begin where the text that is looked at is cut", async () => {
  assert.ok(!contextWords(["phone"], 8).precede("headphone: 5"));
  assert.ok(contextWords(["phone"], 8).precede("my phone: 5"));
  assert.deepEqual(await spansIn("A headphone, a new one: 41111112"), []);
});

Deno.test("mayHold() and mayEndIn() are never wrong in refusing", () => {
  const words = ["is", "plate", "no", "tel", "c.v"];
  const text = fc.array(fc.constantFrom(...words, "x", " ", ".", "T", "é", "\u200b", "1"), { maxLength: 8 }).map((parts) => parts.join(""));
  const inside = mayHold(words, true), whole = mayHold(words), ending = mayEndIn(words.filter((word) => word !== "c.v"));
  fc.assert(
    fc.property(text, (text) => {
      const lower = text.toLowerCase();
      if (words.some((word) => lower.includes(word))) assert.ok(inside(text, 0, text.length));
      if (/(?<![\p{L}\p{N}])(?:is|plate|no|tel|c\.v)/u.test(lower)) assert.ok(whole(text, 0, text.length));
      if (/(?:is|plate|no|tel)[^\p{L}]*$/u.test(lower)) assert.ok(ending(text, text.length));
    }),
    { numRuns: testRuns() },
  );
  assert.ok(!inside("a line of text", 0, 14) && !whole("hotel", 0, 5) && !ending("a line of text: ", 16), "and refuse");
});

/** What the quick looks of the rules look at, whole and in part. */
const piece = fc.constantFrom(
  ..."John|Mary|Anna|Mark|Smith|García|van |de la |de |y |al-|The |Street|Mr. |Dr |F. |-Paul|-|, |. |,| |  |\n|\"|'|: |name: |my name is |Hi |Hi, |dear |from |i'm |I’m "
    .split("|"),
  ..."patient |outpatient |plate |driver's license |dl |id |passport number: |employee |née |born on |headphone |phone |account no. |zip |exp |12/26|03/1978|12.03.1978"
    .split("|"),
  ..."May 4, 1990|4 May 1990|10|123|7890|0171|4111 1111 1111 1111|W 21|AB12 CDE|X1234567|a@b.co|x|é|\u200b|\u00a0|１|Ｊohn|ſ|(|/|—".split(
    "|",
  ),
);

Deno.test("the quick looks of the rules refuse only what their checks refuse: same matches, whole and in pieces, nothing let go earlier", () => {
  const patterns = entityPatterns(PII);
  const set = compilePatterns(patterns.map(({ spec }) => spec), { foldEvasions: true });
  const slow = compilePatterns(patterns.map(({ spec }) => ({ ...spec, mayPass: undefined })), { foldEvasions: true });
  assert.ok(patterns.filter(({ spec }) => spec.mayPass !== undefined).length > 20);
  const text = fc.array(piece, { minLength: 1, maxLength: 16 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(text, fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 12 }), (text, sizes) => {
      assert.deepEqual(set.findAll(text), slow.findAll(text));
      const { matches, frontiers } = scan(set, cut(text, sizes)), expected = scan(slow, cut(text, sizes));
      assert.deepEqual(matches, expected.matches);
      frontiers.forEach((frontier, i) => assert.ok(frontier <= expected.frontiers[i]!, `${frontier} after piece ${i}`));
    }),
    { numRuns: testRuns(1000) },
  );
});
