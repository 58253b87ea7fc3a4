/** Everything the gateway refuses, typed: status, the error's type and code as clients know them, and what to do about it. */
import { StoreError } from "../store/errors.ts";

import type { RequestError } from "../formats/mod.ts";

/** `type` and `code` of the contract's error table. */
export type ErrorType =
  | "safety_violation"
  | "invalid_request"
  | "authentication_error"
  | "rate_limit_exceeded"
  | "backend_error"
  | "guard_unavailable"
  | "overloaded"
  | "client_left"
  | "internal_error";

export interface GatewayErrorOptions {
  readonly param?: string;
  /** Name of the rule that blocked. */
  readonly rule?: string;
  readonly scores?: Readonly<Record<string, number>>;
  /** Facts that the API's own SDK acts on. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Further response headers (`Retry-After`, `X-RateLimit-*`). */
  readonly headers?: Readonly<Record<string, string>>;
  /** Everything that is wrong with a configuration that was sent. */
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly cause?: unknown;
}

/** A refusal. Its message is for the client: what, where, what to do, never a secret. */
export class GatewayError extends Error {
  override readonly name = "GatewayError";
  constructor(
    readonly status: number,
    readonly type: ErrorType,
    readonly code: string,
    message: string,
    readonly options: GatewayErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
  }
}

/** 400 (or another 4xx) for a request that cannot be understood. */
export function invalidRequest(message: string, options: GatewayErrorOptions & { status?: number; code?: string } = {}): GatewayError {
  return new GatewayError(options.status ?? 400, "invalid_request", options.code ?? "invalid_request", message, options);
}

/** 400 for a body that its API, or the backend's, has no way to say. */
export function badRequest(error: RequestError): GatewayError {
  const { message, path, details } = error;
  return invalidRequest(message, { ...(path !== "" && { param: path }), ...(details !== undefined && { details }), cause: error });
}

/** 499 (nginx's number) for the record of a request whose client left before its answer began; nobody is there to read it. */
export function clientLeft(): GatewayError {
  return new GatewayError(499, "client_left", "client_left", "The client left before its answer began");
}

/** 503 when a classifier failed in a phase that fails closed. */
export function guardUnavailable(classifier: string): GatewayError {
  const message = `The guard "${classifier}" did not answer and this phase fails closed; try again later`;
  return new GatewayError(503, "guard_unavailable", "guard_unavailable", message);
}

/** 503 when nothing may happen unrecorded (`audit.on_error: closed`) and the audit trail cannot be written. */
export function auditUnavailable(tenant: string, cause: unknown): GatewayError {
  const message = `The audit trail of tenant "${tenant}" cannot be written and it fails closed; try again later`;
  return new GatewayError(503, "guard_unavailable", "audit_unavailable", message, { headers: { "Retry-After": "5" }, cause });
}

/** What was thrown as a refusal: itself, or a 500 that tells nothing. */
export function asGatewayError(error: unknown): GatewayError {
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
