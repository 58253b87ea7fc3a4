/** A real libSQL server (`sqld`) for tests: one database, on a port that stays when it goes down and comes back; it wants a signed token. */
import { Buffer } from "node:buffer";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { join } from "./paths.ts";

export interface LibsqlServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** A token that it takes. */
  readonly token: string;
  /** Folder of its files. */
  readonly folder: string;
  /** Kills it, as a machine that loses power. */
  down(): Promise<void>;
  /** Starts it again on what it wrote. */
  up(): Promise<void>;
}

/** Starts one; its `sqld` is on PATH. @throws when it does not answer within 20 s. */
export async function startLibsqlServer(): Promise<LibsqlServer> {
  const folder = await Deno.makeTempDir({ prefix: "checkstream-sqld-" });
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  // The key itself is the end of its SPKI form (RFC 8410).
  const verifier = publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("base64url");
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: Deno.ChildProcess | undefined;
  const up = async () => {
    child = new Deno.Command("sqld", {
      args: ["--db-path", join(folder, "data"), "--http-listen-addr", `127.0.0.1:${port}`, "--no-welcome"],
      env: { SQLD_AUTH_JWT_KEY: verifier, RUST_LOG: "error" },
      stdout: "null",
      stderr: "null",
    }).spawn();
    await answering(url);
  };
  const down = async () => {
    child?.kill("SIGKILL");
    await child?.status;
    child = undefined;
  };
  await up();
  return {
    url,
    token: signedToken(privateKey),
    folder,
    up,
    down,
    [Symbol.asyncDispose]: async () => {
      await down();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function answering(url: string): Promise<void> {
  const until = performance.now() + 20_000;
  for (;;) {
    try {
      const answer = await fetch(`${url}/health`);
      await answer.body?.cancel();
      if (answer.ok) return;
    } catch (error) {
      if (performance.now() > until) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** JSON Web Token (RFC 7519) that may read and write. */
function signedToken(key: KeyObject): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${encode({ alg: "EdDSA", typ: "JWT" })}.${encode({ a: "rw" })}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString("base64url")}`;
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
