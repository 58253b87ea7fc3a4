/** `toxicity`, `hate_speech`, `profanity`: offensive text, by a lexicon, phrases and a linear model that learned from labelled text. */
import { toxicityLexicon } from "./lexicons/toxicity.ts";
import { toxicityPhrases } from "./lexicons/toxicity_phrases.ts";
import { type Evidence, type LexicalSpec, openLexical } from "./lexical.ts";
import { LinearModel, sigmoid } from "./linear.ts";
import { hateModel } from "./models/hate_speech.ts";
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
const SLOPE = 1.2, OFFSET = 0.5;

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
  const spec = hateSpec(new LinearModel(hateModel));
  return { name, tier: "A", labels: ["identity_hate"], open: (context) => openLexical(spec, context) };
}

/** As `OFFSET`: hatred is rarer in the labelled text, so the model is less sure of it. */
const HATE_OFFSET = 1.3;

/** The parts of `hate_speech` around a model. */
export function hateSpec(model: LinearModel): LexicalSpec {
  const score = ({ families, logit }: Evidence): Score => {
    const phrase = families.get("identity_hate") ?? 0;
    return { score: Math.max(phrase, sigmoid(SLOPE * logit + HATE_OFFSET)) };
  };
  return { vocabulary: new Vocabulary(toxicityLexicon, model), phrases: toxicityPhrases, score };
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
