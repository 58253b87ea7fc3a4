/**
 * One connection to a backend: look the name up, check where it leads, connect to just those addresses (through the proxy where one is
 * set), and speak TLS. Names are looked up for every new connection and never remembered, so a changed DNS entry is seen as soon as
 * pooled connections reach their age; and nobody can answer differently between the check and the call (DNS rebinding).
 */
import { isIP, type LookupFunction, type Socket } from "node:net";
import net from "node:net";
import tls from "node:tls";
import { checkedAddresses, PrivateAddressError, type Resolver } from "./addresses.ts";
import { ClientError, reasonOf } from "./client_error.ts";
import { proxyAuthorization } from "./proxies.ts";
import type { TlsMaterial } from "./tls_files.ts";

export interface ConnectOptions {
  /** From the look-up to the last handshake; milliseconds. */
  readonly timeoutMs: number;
  readonly resolve: Resolver;
  /** Private, loopback and metadata addresses are refused. */
  readonly publicOnly: boolean;
  readonly proxy: URL | undefined;
  /** Read for every connection, so that renewed files are used. */
  readonly tls: () => TlsMaterial;
}

/** Longest answer of a proxy to CONNECT; bytes. */
const MAX_PROXY_ANSWER_BYTES = 1 << 14;

/** When each connection stood, and which one an error happened on. */
const connectedMs = new WeakMap<Socket, number>();
const failedOn = new WeakMap<Error, Socket>();

/** `error` happened on a connection that stood before `ms` (as `performance.now()` tells): one that was kept alive. */
export function onConnectionOlderThan(error: Error, ms: number): boolean {
  const socket = failedOn.get(error);
  const since = socket === undefined ? undefined : connectedMs.get(socket);
  return since !== undefined && since < ms;
}

/** Sockets of one attempt: all of them close when it is given up, those that open too late included. */
class Opened {
  readonly #sockets: Socket[] = [];
  #abandoned = false;

  add(socket: Socket): void {
    // Noted, and heard even when nobody waits for this socket any more.
    socket.on("error", (error) => failedOn.set(error, socket));
    if (this.#abandoned) socket.destroy();
    else this.#sockets.push(socket);
  }

  abandon(): void {
    this.#abandoned = true;
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Connects to `origin`. @throws {ClientError} of the phase `connect`. */
export async function connectTo(origin: URL, options: ConnectOptions): Promise<Socket> {
  const opened = new Opened();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new ClientError("timeout", "connect", `The backend ${origin.host} could not be connected to within ${options.timeoutMs} ms`));
    }, options.timeoutMs);
  });
  try {
    const socket = await Promise.race([open(origin, options, opened), late]);
    connectedMs.set(socket, performance.now());
    return socket;
  } catch (error) {
    opened.abandon();
    throw asClientError(error, origin);
  } finally {
    clearTimeout(timer);
  }
}

async function open(origin: URL, options: ConnectOptions, opened: Opened): Promise<Socket> {
  const { proxy } = options;
  const secure = origin.protocol === "https:";
  if (proxy === undefined) {
    const socket = await dial(origin, await addressesOf(origin.hostname, options), opened);
    return secure ? await encrypt(socket, origin, options.tls(), opened) : socket;
  }
  // Through a proxy the name is its to look up, unless the address had to be checked: then it is told the checked one.
  const address = options.publicOnly ? (await addressesOf(origin.hostname, options))[0]! : bare(origin.hostname);
  // The proxy is the operator's own and may be anywhere.
  let socket = await dial(proxy, await addressesOf(proxy.hostname, { ...options, publicOnly: false }), opened);
  if (proxy.protocol === "https:") socket = await encrypt(socket, proxy, {}, opened);
  if (!secure) return socket;
  await tunnel(socket, proxy, `${isIP(address) === 6 ? `[${address}]` : address}:${portOf(origin)}`);
  return await encrypt(socket, origin, options.tls(), opened);
}

function addressesOf(hostname: string, { resolve, publicOnly }: ConnectOptions): Promise<readonly string[]> {
  return checkedAddresses(hostname, resolve, !publicOnly);
}

/** TCP to one of `addresses`; several are tried side by side (RFC 8305) by the platform. */
function dial(url: URL, addresses: readonly string[], opened: Opened): Promise<Socket> {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  const lookup: LookupFunction = (_host, wanted, callback) => {
    if (wanted.all === true) callback(null, found);
    else callback(null, found[0]!.address, found[0]!.family);
  };
  return new Promise((resolve, reject) => {
    const single = found.length === 1;
    const socket = net.connect({
      host: single ? found[0]!.address : bare(url.hostname),
      port: portOf(url),
      ...(!single && { lookup, autoSelectFamily: true }),
    });
    opened.add(socket);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
    socket.once("error", reject);
  });
}

function encrypt(socket: Socket, { hostname }: URL, material: TlsMaterial, opened: Opened): Promise<Socket> {
  const host = bare(hostname);
  return new Promise((resolve, reject) => {
    // An address is no server name (RFC 6066, 3); certificates for one are checked all the same.
    const secured = tls.connect({
      socket,
      ...(isIP(host) === 0 ? { servername: host } : { host }),
      ALPNProtocols: ["http/1.1"],
      ...material,
    });
    opened.add(secured);
    secured.once("secureConnect", () => {
      secured.off("error", reject);
      resolve(secured);
    });
    secured.once("error", reject);
  });
}

/** Asks the proxy for a tunnel (RFC 9110, 9.3.6). */
function tunnel(socket: Socket, proxy: URL, target: string): Promise<void> {
  const headers = Object.entries({ host: target, ...proxyAuthorization(proxy) }).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve, reject) => {
    const done = (problem?: Error) => {
      socket.off("data", read);
      socket.off("error", done);
      socket.off("end", ended);
      if (problem === undefined) resolve();
      else reject(problem);
    };
    const refused = (what: string) => new ClientError("unreachable", "connect", `The proxy ${proxy.host} ${what}`);
    let answer = "";
    const read = (bytes: Uint8Array) => {
      for (const byte of bytes) answer += String.fromCharCode(byte);
      if (answer.length > MAX_PROXY_ANSWER_BYTES) return done(refused("answered CONNECT with too much"));
      if (!answer.includes("\r\n\r\n")) return;
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1];
      done(status?.startsWith("2") === true ? undefined : refused(`answered CONNECT with ${status ?? "what is no HTTP"}`));
    };
    const ended = () => done(refused("closed the connection"));
    socket.on("data", read);
    socket.once("error", done);
    socket.once("end", ended);
    socket.write(`CONNECT ${target} HTTP/1.1\r\n${headers.join("")}\r\n`);
  });
}

function portOf({ port, protocol }: URL): number {
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}

function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

function asClientError(error: unknown, { host }: URL): ClientError {
  if (error instanceof ClientError) return error;
  if (error instanceof PrivateAddressError) return new ClientError("refused", "connect", error.message, { cause: error });
  if (error instanceof Error && /^the TLS file /.test(error.message)) {
    return new ClientError("configuration", "connect", `The backend ${host} cannot be called: ${error.message}`, { cause: error });
  }
  const reason = error instanceof Error && error.name === "UnknownHostError" ? "no such host" : reasonOf(error);
  return new ClientError("unreachable", "connect", `The backend ${host} cannot be reached (${reason})`, { cause: error });
}
