/** The traces of this process on their way to its collector: real requests, counted and logged. */
import type { GatewayConfig } from "../config/mod.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { type ExportAnswer, TraceExporter } from "../telemetry/trace_exporter.ts";
import { VERSION } from "../version.ts";

/** Bound on one call of the collector; milliseconds. */
const TIMEOUT_MS = 5000;

/** Undefined where traces are switched off. */
export function startTraces({ telemetry: { opentelemetry } }: GatewayConfig, metrics: Metrics, log: Log): TraceExporter | undefined {
  const { enabled, endpoint, service_name, headers } = opentelemetry;
  if (!enabled) return undefined;
  const url = `${endpoint.replace(/\/+$/, "").replace(/\/v1\/traces$/, "")}/v1/traces`;
  let away = false;
  return new TraceExporter({
    serviceName: service_name,
    serviceVersion: VERSION,
    post: (body) => post(url, headers, body),
    onResult: (result, spans) => {
      metrics.spans(result, spans);
      if (away === (result !== "exported")) return;
      away = !away;
      if (away) log.warn(`spans ${result}: the collector does not take them`, { endpoint: new URL(url).host });
      else log.info("the collector takes spans again", { endpoint: new URL(url).host });
    },
  });
}

/** https://opentelemetry.io/docs/specs/otlp/#otlphttp-response says which answers are worth a further try. */
async function post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<ExportAnswer> {
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await answer.body?.cancel();
    if (answer.ok) return { kind: "taken" };
    if (![429, 502, 503, 504].includes(answer.status)) return { kind: "refused" };
    const seconds = Number(answer.headers.get("retry-after") ?? "");
    return { kind: "later", afterMs: seconds > 0 ? seconds * 1000 : undefined };
  } catch {
    return { kind: "later", afterMs: undefined };
  }
}
