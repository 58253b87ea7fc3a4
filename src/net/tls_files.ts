/** Own authorities and client certificates for backends, read from files and read anew when those change. */

export interface TlsFiles {
  /** Authorities to trust, PEM; instead of the system's. */
  readonly caPath?: string;
  /** Client certificate, PEM; with `keyPath`. */
  readonly certPath?: string;
  readonly keyPath?: string;
  /** Name in the backend's certificate, where it is not the host's. */
  readonly serverName?: string;
  /** Accepts any certificate: for tests of an operator's own, never for the internet. */
  readonly insecureSkipVerify?: boolean;
}

/** What a TLS connection is made with, in the spelling of `node:tls`. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** Reads the files at the first call, and those again that changed at later ones. @returns a reader that throws, naming the file, when one cannot be read. */
export function tlsReader(files: TlsFiles | undefined): () => TlsMaterial {
  if (files === undefined) return () => ({});
  const known = new Map<string, { readonly stamp: string; readonly text: string }>();
  const read = (path: string): string => {
    try {
      const { mtime, size } = Deno.statSync(path);
      const stamp = `${mtime?.getTime()}/${size}`;
      const before = known.get(path);
      if (before?.stamp === stamp) return before.text;
      const text = Deno.readTextFileSync(path);
      known.set(path, { stamp, text });
      return text;
    } catch (cause) {
      throw new Error(`the TLS file ${path} cannot be read`, { cause });
    }
  };
  return () => ({
    ...(files.caPath !== undefined && { ca: read(files.caPath) }),
    ...(files.certPath !== undefined && { cert: read(files.certPath) }),
    ...(files.keyPath !== undefined && { key: read(files.keyPath) }),
    ...(files.serverName !== undefined && { servername: files.serverName }),
    ...(files.insecureSkipVerify === true && { rejectUnauthorized: false }),
  });
}
