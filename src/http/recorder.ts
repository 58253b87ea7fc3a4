/** Acts on the facts of a request, exactly once, on every exit: settles limits, writes audit, counts, logs, notifies, releases the lease. */
import type { AuditAction, AuditEntry } from "../audit/types.ts";
import type { Finding } from "../guard/types.ts";
import type { Notification } from "../notify/webhooks.ts";
import type { Action, Phase } from "../policy/types.ts";
import type { Log } from "../telemetry/log.ts";
import type { PhaseFacts, RequestFacts, ServingMetrics } from "../telemetry/metrics.ts";
import type { Span } from "../telemetry/trace_exporter.ts";
import { withoutKeys } from "../tenants/resolve.ts";
import type { Exchange, Outcome } from "./exchange.ts";
import type { UsageAccount } from "../usage/account.ts";
import type { InFlight } from "./in_flight.ts";
import { requestSpans } from "./request_spans.ts";
import { actOnRules, filled, recordedText } from "./rule_events.ts";

export interface RecorderDeps {
  readonly metrics: ServingMetrics;
  readonly log: Log;
  readonly inFlight: InFlight;
  /** Counts what tenants and keys use. */
  readonly usage: Pick<UsageAccount, "record">;
  /** Queues a notification and returns at once. */
  readonly notify: ((notification: Notification) => void) | undefined;
  /** Sends spans away some time. */
  readonly trace: (spans: readonly Span[]) => void;
}

export class Recorder {
  readonly #finished = new WeakSet<Exchange>();

  constructor(readonly deps: RecorderDeps) {}

  /**
   * Resolves when the audit record is as durable as the tenant's mode promises: true then, and false when it is not. Never rejects: a
   * failing audit store is counted and logged, and `audit.on_error` is the caller's to follow.
   */
  async finish(exchange: Exchange, outcome: Outcome): Promise<boolean> {
    if (this.#finished.has(exchange)) return true;
    this.#finished.add(exchange);
    const { lease } = exchange;
    let recorded = true;
    const usage = usageOf(exchange, outcome);
    const settled = exchange.reservation?.settle(usage.prompt + usage.completion, Date.now());
    if (settled !== undefined) exchange.limitHeaders = settled;
    exchange.releaseBudget();
    if (lease !== undefined) {
      this.deps.usage.record({
        tenant: lease.runtime.id,
        keyId: exchange.keyId,
        model: exchange.model,
        blocked: exchange.stops.length > 0,
        redacted: exchange.decision() === "redact",
        promptTokens: usage.prompt,
        completionTokens: usage.completion,
      }, lease.runtime.config.budget !== undefined || exchange.keyBudget !== undefined);
    }
    this.#count(exchange, outcome, usage);
    if (exchange.trace !== undefined) this.deps.trace(requestSpans(exchange, exchange.trace, outcome, usage));
    actOnRules(exchange, this.deps);
    if (lease !== undefined) {
      try {
        await lease.runtime.audit?.append(auditEntry(exchange, outcome, usage));
        if (lease.runtime.audit !== undefined) this.deps.metrics.auditWritten(lease.runtime.id);
      } catch (error) {
        recorded = false;
        this.deps.metrics.auditFailed(lease.runtime.id);
        this.deps.log.error("audit record not written", { request_id: exchange.requestId, tenant: lease.runtime.id, error: String(error) });
      } finally {
        lease.release();
      }
    }
    this.deps.inFlight.end(exchange);
    return recorded;
  }

  #count(exchange: Exchange, outcome: Outcome, usage: TokenCount): void {
    this.deps.metrics.requestFinished({
      tenant: exchange.lease?.runtime.id,
      status: statusLabel(exchange, outcome),
      latencyMs: performance.now() - exchange.startedMs,
      firstTextMs: exchange.firstTextMs,
      backendTries: exchange.backendTries,
      backendError: exchange.backendError,
      fallback: exchange.fallback,
      limited: exchange.limited,
      shed: exchange.shed,
      admissionMs: exchange.admissionMs,
      phases: phaseFacts(exchange),
      promptTokens: usage.prompt,
      completionTokens: usage.completion,
    });
    this.deps.log.info("request", {
      request_id: exchange.requestId,
      tenant: exchange.lease?.runtime.id,
      method: exchange.method,
      path: withoutKeys(exchange.path),
      model: exchange.model,
      status: exchange.status,
      decision: exchange.decision(),
      outcome,
      latency_ms: Math.round(performance.now() - exchange.startedMs),
      ...(exchange.backendName !== undefined && { backend: exchange.backendName }),
      ...(exchange.backendTries.length > 1 && { tries: exchange.backendTries.length }),
      ...(exchange.fallback !== undefined && { fallback_reason: exchange.fallback.reason }),
    });
  }
}

