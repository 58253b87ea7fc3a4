/** Reads bodies within limits: what a client or backend can make grow is bounded before it is parsed. */
import { clientLeft, GatewayError, invalidRequest } from "./errors.ts";
import { BackendError, type ByteSource } from "../upstream/types.ts";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** Bounds of a request's body. */
export interface BodyLimits {
  /** After decompression. */
  readonly maxBytes: number;
  /** Until it has come, and a second more for every `MIN_BYTES_PER_SECOND` of it; milliseconds. */
  readonly timeoutMs: number;
  /** Where `maxBytes` comes from, for the refusal. @default "server.max_body_bytes" */
  readonly setting?: string;
}

/** A body that comes more slowly for long is meant to hold a connection. */
const MIN_BYTES_PER_SECOND = 1024;

/** The request body as text. @throws {GatewayError} 408 when it comes too slowly, 413 over `maxBytes` (after decompression), 499 when the client left, 415 for an unknown encoding, 400 for bytes that are not UTF-8. */
export async function readRequestText(request: Request, limits: BodyLimits): Promise<string> {
  const bytes = await readRequestBytes(request, limits);
  try {
    return UTF8.decode(bytes);
  } catch {
    throw invalidRequest("The request body is not valid UTF-8; send JSON encoded as UTF-8");
  }
}

/** The request body as bytes, decompressed. Throws like `readRequestText`. */
export async function readRequestBytes(
  request: Request,
  { maxBytes, timeoutMs, setting = "server.max_body_bytes" }: BodyLimits,
): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? "0");
  if (declared > maxBytes) throw tooLarge(maxBytes, setting);
  let body = request.body;
  if (body === null) return new Uint8Array();
  const encoding = (request.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (encoding === "gzip" || encoding === "deflate") body = body.pipeThrough(new DecompressionStream(encoding));
  else if (encoding !== "identity") {
    throw invalidRequest(`The content encoding "${encoding.slice(0, 40)}" is not supported; send gzip, deflate or none`, { status: 415 });
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  const begun = performance.now();
  let tooSlow = false;
  const look = () => {
    const leftMs = timeoutMs + length * 1000 / MIN_BYTES_PER_SECOND - (performance.now() - begun);
    if (leftMs > 0) timer = setTimeout(look, leftMs);
    else {
      tooSlow = true;
      // Ends the read that waits.
      reader.cancel().catch(() => {});
    }
  };
  let timer = setTimeout(look, timeoutMs);
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      length += part.value.byteLength;
      // Counted after decompression, so a small bomb ends here as well.
      if (length > maxBytes) throw tooLarge(maxBytes, setting);
      parts.push(part.value);
    }
  } catch (error) {
    if (error instanceof TypeError) throw invalidRequest(`The request body could not be read as ${encoding}`, { cause: error });
    if (error instanceof GatewayError) {
      reader.cancel().catch(() => {});
      throw error;
    }
    // The connection closed before the announced end: Deno throws BadResource or Http, and does not abort the request's signal.
    throw clientLeft();
  } finally {
    clearTimeout(timer);
  }
  if (tooSlow) throw slow();
  return join(parts, length);
}

function slow(): GatewayError {
  return invalidRequest("The request body comes too slowly; send it faster (server.body_timeout_ms)", {
    status: 408,
    code: "request_timeout",
  });
}

function tooLarge(maxBytes: number, setting: string): Error {
  return invalidRequest(`The request body is larger than ${maxBytes} bytes (${setting})`, {
    status: 413,
    code: "request_too_large",
  });
}

/** A whole answer. @throws {BackendError} when it broke off, or `signal` says that nobody waits for it; `undefined` when it is larger than `maxBytes`. */
export function readAnswer(source: ByteSource, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
  return new Promise((resolve, reject: (cause: BackendError) => void) => {
    const parts: Uint8Array[] = [];
    let length = 0;
    const leave = () => {
      source.cancel();
      reject(new BackendError("broken", "The client left"));
    };
    signal.addEventListener("abort", leave, { once: true });
    source.start({
      data(bytes) {
        length += bytes.byteLength;
        if (length > maxBytes) {
          source.cancel();
          resolve(undefined);
          return;
        }
        parts.push(bytes);
      },
      end() {
        signal.removeEventListener("abort", leave);
        resolve(join(parts, length));
      },
      error: reject,
    });
  });
}

/** An answer handed on as it comes, with backpressure. `onEnd` is called once. */
export function passThrough(
  source: ByteSource,
  onEnd: (end: "complete" | "client_left" | "backend_failed") => Promise<void>,
): ReadableStream<Uint8Array> {
  let paused = false;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        source.start({
          data(bytes) {
            controller.enqueue(bytes);
            if ((controller.desiredSize ?? 1) <= 0 && !paused) {
              paused = true;
              source.pause();
            }
          },
          end: () => void onEnd("complete").then(() => controller.close()),
          error: (cause) => void onEnd("backend_failed").then(() => controller.error(cause)),
        });
      },
      pull() {
        if (!paused) return;
        paused = false;
        source.resume();
      },
      cancel() {
        source.cancel();
        void onEnd("client_left");
      },
    },
    { highWaterMark: 1 << 16, size: (chunk) => chunk.byteLength },
  );
}

function join(parts: readonly Uint8Array[], length: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const out = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.byteLength;
  }
  return out;
}
