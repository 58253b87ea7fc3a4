/** One score from several. */
import type { Score } from "../types.ts";

/** How parallel classifiers' scores become one. */
export const AGGREGATIONS = ["max_score", "min_score", "average", "weighted_average", "first_positive", "unanimous"] as const;
export type Aggregation = typeof AGGREGATIONS[number];

/** A score with the weight of its classifier. */
export interface Weighed {
  readonly score: Score;
  readonly weight: number;
}

const NOTHING: Score = { score: 0 };

/**
 * The aggregate of the scores that came in, in the order the classifiers are listed (never that of their answers, so that
 * timing cannot change a decision). `threshold` is what `first_positive` calls positive. No score at all is 0.
 *
 * `unanimous` is the lowest score: it passes a threshold exactly when every classifier does.
 */
export function aggregate(how: Aggregation, scores: readonly Weighed[], threshold: number): Score {
  if (scores.length === 0) return NOTHING;
  if (scores.length === 1) return scores[0]!.score;
  switch (how) {
    case "max_score":
      return merged(extreme(scores, (a, b) => a > b), scores);
    case "min_score":
    case "unanimous":
      return merged(extreme(scores, (a, b) => a < b), scores);
    case "first_positive":
      return merged(scores.find(({ score }) => score.score >= threshold)?.score ?? extreme(scores, (a, b) => a > b), scores);
    case "average":
      return { ...merged(extreme(scores, (a, b) => a > b), scores), score: mean(scores, () => 1) };
    case "weighted_average":
      return { ...merged(extreme(scores, (a, b) => a > b), scores), score: mean(scores, ({ weight }) => weight) };
  }
}

function extreme(scores: readonly Weighed[], better: (a: number, b: number) => boolean): Score {
  return scores.reduce((best, { score }) => better(score.score, best.score) ? score : best, scores[0]!.score);
}

function mean(scores: readonly Weighed[], weightOf: (scored: Weighed) => number): number {
  let sum = 0, weights = 0;
  for (const scored of scores) {
    sum += scored.score.score * weightOf(scored);
    weights += weightOf(scored);
  }
  return weights === 0 ? 0 : sum / weights;
}

/** The winner's score and label, with everybody's labels and spans. */
function merged(winner: Score, scores: readonly Weighed[]): Score {
  const labels: Record<string, number> = {};
  for (const { score } of scores) {
    for (const [label, value] of Object.entries(score.labels ?? {})) labels[label] = Math.max(labels[label] ?? 0, value);
  }
  const spans = scores.flatMap(({ score }) => score.spans ?? []).sort((a, b) => a.from - b.from || a.to - b.to);
  return {
    score: winner.score,
    ...(winner.label !== undefined && { label: winner.label }),
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(spans.length > 0 && { spans }),
  };
}
