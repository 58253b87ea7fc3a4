/** One place calls can go: its address, credential and pool of connections, and how it has been doing. */
import { ClientError, type ClientPhase } from "../net/client_error.ts";
import { type ClientOptions, HttpClient } from "../net/client.ts";
import { type BackendAuth, credentialHeaders, type TokenSource } from "./auth.ts";
import { type BreakerOptions, CircuitBreaker, type Permit } from "./breaker.ts";
import { forwardedHeaders, returnedHeaders } from "./headers.ts";
import { discard } from "./held_answer.ts";
import { HealthCheck, type HealthCheckOptions } from "./health_check.ts";
import { RetryBudget, type RetryBudgetOptions } from "./retry_budget.ts";
import { BackendError, type ByteSource, type TargetApi, type TargetStatus, type Wire } from "./types.ts";
import { backendUrl } from "./url.ts";

export interface TargetOptions {
  /** As metrics and the audit trail name it. */
  readonly label: string;
  readonly url: string;
  /** Share of the calls beside its equals. */
  readonly weight: number;
  readonly api: TargetApi;
  readonly client: Omit<ClientOptions, "resolve" | "proxy">;
  /** Set on every call; they win over the client's. */
  readonly headers: Readonly<Record<string, string>>;
  /** Query parameters set on every call. */
  readonly query: Readonly<Record<string, string>>;
  readonly auth: BackendAuth | undefined;
  readonly authPassthrough: boolean;
  /** Undefined = every call is let through. */
  readonly breaker: BreakerOptions | undefined;
  readonly healthCheck: HealthCheckOptions | undefined;
  readonly retryBudget: RetryBudgetOptions;
}

/** What a backend needs from outside. */
export interface BackendDeps {
  readonly tokens: TokenSource;
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Told when a target's circuit opens or closes, or its health changes. */
  readonly onChange?: (backend: string, what: "circuit_opened" | "circuit_closed" | "unhealthy" | "healthy") => void;
  /** What backends on the internet would be called with; for tests. */
  readonly transport?: Pick<ClientOptions, "resolve" | "proxy">;
}

/** A call of this target that began to be answered. */
export interface TargetAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly setCookies: readonly string[];
  readonly body: ByteSource;
}

/** What of a client's headers must not leave the gateway. */
export interface ClientsOwn {
  readonly droppedHeaders: readonly string[];
  readonly isGatewayKey: (credential: string) => boolean;
}

/** One call under way: counted, and reported to the breaker exactly once. */
export interface Turn {
  readonly permit: Permit;
  /** No longer under way. Idempotent. */
  over(): void;
}

const LET_THROUGH: Permit = { succeeded: () => {}, failed: () => {}, dropped: () => {} };

export class Target {
  readonly budget: RetryBudget;
  inFlight = 0;
  turn = 0;
  readonly #client: HttpClient;
  readonly #breaker: CircuitBreaker | undefined;
  #health: HealthCheck | undefined;
  #holds = 0;

