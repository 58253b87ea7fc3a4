/** Prometheus metrics: one method per fact the recorder reports. Label values are bounded: tenants, rules and classifiers come from configuration. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry, Summary } from "prom-client";
import { type BackendChange, BackendStates } from "./backend_states.ts";
import type { Phase } from "../policy/types.ts";

/** What a phase did in one request. */
export interface PhaseFacts {
  /** Time its guards took. */
  readonly ms: number;
  readonly decision: "allow" | "redact" | "block";
  /** Names of rules that fired, once per firing. */
  readonly enforced: readonly string[];
  readonly shadowed: readonly string[];
  /** Calls and total milliseconds per classifier. */
  readonly calls: ReadonlyMap<string, { readonly count: number; readonly totalMs: number }>;
  readonly failures: readonly { readonly classifier: string; readonly kind: string }[];
  readonly redactedChars: number;
  /** Longest hold-back seen, UTF-16 units. */
  readonly maxHeldChars: number;
}

/** Everything known about a finished request; plain data, since it may be counted in another thread. */
export interface RequestFacts {
  /** Undefined when no tenant was found. */
  readonly tenant: string | undefined;
  readonly status: string;
  readonly latencyMs: number;
  readonly firstTextMs: number | undefined;
  /** Calls to backends, in order. */
  readonly backendTries: readonly { readonly backend: string; readonly ms: number; readonly problem: string | undefined }[];
  /** What no try tells: nobody was asked, or the answer broke off on its way to the client. */
  readonly backendError: string | undefined;
  /** The fallback that answered, and what was wrong with the first choice. */
  readonly fallback: { readonly name: string; readonly reason: string } | undefined;
  readonly limited: string | undefined;
  /** What there was too much of, when it was turned away for that. */
  readonly shed: string | undefined;
  /** Time in a queue or a shared store of limits. */
  readonly admissionMs: number | undefined;
  /** Only of phases that ran. */
  readonly phases: Readonly<Partial<Record<Phase, PhaseFacts>>>;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** What the threads that answer API calls count. */
export interface ServingMetrics {
  requestFinished(facts: RequestFacts): void;
  auditWritten(tenant: string): void;
  auditFailed(tenant: string): void;
  /** How many requests are under way, streams until their last byte; `thread` (0 = this one) tells whose. */
  requestsInFlight(count: number, thread?: number): void;
  /** A backend's circuit opened or closed, or its health check changed its mind, as `thread` sees it. */
  backendChanged(tenant: string, backend: string, change: BackendChange, thread?: number): void;
  /** How late the event loop of a thread runs, milliseconds, and how much it sheds (1 = all of the lowest priority, and so on). */
  load(lagMs: number, shedLevel: number, thread?: number): void;
}

/** All of the process's metrics. */
export interface Metrics extends ServingMetrics {
  /** Requests under way in all threads. */
  readonly inFlight: number;
  auditQueueDepth(tenant: string, depth: number): void;
  reloaded(ok: boolean): void;
  /** Whether the store of tenants, keys and usage can be used. */
  storeUp(up: boolean): void;
  /** A worker died. */
  workerDied(worker: number): void;
  /** Whether limits are counted where the configuration says; false while a shared store is away. */
  limitStoreUp(up: boolean): void;
  /** Reads how full the table of limits is, at every scrape. */
  limitTable(table: { readonly used: number; readonly slots: number; readonly timesFull: number }): void;
  /** Which policy serves each tenant; replaces what was told before. */
  policies(serving: readonly { readonly tenant: string; readonly policy: string; readonly version: string }[]): void;
  /** How a webhook ended: delivered, failed, refused (private address) or dropped (queue full). */
  notified(tenant: string, result: string): void;
  /** How spans on their way to the collector ended: exported, failed or dropped (too many waited). */
  spans(result: string, count: number): void;
  /** Prometheus text exposition. */
  expose(): Promise<string>;
}

const LATENCY_BUCKETS_MS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000];
const PERCENTILES = [0.5, 0.9, 0.95, 0.99];
/** UTF-16 units per token, for redacted text that nobody counts in tokens. */
const CHARS_PER_TOKEN = 4;

/** How metrics are told. */
export interface MetricsOptions {
  /** First word of every name. */
  readonly prefix: string;
  /** Put on every series. */
  readonly customLabels?: Readonly<Record<string, string>>;
  /** Upper bounds of latency histograms, ascending; milliseconds. */
  readonly latencyBuckets?: readonly number[];
}

