/** `GET /metrics`: Prometheus text exposition. */
import type { AppDeps } from "../deps.ts";
import { invalidRequest } from "../errors.ts";
import { type Access, type Operation, operation } from "./operation.ts";

/** Media type of the text exposition format. */
const TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** The call, for callers of `access`: `open` where metrics have an address of their own. */
export function metricsOperation(access: Access): Operation {
  return operation({
    id: "getMetrics",
    method: "get",
    path: "/metrics",
    tag: "operation",
    summary: "Prometheus metrics",
    access,
    answers: { 200: { description: "The text exposition format; 404 when telemetry.metrics.enabled is false", text: ["text/plain"] } },
    handle: async ({ answer }, deps) => {
      if (deps.settings.metricsEnabled) return answer(200, await exposition(deps), TYPE);
      throw invalidRequest("Metrics are switched off; see telemetry.metrics.enabled", { status: 404, code: "metrics_disabled" });
    },
  });
}

async function exposition({ registry, metrics }: AppDeps): Promise<string> {
  for (const runtime of registry.current.runtimes.values()) {
    if (runtime.audit !== undefined) metrics.auditQueueDepth(runtime.id, runtime.audit.queueDepth);
  }
  return await metrics.expose();
}
