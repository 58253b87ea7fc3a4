/** `prompt_injection`: attempts to take over a model's instructions, in a prompt or in a document that it reads. */
import { injectionLexicon } from "./lexicons/injection.ts";
import { injectionPhrases } from "./lexicons/injection_phrases.ts";
import { type Evidence, type LexicalSpec, openLexical } from "./lexical.ts";
import { LinearModel, sigmoid } from "./linear.ts";
import { injectionModel } from "./models/prompt_injection.ts";
import { scanRaw } from "./payloads.ts";
import type { Classifier, Score } from "./types.ts";

/** Families of attack that `prompt_injection` answers with as labels. */
export const INJECTION_FAMILIES = [
  "instruction_override",
  "persona",
  "prompt_extraction",
  "delimiter",
  "encoded_payload",
  "indirect",
  "exfiltration",
  "refusal_suppression",
  "hidden_text",
] as const;

/** Detects prompt injection and jailbreaks by rules in families and a linear model. Tier A. */
export function promptInjection(name = "prompt_injection"): Classifier {
  const spec: LexicalSpec = {
    lexicon: injectionLexicon,
    phrases: injectionPhrases,
    model: new LinearModel(injectionModel),
    score: combine,
    raw: scanRaw,
  };
  return { name, tier: "A", labels: INJECTION_FAMILIES, open: (context) => openLexical(spec, context) };
}

/** The parts of `prompt_injection` around a model. */
export function injectionSpec(model: LinearModel): LexicalSpec {
  return { lexicon: injectionLexicon, phrases: injectionPhrases, model, score: combine, raw: scanRaw };
}

/** Independent pieces of evidence, each of which may be wrong: noisy or. */
function combine({ families, logit }: Evidence): Score {
  let miss = 1, label: string | undefined, strongest = 0;
  const labels: Record<string, number> = {};
  for (const [family, score] of families) {
    miss *= 1 - score;
    labels[family] = score;
    if (score > strongest) [strongest, label] = [score, family];
  }
  const linear = sigmoid(logit);
  const score = Math.max(1 - miss, linear, 1 - (1 - linear) * miss);
  return { score, label, labels };
}
