/** Turns whatever was thrown into an answer in the caller's envelope, and records it. */
import type { Context } from "hono";
import { apiForPath, errorEnvelope } from "../formats/mod.ts";
import { StoreError } from "../store/errors.ts";
import type { AppEnv, ServingDeps } from "./deps.ts";
import { GatewayError } from "./errors.ts";
import { Exchange, type Outcome } from "./exchange.ts";
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
  const headers = { "content-type": "application/json; charset=utf-8", ...gatewayHeaders(exchange), ...problem.options.headers };
  await deps.recorder.finish(exchange, outcomeOf(problem));
  return new Response(errorBody(problem, exchange.path), { status: problem.status, headers });
}

/** For errors outside the gateway's own path (admin, unknown routes). */
export async function renderError(error: Error, c: Context<AppEnv>, deps: ServingDeps): Promise<Response> {
  return await refuse(error, new Exchange(c.req.method, c.req.path, c.env.remoteAddress), deps);
}

/** The error body in the envelope of the API that `path` belongs to. */
export function errorBody(problem: GatewayError, path: string): string {
  const { param, rule, scores, errors } = problem.options;
  const envelope = errorEnvelope(apiForPath(path.replace(/^.*?(?=\/v1\/)/, "")) ?? "openai-chat", {
    message: problem.message,
    type: problem.type,
    code: problem.code,
    status: problem.status,
    ...(param !== undefined && { param }),
    ...(rule !== undefined && { rule }),
    ...(scores !== undefined && { scores }),
  });
  return errors === undefined ? envelope : JSON.stringify({ errors, ...JSON.parse(envelope) });
}

function asGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error instanceof StoreError && error.code !== "failed") {
    const message = `The tenant store cannot be used at present, so nothing was changed; try again later (${error.message})`;
    return new GatewayError(503, "overloaded", "store_unavailable", message, { headers: { "Retry-After": "5" }, cause: error });
  }
  return new GatewayError(
    500,
    "internal_error",
    "internal_error",
    "The gateway failed on this request; quote the request id when you report it",
    { cause: error },
  );
}

function outcomeOf(problem: GatewayError): Outcome {
  if (problem.type === "client_left") return "client_left";
  if (problem.type === "backend_error") return "backend_failed";
  return problem.type === "guard_unavailable" ? "guard_failed" : "refused";
}
