/** Pipelines at work on one text. */
import { type Timer, within } from "../deadline.ts";
import { chain, gather, type Maybe } from "../maybe.ts";
import type { Classifier, ClassifierSession, Score, ScoreContext } from "../types.ts";
import { aggregate, type Weighed } from "./aggregate.ts";
import type { Stage } from "./schema.ts";

/** Segments a classifier that was not asked remembers for when it is, where the phase sets no smaller context. */
const MAX_UNSEEN_SEGMENTS = 64;

/** A stage with its classifiers resolved. */
export type Step =
  | { readonly kind: "score"; readonly stage: Stage; readonly classifier: Classifier; readonly branches: readonly Fork[] }
  | { readonly kind: "parallel"; readonly stage: Stage; readonly members: readonly { readonly step: Step; readonly weight: number }[] }
  | { readonly kind: "sequence"; readonly stage: Stage; readonly steps: readonly Step[] };

/** A branch with its stages resolved; no step: skip. */
export interface Fork {
  readonly when: (score: Score) => boolean;
  readonly steps: readonly Step[];
}

/** What a step answers: nothing when it ran out of time and is skipped. */
type Answer = Maybe<Score | undefined>;

/** One step on one text. `see` brings every segment; `run` asks about the latest. */
interface Runner {
  see(segment: string): void;
  run(): Answer;
}

const ZERO: Score = { score: 0 };

/** A classifier within a step. Segments it was not asked about are shown to it, as context, with the next that it is. */
class ScoreRunner implements Runner {
  readonly #session: ClassifierSession;
  readonly #branches: readonly { readonly when: (score: Score) => boolean; readonly steps: readonly Runner[] }[];
  readonly #limit: number;
  readonly #trace: ScoreContext["trace"];
  #unseen: string[] = [];
  /** Characters that were forgotten, by which this classifier's offsets lag behind the text's. */
  #forgotten = 0;

  constructor(readonly step: Extract<Step, { kind: "score" }>, context: ScoreContext, signal: AbortSignal, readonly timer: Timer) {
    this.#session = step.classifier.open(context, signal);
    this.#trace = context.trace;
    this.#branches = step.branches.map(({ when, steps }) => ({ when, steps: steps.map((step) => runnerOf(step, context, signal, timer)) }));
    this.#limit = context.contextChunks > 0 ? Math.min(context.contextChunks + 1, MAX_UNSEEN_SEGMENTS) : MAX_UNSEEN_SEGMENTS;
  }

  see(segment: string): void {
    this.#unseen.push(segment);
    if (this.#unseen.length > this.#limit) this.#forgotten += this.#unseen.shift()!.length;
    for (const { steps } of this.#branches) for (const step of steps) step.see(segment);
  }

  run(): Answer {
    const text = this.#unseen.join("");
    this.#unseen = [];
    const shift = this.#forgotten;
    const { classifier, stage } = this.step;
    const answer = chain(this.#session.push(text), (score) => rescaled(shifted(score, shift), stage.transform));
    const started = this.#trace === undefined ? 0 : performance.now();
    return chain(within(classifier.name, answer, stage, this.timer), (score) => {
      if (score === undefined) return undefined;
      this.#trace?.({
        name: stage.name ?? classifier.name,
        classifier: classifier.name,
        score: score.score,
        ...(score.label !== undefined && { label: score.label }),
        latencyMs: performance.now() - started,
      });
      return this.#branch(score);
    });
  }

  /** The score of the branch that the classifier's answer leads to; its own when it leads to none. */
  #branch(score: Score): Answer {
    const branch = this.#branches.find(({ when }) => when(score));
    return branch === undefined ? score : chain(runInTurn(branch.steps, 0, undefined), (found) => found ?? ZERO);
  }
}

