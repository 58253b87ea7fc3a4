/** What the upstream room shows: a request out, a byte source back. */

/** Bytes of a backend's answer, pushed. Nothing is delivered before `start`; `pause` stops the socket from being read. */
export interface ByteSource {
  /** Called once. Exactly one of `end` and `error` ends it, unless `cancel` came first. */
  start(sink: { data(bytes: Uint8Array): void; end(): void; error(cause: BackendError): void }): void;
  pause(): void;
  resume(): void;
  /** Ends the backend request at once (closes its socket); nothing is delivered afterwards. Idempotent. */
  cancel(): void;
}

/** What goes to the backend: everything resolved, nothing left to decide. */
export interface BackendRequest {
  readonly method: string;
  /** Path as the client called it, tenant prefix removed, with its query string: `/v1/chat/completions?x=1`. */
  readonly path: string;
  /** The client's headers as they came; hygiene and credentials are decided here. */
  readonly headers: Headers;
  readonly body: Uint8Array | string | undefined;
  readonly stream: boolean;
  readonly requestId: string;
}

export interface BackendAnswer {
  readonly status: number;
  /** Lower-case names; hop-by-hop headers removed; `set-cookie` kept apart. */
  readonly headers: ReadonlyMap<string, string>;
  readonly setCookies: readonly string[];
  readonly body: ByteSource;
  /** How many tries were made (1 = first try worked), and which backend answered. */
  readonly attempts: number;
  readonly backend: string;
  /** Milliseconds until the answer's headers. */
  readonly headersMs: number;
}

export type BackendErrorKind = "unreachable" | "timeout" | "broken" | "refused" | "configuration";

/** The backend could not be reached, timed out or broke off. Its message never holds a secret. */
export class BackendError extends Error {
  override readonly name = "BackendError";
  constructor(readonly kind: BackendErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** A tenant's backend: connection pool, auth, retries, fallbacks. */
export interface Backend {
  /** The configured URL, as `/admin/tenant-info` shows it. */
  readonly url: string;
  /** @throws {BackendError} when no try got an answer's headers. */
  send(request: BackendRequest, signal: AbortSignal): Promise<BackendAnswer>;
  close(): Promise<void>;
}
