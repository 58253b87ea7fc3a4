/** Metrics of a worker: counted by the control plane, so that there is one sum of everything and a worker that dies takes nothing with it. */
import type { ServingMetrics } from "../../telemetry/metrics.ts";
import type { Outbox } from "./outbox.ts";

/** @param worker its number, for what is not summed up. */
export function relayedMetrics(outbox: Outbox, worker: number): ServingMetrics {
  return {
    requestFinished: (facts) => outbox.soon({ kind: "count", name: "requestFinished", args: [facts] }),
    auditWritten: (tenant) => outbox.soon({ kind: "count", name: "auditWritten", args: [tenant] }),
    auditFailed: (tenant) => outbox.soon({ kind: "count", name: "auditFailed", args: [tenant] }),
    backendChanged: (tenant, backend, change) =>
      outbox.soon({ kind: "count", name: "backendChanged", args: [tenant, backend, change, worker] }),
    requestsInFlight: (count) => outbox.latest("requestsInFlight", { kind: "count", name: "requestsInFlight", args: [count, worker] }),
    load: (lagMs, shedLevel) => outbox.latest("load", { kind: "count", name: "load", args: [lagMs, shedLevel, worker] }),
  };
}
