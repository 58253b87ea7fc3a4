/** Which of a rule's actions decides what becomes of the text it fired on. */
import type { ActionKind } from "./schema.ts";
import type { Action } from "./types.ts";

export type DecidingAction = Extract<Action, { kind: "stop" | "redact" | "pseudonymize" | "transform" }>;

/** Kinds that put something else in the text's place; a rule has one of them at most. */
export const REWRITING: readonly ActionKind[] = ["redact", "pseudonymize", "transform"];

/** The deciding action: a stop wherever it stands in the list, since nothing of what it stops is left to rewrite. */
export function decisionOf(actions: readonly Action[]): DecidingAction | undefined {
  let decision: DecidingAction | undefined;
  for (const action of actions) {
    if (action.kind === "stop") return action;
    if (action.kind === "redact" || action.kind === "pseudonymize" || action.kind === "transform") decision ??= action;
  }
  return decision;
}
