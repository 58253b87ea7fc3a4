import assert from "node:assert/strict";
import { financialAdvice } from "../../src/classifiers/advice.ts";
import { sentiment } from "../../src/classifiers/sentiment.ts";
import type { Classifier, Score } from "../../src/classifiers/types.ts";
import { cases, others } from "./linear_advice_cases.ts";

async function judge(classifier: Classifier, text: string): Promise<Score> {
  const context = { tenant: "t", phase: "midstream" as const, contextChunks: 3 };
  return await classifier.open(context, new AbortController().signal).push(text);
}

for (const { classifier, given, information, asked } of cases) {
  Deno.test(`${classifier.name} tells advice from information and from questions`, async () => {
    for (const text of given) {
      const { score } = await judge(classifier, text);
      assert.ok(score >= 0.8, `${score.toFixed(3)}: ${text}`);
    }
    for (const text of information) {
      const { score } = await judge(classifier, text);
      assert.ok(score < 0.3, `${score.toFixed(3)}: ${text}`);
    }
    for (const text of asked) {
      const { score } = await judge(classifier, text);
      assert.ok(score >= 0.4 && score <= 0.65, `${score.toFixed(3)}: ${text}`);
    }
  });
}

Deno.test("a disclaimer lowers financial_advice without undoing it", async () => {
  const plain = (await judge(financialAdvice(), "You should buy AAPL.")).score;
  const disclaimed = (await judge(financialAdvice(), "You should buy AAPL, but this is not professional advice.")).score;
  assert.ok(disclaimed < plain && disclaimed > 0.6, `${plain} ${disclaimed}`);
});

for (const [classifier, yes, no] of others) {
  Deno.test(`${classifier.name} finds: ${yes}`, async () => {
    assert.ok((await judge(classifier, yes)).score >= 0.8);
    assert.ok((await judge(classifier, no)).score < 0.3);
  });
}

Deno.test("sentiment names the tone and scores how negative it is", async () => {
  for (
    const [text, label] of [
      ["This was a wonderful, delightful evening", "positive"],
      ["Terrible service and a rude waiter", "negative"],
      ["The food was not good", "negative"],
      ["The meeting starts at nine", "neutral"],
      ["not bad", "positive"],
      ["Das Essen war schrecklich", "negative"],
    ] as const
  ) {
    const score = await judge(sentiment(), text);
    assert.equal(score.label, label, text);
    assert.equal(score.score, score.labels?.negative);
  }
});
