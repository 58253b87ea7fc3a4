/** Puts workers between the control plane and the API's address. */
import { createApp } from "../app.ts";
import type { ControlPlane } from "../control_plane.ts";
import type { TlsFiles } from "../listeners.ts";
import type { Log } from "../../telemetry/log.ts";
import { listenForWorkers } from "./hand_over.ts";
import { replay, type Told } from "./protocol.ts";
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
  const pool = await WorkerPool.start({
    size: server.workers,
    start: {
      settings: deps.settings,
      logging: telemetry.logging,
      limits: { buffer: limits.memory.buffer, config: limitsConfig },
      control: handed.address,
      withAdmin,
    },
    snapshot: registry.current,
    keys: control.keys,
    address,
    tls,
    spawn: spawnWorker,
    openTrail: control.openTrail,
    onTold: (told, worker) => take(told, control, worker),
    onLostRecord: (tenant, error) => {
      metrics.auditFailed(tenant);
      log.error("audit record not written", { tenant, error: String(error) });
    },
    onEnd: (worker) => {
      limits.memory.table.recover(worker);
      metrics.requestsInFlight(0, worker);
      metrics.workerDied(worker);
    },
    log,
  });
  control.attach(pool);
  return pool;
}

function take(told: Told, { metrics, keys, notify }: ControlPlane, _worker: number): void {
  switch (told.kind) {
    case "count":
      return replay(metrics, told);
    case "notify":
      return notify(told.notification);
    case "keys_used":
      for (const [id, ms] of told.used) keys?.used(id, ms);
  }
}

function spawn(name: string): Worker {
  return new Worker(new URL("../serving_worker.ts", import.meta.url), { type: "module", name });
}
