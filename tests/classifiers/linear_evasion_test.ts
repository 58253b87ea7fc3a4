/** The same tricks against the classifiers of offensive text and advice. Encodings are the business of `prompt_injection`. */
import assert from "node:assert/strict";
import { medicalAdvice } from "../../src/classifiers/advice.ts";
import { hateSpeech, profanity, toxicity } from "../../src/classifiers/toxicity.ts";
import type { Classifier } from "../../src/classifiers/types.ts";
import { tricks } from "./support/disguises.ts";

/** Tricks that leave words where they are. */
const IN_PLACE = [
  "upper case",
  "alternating case",
  "full-width letters",
  "mathematical bold letters",
  "accents",
  "Cyrillic look-alikes",
  "leetspeak",
  "zero-width spaces",
  "soft hyphens",
  "letters apart",
  "letters with dots",
  "stretched letters",
  "Cyrillic, zero-width and upper case",
  "leetspeak with letters apart",
  "bold with zero-width",
] as const;

const cases: readonly (readonly [Classifier, string, number])[] = [
  [toxicity(), "you are a stupid worthless idiot", 0.8],
  [profanity(), "what the fuck is this shit", 0.85],
  [hateSpeech(), "i hate muslims", 0.8],
  [medicalAdvice(), "you should take ibuprofen", 0.8],
];

for (const [classifier, text, least] of cases) {
  for (const trick of IN_PLACE) {
    Deno.test(`${classifier.name} sees through ${trick}`, async () => {
      const disguised = tricks[trick]!(text);
      const session = classifier.open({ tenant: "t", phase: "ingress", contextChunks: 0 }, new AbortController().signal);
      const { score } = await session.push(disguised);
      assert.ok(score >= least, `${score.toFixed(3)}: ${disguised}`);
    });
  }
}
