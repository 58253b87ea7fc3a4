/** Puts workers between the control plane and the API's address. */
import { createApp } from "../app.ts";
import type { ControlPlane } from "../control_plane.ts";
import type { Snapshot } from "../../tenants/registry.ts";
import type { StoredKey } from "../../tenants/state/rows.ts";
import type { TlsFiles } from "../listeners.ts";
import type { Log } from "../../telemetry/log.ts";
import { UnderWay } from "../overload/under_way.ts";
import { listenForWorkers } from "./hand_over.ts";
import { replay, type Told } from "./protocol.ts";
import { leastOf, type Loads } from "../../tenants/warm_up.ts";
import { scopeOf } from "../../usage/schema.ts";
import { ToldBudgets } from "./told_budgets.ts";
import { WorkerPool } from "./worker_pool.ts";

/** Starts `server.workers` of them. @throws when the address is taken or one cannot start. */
export async function startWorkers(
  control: ControlPlane,
  tls: TlsFiles | undefined,
  { log, spawnWorker = spawn }: { readonly log: Log; readonly spawnWorker?: (name: string) => Worker },
): Promise<WorkerPool> {
  const { config: { server, admin, telemetry, limits: limitsConfig }, deps, serving, registry, limits, metrics } = control;
  const withAdmin = admin.listen === undefined;
  const address = { hostname: server.host, port: server.port };
  // Workers share the port, so another gateway on it would share it too, unseen.
  Deno.listen(address).close();
  const handed = listenForWorkers(createApp(deps, withAdmin), log);
  serving.add(handed.listener);
  const underWay = new UnderWay();
  let started: WorkerPool | undefined;
  const budgets = new ToldBudgets({
    book: control.deps.ledger.book,
    budgeted: budgetedScopes(control),
    post: (worker, message) => started?.post(worker, message),
    workers: () => started?.numbers ?? [],
    now: Date.now,
  });
  const loads = new Map<number, Loads>();
  const pool = started = await WorkerPool.start({
    size: server.workers,
    start: {
      settings: deps.settings,
      logging: telemetry.logging,
      limits: { buffer: limits.memory.buffer, config: limitsConfig },
      underWay: underWay.buffer,
      control: handed.address,
      withAdmin,
    },
    snapshot: registry.current,
    keys: control.keys,
    budgets: () => budgets.totals(),
    address,
    tls,
    spawn: spawnWorker,
    openTrail: control.openTrail,
    onTold: (told, worker) => told.kind === "models" ? loads.set(worker, told.loads) : take(told, control, budgets, worker),
    onLostRecord: (tenant, error) => {
      metrics.auditFailed(tenant);
      log.error("audit record not written", { tenant, error: String(error) });
    },
    onEnd: (worker) => {
      budgets.forget(worker);
      loads.delete(worker);
      limits.memory.table.recover(worker);
      underWay.set(0, worker);
      metrics.requestsInFlight(0, worker);
      metrics.workerDied(worker);
    },
    log,
  });
  control.attach(pool, () => budgets.soon(), () => leastOf([...loads.values()]));
  return pool;
}

function take(told: Told, { metrics, keys, notify, trace, deps }: ControlPlane, budgets: ToldBudgets, worker: number): void {
  switch (told.kind) {
    case "usage":
      deps.ledger.record(told.facts);
      if (told.budgeted) budgets.took(worker);
      return;
    case "count":
      return replay(metrics, told);
    case "notify":
      return notify(told.notification);
    case "trace":
      return trace(told.spans);
    case "keys_used":
      for (const [id, ms] of told.used) keys?.used(id, ms);
  }
}

/** Who has a budget; looked through again only when that changed. */
function budgetedScopes({ registry, keys }: ControlPlane): () => readonly string[] {
  const ofKeys = new Set<string>();
  const note = ({ id, budget }: StoredKey) => budget !== null && ofKeys.add(scopeOf("key", id));
  for (const [, key] of keys?.entries() ?? []) note(key);
  keys?.follow((_digest, key) => note(key));
  let snapshot: Snapshot | undefined;
  let ofTenants: readonly string[] = [];
  return () => {
    if (snapshot !== registry.current) {
      snapshot = registry.current;
      const runtimes = [...snapshot.runtimes.values()];
      ofTenants = runtimes.flatMap(({ id, config: { budget } }) => budget === undefined ? [] : [scopeOf("tenant", id)]);
    }
    return [...ofTenants, ...ofKeys];
  };
}

function spawn(name: string): Worker {
  return new Worker(new URL("../serving_worker.ts", import.meta.url), { type: "module", name });
}
