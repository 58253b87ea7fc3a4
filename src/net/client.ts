/**
 * The HTTP client towards backends: `node:http`, keep-alive pools, the body pushed as it comes. Chosen by measurement: its reads
 * cost a fraction of a `fetch` body's in bursts (docs/benchmarks.md).
 */
import { Buffer } from "node:buffer";
import http from "node:http";
import https from "node:https";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { Readable } from "node:stream";

/** What can go wrong between us and a backend. */
export type ClientErrorKind = "unreachable" | "timeout" | "broken";

/** A failed call. Its message names host and reason, never a header or body. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  constructor(readonly kind: ClientErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

export interface ClientOptions {
  /** Until the connection stands; milliseconds. */
  readonly connectTimeoutMs: number;
  /** From the connection to the answer's headers; milliseconds. */
  readonly firstByteTimeoutMs: number;
  /** Between two reads of the body; milliseconds. A healthy stream of any length is never cut. */
  readonly idleTimeoutMs: number;
  /** Idle connections kept per backend. @default 64 */
  readonly maxIdleSockets?: number;
}

export interface ClientRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string | undefined;
}

/** Bytes of an answer, pushed; nothing is delivered before `start`. */
export interface PushBody {
  start(sink: { data(bytes: Uint8Array): void; end(): void; error(cause: ClientError): void }): void;
  pause(): void;
  resume(): void;
  cancel(): void;
}

export interface ClientAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  readonly setCookies: readonly string[];
  readonly body: PushBody;
}

/** The connection was closed before it was used again. */
class StaleConnection extends Error {}

/** Pools of connections, one per origin. */
export class HttpClient {
  readonly #http: http.Agent;
  readonly #https: https.Agent;

  constructor(readonly options: ClientOptions) {
    const pool = { keepAlive: true, maxFreeSockets: options.maxIdleSockets ?? 64 };
    this.#http = new http.Agent(pool);
    this.#https = new https.Agent(pool);
  }

  /** Resolves with the answer's headers. @throws {ClientError} when there is none. */
  async send(request: ClientRequest, signal: AbortSignal): Promise<ClientAnswer> {
    try {
      return await this.#once(request, signal);
    } catch (error) {
      // A pooled connection that the backend closed just then: nothing was answered, so once more on a fresh one is safe.
      if (error instanceof StaleConnection) return await this.#once(request, signal);
      throw error;
    }
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  #once({ method, url, headers, body }: ClientRequest, signal: AbortSignal): Promise<ClientAnswer> {
    const secure = url.protocol === "https:";
    const { connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs } = this.options;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new ClientError("broken", "The client left"));
      let settled = false;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const request = secure
        ? https.request(url, { method, headers, agent: this.#https })
        : http.request(url, { method, headers, agent: this.#http });
      const settle = (apply: () => void) => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        signal.removeEventListener("abort", onAbort);
        apply();
      };
      const fail = (error: Error) =>
        settle(() => {
          request.destroy();
          reject(error);
        });
      const onAbort = () => fail(new ClientError("broken", "The client left"));
      const limit = (ms: number, what: string) => {
        clearTimeout(timer);
        timer = setTimeout(() => fail(new ClientError("timeout", `The backend ${url.host} ${what} within ${ms} ms`)), ms);
      };
      signal.addEventListener("abort", onAbort);
      limit(Math.min(connectTimeoutMs, firstByteTimeoutMs), "could not be connected to");
      request.on("socket", (socket) => {
        const connected = () => {
          if (!settled) limit(firstByteTimeoutMs, "did not begin its answer");
        };
        if (socket.connecting) socket.once(secure ? "secureConnect" : "connect", connected);
        else connected();
      });
      request.on("response", (answer) => settle(() => resolve(answerOf(request, answer, idleTimeoutMs, url.host))));
      request.on("error", (error: Error & { code?: string }) => {
        const stale = request.reusedSocket &&
          (error.code === "ECONNRESET" || error.code === "EPIPE" || error.message.includes("socket hang up"));
        const reason = error.code ?? "connection failed";
        fail(
          stale
            ? new StaleConnection()
            : new ClientError("unreachable", `The backend ${url.host} cannot be reached (${reason})`, { cause: error }),
        );
      });
      if (body === undefined) request.end();
      else request.end(typeof body === "string" ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength));
    });
  }
}

