/** `sentiment`: the tone of a text by words of praise and blame. Cheap and shallow: irony and comparisons escape it. */
import { sentimentLexicon, sentimentPhrases } from "./lexicons/sentiment.ts";
import { type Evidence, type LexicalSpec, openLexical } from "./lexical.ts";
import type { Classifier, Score } from "./types.ts";
import { Vocabulary } from "./vocabulary.ts";

/** Labels of `sentiment`. */
export const SENTIMENT_LABELS = ["negative", "neutral", "positive"] as const;

/** Tone of a text. `score` is how negative it is; the label is the strongest tone. Tier A. */
export function sentiment(name = "sentiment"): Classifier {
  const spec: LexicalSpec = { vocabulary: new Vocabulary(sentimentLexicon, undefined), phrases: sentimentPhrases, score: tone };
  return { name, tier: "A", labels: SENTIMENT_LABELS, open: (context) => openLexical(spec, context) };
}

/** Praise and blame in one text weaken each other. */
function tone({ families }: Evidence): Score {
  const praise = families.get("positive") ?? 0, blame = families.get("negative") ?? 0;
  const negative = blame * (1 - praise / 2), positive = praise * (1 - blame / 2);
  const neutral = (1 - negative) * (1 - positive);
  const label = neutral >= Math.max(negative, positive) ? "neutral" : negative >= positive ? "negative" : "positive";
  return { score: negative, label, labels: { negative, neutral, positive } };
}
