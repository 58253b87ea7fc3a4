import assert from "node:assert/strict";
import fc from "fast-check";
import { PII } from "../../../src/classifiers/entities/pii.ts";
import { buildClassifierSet } from "../../../src/classifiers/registry.ts";
import type { ClassifierSession, Score } from "../../../src/classifiers/types.ts";
import { testRuns } from "../../support/runs.ts";

const pii = buildClassifierSet({}).get("pii_detector")!;

function open(contextChunks = 0): ClassifierSession {
  return pii.open({ tenant: "t", phase: "midstream", contextChunks }, new AbortController().signal);
}

function now(score: Score | Promise<Score>): Score {
  assert.ok(!(score instanceof Promise));
  return score;
}

/** Texts in which entities are likely to be cut, abut each other or turn out to be something else. */
const piece = fc.constantFrom(
  "My SSN is ",
  "536-22-8726",
  "-1",
  " ",
  "\n",
  ". ",
  "4111 1111 ",
  "1111 1111",
  " 1",
  "ada@",
  "example",
  ".org",
  "+1 211 488 ",
  "0335",
  "Rosalyn ",
  "Witting",
  "DE89 3704 0044 ",
  "0532 0130 00",
  "192.168",
  ".1.254",
  ".7",
  "10 Downing Street",
  ", London SW1A 2AA",
  "born on ",
  "July 9, ",
  "1960",
  "\u200b",
  "é",
  "😀",
  "x",
);
const segments = fc.array(fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join("")), { maxLength: 12 });

Deno.test("pii_detector: the score of segments with all context is that of the whole text", () => {
  fc.assert(
    fc.property(segments, (texts) => {
      const session = open();
      let last: Score = { score: 0, labels: {}, spans: [] };
      for (const text of texts) last = now(session.push(text));
      const whole = now(open().push(texts.join("")));
      assert.ok(Math.abs(last.score - whole.score) <= 1e-9);
      assert.deepEqual(last.spans, whole.spans);
      assert.deepEqual(last.labels, whole.labels);
    }),
    { numRuns: testRuns() },
  );
});

Deno.test("pii_detector: an entity that two segments share is seen with the second", () => {
  const session = open(1);
  assert.equal(now(session.push("My card is 4111 1111 ")).score, 0);
  assert.deepEqual(now(session.push("1111 1111 thanks. ")).spans, [{ from: 11, to: 30, entity: "credit_card", score: 0.99 }]);
});

Deno.test("pii_detector: what the context window has left behind no longer counts", () => {
  const session = open(1);
  assert.ok(now(session.push("Write to ada@example.org. ")).score > 0.9);
  assert.ok(now(session.push("Or do not. ")).score > 0.9, "the segment before is context");
  assert.equal(now(session.push("Bye. ")).score, 0);
});

Deno.test("pii_detector: what turns out to be something else is taken back", () => {
  const session = open();
  assert.ok(now(session.push("536-22-8726")).score > 0.9);
  assert.equal(now(session.push("-99 is a part number")).score, 0);
});

Deno.test("pii_detector reads through zero-width characters", () => {
  assert.equal(now(open().push("4111\u200b111111111111")).label, "credit_card");
});

Deno.test("pii_detector: a flood of entities keeps memory and answers bounded", () => {
  const session = open();
  for (let i = 0; i < 30; i++) session.push("a@example.org ".repeat(100));
  const { spans, score } = now(session.push("b@example.org"));
  assert.ok(spans!.length <= 1002);
  assert.equal(score, 0.99);
});

Deno.test("pii_detector has at least 40 entities, each with a label and a score", () => {
  assert.ok(new Set(PII.map(({ entity }) => entity)).size >= 40);
  for (const { entity, label, region, score } of PII) {
    assert.match(entity, /^[a-z][a-z_]*$/);
    assert.match(region, /^(?:[A-Z]{2}|global)$/);
    assert.ok(label.length > 2 && score > 0 && score <= 1);
  }
});
