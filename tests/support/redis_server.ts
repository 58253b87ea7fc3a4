/** A real Redis for tests: on a free loopback port, in a folder of its own, stopped by its process id. */

export interface RedisServer extends AsyncDisposable {
  readonly port: number;
  /** `redis://127.0.0.1:PORT`, with the password where there is one. */
  readonly url: string;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same port; empty, unless it keeps a file. */
  restart(): Promise<void>;
  /** Stops it in its tracks: connections stay and nothing answers. */
  freeze(): void;
  thaw(): void;
}

export interface RedisServerOptions {
  readonly password?: string;
  /** Serves TLS instead, with these arguments. */
  readonly tls?: readonly string[];
  /** Further arguments of `redis-server`. */
  readonly args?: readonly string[];
}

/** Starts `redis-server` and waits until it accepts connections. */
export async function startRedis({ password, tls, args = [] }: RedisServerOptions = {}): Promise<RedisServer> {
  const folder = await Deno.makeTempDir({ prefix: "checkstream-redis-" });
  const port = freePort();
  const start = async () => {
    const child = new Deno.Command("redis-server", {
      args: [
        ...(tls === undefined ? ["--port", String(port)] : ["--port", "0", "--tls-port", String(port), ...tls]),
        ...["--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"],
        ...(password === undefined ? [] : ["--requirepass", password]),
        ...args,
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let output = "";
    while (!output.includes("Ready to accept connections")) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`redis-server ended:\n${output}`);
      output += value;
    }
    // What it writes later is read and dropped, so that its pipe never fills.
    void (async () => {
      while (!(await reader.read()).done);
    })();
    return child;
  };
  let child = await start();
  const end = async () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await child.status;
  };
  return {
    port,
    url: `redis://${password === undefined ? "" : `:${password}@`}127.0.0.1:${port}`,
    kill: end,
    restart: async () => {
      child = await start();
    },
    freeze: () => child.kill("SIGSTOP"),
    thaw: () => child.kill("SIGCONT"),
    [Symbol.asyncDispose]: async () => {
      await end();
      await Deno.remove(folder, { recursive: true }).catch(() => {});
    },
  };
}

/** A port that was free a moment ago. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
