/** What a trace shows of a request, in the words of OpenTelemetry's semantic conventions for HTTP and for generative AI. No prompt or answer text. */
import type { TraceContext } from "../telemetry/trace_context.ts";
import type { Span } from "../telemetry/trace_exporter.ts";
import type { Exchange, Outcome } from "./exchange.ts";

/** Longest text that a client can choose, UTF-16 units. */
const MAX_CHARS = 128;

/** https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/ */
const OPERATIONS: readonly (readonly [path: string, operation: string])[] = [
  ["/v1/chat/completions", "chat"],
  ["/v1/messages", "chat"],
  ["/v1/responses", "chat"],
  ["/v1/completions", "text_completion"],
  ["/v1/embeddings", "embeddings"],
];

/** The request's span, and that of its call to the backend where there was one. */
export function requestSpans(
  exchange: Exchange,
  context: TraceContext,
  outcome: Outcome,
  usage: { readonly prompt: number; readonly completion: number },
): readonly Span[] {
  const { lease, phaseMs, backendStartedMs, backendMs, backendTries, backendName, backendError, requestId, status, stream, firstTextMs } =
    exchange;
  const operation = OPERATIONS.find(([path]) => path === exchange.path)?.[1];
  const model = exchange.model === "" ? undefined : exchange.model.slice(0, MAX_CHARS);
  const name = operation === undefined ? exchange.method : model === undefined ? operation : `${operation} ${model}`;
  const failed = outcome !== "complete" && outcome !== "stopped" && outcome !== "client_left";
  const common = { "gen_ai.operation.name": operation, "gen_ai.request.model": model };
  const rules = exchange.rules();
  const lastProblem = backendMs === undefined ? backendTries.at(-1)?.problem : undefined;
  const spans: Span[] = [{
    traceId: context.traceId,
    spanId: context.spanId,
    parentSpanId: context.parentSpanId,
    name,
    kind: "server",
    startMs: performance.timeOrigin + exchange.startedMs,
    endMs: performance.timeOrigin + performance.now(),
    error: failed && status >= 500 ? outcome : undefined,
    attributes: {
      ...common,
      "gen_ai.usage.input_tokens": usage.prompt,
      "gen_ai.usage.output_tokens": usage.completion,
      "http.request.method": exchange.method,
      "http.response.status_code": status,
      "url.path": exchange.path.slice(0, MAX_CHARS),
      "error.type": failed ? backendError ?? lastProblem ?? outcome : undefined,
      "checkstream.request_id": requestId,
      "checkstream.tenant": lease?.runtime.id,
      "checkstream.policy_version": lease?.runtime.version,
      "checkstream.decision": exchange.decision(),
      "checkstream.rules": rules.length === 0 ? undefined : rules,
      "checkstream.outcome": outcome,
      "checkstream.stream": stream,
      "checkstream.time_to_first_text_ms": firstTextMs,
      "checkstream.ingress_ms": phaseMs.ingress,
      "checkstream.midstream_ms": phaseMs.midstream,
      "checkstream.egress_ms": phaseMs.egress,
    },
  }];
  if (backendStartedMs === undefined) return spans;
  const startMs = performance.timeOrigin + backendStartedMs;
  const problem = backendMs === undefined ? lastProblem ?? backendError ?? "failed" : undefined;
  spans.push({
    traceId: context.traceId,
    spanId: context.backendSpanId,
    parentSpanId: context.spanId,
    name,
    kind: "client",
    startMs,
    endMs: backendMs === undefined ? performance.timeOrigin + performance.now() : startMs + backendMs,
    error: problem,
    attributes: {
      ...common,
      "server.address": backendName,
      "http.request.resend_count": backendTries.length > 1 ? backendTries.length - 1 : undefined,
      "error.type": problem,
      "checkstream.fallback": exchange.fallback?.name,
    },
  });
  return spans;
}
