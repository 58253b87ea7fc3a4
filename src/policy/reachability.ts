/**
 * Rules that can never act, because one that decides first always fires where they would.
 *
 * Told only where it is certain: the earlier rule is enforced, decides, does not `continue`, and its trigger holds, on the same text,
 * whenever the later one's does. Rules that only note (log, audit, notify, inject) are never hidden.
 */
import type { PatternSpec } from "../matching/types.ts";
import { decisionOf } from "./decision.ts";
import type { CompiledRule, Phase, Trigger } from "./types.ts";

/** The rule that hides `rule` in `phase`, if one of `earlier` (in order of precedence) certainly does. */
export function hiddenBy(
  rule: CompiledRule,
  earlier: readonly CompiledRule[],
  phase: Phase,
  patterns: readonly PatternSpec[],
): CompiledRule | undefined {
  const decision = decisionOf(rule.actions);
  // Any action beside the decision is recorded with it, so one hidden decision hides the whole rule.
  if (decision === undefined) return undefined;
  return earlier.find((other) => {
    const winner = decisionOf(other.actions);
    if (winner === undefined || other.ref.mode !== "enforce" || other.continue) return false;
    const stopsAll = winner.kind === "stop" && phase === "ingress";
    // A rule that takes the whole sentence reaches beyond the text that was decided, so it still acts.
    if (!stopsAll && decision.kind === "redact" && decision.scope !== "matched") return false;
    // A score points at spans for a redaction and means the whole segment for a stop, which such a redaction does not cover.
    const scores = winner.kind === "stop" || decision.kind !== "stop";
    return covers(other.trigger, rule.trigger, { patterns, anywhere: stopsAll, scores });
  });
}

interface Scope {
  readonly patterns: readonly PatternSpec[];
  /** Firing on any part of the text is enough. */
  readonly anywhere: boolean;
  /** Scores of the same classifier count as the same text. */
  readonly scores: boolean;
}

/** `wide` fires wherever `narrow` does. */
function covers(wide: Trigger, narrow: Trigger, scope: Scope): boolean {
  const { patterns, anywhere, scores } = scope;
  if (narrow.kind === "any") return narrow.of.length > 0 && narrow.of.every((part) => covers(wide, part, scope));
  if (wide.kind === "any") return wide.of.some((part) => covers(part, narrow, scope));
  if (anywhere && narrow.kind === "all") return narrow.of.some((part) => covers(wide, part, scope));
  if (wide.kind === "pattern" && narrow.kind === "pattern") {
    if (wide.minScore > narrow.minScore || narrow.patterns.length === 0) return false;
    return narrow.patterns.every((inner) => wide.patterns.some((outer) => sameOrWider(patterns[outer]!, patterns[inner]!)));
  }
  if (wide.kind === "score" && narrow.kind === "score") return scores && coversScore(wide, narrow);
  return false;
}

function sameOrWider(outer: PatternSpec, inner: PatternSpec): boolean {
  const source = (spec: PatternSpec) => spec.literal === true && outer.caseInsensitive === true ? spec.source.toLowerCase() : spec.source;
  return source(outer) === source(inner) && outer.literal === inner.literal && outer.wholeWord === inner.wholeWord &&
    outer.multiline === inner.multiline && outer.check === inner.check &&
    (outer.caseInsensitive === inner.caseInsensitive || outer.caseInsensitive === true);
}

function coversScore(wide: Extract<Trigger, { kind: "score" }>, narrow: Extract<Trigger, { kind: "score" }>): boolean {
  if (wide.classifier !== narrow.classifier || wide.likeliest !== narrow.likeliest) return false;
  if (JSON.stringify(wide.labels) !== JSON.stringify(narrow.labels)) return false;
  if (wide.test.kind === "range" && narrow.test.kind === "range") {
    return wide.test.min <= narrow.test.min && wide.test.max >= narrow.test.max;
  }
  return JSON.stringify(wide.test) === JSON.stringify(narrow.test);
}
