/**
 * What the classifiers room shows: named scorers, opened once per text, fed segment by segment.
 */
import type { PatternSpec } from "../matching/types.ts";

/** Tier A: lexical, microseconds. B: small model in process, under a millisecond. C: remote or large. */
export type Tier = "A" | "B" | "C";

/** A span found by a classifier; UTF-16 offsets into the whole text given to the session so far. */
export interface ScoreSpan {
  readonly from: number;
  readonly to: number;
  readonly entity: string;
  readonly score: number;
}

/** The verdict of a classifier on the latest segment (with its context). */
export interface Score {
  /** 0 (certainly not) to 1 (certainly). */
  readonly score: number;
  /** The most likely label, when the classifier has labels. */
  readonly label?: string;
  /** Score of every label, 0–1. */
  readonly labels?: Readonly<Record<string, number>>;
  readonly spans?: readonly ScoreSpan[];
  /** The classifier could not answer, and its own `on_error` made this score: 0 (`open`) or 1 (`closed`). */
  readonly failed?: "timeout" | "error";
}

export interface ScoreContext {
  readonly tenant: string;
  readonly phase: "ingress" | "midstream" | "egress";
  /** How many earlier segments count as context; 0 = all. */
  readonly contextChunks: number;
  /** The system prompt of the request, for `system_prompt_leak`. */
  readonly systemPrompt?: string;
  /** Role of the text at ingress. */
  readonly role?: string;
  /** Told what each stage of a pipeline answered; for the playground, undefined on the request path. */
  readonly trace?: (stage: TracedStage) => void;
}

/** One stage's answer. */
export interface TracedStage {
  readonly name: string;
  readonly classifier: string;
  readonly score: number;
  readonly label?: string;
  /** Milliseconds. */
  readonly latencyMs: number;
}

/**
 * Scores one text. `push` is called once per segment, in order; what it returns depends only on the segments pushed so
 * far, never on how they were cut into network reads. A classifier that fails rejects with `ClassifierError`.
 */
export interface ClassifierSession {
  push(segment: string): Score | Promise<Score>;
}

export interface Classifier {
  readonly name: string;
  readonly tier: Tier;
  /** Labels it can answer with, for validation of policies. */
  readonly labels: readonly string[];
  open(context: ScoreContext, signal: AbortSignal): ClassifierSession;
  /** Begins what the first text would wait for, e.g. to load a model; undefined when there is nothing. Rejects with the reason it cannot. */
  readonly prepare?: () => Promise<void>;
}

/**
 * A kind of personal data or secret as a pattern for the matching room. Policies that name `pii_detector` compile to
 * these (so redaction is exact and streams); the `pii_detector` classifier scores with the same list.
 */
export interface EntityPattern {
  /** Canonical snake_case name used in `entities: [...]`, e.g. `credit_card`. */
  readonly entity: string;
  /** What to show a person, e.g. `Credit card`. */
  readonly label: string;
  /** ISO 3166 code, `EU` or `global`. */
  readonly region: string;
  /** The confidence of a match with everything in its favour; `spec.check` may answer less. 0–1. */
  readonly score: number;
  readonly spec: PatternSpec;
}

/** A classifier that finds spans by entity patterns, e.g. `pii_detector` and `secrets`. */
export interface EntityClassifier extends Classifier {
  readonly entities: readonly EntityPattern[];
}

/** All classifiers and pipelines a tenant may use, by name. */
export interface ClassifierSet {
  get(name: string): Classifier | undefined;
  readonly names: readonly string[];
}

/** A classifier could not answer. The message names the classifier and the reason; never the text, never a secret. */
export class ClassifierError extends Error {
  override readonly name = "ClassifierError";
  constructor(readonly classifier: string, readonly kind: "timeout" | "error", reason: string, options?: ErrorOptions) {
    super(`Cannot score with classifier "${classifier}": ${reason}`, options);
  }
}

/** One thing wrong with a `classifiers:` or `pipelines:` section. */
export interface ClassifierProblem {
  /** Dotted path of the value, e.g. `classifiers.acme_terms.patterns.0.pattern`. */
  readonly path: string;
  /** What is wrong, what was expected, what to do. */
  readonly message: string;
  /** The closest valid spelling. */
  readonly suggestion?: string;
}

/** Thrown once with everything wrong with the definitions of classifiers and pipelines. */
export class ClassifierConfigError extends Error {
  override readonly name = "ClassifierConfigError";
  constructor(readonly problems: readonly ClassifierProblem[]) {
    super(
      problems.map(({ path, message, suggestion }) =>
        `${path}: ${message}${suggestion === undefined ? "" : ` (did you mean "${suggestion}"?)`}`
      ).join("\n"),
    );
  }
}

/** Tells whether policies can compile `classifier` into exact entity patterns. */
export function isEntityClassifier(classifier: Classifier): classifier is EntityClassifier {
  return "entities" in classifier;
}
