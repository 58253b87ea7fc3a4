/// <reference lib="deno.worker" />
// Runs as a Worker: answers API calls on the port that all workers share. Everything there is once per process is the control plane's.
import { OnnxThread } from "../classifiers/onnx_thread.ts";
import { type OpenLimits, openLimits } from "../limits/open.ts";
import { type Log, setUpLog } from "../telemetry/log.ts";
import { surviveRejections } from "../telemetry/defects.ts";
import type { AssembleDeps } from "../tenants/assemble.ts";
import { cook, type SnapshotRecipe } from "../tenants/recipe.ts";
import type { Snapshot } from "../tenants/registry.ts";
import { WarmUp } from "../tenants/warm_up.ts";
import { KeyMirror } from "../tenants/state/key_mirror.ts";
import { createWorkerApp } from "./app.ts";
import { backendDeps } from "./backend_deps.ts";
import { listen } from "./listeners.ts";
import { UnderWay } from "./overload/under_way.ts";
import { openRegistry, Serving } from "./serving.ts";
import { handOver } from "./workers/hand_over.ts";
import { Outbox } from "./workers/outbox.ts";
import type { FromWorker, ToWorker, WorkerRequest, WorkerStart } from "./workers/protocol.ts";
import { relayedMetrics } from "./workers/relayed_metrics.ts";
import { RelayedTrails } from "./workers/relayed_trails.ts";
import { RelayedUsage } from "./workers/relayed_usage.ts";

/** How often the control plane is told which keys were used; milliseconds. */
const KEYS_USED_MS = 5000;

/** One worker, once it was started. */
class ServingWorker {
  #prepared: Snapshot | undefined;

  private constructor(
    readonly start: WorkerStart,
    readonly serving: Serving,
    readonly usage: RelayedUsage,
    readonly deps: AssembleDeps,
    readonly limits: OpenLimits,
    readonly warmUp: WarmUp,
    readonly log: Log,
  ) {}

  static async open(start: WorkerStart): Promise<ServingWorker> {
    const { worker, settings, recipe } = start;
    const log = numbered(await setUpLog(start.logging), worker);
    surviveRejections(log);
    const limits = await openLimits({
      ...start.limits,
      worker,
      // The control plane follows the store as well, and says it for all.
      onStore: (up, reason) => log.info(up ? "the store of limits is back" : "the store of limits is away", { reason }),
      onProblem: (problem) => log.warn(problem),
    });
    const metrics = relayedMetrics(outbox, worker);
    const deps: AssembleDeps = {
      classifiers: {},
      upstream: backendDeps(metrics, log),
      openTrail: (config, filed) => trails.open(config, filed),
      keyPepper: settings.keyPepper,
      keys,
      limits,
    };
    const usage = new RelayedUsage(outbox, start.budgets, Date.now);
    const first = await cook(recipe, deps, undefined);
    const warmUp = new WarmUp(log, (loads) => outbox.latest("models", { kind: "models", loads }));
    const serving = new Serving({
      settings,
      registry: openRegistry(first, log),
      metrics,
      usage,
      log,
      notify: (notification) => outbox.now({ kind: "notify", notification }),
      trace: (spans) => outbox.soon({ kind: "trace", spans }),
      underWay: new UnderWay(start.underWay, worker),
    });
    warmUp.begin(first);
    return new ServingWorker(start, serving, usage, deps, limits, warmUp, log);
  }

  listen({ address, tls }: Extract<WorkerRequest, { op: "listen" }>): string {
    const app = createWorkerApp(this.serving.deps, handOver(this.start.control), this.start.withAdmin);
    const listener = listen(app, address, this.log, tls);
    this.serving.add(listener);
    return listener.url;
  }

  async prepare(recipe: SnapshotRecipe): Promise<void> {
    this.#prepared = await cook(recipe, this.deps, this.serving.deps.registry.current);
  }

  commit(): void {
    if (this.#prepared !== undefined) {
      this.serving.deps.registry.swap(this.#prepared);
      this.warmUp.begin(this.#prepared);
    }
    this.#prepared = undefined;
  }

  discard(): void {
    if (this.#prepared !== undefined) this.serving.deps.registry.discard(this.#prepared);
    this.#prepared = undefined;
  }

  async stop(deadlineMs: number): Promise<void> {
    await this.serving.stop(deadlineMs);
    await this.limits.close();
    OnnxThread.stop();
  }
}

function numbered(log: Log, worker: number): Log {
  return {
    debug: (message, fields) => log.debug(message, { worker, ...fields }),
    info: (message, fields) => log.info(message, { worker, ...fields }),
    warn: (message, fields) => log.warn(message, { worker, ...fields }),
    error: (message, fields) => log.error(message, { worker, ...fields }),
  };
}

const post = (message: FromWorker) => self.postMessage(message);
const outbox = new Outbox((told) => post({ kind: "told", told }));
const trails = new RelayedTrails(outbox);
const keys = new KeyMirror(Date.now);
let opened: ServingWorker | undefined;

self.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  if (trails.take(data) || opened?.usage.take(data) === true) return;
  if (data.kind === "keys") { for (const [digest, key] of data.changes) keys.set(digest, key); }
  if (data.kind === "ask") void answer(data.call, data.request);
});

async function answer(call: number, request: WorkerRequest): Promise<void> {
  try {
    const answer = await carryOut(request);
    outbox.flush();
    post({ kind: "answer", call, answer });
  } catch (error) {
    post({ kind: "failed", call, message: error instanceof Error ? error.message : String(error) });
  }
}

async function carryOut(request: WorkerRequest): Promise<string | null> {
  if (request.op === "start") {
    // Before anything is waited for: changes that come meanwhile are newer.
    for (const [digest, key] of request.start.keys) keys.set(digest, key);
    opened = await ServingWorker.open(request.start);
    setInterval(tellUsedKeys, KEYS_USED_MS);
    return null;
  }
  if (opened === undefined) throw new Error(`Cannot ${request.op}: the worker has not started`);
  switch (request.op) {
    case "listen":
      return opened.listen(request);
    case "prepare":
      await opened.prepare(request.recipe);
      return null;
    case "commit":
      opened.commit();
      return null;
    case "discard":
      opened.discard();
      return null;
    case "settle":
      return null;
    case "stop":
      await opened.stop(request.deadlineMs);
      tellUsedKeys();
      return null;
  }
}

function tellUsedKeys(): void {
  const used = keys.takeUsed();
  if (used.size > 0) outbox.soon({ kind: "keys_used", used });
}
