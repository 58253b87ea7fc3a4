/** `prompt_injection`: attempts to take over a model's instructions, in a prompt or in a document that it reads. */
import { decodings } from "./decode.ts";
import { injectionLexicon } from "./lexicons/injection.ts";
import { injectionPhrases } from "./lexicons/injection_phrases.ts";
import { type Evidence, type LexicalSpec, openLexical } from "./lexical.ts";
import { LinearModel, sigmoid } from "./linear.ts";
import { injectionModel } from "./models/prompt_injection.ts";
import { scanTemplates } from "./payloads.ts";
import type { Classifier, Score } from "./types.ts";
import { Vocabulary } from "./vocabulary.ts";

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

/** Encodings inside encodings that are undone. */
const MAX_DEPTH = 2;
/** A decoded text that scores at least this makes its encoding an attack. */
const DECODED_ATTACK = 0.6;

/** Detects prompt injection and jailbreaks by rules in families and a linear model. Tier A. */
export function promptInjection(name = "prompt_injection"): Classifier {
  const spec = injectionSpec(new LinearModel(injectionModel));
  return { name, tier: "A", labels: INJECTION_FAMILIES, open: (context) => openLexical(spec, context) };
}

/** The parts of `prompt_injection` around a model. */
export function injectionSpec(model: LinearModel): LexicalSpec {
  const vocabulary = new Vocabulary(injectionLexicon, model);
  const at = (depth: number): LexicalSpec => ({
    vocabulary,
    phrases: injectionPhrases,
    score: combine,
    raw: (segment, note) => {
      scanTemplates(segment, note);
      if (depth === MAX_DEPTH) return;
      for (const decoded of decodings(segment)) {
        const { score } = openLexical(at(depth + 1), { contextChunks: 0 }).push(decoded);
        if (score >= DECODED_ATTACK) note("encoded_payload", Math.min(0.97, Math.max(0.9, score)));
      }
    },
  });
  return at(0);
}

/** Stretches the combined logit so that the default threshold of 0.85 flags 1 to 2 % of benign prompts (docs/classifiers.md). */
const SLOPE = 1.28, OFFSET = 1.6;
/** Least share of its strength that a phrase keeps when the model is sure of the contrary: quoted attacks, advice about them. */
const KEPT = 0.4;
/** Families that the model cannot see in the words. */
const UNSEEN: ReadonlySet<string> = new Set(["encoded_payload", "hidden_text"]);
/** Families that mean more in a document or a tool's result than in what a person types. */
const PLANTED: ReadonlySet<string> = new Set(["indirect", "exfiltration", "delimiter"]);

/** Pieces of evidence that may each be wrong, independently: noisy or; then calibrated. */
function combine({ families, logit }: Evidence, { role }: { readonly role?: string }): Score {
  let missed = 1 - sigmoid(logit), label: string | undefined, strongest = 0;
  const belief = KEPT + (1 - KEPT) * sigmoid(logit + 3.5);
  const labels: Record<string, number> = {};
  for (const [family, strength] of families) {
    const score = role === "tool" && PLANTED.has(family) ? Math.sqrt(strength) : strength;
    // The model weighs weak phrases by their company; only strong ones speak for themselves.
    missed *= 1 - (UNSEEN.has(family) ? 1 : belief) * (score < 0.6 ? score / 3 : score);
    labels[family] = score;
    if (score > strongest) [strongest, label] = [score, family];
  }
  return { score: sigmoid(SLOPE * Math.log((1 - missed) / missed) + OFFSET), label, labels };
}
