/** What there is once per process: configuration and its watching, tenant state, audit trails, metrics, webhooks, the operator's routes. */
import { type GatewayConfig, loadConfig, type Overrides, type StoreConfig, type TenantConfig } from "../config/mod.ts";
import type { LimitStoreConfig } from "../config/rate_limit.ts";
import { LazyTrails } from "../audit/lazy_trails.ts";
import { AuditTrails, type TrailLease } from "../audit/trails.ts";
import { type Loads, WarmUp } from "../tenants/warm_up.ts";
import { OnnxThread } from "../classifiers/onnx_thread.ts";
import { FileWatcher } from "../config/watch.ts";
import { type OpenLimits, openLimits } from "../limits/open.ts";
import { systemResolver } from "../net/addresses.ts";
import type { Notification, Webhooks } from "../notify/webhooks.ts";
import type { Log } from "../telemetry/log.ts";
import { createMetrics, type Metrics } from "../telemetry/metrics.ts";
import type { Span, TraceExporter } from "../telemetry/trace_exporter.ts";
import { auditOptions } from "../tenants/audit_options.ts";
import type { AssembleDeps } from "../tenants/assemble.ts";
import { SnapshotMaker } from "../tenants/maker.ts";
import { PolicyTests, testsBeside } from "../tenants/policy_tests.ts";
import type { Registry } from "../tenants/registry.ts";
import { Reloader } from "../tenants/reload.ts";
import { openTenantStore } from "../tenants/state/open.ts";
import { releaseAudit } from "../tenants/state/kept_audit.ts";
import { TenantState } from "../tenants/state/service.ts";
import type { KeyMirror } from "../tenants/state/key_mirror.ts";
import type { TenantStore } from "../tenants/state/store.ts";
import { StoreError } from "../store/errors.ts";
import { UsageLedger } from "../usage/ledger.ts";
import { createAdminApp, createMetricsApp } from "./app.ts";
import { backendDeps } from "./backend_deps.ts";
import type { AppDeps } from "./deps.ts";
import { listen, parseAddress } from "./listeners.ts";
import { openRegistry, Serving } from "./serving.ts";
import { httpSettings } from "./settings.ts";
import { startTraces } from "./trace_sender.ts";
import { startWebhooks } from "./webhook_sender.ts";
import type { WorkerPool } from "./workers/worker_pool.ts";

export interface GatewayOptions {
  /** Configuration file; undefined = environment alone. */
  readonly file: string | undefined;
  readonly overrides: Overrides;
  readonly env: (name: string) => string | undefined;
  readonly log: Log;
}

/** Time for notifications that wait, at shutdown; milliseconds. */
const WEBHOOK_DRAIN_MS = 5000;

export interface ControlPlane {
  readonly config: GatewayConfig;
  readonly registry: Registry;
  readonly metrics: Metrics;
  readonly deps: AppDeps;
  /** The operator's routes in this thread, and in a process without workers the API's too. */
  readonly serving: Serving;
  readonly limits: OpenLimits;
  /** Keys of the tenant store; undefined = none. */
  readonly keys: KeyMirror | undefined;
  readonly openTrail: (tenant: TenantConfig, filed: boolean) => Promise<TrailLease>;
  readonly notify: (notification: Notification) => void;
  /** Sends spans to the collector, where there is one. */
  readonly trace: (spans: readonly Span[]) => void;
  /** From now on these answer API calls, and take part in every reload; `onBudgets` is called when budgets or their use may have changed. */
  attach(workers: WorkerPool, onBudgets: () => void, models: () => Loads): void;
  reload(): Promise<unknown>;
  /** Stops watching, so that nothing changes any more. */
  freeze(): void;
  /** Delivers what waits and lets go of everything. */
  close(): Promise<void>;
}

