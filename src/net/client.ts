/**
 * The HTTP client towards backends: `undici`, keep-alive pools, the body pushed as it comes. Chosen by measurement (docs/benchmarks.md): its
 * reads cost least, and it behaves the same on every Deno we run on, where `node:http` of Deno 2.5 keeps no connections alive. Its parser
 * refuses what request smuggling lives on: two lengths, a length beside chunks, folded or oversized headers.
 */
import "./uncloneable.ts";
import { type Dispatcher, Pool } from "undici";
import { type Resolver, systemResolver } from "./addresses.ts";
import { ClientError, reasonOf } from "./client_error.ts";
import { connectTo, onConnectionOlderThan } from "./connect.ts";
import { decoderFor } from "./decompress.ts";
import { proxiesFrom, proxyAuthorization, type ProxyChoice } from "./proxies.ts";
import { type PushBody, ReceivedBody } from "./push_body.ts";
import { type TlsFiles, tlsReader } from "./tls_files.ts";

export interface ClientOptions {
  /** Until the connection stands, look-up and handshakes included; milliseconds. */
  readonly connectTimeoutMs: number;
  /** From the connection to the answer's headers; milliseconds. */
  readonly firstByteTimeoutMs: number;
  /** Between two reads of the body; milliseconds. A healthy stream of any length is never cut. */
  readonly idleTimeoutMs: number;
  readonly tls?: TlsFiles | undefined;
  /** Names may only lead to public addresses; checked for each connection. @default false */
  readonly publicOnly?: boolean;
  /** Age after which a pooled connection is not used again, so that a changed DNS entry is followed; milliseconds. @default 300_000 */
  readonly maxAgeMs?: number;
  /** @default systemResolver */
  readonly resolve?: Resolver;
  /** @default the environment's HTTP_PROXY, HTTPS_PROXY and NO_PROXY */
  readonly proxy?: ProxyChoice;
}

export interface ClientRequest {
  readonly method: string;
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | undefined;
  /** Bound on everything until the answer's headers, beside the client's own limits; milliseconds. */
  readonly limitMs?: number;
}

export interface ClientAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly setCookies: readonly string[];
  readonly body: PushBody;
}

/** Largest header block of an answer; bytes. */
const MAX_HEADER_BYTES = 1 << 16;
/** Idle connections are closed after this, or when the backend says (`Keep-Alive: timeout=`); milliseconds. */
const KEEP_IDLE_MS = 30_000;
const MAX_AGE_MS = 300_000;

/** The connection was closed before it was used again. */
class StaleConnection extends Error {}

/** Pools of connections, one per origin. */
export class HttpClient {
  readonly #pools = new Map<string, { readonly pool: Pool; readonly via: URL | undefined }>();
  readonly #tls: ReturnType<typeof tlsReader>;
  readonly #proxy: ProxyChoice;

  constructor(readonly options: ClientOptions) {
    this.#tls = tlsReader(options.tls);
    this.#proxy = options.proxy ?? proxiesFrom((name) => Deno.env.get(name));
  }

  /** Resolves with the answer's headers. @throws {ClientError} when there is none. */
  async send(request: ClientRequest, signal: AbortSignal): Promise<ClientAnswer> {
    try {
      return await this.#once(request, signal);
    } catch (error) {
      // A pooled connection that the backend closed just then: nothing was answered, so once more on another one is safe.
      if (error instanceof StaleConnection) return await this.#once(request, signal, true);
      throw error;
    }
  }

  /** Closes every connection, those in use included. */
  close(): void {
    for (const { pool } of this.#pools.values()) pool.destroy().catch(() => {});
    this.#pools.clear();
  }

  #once(request: ClientRequest, signal: AbortSignal, again = false): Promise<ClientAnswer> {
    const { url, method, headers, body } = request;
    const { pool, via } = this.#poolOf(url);
    // A proxy is told the whole URL (RFC 9112, 3.2.2), except through a tunnel.
    const absolute = via !== undefined && url.protocol === "http:";
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(left());
      const call = new Call(request, this.options, signal, again, resolve, reject);
      pool.dispatch({
        method: method as Dispatcher.HttpMethod,
        path: absolute ? url.href : `${url.pathname}${url.search}`,
        headers: absolute ? { ...headers, ...proxyAuthorization(via) } : headers,
        body: body ?? null,
      }, call);
    });
  }

  #poolOf(url: URL): { readonly pool: Pool; readonly via: URL | undefined } {
    const known = this.#pools.get(url.origin);
    if (known !== undefined) return known;
    let via: URL | undefined;
    try {
      via = this.#proxy(url);
    } catch (cause) {
      throw new ClientError("configuration", "connect", `The backend ${url.host} cannot be called: ${(cause as Error).message}`, { cause });
    }
    const { connectTimeoutMs, resolve = systemResolver, publicOnly = false, maxAgeMs = MAX_AGE_MS } = this.options;
    const connecting = { timeoutMs: connectTimeoutMs, resolve, publicOnly, proxy: via, tls: this.#tls };
    const pool = new Pool(url.origin, {
      connect: (_options, callback) => {
        connectTo(url, connecting).then((socket) => callback(null, socket), (error: Error) => callback(error, null));
      },
      maxHeaderSize: MAX_HEADER_BYTES,
      // Ours are exact, and know why a body is paused.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: KEEP_IDLE_MS,
      keepAliveMaxTimeout: maxAgeMs,
      clientTtl: maxAgeMs,
    });
    const made = { pool, via };
    this.#pools.set(url.origin, made);
    return made;
  }
}

