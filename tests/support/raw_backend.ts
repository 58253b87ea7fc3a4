/** A backend that answers the very bytes a test asks for, pieces in writes of their own, over a plain socket. */

/** One request as it arrived. */
export interface RawRequest {
  /** Request line and headers. */
  readonly head: string;
  readonly body: string;
}

export interface RawAnswer {
  /** Written one after the other, with a pause between, so that each arrives as a read of its own. */
  readonly pieces: readonly (string | Uint8Array)[];
  /** Between two pieces; milliseconds. @default 5 */
  readonly pauseMs?: number;
  /** Keeps the connection open after the last piece. @default false */
  readonly hold?: boolean;
}

export interface RawBackend extends AsyncDisposable {
  readonly url: string;
  /** Requests so far, oldest first. */
  readonly requests: readonly RawRequest[];
  /** Connections whose other end left before the answer was whole. */
  readonly left: number;
}

const encoder = new TextEncoder();

/** Head of an event stream that ends with its connection. */
export const STREAM_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

/** A JSON answer with its length. */
export function jsonAnswer(body: string, status = "200 OK", headers = ""): string {
  return `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${
    encoder.encode(body).length
  }\r\nConnection: close\r\n${headers}\r\n${body}`;
}

/** Starts it on loopback; `answer` is asked for every request. */
export function startRawBackend(answer: (request: RawRequest) => RawAnswer): RawBackend {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const requests: RawRequest[] = [];
  const connections = new Set<Deno.TcpConn>();
  let left = 0;
  const serve = async (connection: Deno.TcpConn) => {
    connections.add(connection);
    try {
      connection.setNoDelay();
      for (;;) {
        const request = await readRequest(connection);
        if (request === undefined) return;
        requests.push(request);
        const { pieces, pauseMs = 5, hold = false } = answer(request);
        for (const piece of pieces) {
          await writeAll(connection, typeof piece === "string" ? encoder.encode(piece) : piece);
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
        if (/\r\nconnection: close\r\n/i.test(String(pieces[0])) && !hold) return;
      }
    } catch {
      left++;
    } finally {
      connections.delete(connection);
      try {
        connection.close();
      } catch {
        // Closed by the other end already.
      }
    }
  };
  const accepting = (async () => {
    for await (const connection of listener) void serve(connection);
  })();
  return {
    url: `http://127.0.0.1:${(listener.addr as Deno.NetAddr).port}`,
    requests,
    get left() {
      return left;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of connections) connection.close();
      connections.clear();
      await accepting.catch(() => {});
    },
  };
}

async function readRequest(connection: Deno.TcpConn): Promise<RawRequest | undefined> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(2 ** 16);
  let text = "";
  for (;;) {
    const end = text.indexOf("\r\n\r\n");
    if (end >= 0) {
      const head = text.slice(0, end + 2);
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
      const body = text.slice(end + 4);
      if (encoder.encode(body).length >= length) return { head, body };
    }
    const n = await connection.read(buffer);
    if (n === null) return undefined;
    text += decoder.decode(buffer.subarray(0, n), { stream: true });
  }
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

/** Sends `request` over a plain socket and returns all that comes back. With `halfClose` the sending side is closed first. */
export async function rawRequest(url: string, request: string | Uint8Array, halfClose = false): Promise<string> {
  const { hostname, port } = new URL(url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  try {
    await writeAll(connection, typeof request === "string" ? encoder.encode(request) : request);
    if (halfClose) await connection.closeWrite();
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(2 ** 16);
    let text = "";
    for (let n = await connection.read(buffer); n !== null; n = await connection.read(buffer)) {
      text += decoder.decode(buffer.subarray(0, n), { stream: true });
    }
    return text;
  } finally {
    connection.close();
  }
}