/** Opens all of it. @throws {ConfigError} when the configuration does not validate; then nothing was opened. */
export async function openControlPlane({ file, overrides, env, log }: GatewayOptions): Promise<ControlPlane> {
  const keyPepper = env("CHECKSTREAM_KEY_PEPPER");
  const { store: storeConfig, limits: limitsConfig, telemetry, admin } = loadConfig(file, env, overrides).config;
  const metrics = createMetrics({
    prefix: telemetry.metrics.prefix,
    customLabels: telemetry.metrics.custom_labels,
    ...(telemetry.metrics.latency_buckets !== undefined && { latencyBuckets: telemetry.metrics.latency_buckets }),
  });
  const store = await openTenantStore({
    store: storeConfig,
    pepper: keyPepper,
    logRetentionDays: admin.logRetentionDays,
    onUp: (up) => metrics.storeUp(up),
    log,
  });
  const limits = await openLimits({
    config: limitsConfig,
    onStore: (up, reason) => limitStoreChanged(up, reason, limitsConfig, metrics, log),
    onProblem: (problem) => log.warn(problem),
  });
  metrics.limitTable(limits.memory.table);
  const trails = new AuditTrails();
  const lazyTrails = new LazyTrails(trails, Date.now);
  const openTrail = (tenant: TenantConfig, filed: boolean) => lazyTrails.open(tenant.id, auditOptions(tenant, env), filed);
  const buildDeps: AssembleDeps = {
    classifiers: {},
    upstream: backendDeps(metrics, log),
    openTrail: async (tenant, filed) => {
      const { store, release } = await openTrail(tenant, filed);
      return { sink: store, store, release };
    },
    keyPepper,
    keys: store?.keys,
    limits,
  };
  const { maker, loaded: { config }, first } = await SnapshotMaker.begin({ file, env, overrides, store, deps: buildDeps, log })
    .catch(async (error) => {
      // An open connection would keep the process from ending with its error.
      await limits.close();
      await store?.close();
      throw error;
    });
  const registry = openRegistry(first.snapshot, log);
  const warmUp = new WarmUp(log);
  let loads = () => warmUp.loads;
  // Workers load their own.
  if (config.server.workers <= 1) warmUp.begin(first.snapshot);
  let pool: WorkerPool | undefined;
  let budgetsChanged = () => {};
  const watcher = new FileWatcher(() => void reloader.reload());
  const policyTests = new PolicyTests();
  const serves = (files: readonly string[]) => {
    watcher.watch([...files, ...files.flatMap((file) => testsBeside(file) ?? [])]);
    const runtimes = [...registry.current.runtimes.values()];
    const tested = new Map(
      runtimes.flatMap(({ config: { policy }, recipe }) =>
        policy?.path === undefined ? [] : [[policy.path, recipe.policyTexts.values()] as const]
      ),
    );
    void policyTests.run(tested).then((failed) => {
      for (const problem of failed) log.warn("a policy's test fails", { problem });
    });
    metrics.policies(runtimes.map(({ id, policy, version }) => ({ tenant: id, policy: policy.name, version })));
  };
  const reloader = new Reloader({
    registry,
    build: async (previous, scope) => {
      if (scope === "tenants") return await maker.changed(previous);
      // A store that is down says so itself, and no file waits for it.
      await store?.sync().catch(() => {});
      return await maker.whole(previous);
    },
    serve: async (snapshot) => {
      if (pool === undefined) {
        registry.swap(snapshot);
        warmUp.begin(snapshot);
      } else await pool.replace(snapshot, () => registry.swap(snapshot));
      budgetsChanged();
    },
    log,
    onResult: (ok) => metrics.reloaded(ok),
    onFiles: serves,
  });
  serves(first.files);
  store?.connection.follow(storeConfig.pollMs, () => void reloader.reload("tenants"));
  for (const warning of first.warnings) log.warn(warning.message, { file: warning.file, line: warning.line });

  const ledger = await openLedger(store, config.store, log, () => budgetsChanged());
  const webhooks = startWebhooks(config.notify, metrics, log);
  const traces = startTraces(config, metrics, log);
  const notify = (notification: Notification) => webhooks.notify(notification);
  const trace = (spans: readonly Span[]) => traces?.add(...spans);
  const settings = httpSettings(config, keyPepper);
  const serving = new Serving({ settings, registry, metrics, usage: ledger, log, notify, trace });
  const deps: AppDeps = {
    ...serving.deps,
    metrics,
    ledger,
    openTrail,
    state: store === undefined ? undefined : new TenantState({
      store,
      load: (stored) => maker.load(stored),
      reach: () => maker.reach,
      compile: (merged) => maker.compile(merged),
      reload: () => reloader.reload("tenants"),
      resolve: systemResolver,
      releaseAudit: (tenant) => releaseAudit(tenant, env),
    }),
    reload: () => reloader.reload(),
    reloadStatus: () => reloader.status,
    settled: async () => await pool?.settled(),
    models: () => loads(),
    workers: () => pool === undefined ? undefined : { serving: pool.serving, configured: config.server.workers },
  };
  return {
    config,
    registry,
    metrics,
    deps,
    serving,
    limits,
    keys: store?.keys,
    openTrail,
    notify,
    trace,
    attach: (workers, onBudgets, models) => {
      pool = workers;
      budgetsChanged = onBudgets;
      loads = models;
    },
    reload: () => reloader.reload(),
    freeze: () => watcher.close(),
    close: () => {
      lazyTrails.stop();
      return closeAll({ config, webhooks, traces, trails, limits, ledger, store });
    },
  };
}

