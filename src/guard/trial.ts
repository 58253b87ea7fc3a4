/** Runs one text through one phase without a backend: policy tests, explanations, replays and the playground. */
import { fillTemplate } from "../policy/template.ts";
import type { Phase } from "../policy/types.ts";
import { EgressGuard } from "./egress.ts";
import type { GuardPlan } from "./plan.ts";
import { Pseudonyms } from "./pseudonyms.ts";
import { type GuardContext, TextGuard } from "./text_guard.ts";
import { type Finding, type GuardReport, newReport, type Stop } from "./types.ts";

/** What is tried, and what conditions and messages may know about it. */
export interface Trial {
  /** `answer`: midstream, then egress over what midstream released, as a whole answer goes through both. */
  readonly stage: Phase | "answer";
  /** The text in the pieces it arrives in. */
  readonly pieces: readonly string[];
  /** The prompt that led to an answer; for ingress the text itself. */
  readonly input: string;
  readonly tenant: string;
  readonly model: string;
  readonly role: string;
  readonly signal: AbortSignal;
}

export interface TrialResult {
  readonly decision: "allow" | "redact" | "block";
  /** What comes out: for ingress the prompt the backend gets (nothing when blocked), else what the client gets. */
  readonly text: string;
  readonly stop: Stop | undefined;
  readonly findings: readonly Finding[];
  /** Highest score per classifier. */
  readonly scores: ReadonlyMap<string, number>;
  /** A classifier that failed while the phase fails closed. */
  readonly failed: string | undefined;
}

type Plans = Readonly<Record<Phase, GuardPlan>>;

/** Runs a trial; how the text is cut into pieces must not matter. */
export async function tryText(plans: Plans, trial: Trial): Promise<TrialResult> {
  switch (trial.stage) {
    case "ingress":
      return await tryIngress(plans.ingress, trial);
    case "midstream":
      return await tryMidstream(plans.midstream, trial);
    case "egress":
      return await tryEgress(plans.egress, trial);
    case "answer": {
      const first = await tryMidstream(plans.midstream, trial);
      if (first.stop !== undefined || first.failed !== undefined) return first;
      const then = await tryEgress(plans.egress, { ...trial, pieces: [first.text] });
      return {
        ...then,
        decision: then.decision === "allow" ? first.decision : then.decision,
        findings: [...first.findings, ...then.findings],
        scores: new Map([...first.scores, ...then.scores]),
      };
    }
  }
}

async function tryIngress(plan: GuardPlan, trial: Trial): Promise<TrialResult> {
  const { report, context, settled } = contextOf(trial);
  const guard = new TextGuard(plan, context, { choice: 0, channel: "content" });
  for (const piece of trial.pieces) guard.push(piece);
  guard.end();
  await settle(guard, settled);
  const whole = trial.pieces.join("");
  const text = guard.stop === undefined ? guard.edits.apply(0, whole) : "";
  return resultOf(report, guard.stop, guard.failed, text, guard.stop === undefined && text !== whole);
}

async function tryMidstream(plan: GuardPlan, trial: Trial): Promise<TrialResult> {
  const { report, context, settled } = contextOf(trial);
  const guard = new TextGuard(plan, context, { choice: 0, channel: "content" });
  const out: string[] = [];
  let held = "", sent = 0;
  // Released piece by piece, as a stream is: what leaves must not depend on what comes later.
  const release = () => {
    const ready = guard.released - sent;
    if (ready === 0) return;
    out.push(guard.edits.apply(sent, held.slice(0, ready)));
    held = held.slice(ready);
    sent = guard.released;
    guard.edits.forget(sent);
  };
  for (const piece of trial.pieces) {
    held += piece;
    guard.push(piece);
    release();
  }
  guard.end();
  release();
  await settle(guard, settled, release);
  return resultOf(report, guard.stop, guard.failed, out.join("") + (guard.stop?.message ?? ""), report.redactedChars > 0);
}

async function tryEgress(plan: GuardPlan, trial: Trial): Promise<TrialResult> {
  const { report, context, settled } = contextOf(trial);
  const whole = trial.pieces.join("");
  const egress = new EgressGuard(plan, context, false);
  for (const piece of trial.pieces) egress.push(0, "content", piece);
  let end = egress.end(0);
  while (end === "pending") {
    await settled();
    end = egress.end(0);
  }
  const guard = egress.guardOf(0);
  const stop = guard?.stop;
  const edited = stop === undefined ? egress.edited(0, 0, whole, end.inline) : egress.edited(0, 0, whole.slice(0, stop.at), []);
  const text = stop === undefined ? end.prepend.join("") + edited + end.append.join("") : edited + (stop.message ?? "");
  return resultOf(report, stop, end.failed, text, report.redactedChars > 0);
}

async function settle(guard: TextGuard, settled: () => Promise<void>, onProgress: () => void = () => {}): Promise<void> {
  while (!guard.settled && guard.failed === undefined) {
    await settled();
    guard.advance();
    onProgress();
  }
}

function resultOf(
  report: GuardReport,
  stop: Stop | undefined,
  failed: string | undefined,
  text: string,
  changed: boolean,
): TrialResult {
  const decision = stop !== undefined ? "block" : changed ? "redact" : "allow";
  return { decision, text, stop, findings: report.findings, scores: report.maxScores, failed };
}

/** A guard context outside of a request. */
function contextOf(trial: Trial): { report: GuardReport; context: GuardContext; settled: () => Promise<void> } {
  const report = newReport();
  const pseudonyms = new Pseudonyms();
  let ring = () => {};
  const { tenant, model, input, role } = trial;
  const context: GuardContext = {
    score: { tenant, role },
    report,
    signal: trial.signal,
    wake: () => ring(),
    condition: (text, length) => ({
      inputLength: input.length,
      outputLength: trial.stage === "ingress" ? 0 : length,
      text,
      model,
      tenant,
      role,
    }),
    message: (template, fired) =>
      fillTemplate(template, {
        input,
        output: trial.stage === "ingress" ? "" : trial.pieces.join(""),
        tenant,
        model,
        timestamp: new Date(0).toISOString(),
        request_id: "test",
        rule_name: fired.rule,
        classifier_name: fired.classifier ?? "",
        score: fired.score === undefined ? "" : String(Math.round(fired.score * 1000) / 1000),
      }),
    pseudonym: (entity, original) => pseudonyms.hide(entity, original),
  };
  return { report, context, settled: () => new Promise((resolve) => ring = resolve) };
}
