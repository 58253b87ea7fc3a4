/** The clock, the dice and the tokens that calls to backends go by in a real process. */
import type { Log } from "../telemetry/log.ts";
import type { ServingMetrics } from "../telemetry/metrics.ts";
import type { AssembleDeps } from "../tenants/assemble.ts";
import { processTokens } from "../upstream/auth.ts";

/** @param metrics Told of every change of a backend, which is logged as well. */
export function backendDeps(metrics: Pick<ServingMetrics, "backendChanged">, log: Log): AssembleDeps["upstream"] {
  return {
    tokens: processTokens(),
    now: () => performance.now(),
    random: Math.random,
    sleep,
    onChange(tenant, backend, change) {
      metrics.backendChanged(tenant, backend, change);
      const bad = change === "circuit_opened" || change === "unhealthy";
      log[bad ? "warn" : "info"](`backend ${change.replace("_", " ")}`, { tenant, backend });
    },
  };
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
