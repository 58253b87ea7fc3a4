/** Where the gateway listens: the API, and on request metrics and the admin API on addresses of their own. TLS files are renewed without a restart. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { FileWatcher } from "../config/watch.ts";
import type { Log } from "../telemetry/log.ts";
import type { AppEnv } from "./deps.ts";

/** Anything that answers requests; a Hono app does. */
export interface Handler {
  fetch(request: Request, env: AppEnv["Bindings"]): Response | Promise<Response>;
}

export interface Address {
  readonly hostname: string;
  /** 0 = any free one. */
  readonly port: number;
  /** Other threads listen there too, and the kernel deals out connections (SO_REUSEPORT). @default false */
  readonly shared?: boolean;
}

/** PEM files of a certificate chain and its key. */
export interface TlsFiles {
  readonly certPath: string;
  readonly keyPath: string;
}

/** One open address. */
export interface Listener {
  /** `http(s)://HOST:PORT`. */
  readonly url: string;
  /** Stops accepting; resolves when the last connection is closed. */
  shutdown(): Promise<void>;
}

/** Listens without TLS, or with the files' present content. @throws when the address is taken or the files do not fit together. */
export function listen(handler: Handler, address: Address, log: Log, tls?: TlsFiles): Listener {
  if (tls === undefined) {
    const server = serve(handler, address);
    return { url: urlOf("http", server.addr), shutdown: () => server.shutdown() };
  }
  return listenSecurely(handler, address, tls, log);
}

/** `HOST:PORT` of the configuration, IPv6 in brackets. @throws {SyntaxError} */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw new SyntaxError(`"${text}" is not an address; write it like 127.0.0.1:9091`);
  return { hostname: match[1] ?? match[2]!, port };
}

/**
 * Deno takes certificates when it begins to listen. A renewed certificate gets a listener of its own on the same port
 * (SO_REUSEPORT); the old one finishes what it has.
 */
function listenSecurely(handler: Handler, address: Address, files: TlsFiles, log: Log): Listener {
  let server = serve(handler, address, pemOf(files));
  const leaving = new Set<Promise<void>>();
  const at = { ...address, port: server.addr.port };
  const watcher = new FileWatcher(() => {
    try {
      const next = serve(handler, at, pemOf(files));
      const old = server.shutdown();
      leaving.add(old);
      void old.finally(() => leaving.delete(old));
      server = next;
      log.info("certificate renewed", { cert_path: files.certPath });
    } catch (error) {
      // Written in two steps, or wrong: the certificate that serves stays.
      log.error("certificate not renewed, the one before still serves", { error: error instanceof Error ? error.message : String(error) });
    }
  });
  watcher.watch([files.certPath, files.keyPath]);
  return {
    url: urlOf("https", server.addr),
    async shutdown() {
      watcher.close();
      await Promise.all([server.shutdown(), ...leaving]);
    },
  };
}

/** @throws when the key is not the certificate's. */
function pemOf({ certPath, keyPath }: TlsFiles): { cert: string; key: string } {
  const cert = Deno.readTextFileSync(certPath);
  const key = Deno.readTextFileSync(keyPath);
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    throw new Error(`The key in ${keyPath} does not belong to the certificate in ${certPath}`);
  }
  return { cert, key };
}

function serve(handler: Handler, { hostname, port, shared }: Address, pem?: { cert: string; key: string }): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(
    { hostname, port, ...(pem !== undefined && pem), reusePort: shared === true || pem !== undefined, onListen: () => {} },
    (request, { remoteAddr }) => handler.fetch(request, { remoteAddress: remoteAddr.hostname }),
  );
}

function urlOf(scheme: string, { hostname, port }: Deno.NetAddr): string {
  return `${scheme}://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}
