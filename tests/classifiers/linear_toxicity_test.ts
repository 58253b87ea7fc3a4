import assert from "node:assert/strict";
import { hateSpeech, profanity, toxicity, TOXICITY_LABELS } from "../../src/classifiers/toxicity.ts";
import type { Classifier, Score } from "../../src/classifiers/types.ts";
import { blunt, friendly, offensive } from "./linear_toxicity_cases.ts";

async function judge(classifier: Classifier, text: string): Promise<Score> {
  const context = { tenant: "t", phase: "midstream" as const, contextChunks: 3 };
  return await classifier.open(context, new AbortController().signal).push(text);
}

Deno.test("toxicity finds offensive text and names its kind", async () => {
  for (const [text, label] of offensive) {
    const score = await judge(toxicity(), text);
    assert.ok(score.score >= 0.8, `${score.score.toFixed(3)}: ${text}`);
    assert.equal(score.label, label, text);
  }
});

Deno.test("toxicity leaves friendly text, identities, medicine and reported speech alone", async () => {
  for (const text of friendly) {
    const { score } = await judge(toxicity(), text);
    assert.ok(score < 0.3, `${score.toFixed(3)}: ${text}`);
  }
  for (const text of friendly.slice(0, 4)) assert.ok((await judge(toxicity(), text)).score < 0.2, text);
});

Deno.test("toxicity lets blunt words and names that look like slurs pass at the default threshold", async () => {
  for (const text of blunt) {
    const { score } = await judge(toxicity(), text);
    assert.ok(score < 0.85, `${score.toFixed(3)}: ${text}`);
  }
});

Deno.test("toxicity answers with labels that it declares", async () => {
  const { label, labels = {} } = await judge(toxicity(), "You stupid bastard, I will kill you");
  for (const name of [label, ...Object.keys(labels)]) assert.ok(TOXICITY_LABELS.some((known) => known === name), String(name));
});

Deno.test("profanity finds swear words however they are written, not words that contain them", async () => {
  for (const text of ["what the fuck", "this is sh1t", "f*ck off", "fuuuuck", "F U C K this", "bull$hit"]) {
    assert.ok((await judge(profanity(), text)).score >= 0.85, text);
  }
  for (const text of ["Scunthorpe United won", "the cocktail class in Essex", "assess the hassle", "Dickens wrote classics"]) {
    assert.equal((await judge(profanity(), text)).score, 0, text);
  }
});

Deno.test("hate_speech needs hatred, not an identity", async () => {
  assert.ok((await judge(hateSpeech(), "I hate muslims")).score >= 0.8);
  assert.ok((await judge(hateSpeech(), "jews are vermin")).score >= 0.8);
  assert.ok((await judge(hateSpeech(), "my neighbours are muslims and jews")).score < 0.3);
  assert.ok((await judge(hateSpeech(), "what an idiot")).score < 0.5);
});
