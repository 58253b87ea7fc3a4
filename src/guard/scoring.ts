/** Scores the segments of one text with every classifier of a phase, in order, whatever the order the answers come back in. */
import { ClassifierError, type ClassifierSession, type Score, type ScoreContext } from "../classifiers/types.ts";
import type { GuardPlan } from "./plan.ts";
import type { GuardReport } from "./types.ts";

/** Failures kept per phase of a request, for metrics. */
const MAX_FAILURES = 100;

/** A segment with its scores once `ready`. */
export interface ScoredSegment {
  readonly from: number;
  readonly to: number;
  readonly scores: Map<string, Score>;
  /** Answers still to come. */
  pending: number;
}

/** Scores of one text's segments. Synchronous classifiers cost no promise; `wake` is called when a late answer made progress possible. */
export class SegmentScorer {
  readonly #sessions: { readonly name: string; readonly session: ClassifierSession }[] = [];
  readonly #queue: ScoredSegment[] = [];
  /** The classifier that failed while the phase fails closed. */
  failed: string | undefined;

  constructor(
    readonly plan: GuardPlan,
    context: Omit<ScoreContext, "phase" | "contextChunks">,
    readonly report: GuardReport,
    readonly signal: AbortSignal,
    readonly wake: () => void,
  ) {
    const full: ScoreContext = { ...context, phase: plan.phase, contextChunks: plan.options.contextChunks };
    for (const name of plan.classifierNames) {
      const classifier = plan.options.classifiers.get(name);
      // The policy compiler refused unknown names; a set that lost one since must not let text pass unseen.
      if (classifier === undefined) this.#fail(name, "error");
      else this.#sessions.push({ name, session: classifier.open(full, signal) });
    }
  }

  /** Answers still to come for segments that are complete. */
  get pending(): boolean {
    return this.#queue.some((segment) => segment.pending > 0);
  }

  push(from: number, to: number, text: string): void {
    const segment: ScoredSegment = { from, to, scores: new Map(), pending: 0 };
    this.#queue.push(segment);
    for (const { name, session } of this.#sessions) {
      const started = performance.now();
      let answer: Score | Promise<Score>;
      try {
        answer = session.push(text);
      } catch {
        this.#fail(name, "error");
        continue;
      }
      if (answer instanceof Promise) this.#await(segment, name, answer, started);
      else this.#record(segment, name, answer, started);
    }
  }

  /** The next segment in text order if all of its scores are in, removed. */
  take(): ScoredSegment | undefined {
    return this.#queue.length > 0 && this.#queue[0]!.pending === 0 ? this.#queue.shift() : undefined;
  }

  /** The next segment in text order if all of its scores are in. */
  peek(): ScoredSegment | undefined {
    return this.#queue.length > 0 && this.#queue[0]!.pending === 0 ? this.#queue[0] : undefined;
  }

  #await(segment: ScoredSegment, name: string, answer: Promise<Score>, started: number): void {
    segment.pending++;
    let settled = false;
    const settle = (apply: () => void) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      apply();
      segment.pending--;
      this.wake();
    };
    const timer = setTimeout(() => settle(() => this.#fail(name, "timeout")), this.plan.options.timeoutMs);
    answer.then(
      (score) => settle(() => this.#record(segment, name, score, started)),
      (error) => settle(() => this.#fail(name, error instanceof ClassifierError ? error.kind : "error")),
    );
  }

  #record(segment: ScoredSegment, name: string, score: Score, started: number): void {
    segment.scores.set(name, score);
    // The classifier's own `on_error` decided what no answer means here.
    if (score.failed !== undefined) this.#note(name, score.failed, false);
    const { maxScores, calls } = this.report;
    const best = maxScores.get(name);
    if (best === undefined || score.score > best) maxScores.set(name, score.score);
    const call = calls.get(name);
    const elapsed = performance.now() - started;
    if (call === undefined) calls.set(name, { count: 1, totalMs: elapsed });
    else {
      call.count++;
      call.totalMs += elapsed;
    }
  }

  #fail(name: string, kind: "timeout" | "error"): void {
    const closed = this.plan.options.onError === "closed";
    this.#note(name, kind, closed);
    if (closed) this.failed ??= name;
  }

  #note(classifier: string, kind: "timeout" | "error", closed: boolean): void {
    if (this.report.failures.length < MAX_FAILURES) this.report.failures.push({ phase: this.plan.phase, classifier, kind, closed });
  }
}
