/** `GET /metrics`: Prometheus text exposition. */
import type { Handler } from "hono";
import type { AppDeps, AppEnv } from "../deps.ts";

export function exposeMetrics(deps: AppDeps): Handler<AppEnv> {
  return async (c) => {
    for (const runtime of deps.registry.current.runtimes.values()) {
      if (runtime.audit !== undefined) deps.metrics.auditQueueDepth(runtime.id, runtime.audit.queueDepth);
    }
    return c.body(await deps.metrics.expose(), 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
  };
}