/** What each phase that ran did, for the metrics. */
function phaseFacts({ phaseMs, reports, stops }: Exchange): RequestFacts["phases"] {
  const facts: Partial<Record<Phase, PhaseFacts>> = {};
  for (const phase of ["ingress", "midstream", "egress"] as const) {
    const ms = phaseMs[phase];
    if (ms === undefined) continue;
    const { findings, failures, calls, redactedChars, maxHeldChars } = reports[phase];
    const of = (shadow: boolean) => findings.flatMap(({ rule }) => (rule.mode === "shadow") === shadow ? [rule.name] : []);
    const stopped = stops.length > 0 &&
      findings.some(({ actions, rule }) => rule.mode === "enforce" && actions.some(({ kind }) => kind === "stop"));
    facts[phase] = {
      ms,
      decision: stopped ? "block" : redactedChars > 0 ? "redact" : "allow",
      enforced: of(false),
      shadowed: of(true),
      calls,
      failures: failures.map(({ classifier, kind }) => ({ classifier, kind })),
      redactedChars,
      maxHeldChars,
    };
  }
  return facts;
}

interface TokenCount {
  readonly prompt: number;
  readonly completion: number;
}

/**
 * The backend's own counts, or ours where it gave none; the larger of both where the stream ended before the backend's last count. What
 * never reached a backend, or was refused there, cost nothing.
 */
function usageOf(
  { backendMs, status, usage, usageStale, promptTokens, answerTokens, countedModel }: Exchange,
  outcome: Outcome,
): TokenCount {
  if (backendMs === undefined || (status >= 400 && usage === undefined)) return { prompt: 0, completion: 0 };
  const reported = usage?.completionTokens;
  const cut = outcome !== "complete" && outcome !== "stopped" && usageStale;
  return {
    prompt: usage?.promptTokens ?? promptTokens,
    completion: reported === undefined || cut ? Math.max(reported ?? 0, answerTokens.count(countedModel)) : reported,
  };
}

function statusLabel(exchange: Exchange, outcome: Outcome): string {
  if (exchange.stops.length > 0) return "blocked";
  if (exchange.limited !== undefined) return "rate_limited";
  if (exchange.shed !== undefined) return "shed";
  if (outcome === "client_left") return "cancelled";
  return outcome === "complete" && exchange.status < 400 ? "success" : "error";
}

function auditEntry(exchange: Exchange, outcome: Outcome, usage: TokenCount): AuditEntry {
  const runtime = exchange.lease!.runtime;
  const hashes = exchange.hashes();
  const scores: Record<string, number> = {};
  const actions: AuditAction[] = [];
  const input = recordedText(exchange, "input");
  const output = recordedText(exchange, "output");
  let retentionDays: number | undefined;
  for (const [phase, report] of Object.entries(exchange.reports)) {
    for (const [classifier, score] of report.maxScores) scores[`${phase}.${classifier}`] = score;
    for (const finding of report.findings) {
      for (const action of finding.actions) {
        actions.push(auditAction(exchange, finding, action));
        if (action.kind === "audit" && action.retentionDays !== undefined) {
          retentionDays = Math.max(retentionDays ?? 0, action.retentionDays);
        }
      }
    }
  }
  return {
    timestamp: exchange.startedAt.toISOString(),
    request_id: exchange.requestId,
    tenant: runtime.id,
    policy: runtime.policy.name,
    policy_version: runtime.version,
    method: exchange.method,
    path: withoutKeys(exchange.path),
    model: exchange.model,
    ...(exchange.keyId !== undefined && { key_id: exchange.keyId }),
    stream: exchange.stream,
    decision: exchange.decision(),
    outcome,
    status: exchange.status,
    input_hash: hashes.input,
    output_hash: hashes.output,
    classifier_scores: scores,
    actions,
    latency_ms: Math.round((performance.now() - exchange.startedMs) * 1000) / 1000,
    prompt_tokens: usage.prompt,
    completion_tokens: usage.completion,
    ...(exchange.backendName !== undefined && { backend: exchange.backendName }),
    ...(exchange.backendTries.length > 1 && { backend_tries: exchange.backendTries.length }),
    ...(exchange.fallback !== undefined && { fallback_reason: exchange.fallback.reason }),
    ...(input !== undefined && { input }),
    ...(output !== undefined && { output }),
    ...(retentionDays !== undefined && { retention_days: retentionDays }),
  };
}

function auditAction(exchange: Exchange, finding: Finding, action: Action): AuditAction {
  const { rule, choice, channel, from, to, score, entity } = finding;
  const tags = action.kind === "audit" ? [...rule.tags, ...action.tags] : rule.tags;
  const regulation = action.kind === "audit" ? action.regulation ?? rule.regulation : rule.regulation;
  return {
    rule: rule.name,
    phase: rule.phase,
    mode: rule.mode,
    action: action.kind,
    ...(regulation !== undefined && { regulation }),
    ...(action.kind === "audit" && action.category !== undefined && { category: action.category }),
    ...(action.kind === "audit" && action.severity !== undefined && { severity: action.severity }),
    ...(action.kind === "audit" && Object.keys(action.metadata).length > 0 && {
      metadata: Object.fromEntries(Object.entries(action.metadata).map(([key, value]) => [key, filled(exchange, finding, value)])),
    }),
    ...(tags.length > 0 && { tags }),
    choice,
    channel,
    from,
    to,
    ...(entity !== undefined && { entity }),
    ...(score !== undefined && { score }),
  };
}
