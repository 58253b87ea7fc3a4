/** `toxicity`, `hate_speech`, `profanity`: offensive text, by a lexicon, phrases and a linear model that learned from labelled text. */
import { toxicityLexicon } from "./lexicons/toxicity.ts";
import { toxicityPhrases } from "./lexicons/toxicity_phrases.ts";
import { type Evidence, type LexicalSpec, openLexical } from "./lexical.ts";
import { LinearModel, sigmoid } from "./linear.ts";
import { toxicityModel } from "./models/toxicity.ts";
import type { Classifier, Score } from "./types.ts";
import { Vocabulary } from "./vocabulary.ts";

/** Labels of `toxicity`. */
export const TOXICITY_LABELS = ["insult", "profanity", "threat", "identity_hate", "sexual", "self_harm", "violence"] as const;

/** Offensive text of any kind; labels say which. Tier A. */
export function toxicity(name = "toxicity"): Classifier {
  const spec = toxicitySpec(new LinearModel(toxicityModel));
  return { name, tier: "A", labels: TOXICITY_LABELS, open: (context) => openLexical(spec, context) };
}

/** The parts of `toxicity` around a model. */
export function toxicitySpec(model: LinearModel): LexicalSpec {
  return { vocabulary: new Vocabulary(toxicityLexicon, model), phrases: toxicityPhrases, score: combine };
}

/** Stretches the logit so that the default threshold of 0.85 flags about 2 % of benign comments (docs/classifiers.md). */
const SLOPE = 1.2, OFFSET = 0.3;

/** The model judges; a phrase that is offensive anywhere sets a floor. */
function combine({ families, logit }: Evidence): Score {
  const labels: Record<string, number> = {};
  let floor = 0, label: string | undefined, strongest = 0;
  for (const [family, score] of families) {
    labels[family] = score;
    if (score > strongest) [strongest, label] = [score, family];
    if (score >= 0.8) floor = Math.max(floor, score);
  }
  return { score: Math.max(floor, sigmoid(SLOPE * logit + OFFSET)), label, labels };
}

/** Swear words, whoever they are aimed at. Tier A. */
export function profanity(name = "profanity"): Classifier {
  return single(name, ["profanity", "identity_hate"], { profanity: 0.95, identity_hate: 0.95 });
}

/** Hatred against people for what they are. Tier A. */
export function hateSpeech(name = "hate_speech"): Classifier {
  return single(name, ["identity_hate"], {});
}

/** A classifier that looks at some families of phrases only; `scores` replaces their strength. */
function single(name: string, families: readonly string[], scores: Readonly<Record<string, number>>): Classifier {
  const spec: LexicalSpec = {
    vocabulary: new Vocabulary(toxicityLexicon, undefined),
    phrases: toxicityPhrases,
    score: (evidence) => {
      let score = 0;
      for (const family of families) {
        if (evidence.families.has(family)) score = Math.max(score, scores[family] ?? evidence.families.get(family)!);
      }
      return { score };
    },
  };
  return { name, tier: "A", labels: [], open: (context) => openLexical(spec, context) };
}
