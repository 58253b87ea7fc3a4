/**
 * What a request costs with and without workers: CPU of the process, and of the thread that all share, which limits how many workers are
 * worth it. Load goes to loopback, a fixed number of short streams.
 */
import { join } from "node:path";
import { fromFileUrl } from "../../tests/support/paths.ts";
import { type Process, start } from "./processes.ts";
import { load, policy } from "./streaming.ts";

const file = (name: string) => fromFileUrl(new URL(name, import.meta.url));
const WORKERS = [1, 2];
const EVENTS = 16;
/** Each worker has a compiler to warm up. */
const WARM_UP_PER_WORKER = 1500;
const REQUESTS = 1500;
const ROUNDS = 2;

export interface WorkersFigure {
  readonly workers: number;
  /** CPU of the whole process per request; microseconds. */
  readonly requestUs: number;
  /** CPU per request of the thread that all share: the only one, or the control plane; microseconds. */
  readonly sharedUs: number;
  /** Requests per second, clients and backend on the same cores. */
  readonly perSecond: number;
  readonly residentMiB: number;
}

/** Takes about half a minute. */
export async function benchWorkers(): Promise<readonly WorkersFigure[]> {
  const folder = await Deno.makeTempDir({ prefix: "checkstream-bench-" });
  try {
    await using backend = await start([file("./backend.ts")]);
    await Deno.writeTextFile(join(folder, "policy.yaml"), policy(100, false));
    const figures: WorkersFigure[] = [];
    const gateways: Process[] = [];
    for (const workers of WORKERS) {
      const at = join(folder, String(workers));
      await Deno.mkdir(at);
      const tenant = `{backend_url: "${backend.url}", policy_path: ../policy.yaml}`;
      await Deno.writeTextFile(
        join(at, "config.yaml"),
        `server: {port: 0, workers: ${workers}}\ntenants:\n  default_tenant: acme\n  configs:\n    acme: ${tenant}\n`,
      );
      gateways.push(await start([file("../../main.ts"), "serve"], at));
    }
    for (const [i, gateway] of gateways.entries()) await load(gateway.url, `burst-${EVENTS}`, WARM_UP_PER_WORKER * WORKERS[i]!);
    // Interleaved rounds, and the least of each: what else the machine does can only add.
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, gateway] of gateways.entries()) {
        const cpu = await gateway.cpuSeconds();
        const shared = await gateway.mainThreadSeconds();
        const begun = performance.now();
        await load(gateway.url, `burst-${EVENTS}`, REQUESTS);
        const seconds = (performance.now() - begun) / 1000;
        const before = figures[i];
        figures[i] = {
          workers: WORKERS[i]!,
          requestUs: Math.min(before?.requestUs ?? Infinity, (await gateway.cpuSeconds() - cpu) * 1e6 / REQUESTS),
          sharedUs: Math.min(before?.sharedUs ?? Infinity, (await gateway.mainThreadSeconds() - shared) * 1e6 / REQUESTS),
          perSecond: Math.max(before?.perSecond ?? 0, REQUESTS / seconds),
          residentMiB: await gateway.residentBytes() / 2 ** 20,
        };
      }
    }
    for (const gateway of gateways) await gateway[Symbol.asyncDispose]();
    return figures;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The figures as a table. */
export function workersTable(figures: readonly WorkersFigure[]): string {
  return [
    "workers   CPU per request   of it in the thread that all share   requests/s      memory",
    ...figures.map(({ workers, requestUs, sharedUs, perSecond, residentMiB }) =>
      `${String(workers).padStart(7)}   ${requestUs.toFixed(0).padStart(12)} µs   ${sharedUs.toFixed(0).padStart(31)} µs   ${
        perSecond.toFixed(0).padStart(10)
      }   ${residentMiB.toFixed(0).padStart(5)} MiB`
    ),
  ].join("\n");
}

if (import.meta.main) console.log(workersTable(await benchWorkers()));
