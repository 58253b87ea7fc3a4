/** Guards a prompt: every text the client put into the request, each on its own, before anything is sent to the backend. */
import type { PromptText } from "../formats/types.ts";
import type { GuardPlan } from "./plan.ts";
import { type GuardContext, TextGuard } from "./text_guard.ts";
import type { Stop } from "./types.ts";

export type IngressResult =
  | { readonly kind: "pass" }
  /** Same order and count as the prompt's texts. */
  | { readonly kind: "rewritten"; readonly texts: readonly string[] }
  /** `texts`: the prompt's, redacted and cut where they were stopped, for the audit trail. */
  | { readonly kind: "stopped"; readonly stop: Stop; readonly path: string; readonly texts: readonly string[] }
  /** A classifier failed and the phase fails closed. */
  | { readonly kind: "failed"; readonly classifier: string };

/**
 * Judges the texts whose role is in `roles`. Of several stops the one of the highest precedence counts, then the one that stands first.
 * `contextFor` gives the guard context of a text; `settled` resolves after `wake`.
 */
export async function guardPrompt(
  texts: readonly PromptText[],
  roles: ReadonlySet<string>,
  plan: GuardPlan,
  contextFor: (text: PromptText) => GuardContext,
  settled: () => Promise<void>,
): Promise<IngressResult> {
  if (plan.idle) return { kind: "pass" };
  const guards = texts.map((text) => {
    if (!roles.has(text.role)) return undefined;
    const guard = new TextGuard(plan, contextFor(text), { choice: 0, channel: "content", path: text.path });
    guard.push(text.text);
    guard.end();
    return guard;
  });
  for (const guard of guards) {
    // Advanced before each wait: a score that came while an earlier text was waited for rings no more.
    for (guard?.advance(); guard !== undefined && !guard.settled && guard.failed === undefined; guard.advance()) await settled();
    if (guard?.failed !== undefined) return { kind: "failed", classifier: guard.failed };
  }

  const stops = guards.flatMap((guard, i) => guard?.stop === undefined ? [] : [{ stop: guard.stop, path: texts[i]!.path }]);
  const first = stops.sort((a, b) => a.stop.order - b.stop.order)[0];
  const rewritten = texts.map(({ text }, i) => {
    const guard = guards[i];
    return guard === undefined ? text : guard.edits.apply(0, guard.stop === undefined ? text : text.slice(0, guard.stop.at));
  });
  if (first !== undefined) return { kind: "stopped", ...first, texts: rewritten };
  return rewritten.every((text, i) => text === texts[i]!.text) ? { kind: "pass" } : { kind: "rewritten", texts: rewritten };
}
