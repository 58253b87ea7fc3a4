/** Bounds on how long a classifier may take, and what counts when it takes longer. */
import { z } from "zod";
import type { Maybe } from "./maybe.ts";
import { ClassifierError, type Score } from "./types.ts";

/** Runs `fire` after `ms` milliseconds unless the returned function is called first. `setTimeout`, or a test's clock. */
export type Timer = (ms: number, fire: () => void) => () => void;

/** The real clock. */
export const systemTimer: Timer = (ms, fire) => {
  const id = setTimeout(fire, ms);
  return () => clearTimeout(id);
};

/** Keys of a definition that bound its time. */
export const deadlineKeys = {
  /** Milliseconds. */
  timeout_ms: z.number().positive().max(600_000).optional(),
  /** `skip`: as if it were not there; `error`: the phase's `on_error` decides; `default_score`: that score. */
  on_timeout: z.enum(["skip", "error", "default_score"]).default("error"),
  default_score: z.number().min(0).max(1).default(0),
};

/** A parsed bound. */
export interface Deadline {
  readonly timeout_ms?: number | undefined;
  readonly on_timeout: "skip" | "error" | "default_score";
  readonly default_score: number;
}

/** The answer within the deadline; `undefined` when it is skipped. An answer that is there already cannot be late. */
export function within(name: string, answer: Maybe<Score>, deadline: Deadline, timer: Timer): Maybe<Score | undefined> {
  const { timeout_ms, on_timeout, default_score } = deadline;
  if (timeout_ms === undefined || !(answer instanceof Promise)) return answer;
  return new Promise((resolve, reject) => {
    const cancel = timer(timeout_ms, () => {
      if (on_timeout === "error") reject(new ClassifierError(name, "timeout", `no answer within ${timeout_ms} ms`));
      else resolve(on_timeout === "skip" ? undefined : { score: default_score });
    });
    answer.then(resolve, reject).finally(cancel);
  });
}
