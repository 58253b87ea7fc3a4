/** A phase's rules arranged for a single pass over text: compiled once per policy and shared by all of a tenant's requests. */
import type { ClassifierSet } from "../classifiers/types.ts";
import type { Match, PatternSet } from "../matching/types.ts";
import { type DecidingAction, decisionOf } from "../policy/decision.ts";
import type { CompiledRule, Phase, PhaseRules, Trigger } from "../policy/types.ts";
import type { UnitScope } from "./units.ts";

/** What a guard needs beside the rules. */
export interface PlanOptions {
  readonly classifiers: ClassifierSet;
  /** Words after which a segment is scored. */
  readonly tokenHoldback: number;
  /** Longest match, scope or segment that is held back; UTF-16 units. */
  readonly maxHoldbackChars: number;
  /** Earlier segments a classifier sees as context; 0 = all. */
  readonly contextChunks: number;
  /** Bound on one segment's scoring; milliseconds. */
  readonly timeoutMs: number;
  /** What a classifier that fails means: let the text pass, or end the request. */
  readonly onError: "open" | "closed";
}

/** A rule with its place in the order of precedence (0 decides first). */
export interface PlannedRule {
  readonly order: number;
  readonly rule: CompiledRule;
  /** The action that decides about text, if any; the others only note. */
  readonly decision: DecidingAction | undefined;
}

/** A rule that fires on each match of a pattern. */
export interface SpanTrigger {
  readonly planned: PlannedRule;
  readonly minScore: number;
  readonly classifier: string | undefined;
}

/** A rule that is evaluated once per segment. */
export interface SegmentTrigger {
  readonly planned: PlannedRule;
  readonly trigger: Trigger;
}

export interface GuardPlan {
  readonly phase: Phase;
  readonly patterns: PatternSet;
  /** By pattern number. */
  readonly bySpan: readonly (readonly SpanTrigger[])[];
  readonly bySegment: readonly SegmentTrigger[];
  readonly classifierNames: readonly string[];
  /** Entity names of entity patterns, by pattern number. */
  readonly entities: ReadonlyMap<number, string>;
  /** Patterns that composite rules ask about. */
  readonly watched: ReadonlySet<number>;
  /** Redaction scopes in use that reach beyond the match. */
  readonly scopes: readonly UnitScope[];
  /** Text is released segment by segment, once scored. */
  readonly segmented: boolean;
  /** No rule and no classifier: text need not be looked at. */
  readonly idle: boolean;
  readonly options: PlanOptions;
}

/** Arranges `rules` for the guards. */
export function planPhase(rules: PhaseRules, options: PlanOptions): GuardPlan {
  const bySpan: SpanTrigger[][] = Array.from({ length: rules.patterns.size }, () => []);
  const bySegment: SegmentTrigger[] = [];
  const scopes = new Set<UnitScope>();
  rules.rules.forEach((rule, order) => {
    const planned: PlannedRule = { order, rule, decision: decisionOf(rule.actions) };
    const rest: Trigger[] = [];
    for (const leaf of rule.trigger.kind === "any" ? rule.trigger.of : [rule.trigger]) {
      if (leaf.kind !== "pattern") rest.push(leaf);
      else for (const pattern of leaf.patterns) bySpan[pattern]!.push({ planned, minScore: leaf.minScore, classifier: leaf.classifier });
    }
    if (rest.length > 0) bySegment.push({ planned, trigger: rest.length === 1 ? rest[0]! : { kind: "any", of: rest } });
    const decision = planned.decision;
    if (decision?.kind === "redact" && decision.scope !== "matched" && rule.ref.mode === "enforce") scopes.add(decision.scope);
  });
  const watched = new Set<number>();
  for (const { trigger } of bySegment) collectPatterns(trigger, watched);
  const segmented = bySegment.length > 0 || rules.classifiers.length > 0;
  return {
    phase: rules.phase,
    patterns: rules.patterns,
    bySpan,
    bySegment,
    entities: rules.entities,
    classifierNames: rules.classifiers,
    watched,
    scopes: [...scopes],
    segmented,
    idle: rules.rules.length === 0 && rules.classifiers.length === 0,
    options,
  };
}

function collectPatterns(trigger: Trigger, into: Set<number>): void {
  switch (trigger.kind) {
    case "pattern":
      for (const pattern of trigger.patterns) into.add(pattern);
      return;
    case "all":
    case "any":
      for (const part of trigger.of) collectPatterns(part, into);
      return;
    case "not":
      return collectPatterns(trigger.of, into);
    case "score":
    case "condition":
      return;
  }
}

/** Matches grouped by pattern number. */
export type MatchesByPattern = ReadonlyMap<number, readonly Match[]>;
