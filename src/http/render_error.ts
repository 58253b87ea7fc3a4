/** Turns whatever was thrown into an answer in the caller's envelope, and records it. */
import { apiForPath, errorEnvelope } from "../formats/mod.ts";
import type { ServingDeps } from "./deps.ts";
import { asGatewayError, type GatewayError } from "./errors.ts";
import type { Exchange, Outcome } from "./exchange.ts";
import { gatewayHeaders } from "./headers.ts";

/** Answers a refused request and records it. */
export async function refuse(error: unknown, exchange: Exchange, deps: ServingDeps): Promise<Response> {
  const problem = asGatewayError(error);
  if (problem.type === "internal_error") {
    // The stack is for the operator; the client gets the request id to quote.
    deps.log.error("request failed", {
      request_id: exchange.requestId,
      error: error instanceof Error ? error.stack ?? error.message : String(error),
    });
  }
  exchange.status = problem.status;
  const own = gatewayHeaders(exchange);
  await deps.recorder.finish(exchange, outcomeOf(problem));
  const headers = {
    "content-type": "application/json; charset=utf-8",
    ...own,
    // Settled by now: what a request that was blocked had reserved is free again.
    ...exchange.limitHeaders,
    ...problem.options.headers,
  };
  return new Response(errorBody(problem, exchange.path), { status: problem.status, headers });
}

/** The error body in the envelope of the API that `path` belongs to. */
export function errorBody(problem: GatewayError, path: string): string {
  const { param, rule, scores, details } = problem.options;
  return errorEnvelope(apiForPath(path.replace(/^.*?(?=\/v1\/)/, "")) ?? "openai-chat", {
    message: problem.message,
    type: problem.type,
    code: problem.code,
    status: problem.status,
    ...(param !== undefined && { param }),
    ...(rule !== undefined && { rule }),
    ...(scores !== undefined && { scores }),
    ...(details !== undefined && { details }),
  });
}

function outcomeOf(problem: GatewayError): Outcome {
  if (problem.type === "client_left") return "client_left";
  if (problem.type === "backend_error") return "backend_failed";
  return problem.type === "guard_unavailable" ? "guard_failed" : "refused";
}
