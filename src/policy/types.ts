/**
 * What the policy room shows: policy files in, per-phase compiled rules out. Guards read these; nobody parses YAML on the request path.
 */
import type { PatternSet } from "../matching/types.ts";

export type Phase = "ingress" | "midstream" | "egress";
export type Mode = "enforce" | "shadow" | "disabled";

/** What audit, metrics, headers and messages say of a rule. */
export interface RuleRef {
  readonly name: string;
  readonly phase: Phase;
  readonly mode: Mode;
  readonly priority: number;
  readonly regulation?: string;
  readonly tags: readonly string[];
  /** True for the rules implied by `pipeline.<phase>.classifiers` and its threshold. */
  readonly implied?: boolean;
}

/** Compares a number: the `condition: {score: "> 0.8"}` form, and thresholds (min inclusive, max inclusive). */
export type ScoreTest =
  | { readonly kind: "range"; readonly min: number; readonly max: number }
  | { readonly kind: "compare"; readonly op: ">" | "<" | ">=" | "<=" | "==" | "!="; readonly value: number };

/** When a rule fires, compiled. Pattern leaves index into the phase's `PatternSet`. */
export type Trigger =
  /** Regular expressions, keywords and entities: any of these patterns matches. `classifier` is set for entity triggers. */
  | { readonly kind: "pattern"; readonly patterns: readonly number[]; readonly minScore: number; readonly classifier?: string }
  /** A classifier's score; with `labels`, the score of (any of) these labels instead of the overall one. */
  | {
    readonly kind: "score";
    readonly classifier: string;
    readonly test: ScoreTest;
    readonly labels?: readonly string[];
    /** `labels` are compared with the most likely label, instead of their own scores being tested. */
    readonly likeliest?: "in" | "not in";
  }
  /** A fact about the request or the text as a whole (`condition:` without classifier). */
  | {
    readonly kind: "condition";
    readonly test: (facts: ConditionFacts) => boolean;
    readonly describe: string;
    /** It asks about the text itself, so it can become true anew with every segment. */
    readonly aboutText: boolean;
  }
  | { readonly kind: "all" | "any"; readonly of: readonly Trigger[] }
  | { readonly kind: "not"; readonly of: Trigger };

/** What conditions may ask about. */
export interface ConditionFacts {
  /** Length of the prompt's guarded text; UTF-16 units. */
  readonly inputLength: number;
  /** Length of the answer up to the end of the segment that is judged, 0 at ingress; UTF-16 units. */
  readonly outputLength: number;
  readonly text: string;
  readonly model: string;
  readonly role?: string;
  readonly tenant: string;
}

export type RedactScope = "matched" | "word" | "sentence" | "paragraph" | "all";

/** One thing a rule does, compiled from one table entry per kind in `actions.ts`. */
export type Action =
  | { readonly kind: "stop"; readonly message?: string; readonly statusCode: number; readonly includeScores: boolean }
  | {
    readonly kind: "redact";
    readonly replacement: string;
    readonly scope: RedactScope;
    readonly preserveLength: boolean;
    readonly markerStyle: "bracket" | "asterisk" | "custom";
  }
  | { readonly kind: "pseudonymize" }
  | {
    readonly kind: "inject";
    readonly position: "start" | "end" | "inline";
    readonly content: string;
    readonly format: "plain" | "markdown" | "html";
    readonly separator: string;
    readonly notAlreadyPresent: boolean;
  }
  | { readonly kind: "transform"; readonly operation: "lowercase" | "uppercase" | "trim" }
  | {
    readonly kind: "log";
    readonly level: "debug" | "info" | "warn" | "error";
    readonly include: readonly string[];
    readonly tags: readonly string[];
    readonly message?: string;
  }
  | {
    readonly kind: "audit";
    readonly regulation?: string;
    readonly category?: string;
    readonly severity?: string;
    readonly include: readonly string[];
    readonly metadata: Readonly<Record<string, string>>;
    readonly tags: readonly string[];
    readonly retentionDays?: number;
  }
  | {
    readonly kind: "notify";
    readonly channel: "webhook";
    readonly url: string;
    readonly message?: string;
    readonly payload: Readonly<Record<string, string>>;
  };

export interface CompiledRule {
  readonly ref: RuleRef;
  readonly trigger: Trigger;
  /** At least one, in the order written. */
  readonly actions: readonly Action[];
  /** After this rule decided (stop, redact, pseudonymize, transform), lower rules still see the same text. */
  readonly continue: boolean;
}

/** The rules of one phase, ordered by priority (higher first), then file order. Disabled rules are not here; shadow rules are. */
export interface PhaseRules {
  readonly phase: Phase;
  readonly rules: readonly CompiledRule[];
  /** All pattern, keyword and entity triggers of the phase in one automaton. */
  readonly patterns: PatternSet;
  /** Entity names of entity patterns, by pattern number. */
  readonly entities: ReadonlyMap<number, string>;
  /** Names of classifiers (and named pipelines) that must score each segment: those of score triggers, and those the pipeline lists for audit. */
  readonly classifiers: readonly string[];
}

export interface CompiledPolicy {
  readonly name: string;
  /** File name of the policy, e.g. `acme.yaml`; `"(none)"` for a tenant without one. */
  readonly file: string;
  /** Content hash over everything that went into it (policy, bases, thresholds): 16 hex digits. */
  readonly version: string;
  readonly phases: Readonly<Record<Phase, PhaseRules>>;
  /** Raw text that an audit action of some rule asks to record when it fires. */
  readonly keeps: { readonly input: boolean; readonly output: boolean };
}
