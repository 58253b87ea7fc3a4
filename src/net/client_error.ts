/** What can go wrong between us and a backend. */

/**
 * `unreachable`: no connection, nothing was sent. `timeout`. `broken`: the connection or the answer broke off, or is no HTTP. `refused`: the
 * address may not be called. `configuration`: a file or variable of ours is wrong.
 */
export type ClientErrorKind = "unreachable" | "timeout" | "broken" | "refused" | "configuration";

/** How far a call had come. */
export type ClientPhase = "connect" | "headers" | "body";

/** A failed call. Its message names host and reason, never a header, body or path. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  constructor(readonly kind: ClientErrorKind, readonly phase: ClientPhase, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** The short reason in an error of a socket: its code, which names no secret. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string" && error.code !== "UNKNOWN") return error.code;
  return "connection failed";
}
