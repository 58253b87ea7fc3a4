/** Processes of the bench: started, measured by their CPU time, and ended by their id. */

export interface Process extends AsyncDisposable {
  readonly url: string;
  /** CPU time since the process began, user and system; seconds. @throws where there is no /proc. */
  cpuSeconds(): Promise<number>;
  /** The same of its main thread alone. */
  mainThreadSeconds(): Promise<number>;
  /** CPU time of its workers that live, seconds. */
  workerSeconds(): Promise<number>;
  /** Resident set; bytes. */
  residentBytes(): Promise<number>;
}

/** Clock ticks per second of /proc/PID/stat; 100 on every Linux that Deno runs on. */
const TICKS_PER_SECOND = 100;

/** Time to start, compilation of a fresh checkout included; milliseconds. */
const START_MS = 30_000;

/** Starts `deno run -A ARGS…` and waits until it says where it listens. */
export async function start(args: readonly string[], cwd?: string): Promise<Process> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...args],
    stdout: "piped",
    stderr: "piped",
    ...(cwd !== undefined && { cwd }),
    env: { NO_COLOR: "1" },
  }).spawn();
  let said = "";
  const url = await new Promise<string>((resolve, reject) => {
    const read = async (stream: ReadableStream<Uint8Array>) => {
      const decoder = new TextDecoder();
      for await (const bytes of stream) {
        said = (said + decoder.decode(bytes, { stream: true })).slice(-10_000);
        const match = /listening on (http:\/\/[^\s"]+)/.exec(said);
        if (match !== null) resolve(match[1]!);
      }
    };
    void Promise.all([read(child.stdout), read(child.stderr)]).then(() => reject(new Error(`It ended before it listened:\n${said}`)));
    setTimeout(() => reject(new Error(`It does not listen:\n${said}`)), START_MS);
  });
  return {
    url,
    cpuSeconds: () => cpuSeconds(`/proc/${child.pid}/stat`),
    mainThreadSeconds: () => cpuSeconds(`/proc/${child.pid}/task/${child.pid}/stat`),
    workerSeconds: () => workerSeconds(`/proc/${child.pid}/task`),
    async residentBytes() {
      const status = await Deno.readTextFile(`/proc/${child.pid}/status`);
      return Number(/VmRSS:\s+(\d+)/.exec(status)![1]) * 1024;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

/** By the scheduler's own count, to the nanosecond: `schedstat`, Documentation/scheduler/sched-stats.rst. */
async function workerSeconds(tasks: string): Promise<number> {
  let nanoseconds = 0;
  for await (const { name } of Deno.readDir(tasks)) {
    const named = await Deno.readTextFile(`${tasks}/${name}/comm`).catch(() => "");
    if (named.startsWith("worker-")) nanoseconds += Number((await Deno.readTextFile(`${tasks}/${name}/schedstat`)).split(" ")[0]);
  }
  return nanoseconds / 1e9;
}

async function cpuSeconds(file: string): Promise<number> {
  const stat = await Deno.readTextFile(file);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