  constructor(readonly options: TargetOptions, readonly deps: BackendDeps) {
    const { label, breaker } = options;
    this.#client = new HttpClient({ ...options.client, ...deps.transport });
    this.budget = new RetryBudget(options.retryBudget, deps.now);
    if (breaker !== undefined) {
      this.#breaker = new CircuitBreaker(
        breaker,
        deps.now,
        (state) => deps.onChange?.(label, state === "open" ? "circuit_opened" : "circuit_closed"),
      );
    }
  }

  get weight(): number {
    return this.options.weight;
  }

  get healthy(): boolean {
    return this.#health?.healthy ?? true;
  }

  /** Its breaker lets a call through. */
  get allows(): boolean {
    return this.#breaker?.allows ?? true;
  }

  /** Until it may be asked again; milliseconds. */
  get waitMs(): number {
    return this.#breaker?.waitMs ?? 0;
  }

  status(role: TargetStatus["role"]): TargetStatus {
    const circuit = this.#breaker?.state ?? "closed";
    return { backend: this.options.label, role, circuit, healthy: this.healthy, inFlight: this.inFlight };
  }

  /** One backend more uses it; its health is checked from the first on. */
  hold(): void {
    if (this.#holds++ > 0 || this.options.healthCheck === undefined) return;
    const { healthCheck, label } = this.options;
    this.#health = new HealthCheck(healthCheck, {
      probe: () => this.#probe(healthCheck),
      schedule(callback, ms) {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
      random: this.deps.random,
      onChange: (healthy) => this.deps.onChange?.(label, healthy ? "healthy" : "unhealthy"),
    });
  }

  /** One backend less; the last one closes its connections. */
  release(): void {
    if (--this.#holds > 0) return;
    this.#health?.stop();
    this.#client.close();
  }

  /**
   * Begins a call; `force`: whatever the breaker says.
   * @returns undefined when the breaker does not let it through.
   */
  begin(force: boolean): Turn | undefined {
    const breaker = this.#breaker;
    const permit = breaker === undefined ? LET_THROUGH : breaker.acquire() ?? (force ? breaker.force() : undefined);
    if (permit === undefined) return undefined;
    this.inFlight++;
    let open = true;
    return {
      permit,
      over: () => {
        if (open) this.inFlight--;
        open = false;
      },
    };
  }

  /**
   * Sends a call; `limitMs` bounds the time to its headers.
   * @throws {CallError}
   */
  async call(
    method: string,
    wire: Wire,
    limitMs: number,
    { droppedHeaders, isGatewayKey }: ClientsOwn,
    signal: AbortSignal,
  ): Promise<TargetAnswer> {
    const { auth, authPassthrough } = this.options;
    const url = backendUrl(this.options.url, wire.path, this.options.query);
    try {
      const headers: Record<string, string> = {
        ...forwardedHeaders(wire.headers, droppedHeaders),
        ...credentialHeaders({ auth, passthrough: authPassthrough }, wire.headers, isGatewayKey, this.deps.tokens),
        ...(needsAnthropicVersion(url, wire.headers) && { "anthropic-version": ANTHROPIC_VERSION }),
        ...lowerCased(this.options.headers),
        "accept-encoding": "identity",
      };
      const answer = await this.#client.send({ method, url, headers, body: wire.body, limitMs }, signal);
      const body: ByteSource = {
        start: (sink) =>
          answer.body.start({ data: sink.data.bind(sink), end: sink.end.bind(sink), error: (cause) => sink.error(asBackendError(cause)) }),
        pause: () => answer.body.pause(),
        resume: () => answer.body.resume(),
        cancel: () => answer.body.cancel(),
      };
      return { status: answer.status, headers: returnedHeaders(answer.headers), setCookies: answer.setCookies, body };
    } catch (error) {
      throw new CallError(asBackendError(error), error instanceof ClientError ? error.phase : "connect");
    }
  }

  /** A GET below the host, with the gateway's own credential. */
  async #probe({ path, timeoutMs }: HealthCheckOptions): Promise<boolean> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), timeoutMs);
    try {
      const own = this.options.auth === undefined ? {} : credentialHeaders(
        { auth: this.options.auth, passthrough: false },
        new Headers(),
        () => false,
        this.deps.tokens,
      );
      const headers = { ...own, ...lowerCased(this.options.headers), "accept-encoding": "identity" };
      const answer = await this.#client.send(
        { method: "GET", url: new URL(path, this.options.url), headers, body: undefined },
        abort.signal,
      );
      discard(answer.body);
      return answer.status >= 200 && answer.status < 400;
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A call that got no answer, and how far it had come. */
export class CallError extends Error {
  override readonly name = "CallError";
  constructor(readonly problem: BackendError, readonly phase: ClientPhase) {
    super(problem.message, { cause: problem });
  }
}

/** The messages API refuses calls without a version; the SDKs send one, other clients and translated calls do not. */
export const ANTHROPIC_VERSION = "2023-06-01";

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
