/** Reads bodies within limits: what a client or backend can make grow is bounded before it is parsed. */
import { clientLeft, GatewayError, invalidRequest } from "./errors.ts";
import { BackendError, type ByteSource } from "../upstream/types.ts";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** The request body as text. @throws {GatewayError} 413 over `maxBytes` (after decompression), 499 when the client left, 415 for an unknown encoding, 400 for bytes that are not UTF-8. */
export async function readRequestText(request: Request, maxBytes: number): Promise<string> {
  const bytes = await readRequestBytes(request, maxBytes);
  try {
    return UTF8.decode(bytes);
  } catch {
    throw invalidRequest("The request body is not valid UTF-8; send JSON encoded as UTF-8");
  }
}

/** The request body as bytes, decompressed. Throws like `readRequestText`; `setting` is what the limit comes from. */
export async function readRequestBytes(request: Request, maxBytes: number, setting = "server.max_body_bytes"): Promise<Uint8Array> {
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
  try {
    for await (const part of body) {
      length += part.byteLength;
      // Counted after decompression, so a small bomb ends here as well.
      if (length > maxBytes) throw tooLarge(maxBytes, setting);
      parts.push(part);
    }
  } catch (error) {
    if (error instanceof TypeError) throw invalidRequest(`The request body could not be read as ${encoding}`, { cause: error });
    if (error instanceof GatewayError) throw error;
    // The connection closed before the announced end: Deno throws BadResource or Http, and does not abort the request's signal.
    throw clientLeft();
  }
  return join(parts, length);
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
