/** From a `pipelines:` entry to a classifier of that name. */
import { z } from "zod";
import { suggest } from "../../config/suggest.ts";
import type { Timer } from "../deadline.ts";
import type { Classifier, Tier } from "../types.ts";
import { type Stage, stageSchema } from "./schema.ts";
import { PipelineSession, type Step } from "./sessions.ts";

/** The classifiers and other pipelines that a pipeline may name. */
export interface Classifiers {
  /** Undefined when there is none of the name. */
  find(name: string): Classifier | undefined;
  /** What could be meant by a name that is none. */
  readonly names: readonly string[];
}

/**
 * The pipeline as a classifier: policies and phases use it by its name.
 * @throws z.ZodError for wrong definitions and unknown names, with paths.
 */
export function buildPipeline(name: string, definition: unknown, known: Classifiers, timer: Timer): Classifier {
  const step = resolve({ name, ...stageSchema.parse(definition) }, [], known);
  const members = [...classifiersOf(step)];
  const prepares = members.flatMap(({ prepare }) => prepare ?? []);
  return {
    name,
    tier: members.reduce<Tier>((slowest, { tier }) => tier > slowest ? tier : slowest, "A"),
    labels: [...new Set(members.flatMap(({ labels }) => labels))],
    open: (context, signal) => new PipelineSession(step, context, signal, timer),
    ...(prepares.length > 0 && { prepare: async () => void await Promise.all(prepares.map((prepare) => prepare())) }),
  };
}

function resolve(stage: Stage, path: (string | number)[], known: Classifiers): Step {
  if (stage.classifiers !== undefined) {
    const members = stage.classifiers.map(({ name, weight }, i) => {
      const single: Stage = {
        type: "single",
        aggregation: "max_score",
        exit_on: "never",
        threshold: 0.5,
        on_timeout: "error",
        default_score: 0,
        classifier: name,
      };
      return { step: named(name, single, [...path, "classifiers", i], known), weight };
    });
    return { kind: "parallel", stage, members };
  }
  if (stage.stages !== undefined) {
    return { kind: "sequence", stage, steps: stage.stages.map((inner, i) => resolve(inner, [...path, "stages", i], known)) };
  }
  return named(stage.classifier!, stage, path, known);
}

function named(name: string, stage: Stage, path: (string | number)[], known: Classifiers): Step {
  const classifier = known.find(name);
  if (classifier === undefined) {
    const meant = suggest(name, known.names);
    throw new z.ZodError([{
      code: "custom",
      path,
      input: name,
      message: `unknown classifier "${name}"; ${
        meant === undefined ? "define it under classifiers: or pipelines:" : `did you mean "${meant}"?`
      }`,
    }]);
  }
  const branches = (stage.conditions ?? []).map(({ when, then }, i) => ({
    when,
    steps: then === "skip" ? [] : then.map((inner, j) => resolve(inner, [...path, "conditions", i, "then", j], known)),
  }));
  return { kind: "score", stage, classifier, branches };
}

function* classifiersOf(step: Step): Iterable<Classifier> {
  switch (step.kind) {
    case "score":
      yield step.classifier;
      for (const { steps } of step.branches) for (const inner of steps) yield* classifiersOf(inner);
      return;
    case "parallel":
      for (const member of step.members) yield* classifiersOf(member.step);
      return;
    case "sequence":
      for (const inner of step.steps) yield* classifiersOf(inner);
  }
}
