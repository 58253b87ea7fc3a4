/** Does a composite trigger fire on this segment, and on which spans? Pure. */
import type { Score, ScoreSpan } from "../classifiers/types.ts";
import type { Match } from "../matching/types.ts";
import type { ConditionFacts, ScoreTest, Trigger } from "../policy/types.ts";

/** What is known at the end of a segment. */
export interface SegmentFacts {
  /** Matches of a pattern that begin in this segment. */
  matches(pattern: number): readonly Match[];
  /** The pattern matched somewhere in the text up to the end of this segment. */
  seen(pattern: number, minScore: number): boolean;
  score(classifier: string): Score | undefined;
  condition(): ConditionFacts;
}

/** Why a trigger fired: the spans it points at (none: the whole segment) and the score that decided. */
export interface Fired {
  readonly spans: readonly { readonly from: number; readonly to: number }[];
  readonly score?: number;
  readonly classifier?: string;
  readonly label?: string;
  readonly entity?: string;
  /** Something in this very segment contributed, so the rule has not merely stayed true. */
  readonly fresh: boolean;
}

const NOT_MENTIONED: Fired = { spans: [], fresh: false };

/**
 * Evaluates `trigger` on a segment; undefined when it does not fire. `alone`: nothing beside it could be fresh, so what merely holds (the
 * model, a word that is absent) counts as fresh by itself.
 */
export function fires(trigger: Trigger, facts: SegmentFacts, alone = true): Fired | undefined {
  switch (trigger.kind) {
    case "pattern": {
      const spans: Match[] = [];
      for (const pattern of trigger.patterns) {
        for (const match of facts.matches(pattern)) if (match.score >= trigger.minScore) spans.push(match);
      }
      if (spans.length > 0) return { spans, fresh: true, ...(trigger.classifier !== undefined && { classifier: trigger.classifier }) };
      return trigger.patterns.some((pattern) => facts.seen(pattern, trigger.minScore)) ? NOT_MENTIONED : undefined;
    }
    case "score": {
      const score = facts.score(trigger.classifier);
      return score === undefined ? undefined : scoreFires(trigger, score);
    }
    case "condition":
      return trigger.test(facts.condition()) ? { spans: [], fresh: alone || trigger.aboutText } : undefined;
    case "not":
      return fires(trigger.of, facts) === undefined ? { spans: [], fresh: alone } : undefined;
    case "any": {
      let stale: Fired | undefined;
      for (const part of trigger.of) {
        const fired = fires(part, facts, alone);
        if (fired?.fresh) return fired;
        stale ??= fired;
      }
      return stale;
    }
    case "all": {
      const parts: Fired[] = [];
      const noneFresh = alone && !trigger.of.some(canBeFresh);
      for (const part of trigger.of) {
        const fired = fires(part, facts, noneFresh);
        if (fired === undefined) return undefined;
        parts.push(fired);
      }
      const scored = parts.find((part) => part.score !== undefined);
      return {
        spans: parts.flatMap((part) => part.spans),
        fresh: parts.some((part) => part.fresh),
        ...(scored?.score !== undefined && { score: scored.score }),
        ...(scored?.classifier !== undefined && { classifier: scored.classifier }),
        ...(scored?.label !== undefined && { label: scored.label }),
      };
    }
  }
}

/** Something in a segment can make it true anew, rather than it merely going on to hold. */
function canBeFresh(trigger: Trigger): boolean {
  switch (trigger.kind) {
    case "pattern":
    case "score":
      return true;
    case "condition":
      return trigger.aboutText;
    case "not":
      return false;
    case "all":
    case "any":
      return trigger.of.some(canBeFresh);
  }
}

function scoreFires(trigger: Extract<Trigger, { kind: "score" }>, score: Score): Fired | undefined {
  const { classifier, labels } = trigger;
  if (labels === undefined) {
    if (!passes(trigger.test, score.score)) return undefined;
    return {
      spans: score.spans ?? [],
      score: score.score,
      classifier,
      fresh: true,
      ...(score.label !== undefined && { label: score.label }),
    };
  }
  if (trigger.likeliest !== undefined) {
    const { label } = score;
    const listed = label !== undefined && labels.includes(label);
    if (listed !== (trigger.likeliest === "in")) return undefined;
    const value = label === undefined ? score.score : score.labels?.[label] ?? score.score;
    if (!passes(trigger.test, value)) return undefined;
    return { spans: [], score: value, classifier, fresh: true, ...(label !== undefined && { label }) };
  }
  for (const label of labels) {
    const value = score.labels?.[label] ?? (score.label === label ? score.score : undefined);
    if (value === undefined || !passes(trigger.test, value)) continue;
    const spans = (score.spans ?? []).filter((span: ScoreSpan) => span.entity === label);
    return { spans, score: value, classifier, label, fresh: true };
  }
  return undefined;
}

/** Applies a threshold or comparison to a score. */
export function passes(test: ScoreTest, value: number): boolean {
  if (test.kind === "range") return value >= test.min && value <= test.max;
  switch (test.op) {
    case ">":
      return value > test.value;
    case "<":
      return value < test.value;
    case ">=":
      return value >= test.value;
    case "<=":
      return value <= test.value;
    case "==":
      return value === test.value;
    case "!=":
      return value !== test.value;
  }
}
