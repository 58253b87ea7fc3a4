import assert from "node:assert/strict";
import { buildClassifierSet } from "../../src/classifiers/registry.ts";
import type { Score } from "../../src/classifiers/types.ts";

function score(definition: unknown, text: string): Score | Promise<Score> {
  const set = buildClassifierSet({ classifiers: { mine: definition } });
  return set.get("mine")!.open({ tenant: "t", phase: "ingress", contextChunks: 0 }, new AbortController().signal).push(text);
}

Deno.test("type: pattern scores the best pattern found, with its name as label", async () => {
  const definition = {
    type: "pattern",
    tier: "A",
    patterns: [{ name: "weak", pattern: "pro\\w+", score: 0.4 }, { name: "strong", pattern: "Project \\d+", score: 0.9 }],
  };
  assert.deepEqual(await score(definition, "the Project 7 process"), {
    score: 0.9,
    label: "strong",
    labels: { strong: 0.9, weak: 0.4 },
    spans: [{ from: 4, to: 13, entity: "strong", score: 0.9 }, { from: 14, to: 21, entity: "weak", score: 0.4 }],
  });
  assert.equal((await score(definition, "nothing")).score, 0);
});

Deno.test("type: pattern takes bare patterns, case_insensitive and multiline", async () => {
  assert.equal((await score({ patterns: ["secret"] }, "a secret")).label, "mine");
  assert.equal((await score({ patterns: [{ pattern: "^secret$", case_insensitive: true, multiline: true }] }, "a\nSECRET\nb")).score, 1);
});

Deno.test("type: pattern refuses what does not compile, with its place", () => {
  assert.throws(() => score({ patterns: ["fine", "(unclosed"] }, ""), /^ClassifierConfigError: classifiers\.mine\.patterns\.1\.pattern: /);
});

Deno.test("type: keywords finds whole words and phrases in any case, by label", async () => {
  const definition = { type: "keywords", keywords: { rivals: ["Acme Corp", "C++"], code: ["bluebird"] }, score: 0.8 };
  assert.equal((await score(definition, "ask acme  corp")).label, "rivals");
  assert.equal((await score(definition, "Bluebird!")).label, "code");
  assert.equal((await score(definition, "bluebirds")).score, 0);
  assert.equal((await score({ ...definition, whole_word: false }, "bluebirds")).score, 0.8);
  assert.equal((await score({ ...definition, case_insensitive: false }, "acme corp")).score, 0);
});
