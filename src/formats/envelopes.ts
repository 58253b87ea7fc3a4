/** Errors in the envelope of the API that the client called, so that its SDK reads them as its own. */
import type { Api } from "./types.ts";

export interface ErrorFacts {
  readonly message: string;
  /** OpenAI's `type`; the gateway's own error types. */
  readonly type: string;
  readonly code: string;
  readonly status: number;
  readonly param?: string;
  /** The rule that blocked. */
  readonly rule?: string;
  readonly scores?: Readonly<Record<string, number>>;
  /** What Anthropic's SDK acts on, as `error.details`. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Error types of Anthropic's API by status (https://docs.anthropic.com/en/api/errors). */
const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  408: "timeout_error",
  409: "conflict_error",
  413: "request_too_large",
  429: "rate_limit_error",
  503: "overloaded_error",
  504: "timeout_error",
  529: "overloaded_error",
};

/** The error as a JSON body. */
export function errorEnvelope(api: Api, { message, type, code, status, param, rule, scores, details }: ErrorFacts): string {
  const more = { ...(rule !== undefined && { rule }), ...(scores !== undefined && { scores }) };
  if (api !== "anthropic-messages") return JSON.stringify({ error: { message, type, code, param: param ?? null, ...more } });
  const own = type === "safety_violation" ? type : ANTHROPIC_TYPES[status] ?? (status < 500 ? "invalid_request_error" : "api_error");
  return JSON.stringify({ type: "error", error: { type: own, message, code, ...(details !== undefined && { details }), ...more } });
}
