/** Why the gateway itself ends a stream, as the client reads it. */
import type { StreamProblem } from "../formats/types.ts";

export const BROKE_OFF: StreamProblem = { message: "The backend broke off its answer", type: "backend_error", code: "backend_error" };

export const TOO_MUCH_HELD: StreamProblem = {
  message: "The backend sent too much beside a text that it did not go on with",
  type: "backend_error",
  code: "backend_error",
};

/** A classifier failed while its phase fails closed. */
export function unavailable(classifier: string): StreamProblem {
  return {
    message: `The guard "${classifier}" did not answer and this phase fails closed`,
    type: "guard_unavailable",
    code: "guard_unavailable",
  };
}
