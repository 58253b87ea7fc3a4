/** A real gateway process for end-to-end tests: written configuration in a folder of its own, a free port, stopped by its id. */
import { fromFileUrl, join } from "./paths.ts";

const MAIN = fromFileUrl(new URL("../../main.ts", import.meta.url));

export interface GatewayProcess extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** The folder that holds `config.yaml`, its policies, audit and data. */
  readonly folder: string;
  readonly pid: number;
  /** Everything the process wrote so far. */
  output(): string;
  /** Resolves when the process has written `text`. @throws after `timeoutMs`, with the output. */
  waitFor(text: string | RegExp, timeoutMs?: number): Promise<void>;
  signal(signal: Deno.Signal): void;
  /** Exit code, once it ended by itself. */
  readonly exit: Promise<number>;
  stop(): Promise<number>;
}

export interface GatewayOptions {
  /** Files to write before the start, by relative path; `config.yaml` among them. */
  readonly files: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** The program. @default main.ts */
  readonly main?: string;
  /** @default ["serve", "--config", "config.yaml", "--port", "0"] */
  readonly args?: readonly string[];
  /** The folder to use; made when absent. It is removed at the end only when it was made. */
  readonly folder?: string;
}

/** Starts a gateway and waits until it listens. @throws with its output when it ends before. */
export async function startGateway(options: GatewayOptions): Promise<GatewayProcess> {
  const made = options.folder === undefined;
  const folder = options.folder ?? await Deno.makeTempDir({ prefix: "checkstream-test-" });
  await writeFiles(folder, options.files);
  const gateway = spawn(folder, options);
  try {
    await gateway.waitFor(LISTENING, 60_000);
  } catch (error) {
    await gateway.stop();
    throw error;
  }
  const url = LISTENING.exec(gateway.output())![1]!;
  const stop = async () => {
    const code = await gateway.stop();
    if (made) await Deno.remove(folder, { recursive: true }).catch(() => {});
    return code;
  };
  return { ...gateway, url, folder, stop, [Symbol.asyncDispose]: async () => void await stop() };
}

/** Runs a command to its end. */
export async function runCheckstream(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, ...args],
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env: { NO_COLOR: "1", ...options.env },
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** Writes files below `folder`, making folders as needed. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, content);
  }
}

const LISTENING = /listening on (https?:\/\/[^\s"]+)/;

function spawn(folder: string, options: GatewayOptions): Omit<GatewayProcess, "url" | "folder" | keyof AsyncDisposable> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", options.main ?? MAIN, ...(options.args ?? ["serve", "--config", "config.yaml", "--port", "0"])],
    cwd: folder,
    env: { NO_COLOR: "1", ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let output = "";
  let ended = false;
  const listeners = new Set<() => void>();
  const collect = async (stream: ReadableStream<Uint8Array>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output += text;
      for (const listener of listeners) listener();
    }
  };
  const drained = Promise.all([collect(child.stdout), collect(child.stderr)]);
  const exit = child.status.then(async ({ code }) => {
    await drained;
    ended = true;
    for (const listener of listeners) listener();
    return code;
  });
  return {
    pid: child.pid,
    output: () => output,
    exit,
    signal: (signal) => child.kill(signal),
    waitFor: (wanted, timeoutMs = 30_000) =>
      new Promise((resolve, reject) => {
        const done = (settle: () => void) => {
          clearTimeout(timer);
          listeners.delete(check);
          settle();
        };
        const check = () => {
          if (typeof wanted === "string" ? output.includes(wanted) : wanted.test(output)) done(resolve);
          else if (ended) done(() => reject(new Error(`The gateway ended before it wrote ${wanted}:\n${output}`)));
        };
        const timer = setTimeout(
          () => done(() => reject(new Error(`The gateway did not write ${wanted} within ${timeoutMs} ms:\n${output}`))),
          timeoutMs,
        );
        listeners.add(check);
        check();
      }),
    stop: async () => {
      try {
        child.kill("SIGTERM");
      } catch {
        // It has ended already.
      }
      const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
      const code = await exit;
      clearTimeout(late);
      return code;
    },
  };
}
