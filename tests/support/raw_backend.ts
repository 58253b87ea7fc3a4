/** A backend that answers the very bytes a test asks for, pieces in writes of their own, over a plain socket. */
import net, { type AddressInfo } from "node:net";

/** One request as it arrived. */
export interface RawRequest {
  /** Request line and headers. */
  readonly head: string;
  readonly body: string;
}

export interface RawAnswer {
  /** Written one after the other, with a pause between, so that each arrives as a read of its own; may never end. */
  readonly pieces: Iterable<string | Uint8Array>;
  /** Between two pieces; milliseconds. @default 5 */
  readonly pauseMs?: number;
  /** Keeps the connection open after the last piece. @default false */
  readonly hold?: boolean;
  /** Resets the connection (RST) after the last piece. @default false */
  readonly reset?: boolean;
  /** Called when the last piece is written. */
  readonly onWritten?: () => void;
}

export interface RawBackend extends AsyncDisposable {
  readonly url: string;
  /** Requests so far, oldest first. */
  readonly requests: readonly RawRequest[];
  /** Connections whose other end left before the answer was whole. */
  readonly left: number;
  /** Connections that are open now, and how many there ever were. */
  readonly open: number;
  readonly accepted: number;
  /** Closes every connection at once, as a process that is killed does; it goes on listening unless `deaf`. */
  kill(deaf?: boolean): Promise<void>;
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
export async function startRawBackend(answer: (request: RawRequest) => RawAnswer, port = 0): Promise<RawBackend> {
  const requests: RawRequest[] = [];
  const sockets = new Set<net.Socket>();
  let left = 0;
  let accepted = 0;
  const server = net.createServer((socket) => {
    accepted++;
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => {});
    const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
    void closed.then(() => sockets.delete(socket));
    const reader = new RequestReader(socket);
    void (async () => {
      for (;;) {
        const request = await reader.next();
        if (request === undefined) return void socket.destroy();
        requests.push(request);
        const { pieces, pauseMs = 5, hold = false, reset = false, onWritten } = answer(request);
        let first: string | undefined;
        for (const piece of pieces) {
          if (socket.destroyed) return void left++;
          first ??= String(piece);
          await Promise.race([new Promise<void>((resolve) => void socket.write(piece, () => resolve())), closed]);
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
        onWritten?.();
        if (reset) return void resetNow(socket);
        if (!hold && /\r\nconnection: close\r\n/i.test(first ?? "")) return void socket.end();
      }
    })();
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const { port: bound } = server.address() as AddressInfo;
  const kill = async (deaf = false) => {
    const stopped = deaf ? new Promise<void>((resolve) => server.close(() => resolve())) : Promise.resolve();
    for (const socket of sockets) resetNow(socket);
    await stopped;
  };
  return {
    url: `http://127.0.0.1:${bound}`,
    requests,
    get left() {
      return left;
    },
    get open() {
      return sockets.size;
    },
    get accepted() {
      return accepted;
    },
    kill,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Ends a connection with RST; Deno 2.5 only knows how to end it. */
function resetNow(socket: { destroy(): unknown; resetAndDestroy?(): unknown }): void {
  if (socket.resetAndDestroy === undefined) socket.destroy();
  else socket.resetAndDestroy();
}

/** Requests of one connection, one after the other. */
class RequestReader {
  #text = "";
  #ended = false;
  #wake = () => {};

  constructor(socket: net.Socket) {
    const decoder = new TextDecoder();
    socket.on("data", (bytes) => {
      this.#text += typeof bytes === "string" ? bytes : decoder.decode(bytes, { stream: true });
      this.#wake();
    });
    const end = () => {
      this.#ended = true;
      this.#wake();
    };
    socket.on("end", end);
    socket.on("close", end);
  }

  /** @returns undefined when the other end left. */
  async next(): Promise<RawRequest | undefined> {
    for (;;) {
      const end = this.#text.indexOf("\r\n\r\n");
      if (end >= 0) {
        const head = this.#text.slice(0, end + 2);
        const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0);
        const rest = encoder.encode(this.#text.slice(end + 4));
        if (rest.length >= length) {
          this.#text = new TextDecoder().decode(rest.subarray(length));
          return { head, body: new TextDecoder().decode(rest.subarray(0, length)) };
        }
      }
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
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