/** The operator's addresses beside the API's: `server.metrics_port` and `admin.listen`. */
export function listenForOperators({ config: { server, admin }, deps, serving }: ControlPlane, log: Log): void {
  if (server.metrics_port !== undefined) {
    const listener = listen(createMetricsApp(deps), { hostname: server.host, port: server.metrics_port }, log);
    serving.add(listener);
    log.info(`metrics on ${listener.url}/metrics`);
  }
  if (admin.listen !== undefined) {
    const listener = listen(createAdminApp(deps), parseAddress(admin.listen), log);
    serving.add(listener);
    log.info(`admin API on ${listener.url}`);
  }
}

/** Usage in the tenant store; without one it is counted for budgets alone. */
async function openLedger(
  store: TenantStore | undefined,
  { usageFlushMs, usageRetentionDays }: StoreConfig,
  log: Log,
  onOthers: () => void,
): Promise<UsageLedger> {
  const ledger = new UsageLedger({
    db: () => {
      if (store === undefined) throw new StoreError("cannot_open", "There is no store");
      return store.connection.db();
    },
    flushMs: usageFlushMs,
    retentionDays: usageRetentionDays,
    now: Date.now,
    onOthers,
    onError: (error) => log.warn("usage is not written and waits in memory", { error: String(error) }),
  });
  await ledger.begin();
  return ledger;
}

interface Opened {
  readonly config: GatewayConfig;
  readonly webhooks: Webhooks;
  readonly traces: TraceExporter | undefined;
  readonly trails: AuditTrails;
  readonly limits: OpenLimits;
  readonly ledger: UsageLedger;
  readonly store: TenantStore | undefined;
}

/** Says it once per change, with what holds meanwhile. */
export function limitStoreChanged(up: boolean, reason: string, { onError }: LimitStoreConfig, metrics: Metrics, log: Log): void {
  metrics.limitStoreUp(up);
  if (up) return log.info("the store of limits is back: limits are counted together again");
  const meanwhile = {
    local: "this gateway counts its share",
    open: "every request is admitted",
    closed: "every limited request is refused",
  };
  log.error("the store of limits is away", { reason, meanwhile: meanwhile[onError] });
}

async function closeAll({ config, webhooks, traces, trails, limits, ledger, store }: Opened): Promise<void> {
  await Promise.all([webhooks.drain(Math.min(config.server.shutdown_timeout_ms, WEBHOOK_DRAIN_MS)), traces?.close()]);
  await trails.closeAll();
  await limits.close();
  await ledger.close();
  await store?.close();
  OnnxThread.stop();
}
