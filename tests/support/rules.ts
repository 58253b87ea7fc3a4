/** Policies for guard tests, compiled by hand: patterns, scores and actions without YAML in between. */
import type { Classifier, ClassifierSet } from "../../src/classifiers/types.ts";
import { type GuardPlan, type PlanOptions, planPhase } from "../../src/guard/plan.ts";
import type { GuardContext } from "../../src/guard/text_guard.ts";
import { type GuardReport, newReport } from "../../src/guard/types.ts";
import { compilePatterns } from "../../src/matching/mod.ts";
import type { PatternSpec } from "../../src/matching/types.ts";
import type { Action, CompiledRule, Phase, Trigger } from "../../src/policy/types.ts";

export interface TestRule {
  readonly name: string;
  readonly patterns?: readonly PatternSpec[];
  /** Fires when `classifier` scores at least this. */
  readonly score?: { readonly classifier: string; readonly min: number };
  /** Built from pattern numbers local to this rule (0 = its first). */
  readonly trigger?: (pattern: (index: number) => Trigger) => Trigger;
  readonly actions: readonly Action[];
  readonly mode?: "enforce" | "shadow";
  readonly continue?: boolean;
}

export const redact = (
  replacement = "[REDACTED]",
  scope: "matched" | "word" | "sentence" | "paragraph" | "all" = "matched",
  preserveLength = false,
): Action => ({
  kind: "redact",
  replacement,
  scope,
  preserveLength,
  markerStyle: "custom",
});
export const stop = (message?: string): Action => ({
  kind: "stop",
  ...(message !== undefined && { message }),
  statusCode: 400,
  includeScores: false,
});
export const log: Action = { kind: "log", level: "info", include: [], tags: [] };

/** Rules in order of precedence. */
export function planOf(
  rules: readonly TestRule[],
  options: Partial<PlanOptions> & { readonly phase?: Phase; readonly classifierList?: readonly Classifier[] } = {},
): GuardPlan {
  const specs: PatternSpec[] = [];
  const phase = options.phase ?? "midstream";
  const compiled = rules.map((rule): CompiledRule => {
    const base = specs.length;
    specs.push(...rule.patterns ?? []);
    const all: Trigger[] = (rule.patterns ?? []).map((_, i) => ({ kind: "pattern", patterns: [base + i], minScore: 0 }));
    if (rule.score !== undefined) {
      all.push({ kind: "score", classifier: rule.score.classifier, test: { kind: "range", min: rule.score.min, max: 1 } });
    }
    return {
      ref: { name: rule.name, phase, mode: rule.mode ?? "enforce", priority: 50, tags: [] },
      trigger: rule.trigger?.((index) => ({ kind: "pattern", patterns: [base + index], minScore: 0 })) ??
        (all.length === 1 ? all[0]! : { kind: "any", of: all }),
      actions: rule.actions,
      continue: rule.continue ?? false,
    };
  });
  const list = options.classifierList ?? [];
  const maxHoldbackChars = options.maxHoldbackChars ?? 512;
  const classifiers: ClassifierSet = { names: list.map(({ name }) => name), get: (name) => list.find((each) => each.name === name) };
  const patterns = compilePatterns(specs, { maxHoldbackChars });
  return planPhase({ phase, rules: compiled, patterns, entities: new Map(), classifiers: list.map(({ name }) => name) }, {
    classifiers,
    tokenHoldback: 16,
    maxHoldbackChars,
    contextChunks: 3,
    timeoutMs: 1000,
    onError: "open",
    ...options,
  });
}

/** A context that fills `${rule}` only, and keeps its report. */
export function contextOf(report: GuardReport = newReport(), wake: () => void = () => {}): GuardContext {
  return {
    score: { tenant: "test" },
    report,
    signal: new AbortController().signal,
    wake,
    condition: (text, length) => ({ inputLength: text.length, outputLength: length, text, model: "m", tenant: "test" }),
    message: (template, { rule }) => template.replaceAll("${rule_name}", rule),
    pseudonym: (entity) => `<${entity}>`,
  };
}

/** Scores a segment by the share of its words that are `word`; with `delays` it answers late. */
export function wordClassifier(name: string, word: string, late = false): Classifier {
  return {
    name,
    tier: "A",
    labels: [],
    open: () => ({
      push: (segment) => {
        const score = { score: segment.split(/\s+/).includes(word) ? 1 : 0 };
        return late ? Promise.resolve(score) : score;
      },
    }),
  };
}
