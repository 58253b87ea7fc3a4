/** The gateway as a running thing: listens, reloads, and stops without cutting anybody off. */
import { type GatewayConfig, loadConfig, type Overrides, type StoredTenants } from "../config/mod.ts";
import { OnnxThread } from "../classifiers/onnx_thread.ts";
import { FileWatcher } from "../config/watch.ts";
import type { Log } from "../telemetry/log.ts";
import { systemResolver } from "../net/addresses.ts";
import { post } from "../notify/post.ts";
import { Webhooks } from "../notify/webhooks.ts";
import { createMetrics, type Metrics } from "../telemetry/metrics.ts";
import { AuditTrails } from "../audit/trails.ts";
import { auditOptions } from "../tenants/audit_options.ts";
import { type BuildDeps, buildSnapshot, type BuiltSnapshot, classifierSet } from "../tenants/build.ts";
import { Registry, type Snapshot } from "../tenants/registry.ts";
import { Reloader } from "../tenants/reload.ts";
import { openTenantStore, storedTenants } from "../tenants/state/open.ts";
import { TenantState } from "../tenants/state/service.ts";
import { keyDigest } from "../tenants/resolve.ts";
import { processTokens } from "../upstream/auth.ts";
import { createAdminApp, createApp, createMetricsApp } from "./app.ts";
import type { AppDeps } from "./deps.ts";
import { InFlight } from "./in_flight.ts";
import { listen, parseAddress } from "./listeners.ts";
import { Recorder } from "./recorder.ts";

export interface GatewayOptions {
  /** Configuration file; undefined = environment alone. */
  readonly file: string | undefined;
  readonly overrides: Overrides;
  readonly env: (name: string) => string | undefined;
  readonly log: Log;
}

/** A gateway that listens. */
export interface RunningGateway {
  /** `http://HOST:PORT`. */
  readonly url: string;
  /** Loads configuration and policies anew. */
  reload(): Promise<unknown>;
  /** Lets open streams finish within the configured time, then ends them. */
  stop(): Promise<void>;
}

/** Silence of a backend after which the decided beginning of a waiting event is sent ahead; milliseconds. */
const SPLIT_AFTER_MS = 25;

/** Time for notifications that wait, at shutdown; milliseconds. */
const WEBHOOK_DRAIN_MS = 5000;

/** Time for the last bytes of answers that are done, at shutdown; milliseconds. */
const LAST_BYTES_MS = 2000;

