/** What the upstream room shows: a request out, a byte source back. */
import type { Target } from "./target.ts";

/** Bytes of a backend's answer, pushed. Nothing is delivered before `start`, nor within it; `pause` stops the socket from being read. */
export interface ByteSource {
  /** Called once. Exactly one of `end` and `error` ends it, unless `cancel` came first. */
  start(sink: ByteSink): void;
  pause(): void;
  resume(): void;
  /** Ends the backend request at once (closes its socket); nothing is delivered afterwards. Idempotent. */
  cancel(): void;
}

export interface ByteSink {
  data(bytes: Uint8Array): void;
  end(): void;
  error(cause: BackendError): void;
}

/** What a target speaks. */
export interface TargetApi {
  /** `auto`: what the client called. */
  readonly format: "auto" | "openai" | "anthropic" | "custom";
  /** How it serves the Responses API. */
  readonly responses: "native" | "chat";
  /** Clients' names for models to this target's; `*` stands for any other name. */
  readonly modelAliases: Readonly<Record<string, string>>;
}

/** A call as one target is to get it. */
export interface Wire {
  /** Path with its query string, beginning with `/`. */
  readonly path: string;
  /** The client's headers; hygiene and credentials are decided here. */
  readonly headers: Headers;
  readonly body: Uint8Array | string | undefined;
}

/** One call of a client, before it is decided who answers it. */
export interface BackendRequest {
  readonly method: string;
  readonly requestId: string;
  /**
   * `prompt`: may be repeated and may go to a fallback; a whole answer is read to its end before it counts. `through`: something at this very
   * backend (files, batches), so it goes to no fallback, and is repeated only where that cannot do it twice.
   */
  readonly kind: "prompt" | "through";
  /** The call in the API of a target; undefined when a fallback's API has no such call. May throw for the first choice. */
  wire(target: TargetApi, isFallback: boolean): Wire | undefined;
  /** Largest whole answer that is read before it counts; bytes. */
  readonly maxAnswerBytes: number;
  /** How long the first event of a stream is awaited before it counts; milliseconds. */
  readonly holdMs: number;
  /** Tells the gateway's own keys, which never leave. */
  readonly isGatewayKey: (credential: string) => boolean;
}

/** One try, as metrics and the audit trail tell it. */
export interface Try {
  /** Label of the target. */
  readonly backend: string;
  /** Until the headers of its answer, or its failure; milliseconds. */
  readonly ms: number;
  /** What was wrong: a `BackendErrorKind`, `http_429`, `http_408`, `http_5xx` or `error_event`; undefined when it answered. */
  readonly problem: string | undefined;
}

/** A fallback answered, and why. */
export interface FallbackFact {
  readonly name: string;
  /** What was wrong with the first choice: a `Try`'s problem, `circuit_open`, `unhealthy` or `not_translatable`. */
  readonly reason: string;
}

export interface BackendAnswer {
  readonly status: number;
  /** Lower-case names; hop-by-hop headers removed; `set-cookie` kept apart. */
  readonly headers: ReadonlyMap<string, string>;
  readonly setCookies: readonly string[];
  readonly body: ByteSource;
  /** Label of the target that answered. */
  readonly backend: string;
  readonly target: TargetApi;
  /** Every try, the last one answered. */
  readonly tries: readonly Try[];
  readonly fallback: FallbackFact | undefined;
}

export type BackendErrorKind = "unreachable" | "timeout" | "broken" | "refused" | "configuration" | "unavailable";

export interface BackendErrorOptions extends ErrorOptions {
  readonly tries?: readonly Try[];
  /** When another try may help; milliseconds. */
  readonly retryAfterMs?: number;
}

/** The backend could not be reached, timed out, broke off, or is not asked just now. Its message never holds a secret. */
export class BackendError extends Error {
  override readonly name = "BackendError";
  constructor(readonly kind: BackendErrorKind, message: string, readonly options: BackendErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
  }
}

/** How one target is doing. */
export interface TargetStatus {
  readonly backend: string;
  readonly role: "primary" | "fallback";
  readonly circuit: "closed" | "half_open" | "open";
  readonly healthy: boolean;
  readonly inFlight: number;
}

/** A tenant's backend: its targets and fallbacks, their pools, auth, retries. */
export interface Backend {
  /** The configured URL, as `/admin/tenant-info` shows it. */
  readonly url: string;
  /** @throws {BackendError} when nobody answered; `options.tries` tells what was tried. */
  send(request: BackendRequest, signal: AbortSignal): Promise<BackendAnswer>;
  /** By their settings, so that a reload keeps pools, circuits, health and levels of those that stay the same. */
  readonly targets: ReadonlyMap<string, Target>;
  status(): readonly TargetStatus[];
  /** Lets go of its targets; those that no other backend holds are closed. */
  close(): Promise<void>;
}