function answerOf(request: http.ClientRequest, answer: http.IncomingMessage, idleTimeoutMs: number, host: string): ClientAnswer {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(answer.headers)) {
    if (name === "set-cookie" || value === undefined) continue;
    headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  const source = decompressed(answer, headers);
  return {
    status: answer.statusCode ?? 0,
    headers,
    setCookies: answer.headers["set-cookie"] ?? [],
    body: pushBody(request, answer, source, idleTimeoutMs, host),
  };
}

/** We ask for identity; a backend that compresses all the same is decoded here, since text must be read. */
function decompressed(answer: http.IncomingMessage, headers: Map<string, string>): Readable {
  const encoding = headers.get("content-encoding")?.trim().toLowerCase();
  const decoder = encoding === "gzip"
    ? createGunzip()
    : encoding === "br"
    ? createBrotliDecompress()
    : encoding === "deflate"
    ? createInflate()
    : undefined;
  if (decoder === undefined) return answer;
  headers.delete("content-encoding");
  headers.delete("content-length");
  answer.on("error", (error) => decoder.destroy(error));
  return answer.pipe(decoder);
}

function pushBody(
  request: http.ClientRequest,
  answer: http.IncomingMessage,
  source: Readable,
  idleTimeoutMs: number,
  host: string,
): PushBody {
  let done = false;
  let paused = false;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let lastReadMs = performance.now();
  // Both: on Deno 2.5 the connection of an answer that has begun ends with the answer only.
  const hangUp = () => {
    answer.destroy();
    request.destroy();
  };
  return {
    start(sink) {
      const finish = (tell: () => void) => {
        if (done) return;
        done = true;
        clearTimeout(idle);
        tell();
      };
      const broke = (kind: ClientErrorKind, what: string) =>
        finish(() => {
          hangUp();
          sink.error(new ClientError(kind, `The backend ${host} ${what}`));
        });
      // One timer that looks back, instead of one that is moved at every read.
      const watch = (ms: number) => {
        idle = setTimeout(() => {
          const silentMs = performance.now() - lastReadMs;
          if (paused || silentMs < idleTimeoutMs - 1) watch(paused ? idleTimeoutMs : idleTimeoutMs - silentMs);
          else broke("timeout", `sent nothing for ${idleTimeoutMs} ms`);
        }, ms);
      };
      lastReadMs = performance.now();
      watch(idleTimeoutMs);
      source.on("data", (bytes: Uint8Array) => {
        lastReadMs = performance.now();
        if (!done) sink.data(bytes);
      });
      // Only a whole body ends: one whose connection closed before the announced length or the last chunk just closes.
      // (`complete` says the same on Deno 2.9; on 2.5 it is still false here.)
      let ended = false;
      answer.on("end", () => ended = true);
      source.on("end", () => finish(() => sink.end()));
      source.on("error", () => broke("broken", "broke off its answer"));
      answer.on("error", () => broke("broken", "broke off its answer"));
      answer.on("close", () => {
        if (!ended && !answer.complete) broke("broken", "broke off its answer");
      });
    },
    pause() {
      paused = true;
      source.pause();
    },
    resume() {
      paused = false;
      lastReadMs = performance.now();
      source.resume();
    },
    cancel() {
      done = true;
      clearTimeout(idle);
      // Errors of a connection we closed ourselves are nobody's.
      answer.on("error", () => {});
      source.on("error", () => {});
      request.on("error", () => {});
      hangUp();
    },
  };
}