/** Starts the gateway. @throws {ConfigError} when the configuration does not validate; then nothing was opened. */
export async function startGateway({ file, overrides, env, log }: GatewayOptions): Promise<RunningGateway> {
  const keyPepper = env("CHECKSTREAM_KEY_PEPPER");
  const store = await openTenantStore(
    { url: loadConfig(file, env, overrides).config.storeUrl, pepper: keyPepper, now: Date.now },
    log,
  );
  const load = (stored: StoredTenants) => loadConfig(file, env, overrides, stored);
  const loaded = load(storedTenants(store, log));
  const { server: settings, tls, admin, telemetry } = loaded.config;
  const metrics = createMetrics(telemetry.metrics.prefix);
  const trails = new AuditTrails();
  const deps: BuildDeps = {
    classifiers: {},
    upstream: { tokens: processTokens(), now: () => performance.now(), random: Math.random, sleep },
    openTrail: (config) => trails.open(config.id, auditOptions(config, env)),
    keyPepper,
    keys: store,
    now: Date.now,
  };
  const first = await buildSnapshot(loaded, deps);
  const registry = new Registry(first.snapshot, ({ id, backend, releaseAudit }) => {
    if (![...registry.current.runtimes.values()].some((runtime) => runtime.backend === backend)) void backend.close();
    releaseAudit().catch((error) => log.error("audit trail not closed", { tenant: id, error: String(error) }));
  });
  const watcher = new FileWatcher(() => void reloader.reload());
  const build = async (previous: Snapshot): Promise<BuiltSnapshot> => {
    if (store?.shared === true) await store.refresh();
    return await buildSnapshot(load(storedTenants(store, log)), deps, previous);
  };
  const reloader = new Reloader({ registry, build, log, onResult: (ok) => metrics.reloaded(ok), onFiles: (files) => serving(files) });
  const serving = (files: readonly string[]) => {
    watcher.watch(files);
    const runtimes = [...registry.current.runtimes.values()];
    metrics.policies(runtimes.map(({ id, policy, version }) => ({ tenant: id, policy: policy.name, version })));
  };
  serving(first.files);

  const webhooks = startWebhooks(loaded.config.notify, metrics, log);
  const inFlight = new InFlight(metrics.requestsInFlight);
  let stopping = false;
  const appDeps: AppDeps = {
    settings: {
      limits: {
        maxBodyBytes: settings.max_body_bytes,
        maxAnswerBytes: settings.max_answer_bytes,
        maxEventBytes: settings.max_event_bytes,
        keepAliveMs: settings.keep_alive_ms,
        splitAfterMs: SPLIT_AFTER_MS,
      },
      corsOrigins: settings.cors.origins,
      adminKeyDigest: admin.key === undefined || admin.key === "" ? undefined : keyDigest(admin.key),
      keyPepper,
    },
    registry,
    recorder: new Recorder({ metrics, log, inFlight, notify: (notification) => webhooks.notify(notification) }),
    inFlight,
    metrics,
    log,
    state: store === undefined ? undefined : new TenantState({
      store,
      load,
      classifiers: (config) => classifierSet(config, deps.classifiers),
      reload: () => reloader.reload(),
      resolve: systemResolver,
    }),
    reload: () => reloader.reload(),
    reloadStatus: () => reloader.status,
    stopping: () => stopping,
  };
  const api = listen(
    createApp(appDeps, admin.listen === undefined),
    { hostname: settings.host, port: settings.port },
    log,
    tls?.enabled === true ? { certPath: tls.cert_path, keyPath: tls.key_path } : undefined,
  );
  const { url } = api;
  const listeners = [api];
  if (settings.metrics_port !== undefined) {
    listeners.push(listen(createMetricsApp(appDeps), { hostname: settings.host, port: settings.metrics_port }, log));
    log.info(`metrics on ${listeners.at(-1)!.url}/metrics`);
  }
  if (admin.listen !== undefined) {
    listeners.push(listen(createAdminApp(appDeps), parseAddress(admin.listen), log));
    log.info(`admin API on ${listeners.at(-1)!.url}`);
  }
  for (const warning of first.warnings) log.warn(warning.message, { file: warning.file, line: warning.line });
  log.info(`listening on ${url}`, { tenants: registry.current.runtimes.size, version: registry.current.version });

  const stop = async () => {
    if (stopping) return;
    stopping = true;
    watcher.close();
    log.info("stopping", { in_flight: inFlight.size });
    const closed = Promise.all(listeners.map((listener) => listener.shutdown()));
    await Promise.race([inFlight.whenIdle(), after(settings.shutdown_timeout_ms)]);
    inFlight.failStreams();
    // The last bytes are on their way; a connection that is never closed from its other end gets no more than a moment.
    await Promise.race([closed, after(LAST_BYTES_MS)]);
    await webhooks.drain(Math.min(settings.shutdown_timeout_ms, WEBHOOK_DRAIN_MS));
    for (const runtime of registry.current.runtimes.values()) await runtime.backend.close();
    await trails.closeAll();
    await store?.close();
    OnnxThread.stop();
    log.info("stopped");
  };
  return { url, reload: () => reloader.reload(), stop };
}

function startWebhooks({ secret, timeoutMs, allowPrivate }: GatewayConfig["notify"], metrics: Metrics, log: Log): Webhooks {
  return new Webhooks({
    post: (url, headers, body) => post(url, headers, body, { resolve: systemResolver, allowPrivate, timeoutMs }),
    secret,
    now: Date.now,
    random: Math.random,
    schedule: (callback, ms) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    onResult: (result, tenant, reason) => {
      metrics.notified(tenant, result);
      if (result !== "delivered") log.warn(`notification ${result}`, { tenant, reason });
    },
  });
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => Deno.unrefTimer(setTimeout(resolve, ms)));
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
  });
}
