/**
 * A candidate policy over recorded traffic: what would have been decided otherwise.
 *
 * Texts are recorded as they were after the rules (unless `audit.raw`), so what a rule removed is not there to be judged again. Where the
 * candidate has that rule too, it is presumed to remove it again; where it has not, nobody can tell what it would have made of the text,
 * and it is said so.
 */
import type { CompiledPolicy, Phase } from "../policy/types.ts";
import type { GuardPlan } from "./plan.ts";
import { tryText } from "./trial.ts";

export type Decision = "allow" | "redact" | "block";

/** One request as recorded, or as a line of traffic. */
export interface ReplayRecord {
  readonly time: string | undefined;
  readonly requestId: string | undefined;
  readonly model: string;
  readonly input: string | undefined;
  readonly output: string | undefined;
  /** What was decided then; undefined: judge it with the current policy. */
  readonly decision: Decision | undefined;
  /** Rules that decided then, whichever phase. */
  readonly rules: readonly string[];
  /** Rules that removed or changed text before it was recorded. */
  readonly removed: readonly { readonly rule: string; readonly phase: Phase; readonly kind: DecidingKind }[];
}

/** The actions that decide about text. */
export type DecidingKind = "stop" | "redact" | "pseudonymize" | "transform";

/** Where a rule acted. */
export interface ReplaySpan {
  readonly rule: string;
  readonly of: "input" | "output";
  readonly from: number;
  readonly to: number;
}

export interface ReplayOutcome {
  readonly record: ReplayRecord;
  readonly before: Decision;
  readonly beforeRules: readonly string[];
  /** `unknown`: the text that decided was removed when it was recorded. */
  readonly after: Decision | "unknown";
  readonly afterRules: readonly string[];
  readonly spans: readonly ReplaySpan[];
}

export interface ReplayPolicy {
  readonly policy: CompiledPolicy;
  readonly plans: Readonly<Record<Phase, GuardPlan>>;
}

const SEVERITY: Readonly<Record<Decision, number>> = { allow: 0, redact: 1, block: 2 };

/** Judges one record by `candidate`; `current` judges those that carry no decision. */
export async function replayRecord(
  record: ReplayRecord,
  candidate: ReplayPolicy,
  current: ReplayPolicy,
  tenant: string,
  signal: AbortSignal,
): Promise<ReplayOutcome> {
  const now = await judge(record, candidate, tenant, signal);
  if (record.decision === undefined) {
    const then = await judge(record, current, tenant, signal);
    return { record, before: then.decision, beforeRules: then.rules, after: now.decision, afterRules: now.rules, spans: now.spans };
  }
  let after = now.decision;
  const afterRules = new Set(now.rules);
  let lost = false;
  for (const { rule, phase, kind } of record.removed) {
    if (now.ingress === "block") break;
    if (hasRule(candidate.policy, rule, phase, kind)) {
      after = worse(after, kind === "stop" ? "block" : "redact");
      afterRules.add(rule);
    } else lost = true;
  }
  const unknown = lost && SEVERITY[after] < SEVERITY[record.decision];
  return {
    record,
    before: record.decision,
    beforeRules: record.rules,
    after: unknown ? "unknown" : after,
    afterRules: [...afterRules],
    spans: now.spans,
  };
}

interface Judgement {
  readonly decision: Decision;
  readonly ingress: Decision;
  readonly rules: readonly string[];
  readonly spans: readonly ReplaySpan[];
}

async function judge(
  { input, output, model }: ReplayRecord,
  { plans }: ReplayPolicy,
  tenant: string,
  signal: AbortSignal,
): Promise<Judgement> {
  const rules = new Set<string>();
  const spans: ReplaySpan[] = [];
  let decision: Decision = "allow";
  const run = async (stage: "ingress" | "answer", text: string): Promise<Decision> => {
    const result = await tryText(plans, { stage, pieces: [text], input: input ?? "", tenant, model, role: "user", signal });
    for (const { rule, actions, from, to } of result.findings) {
      if (rule.mode !== "enforce" || !actions.some(({ kind }) => DECIDING.has(kind))) continue;
      rules.add(rule.name);
      spans.push({ rule: rule.name, of: stage === "ingress" ? "input" : "output", from, to });
    }
    decision = worse(decision, result.decision);
    return result.decision;
  };
  const ingress = input === undefined ? "allow" : await run("ingress", input);
  // A prompt that is blocked gets no answer.
  if (ingress !== "block" && output !== undefined) await run("answer", output);
  return { decision, ingress, rules: [...rules], spans };
}

const DECIDING: ReadonlySet<string> = new Set(["stop", "redact", "pseudonymize", "transform"]);

function worse(a: Decision, b: Decision): Decision {
  return SEVERITY[a] >= SEVERITY[b] ? a : b;
}

function hasRule(policy: CompiledPolicy, name: string, phase: Phase, kind: DecidingKind): boolean {
  return policy.phases[phase].rules.some(({ ref, actions }) =>
    ref.name === name && ref.mode === "enforce" && actions.some((action) => action.kind === kind)
  );
}
