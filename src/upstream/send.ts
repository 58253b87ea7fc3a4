/** One tenant's backend: where calls go, with which credential, how often they are tried. */
import { ClientError, HttpClient } from "../net/client.ts";
import { type BackendAuth, credentialHeaders, type TokenSource } from "./auth.ts";
import { forwardedHeaders, returnedHeaders } from "./headers.ts";
import { retryDelayMs, worthRetrying } from "./retry.ts";
import { type Backend, type BackendAnswer, BackendError, type BackendRequest } from "./types.ts";
import { backendUrl } from "./url.ts";

export interface BackendOptions {
  readonly url: string;
  /** Until the answer's headers; milliseconds. */
  readonly firstByteTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly idleTimeoutMs: number;
  /** Tries after the first one. */
  readonly retryAttempts: number;
  readonly retryDelayMs: number;
  /** Set on every call; they win over the client's. */
  readonly headers: Readonly<Record<string, string>>;
  readonly auth: BackendAuth | undefined;
  readonly authPassthrough: boolean;
  /** Client headers that stay here (the tenant header). */
  readonly droppedHeaders: readonly string[];
}

export interface BackendDeps {
  readonly tokens: TokenSource;
  readonly isGatewayKey: (credential: string) => boolean;
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Makes the backend of one tenant. */
export function createBackend(options: BackendOptions, deps: BackendDeps): Backend {
  const client = new HttpClient(options);
  return {
    url: options.url,
    send: (request, signal) => send(request, signal, client, options, deps),
    close: () => {
      client.close();
      return Promise.resolve();
    },
  };
}

async function send(
  request: BackendRequest,
  signal: AbortSignal,
  client: HttpClient,
  options: BackendOptions,
  deps: BackendDeps,
): Promise<BackendAnswer> {
  const url = backendUrl(options.url, request.path);
  const headers: Record<string, string> = {
    ...forwardedHeaders(request.headers, options.droppedHeaders),
    ...credentialHeaders({ auth: options.auth, passthrough: options.authPassthrough }, request.headers, deps.isGatewayKey, deps.tokens),
    ...(needsAnthropicVersion(url, request.headers) && { "anthropic-version": ANTHROPIC_VERSION }),
    ...lowerCased(options.headers),
    "accept-encoding": "identity",
    ...(request.body !== undefined && { "content-length": String(byteLength(request.body)) }),
  };
  const started = deps.now();
  for (let attempt = 1;; attempt++) {
    const last = attempt > options.retryAttempts;
    try {
      const answer = await client.send({ method: request.method, url, headers, body: request.body }, signal);
      const retryAfter = answer.headers.get("retry-after");
      if (!last && worthRetrying(answer.status)) {
        answer.body.cancel();
        await deps.sleep(
          retryDelayMs({ attempt, baseMs: options.retryDelayMs, retryAfter, nowMs: deps.now(), random: deps.random }),
          signal,
        );
        continue;
      }
      return {
        status: answer.status,
        headers: returnedHeaders(answer.headers),
        setCookies: answer.setCookies,
        body: {
          ...answer.body,
          start: (sink) => answer.body.start({ ...sink, error: (cause) => sink.error(asBackendError(cause)) }),
        },
        attempts: attempt,
        backend: url.host,
        headersMs: deps.now() - started,
      };
    } catch (error) {
      const problem = asBackendError(error);
      // A time-out may have been worked on and paid for; only calls that never arrived are tried again.
      if (last || signal.aborted || problem.kind !== "unreachable") throw problem;
      await deps.sleep(
        retryDelayMs({ attempt, baseMs: options.retryDelayMs, retryAfter: undefined, nowMs: deps.now(), random: deps.random }),
        signal,
      );
    }
  }
}

/** The messages API refuses calls without a version; the SDKs send one, other clients and translated calls do not. */
const ANTHROPIC_VERSION = "2023-06-01";

function needsAnthropicVersion(url: URL, headers: Headers): boolean {
  return url.pathname.endsWith("/v1/messages") && !headers.has("anthropic-version");
}

function asBackendError(error: unknown): BackendError {
  if (error instanceof BackendError) return error;
  if (error instanceof ClientError) return new BackendError(error.kind, error.message, { cause: error });
  return new BackendError("broken", "The call to the backend failed", { cause: error });
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function byteLength(body: Uint8Array | string): number {
  return typeof body === "string" ? new TextEncoder().encode(body).byteLength : body.byteLength;
}