/** One call under way: first its headers, then its body. */
class Call implements Dispatcher.DispatchHandler {
  #controller: Dispatcher.DispatchController | undefined;
  #body: ReceivedBody | undefined;
  #settled = false;
  #limit: ReturnType<typeof setTimeout> | undefined;
  #firstByte: ReturnType<typeof setTimeout> | undefined;
  readonly #host: string;
  readonly #begunMs = performance.now();

  constructor(
    { url, limitMs }: ClientRequest,
    readonly options: ClientOptions,
    readonly signal: AbortSignal,
    /** A stale connection is an error now. */
    readonly again: boolean,
    readonly resolve: (answer: ClientAnswer) => void,
    readonly reject: (error: Error) => void,
  ) {
    this.#host = url.host;
    signal.addEventListener("abort", this.#onAbort);
    if (limitMs !== undefined) this.#limit = this.#timeOut(limitMs, "connect");
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) return controller.abort(left());
    this.#firstByte ??= this.#timeOut(this.options.firstByteTimeoutMs, "headers");
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: Record<string, string | string[] | undefined>): void {
    // 100 Continue, 103 Early Hints: the answer is still to come.
    if (status < 200 || this.#settled) return;
    controller.pause();
    const flat = new Map<string, string>();
    for (const [name, value] of Object.entries(headers)) {
      if (name !== "set-cookie" && value !== undefined) flat.set(name.toLowerCase(), byteString(String(value)));
    }
    const cookies = headers["set-cookie"];
    let decoder: ReturnType<typeof decoderFor>;
    try {
      decoder = decoderFor(flat.get("content-encoding"), this.#host);
    } catch (error) {
      this.#fail(error as ClientError);
      return;
    }
    if (decoder !== undefined) {
      flat.delete("content-encoding");
      flat.delete("content-length");
    }
    this.#body = new ReceivedBody({
      pause: () => controller.pause(),
      resume: () => controller.resume(),
      abort: () => controller.abort(left()),
    }, { host: this.#host, idleTimeoutMs: this.options.idleTimeoutMs, decoder });
    this.#settle();
    this.resolve({
      status,
      headers: flat,
      setCookies: cookies === undefined ? [] : [cookies].flat().map(byteString),
      body: this.#body,
    });
  }

  onRequestUpgrade(controller: Dispatcher.DispatchController): void {
    controller.abort(left());
    this.#fail(new ClientError("broken", "headers", `The backend ${this.#host} wants to speak another protocol`));
  }

  onResponseData(_controller: Dispatcher.DispatchController, bytes: Uint8Array): void {
    this.#body?.received(bytes);
  }

  onResponseEnd(): void {
    this.#body?.ended();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#body !== undefined) return this.#body.broke("broke off its answer");
    this.#fail(this.#asProblem(error));
  }

  #asProblem(error: Error & { code?: string }): Error {
    if (error instanceof ClientError) return error;
    const { code } = error;
    if (code === "UND_ERR_HEADERS_OVERFLOW") return this.#broken(`sent headers of more than ${MAX_HEADER_BYTES} bytes`, error);
    if (code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH") return this.#broken("sent lengths that contradict each other", error);
    if (error.name === "HTTPParserError" || code?.startsWith("HPE_") === true) return this.#broken("sent what is no HTTP answer", error);
    // A connection that was kept alive, and closed before this call was answered.
    if (!this.again && onConnectionOlderThan(error, this.#begunMs)) return new StaleConnection();
    return this.#broken(`closed the connection (${code === "UND_ERR_SOCKET" ? "no answer" : reasonOf(error)})`, error);
  }

  #broken(what: string, cause: Error): ClientError {
    return new ClientError("broken", "headers", `The backend ${this.#host} ${what}`, { cause });
  }

  readonly #onAbort = () => this.#fail(left());

  #timeOut(ms: number, phase: "connect" | "headers"): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      const reached = this.#controller === undefined ? phase : "headers";
      const message = `The backend ${this.#host} did not begin its answer within ${Math.round(ms)} ms`;
      this.#fail(new ClientError("timeout", reached, message));
    }, ms);
  }

  #fail(error: Error): void {
    if (this.#settled) return;
    this.#settle();
    this.#controller?.abort(left());
    this.reject(error);
  }

  #settle(): void {
    this.#settled = true;
    clearTimeout(this.#limit);
    clearTimeout(this.#firstByte);
    // From its headers on the body's reader decides.
    this.signal.removeEventListener("abort", this.#onAbort);
  }
}

function left(): ClientError {
  return new ClientError("broken", "headers", "The client left");
}

/** Header values are bytes (RFC 9110, 5.5); what was read as UTF-8 is handed on as the bytes it was. */
function byteString(value: string): string {
  return /[\u0080-\uffff]/.test(value) ? String.fromCharCode(...new TextEncoder().encode(value)) : value;
}