class ParallelRunner implements Runner {
  readonly #members: readonly { readonly runner: Runner; readonly weight: number }[];
  constructor(readonly step: Extract<Step, { kind: "parallel" }>, context: ScoreContext, signal: AbortSignal, readonly timer: Timer) {
    this.#members = step.members.map(({ step, weight }) => ({ runner: runnerOf(step, context, signal, timer), weight }));
  }
  see(segment: string): void {
    for (const { runner } of this.#members) runner.see(segment);
  }
  run(): Answer {
    const { stage } = this.step;
    const answers = gather(this.#members.map(({ runner }) => runner.run()));
    const answer = chain(answers, (scores) => {
      const weighed: Weighed[] = [];
      scores.forEach((score, i) => score !== undefined && weighed.push({ score, weight: this.#members[i]!.weight }));
      return rescaled(aggregate(stage.aggregation, weighed, stage.threshold), stage.transform);
    });
    return within(stage.name ?? "parallel", answer, stage, this.timer);
  }
}

class SequenceRunner implements Runner {
  readonly #steps: readonly Runner[];
  constructor(readonly step: Extract<Step, { kind: "sequence" }>, context: ScoreContext, signal: AbortSignal, readonly timer: Timer) {
    this.#steps = step.steps.map((step) => runnerOf(step, context, signal, timer));
  }
  see(segment: string): void {
    for (const step of this.#steps) step.see(segment);
  }
  run(): Answer {
    const { stage, steps } = this.step;
    const exits = (score: Score, i: number) => exitsAt(score, steps[i]!.stage);
    const answer = chain(runInTurn(this.#steps, 0, undefined, exits), (score) => rescaled(score ?? ZERO, stage.transform));
    return within(stage.name ?? stage.type, answer, stage, this.timer);
  }
}

/** Runs steps one after the other: the score of the one that ends the sequence, or else the highest. */
function runInTurn(
  steps: readonly Runner[],
  from: number,
  best: Score | undefined,
  exits?: (score: Score, step: number) => boolean,
): Answer {
  for (let i = from; i < steps.length; i++) {
    const answer = steps[i]!.run();
    if (answer instanceof Promise) {
      return answer.then((score) => {
        if (score !== undefined && exits?.(score, i)) return score;
        return runInTurn(steps, i + 1, higher(best, score), exits);
      });
    }
    if (answer !== undefined && exits?.(answer, i)) return answer;
    best = higher(best, answer);
  }
  return best;
}

function higher(a: Score | undefined, b: Score | undefined): Score | undefined {
  return a === undefined || (b !== undefined && b.score > a.score) ? b : a;
}

/** `match`: something was found, or is likelier than not. */
function exitsAt(score: Score, { exit_on, threshold }: Stage): boolean {
  if (exit_on === "match") return (score.spans?.length ?? 0) > 0 || score.score >= 0.5;
  return exit_on === "threshold" && score.score >= threshold;
}

function rescaled(score: Score, transform: Stage["transform"]): Score {
  if (transform === undefined) return score;
  const { min, max } = transform;
  return { ...score, score: Math.min(1, Math.max(0, (score.score - min) / (max - min))) };
}

function shifted(score: Score, by: number): Score {
  if (by === 0 || score.spans === undefined) return score;
  return { ...score, spans: score.spans.map((span) => ({ ...span, from: span.from + by, to: span.to + by })) };
}

function runnerOf(step: Step, context: ScoreContext, signal: AbortSignal, timer: Timer): Runner {
  switch (step.kind) {
    case "score":
      return new ScoreRunner(step, context, signal, timer);
    case "parallel":
      return new ParallelRunner(step, context, signal, timer);
    case "sequence":
      return new SequenceRunner(step, context, signal, timer);
  }
}

/** A pipeline on one text. A segment waits for the answer about the one before it, so what is asked never depends on timing. */
export class PipelineSession implements ClassifierSession {
  readonly #runner: Runner;
  #last: Maybe<unknown> = undefined;

  constructor(step: Step, context: ScoreContext, signal: AbortSignal, timer: Timer) {
    this.#runner = runnerOf(step, context, signal, timer);
  }

  push(segment: string): Maybe<Score> {
    const answer = chain(this.#last, () => {
      this.#runner.see(segment);
      return chain(this.#runner.run(), (score) => score ?? ZERO);
    });
    // A failure is this segment's alone; the next one is asked all the same.
    this.#last = answer instanceof Promise ? answer.then(() => undefined, () => undefined) : undefined;
    return answer;
  }
}
