/** The `pipelines:` section: one shape for pipelines and their stages, since a stage may be a pipeline in place. */
import { z } from "zod";
import { type Deadline, deadlineKeys } from "../deadline.ts";
import type { Score } from "../types.ts";
import { type Aggregation, AGGREGATIONS } from "./aggregate.ts";
import { parseCondition } from "./condition.ts";

/** A pipeline, or one stage of one. Which of `classifier`, `classifiers` and `stages` is there goes by `type`. */
export interface Stage extends Deadline {
  readonly name?: string | undefined;
  readonly type: "single" | "parallel" | "sequential" | "conditional";
  readonly classifier?: string | undefined;
  readonly classifiers?: readonly { readonly name: string; readonly weight: number }[] | undefined;
  readonly stages?: readonly Stage[] | undefined;
  readonly conditions?: readonly Branch[] | undefined;
  readonly aggregation: Aggregation;
  /** When a sequence ends with this stage's score. */
  readonly exit_on: "match" | "threshold" | "never";
  /** What `exit_on: threshold` and `first_positive` compare with. */
  readonly threshold: number;
  /** Rescales a classifier's own scale to 0–1. */
  readonly transform?: { readonly type: "normalize"; readonly min: number; readonly max: number } | undefined;
}

/** What runs when a condition holds. */
export interface Branch {
  readonly when: (score: Score) => boolean;
  readonly then: "skip" | readonly Stage[];
}

const weight = z.number().positive().default(1);
const member = z.union([
  z.string().transform((name) => ({ name, weight: 1 })),
  z.strictObject({ name: z.string(), weight }),
  z.strictObject({ classifier: z.string(), weight }).transform(({ classifier, weight }) => ({ name: classifier, weight })),
], { error: "expected a classifier's name or {name, weight}" });

const condition = z.string().transform((text, context) => {
  const test = parseCondition(text);
  if (test !== undefined) return test;
  context.addIssue({ code: "custom", message: `cannot read condition "${text}"; write score > 0.5, label == "x" or label in [a, b]` });
  return z.NEVER;
});

const branch: z.ZodType<Branch> = z.lazy(() =>
  z.strictObject({
    when: condition,
    then: z.union([z.literal("skip"), z.array(stageSchema).min(1)], { error: "expected skip or a list of stages" }),
  })
);

/** A stage or pipeline as written, with the defaults filled in and its parts checked against its type. */
export const stageSchema: z.ZodType<Stage> = z.lazy(() =>
  z.strictObject({
    name: z.string().optional(),
    type: z.enum(["single", "parallel", "sequential", "conditional"]).optional(),
    classifier: z.string().optional(),
    classifiers: z.array(member).min(1).optional(),
    stages: z.array(stageSchema).min(1).optional(),
    conditions: z.array(branch).min(1).optional(),
    aggregation: z.enum(AGGREGATIONS).default("max_score"),
    exit_on: z.enum(["match", "threshold", "never"]).optional(),
    threshold: z.number().min(0).max(1).optional(),
    transform: z.strictObject({ type: z.literal("normalize"), min: z.number(), max: z.number() })
      .refine(({ min, max }) => max > min, { error: "max must be greater than min" }).optional(),
    ...deadlineKeys,
  }).transform((stage, context) => {
    const type = stage.type ?? (stage.classifiers !== undefined ? "parallel" : stage.stages !== undefined ? "sequential" : "single");
    const wanted = type === "single" ? "classifier" : type === "parallel" ? "classifiers" : "stages";
    for (const part of ["classifier", "classifiers", "stages"] as const) {
      if ((stage[part] !== undefined) === (part === wanted)) continue;
      const message = part === wanted ? `a ${type} pipeline needs ${part}` : `a ${type} pipeline has no ${part}; it has ${wanted}`;
      context.addIssue({ code: "custom", path: [part], message });
    }
    if (stage.conditions !== undefined && type !== "single") {
      context.addIssue({ code: "custom", path: ["conditions"], message: "conditions belong to a stage with a classifier" });
    }
    // A threshold without exit_on can only mean one thing in a sequence.
    const exit_on = stage.exit_on ?? (stage.threshold !== undefined ? "threshold" : "never");
    return { ...stage, type, exit_on, threshold: stage.threshold ?? 0.5 };
  })
);