/** Makes the process's metrics. */
export function createMetrics({ prefix, customLabels = {}, latencyBuckets = LATENCY_BUCKETS_MS }: MetricsOptions): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ ...customLabels });
  collectDefaultMetrics({ register: registry });
  // Gauges under the name of counters: promtool finds fault with them.
  for (const what of ["handles", "requests", "resources"]) registry.removeSingleMetric(`nodejs_active_${what}_total`);
  const common = { registers: [registry] };
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter({ name: `${prefix}_${name}`, help, labelNames, ...common });
  const histogram = <L extends string>(name: string, help: string, buckets: readonly number[], ...labelNames: L[]) =>
    new Histogram({ name: `${prefix}_${name}`, help, buckets: [...buckets], labelNames, ...common });

  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge({ name: `${prefix}_${name}`, help, labelNames, ...common });

  const requests = counter("requests_total", "Requests by tenant and how they ended", "tenant", "status");
  const phaseLatency = new Summary({
    name: `${prefix}_latency_ms`,
    help: "Time the guards of a phase took",
    labelNames: ["tenant", "phase"],
    percentiles: PERCENTILES,
    maxAgeSeconds: 600,
    ageBuckets: 5,
    ...common,
  });
  const triggers = counter("policy_triggers_total", "Rules that fired and were enforced", "tenant", "rule");
  const shadow = counter("shadow_triggers_total", "Rules that fired in shadow mode", "tenant", "rule");
  const latency = histogram("request_latency_ms", "Time from request to last byte", latencyBuckets, "tenant");
  const firstToken = histogram(
    "time_to_first_token_ms",
    "Time from request to the first text for the client",
    latencyBuckets,
    "tenant",
  );
  const holdback = histogram("holdback_chars", "Longest hold-back of a request, UTF-16 units", [
    0,
    1,
    2,
    4,
    8,
    16,
    32,
    64,
    128,
    256,
    512,
    1024,
  ], "tenant");
  const active = new Gauge({ name: `${prefix}_connections_active`, help: "Requests being handled", ...common });
  const tokens = counter("tokens_processed_total", "Tokens of prompts and answers", "tenant", "direction");
  const redacted = counter("tokens_redacted_total", "Tokens redacted, estimated from their length", "tenant");
  const decisions = counter("phase_decisions_total", "What phases decided", "phase", "decision");
  const calls = counter("classifier_calls_total", "Segments and texts scored", "classifier");
  const callLatency = histogram("classifier_latency_ms", "Mean time of a classifier's calls in one request", [
    0.01,
    0.05,
    0.1,
    0.5,
    1,
    5,
    10,
    50,
    100,
    500,
    1000,
    5000,
  ], "classifier");
  const callErrors = counter("classifier_errors_total", "Classifier calls that failed", "classifier", "error");
  const admission = histogram(
    "rate_limit_wait_ms",
    "Time in rate_limit.queue and the shared store of limits",
    latencyBuckets,
    "tenant",
  );
  const limited = counter("rate_limited_total", "Requests refused by a limit", "tenant", "limit");
  const backendLatency = histogram(
    "backend_latency_ms",
    "Time to the headers of a backend's answer",
    latencyBuckets,
    "tenant",
    "backend",
  );
  const backendErrors = counter(
    "backend_errors_total",
    "Calls to backends that failed, retried ones included",
    "tenant",
    "backend",
    "error",
  );
  const backendRetries = counter("backend_retries_total", "Tries after the first one", "tenant");
  const fallbacks = counter("backend_fallbacks_total", "Requests that a fallback answered", "tenant", "backend", "reason");
  const circuitOpen = gauge("backend_circuit_open", "1 while a backend is left alone after too many failures", "tenant", "backend");
  const backendHealthy = gauge("backend_healthy", "1 while a backend's health checks succeed", "tenant", "backend");
  const auditRecords = counter("audit_records_total", "Audit records written or failed", "tenant", "result");
  const auditQueue = new Gauge({
    name: `${prefix}_audit_queue_depth`,
    help: "Audit records waiting to be written",
    labelNames: ["tenant"],
    ...common,
  });
  const policyInfo = new Gauge({
    name: `${prefix}_policy_info`,
    help: "1 for the policy that serves a tenant; its version is the content hash in answers and audit records",
    labelNames: ["tenant", "policy", "version"],
    ...common,
  });
  const notifications = counter("notifications_total", "Webhooks of notify actions by how they ended", "tenant", "result");
  const reloadSuccess = new Gauge({ name: `${prefix}_config_last_reload_success`, help: "1 when the last reload succeeded", ...common });
  reloadSuccess.set(1);
  const limitStoreUp = new Gauge({
    name: `${prefix}_limit_store_up`,
    help: "1 when limits are counted in their configured store",
    ...common,
  });
  limitStoreUp.set(1);
  const limitStoreOutages = counter("limit_store_outages_total", "Times the shared store of limits went away");
  /** Made when there is a store to say it of: a gateway without one is no alarm. */
  let storeUp: Gauge | undefined;

  const phaseFinished = (tenant: string, phase: Phase, facts: PhaseFacts) => {
    phaseLatency.observe({ tenant, phase }, facts.ms);
    for (const rule of facts.enforced) triggers.inc({ tenant, rule });
    for (const rule of facts.shadowed) shadow.inc({ tenant, rule });
    for (const [classifier, { count, totalMs }] of facts.calls) {
      calls.inc({ classifier }, count);
      callLatency.observe({ classifier }, totalMs / count);
    }
    for (const { classifier, kind } of facts.failures) callErrors.inc({ classifier, error: kind });
    if (facts.redactedChars > 0) redacted.inc({ tenant }, Math.ceil(facts.redactedChars / CHARS_PER_TOKEN));
    if (phase === "midstream") holdback.observe({ tenant }, facts.maxHeldChars);
    decisions.inc({ phase, decision: facts.decision });
  };
  const spans = counter("trace_spans_total", "Spans for the collector by how they ended", "result");
  const shed = counter("requests_shed_total", "Requests turned away because there was too much to do", "tenant", "reason");
  const lag = gauge("event_loop_lag_seconds", "How late the event loop of a thread runs", "thread");
  const shedLevel = gauge("shed_level", "How much a thread sheds: 1 = all of the lowest priority, and so on", "thread");
  const workerDeaths = counter("worker_deaths_total", "Workers that died and were replaced", "worker");
  const inFlight = new Map<number, number>();
  const underWay = () => [...inFlight.values()].reduce((sum, each) => sum + each, 0);
  const states = new BackendStates(circuitOpen, backendHealthy);

  return {
    requestFinished(facts) {
      const tenant = facts.tenant ?? "none";
      requests.inc({ tenant, status: facts.status });
      if (facts.tenant === undefined) return;
      latency.observe({ tenant }, facts.latencyMs);
      if (facts.firstTextMs !== undefined) firstToken.observe({ tenant }, facts.firstTextMs);
      for (const { backend, ms, problem } of facts.backendTries) {
        if (problem === undefined) backendLatency.observe({ tenant, backend }, ms);
        else backendErrors.inc({ tenant, backend, error: problem });
      }
      if (facts.backendError !== undefined) {
        backendErrors.inc({ tenant, backend: facts.backendTries.at(-1)?.backend ?? "none", error: facts.backendError });
      }
      if (facts.backendTries.length > 1) backendRetries.inc({ tenant }, facts.backendTries.length - 1);
      if (facts.fallback !== undefined) fallbacks.inc({ tenant, backend: facts.fallback.name, reason: facts.fallback.reason });
      if (facts.admissionMs !== undefined) admission.observe({ tenant }, facts.admissionMs);
      if (facts.limited !== undefined) limited.inc({ tenant, limit: facts.limited });
      if (facts.shed !== undefined) shed.inc({ tenant, reason: facts.shed });
      if (facts.promptTokens > 0) tokens.inc({ tenant, direction: "prompt" }, facts.promptTokens);
      if (facts.completionTokens > 0) tokens.inc({ tenant, direction: "completion" }, facts.completionTokens);
      for (const phase of ["ingress", "midstream", "egress"] as const) {
        if (facts.phases[phase] !== undefined) phaseFinished(tenant, phase, facts.phases[phase]);
      }
    },
    auditWritten: (tenant) => auditRecords.inc({ tenant, result: "written" }),
    auditFailed: (tenant) => auditRecords.inc({ tenant, result: "failed" }),
    auditQueueDepth: (tenant, depth) => auditQueue.set({ tenant }, depth),
    requestsInFlight: (count, thread = 0) => {
      inFlight.set(thread, count);
      active.set(underWay());
    },
    get inFlight() {
      return underWay();
    },
    workerDied(worker) {
      states.forget(worker);
      workerDeaths.inc({ worker: String(worker) });
    },
    backendChanged: (tenant, backend, change, thread = 0) => states.changed(tenant, backend, change, thread),
    load: (lagMs, level, thread = 0) => {
      lag.set({ thread: String(thread) }, lagMs / 1000);
      shedLevel.set({ thread: String(thread) }, level);
    },
    policies: (serving) => {
      policyInfo.reset();
      for (const labels of serving) policyInfo.set({ ...labels }, 1);
    },
    spans: (result, count) => spans.inc({ result }, count),
    notified: (tenant, result) => notifications.inc({ tenant, result }),
    storeUp: (up) => {
      const help = "1 when the store of tenants, keys and usage can be used";
      storeUp ??= new Gauge({ name: `${prefix}_store_up`, help, ...common });
      storeUp.set(up ? 1 : 0);
    },
    limitTable: (table) => {
      new Gauge({
        name: `${prefix}_limit_table_used`,
        help: "Places of the table of limits that were ever given out; idle ones are given to others",
        collect() {
          this.set(table.used);
        },
        ...common,
      });
      new Gauge({
        name: `${prefix}_limit_table_slots`,
        help: "Places of the table of limits",
        collect() {
          this.set(table.slots);
        },
        ...common,
      });
      new Counter({
        name: `${prefix}_limit_table_full_total`,
        help: "Requests refused because the table of limits had no place",
        collect() {
          this.reset();
          this.inc(table.timesFull);
        },
        ...common,
      });
    },
    limitStoreUp: (up) => {
      if (!up) limitStoreOutages.inc();
      limitStoreUp.set(up ? 1 : 0);
    },
    reloaded: (ok) => reloadSuccess.set(ok ? 1 : 0),
    expose: () => registry.metrics(),
  };
}
