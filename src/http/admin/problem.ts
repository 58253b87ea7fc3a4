/** Errors of the admin API as RFC 9457 problem details, and as the gateway's `error` envelope in the same body. */
import type { Context } from "hono";
import { z } from "zod";
import type { AppDeps, AppEnv } from "../deps.ts";
import { asGatewayError, type GatewayError } from "../errors.ts";
import { named } from "./shapes.ts";

/** Media type of problem details. */
export const PROBLEM_TYPE = "application/problem+json";

/** The body of every error. */
export const problem = named(
  "Problem",
  z.strictObject({
    type: z.string().describe("`urn:checkstream:problem:CODE`"),
    title: z.string().describe("The status in words"),
    status: z.int().describe("The HTTP status"),
    detail: z.string().describe("What is wrong and what to do"),
    instance: z.string().describe("`urn:uuid:` and the request's id, as in `X-CheckStream-Request-Id`"),
    code: z.string().describe("What kind of problem, for programs"),
    errors: z.array(z.strictObject({
      path: z.string().describe("Dotted path of what is wrong in what was sent"),
      message: z.string(),
    })).optional().describe("Everything that is wrong with what was sent"),
    error: z.strictObject({ message: z.string(), type: z.string(), code: z.string(), param: z.string().nullable() })
      .describe("The same in the envelope of the guarded API"),
  }).describe("An error (RFC 9457)"),
);

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** The body that tells `error`. */
export function problemBody({ message, type, code, status, options }: GatewayError, requestId: string): z.input<typeof problem> {
  const { errors, param } = options;
  return {
    type: `urn:checkstream:problem:${code}`,
    title: TITLES[status] ?? "Internal Server Error",
    status,
    detail: message,
    instance: `urn:uuid:${requestId}`,
    code,
    ...(errors !== undefined && { errors: errors.map(({ path, message }) => ({ path, message })) }),
    error: { message, type, code, param: param ?? null },
  };
}

/** Answers whatever was thrown outside the gateway's guarded path. */
export function answerProblem(thrown: unknown, c: Context<AppEnv>, { log }: AppDeps): Response {
  const error = asGatewayError(thrown);
  const requestId = c.get("requestId");
  // The stack is for the operator; the client gets the request id to quote.
  if (error.type === "internal_error" && error.status === 500) {
    log.error("request failed", {
      request_id: requestId,
      error: thrown instanceof Error ? thrown.stack ?? thrown.message : String(thrown),
    });
  }
  return Response.json(problemBody(error, requestId), {
    status: error.status,
    headers: { "content-type": PROBLEM_TYPE, "cache-control": "no-store", ...error.options.headers },
  });
}
