/**
 * What audit adds to the gateway's CPU. Two gateways serve the same streams at the same time, one with audit and one without, and change places
 * every turn: what else the machine does falls on both, and what sets the two processes apart (what the engine compiled, where memory lies)
 * falls out of the ratio of two turns.
 */
import { join } from "node:path";
import { fromFileUrl } from "../../tests/support/paths.ts";
import { type Process, start } from "./processes.ts";
import { load, policy } from "./streaming.ts";

const file = (name: string) => fromFileUrl(new URL(name, import.meta.url));

/**
 * Streams as in `deno task bench streaming`, an event a read and in bursts; and short ones on purpose: there is a record a stream, so the fewer
 * its events, the more audit weighs.
 */
const LOADS = [
  { what: "a stream of 1,000 events", model: "single-1000", streams: 8, pairs: 6 },
  { what: "a stream of 640 events in bursts", model: "burst-640", streams: 64, pairs: 16 },
  { what: "a stream of 100 events", model: "single-100", streams: 64, pairs: 16 },
] as const;
/** The batched commits after the last answer are waited for and counted; ms. */
const SETTLE_MS = 600;

export interface AuditOverhead {
  readonly what: string;
  /** Microseconds of CPU per stream without audit, median of the turns. */
  readonly withoutUs: number;
  /** What audit adds, as a part of that; each of a pair of turns with changed places, sorted. */
  readonly added: readonly number[];
  /** What audit adds in the workers, where one writes: microseconds of CPU per stream, median of the pairs. Little else is there to disturb it. */
  readonly workerUs: number;
}

/** Each load as soon as it is measured; about three minutes on two quiet cores. */
export async function* benchAuditOverhead(): AsyncGenerator<AuditOverhead> {
  const folder = await Deno.makeTempDir({ prefix: "checkstream-bench-" });
  try {
    await using backend = await start([file("./backend.ts")]);
    await using one = await startGateway(join(folder, "one"), backend.url);
    await using other = await startGateway(join(folder, "other"), backend.url);
    for (const { what, model, streams, pairs } of LOADS) {
      const turn = (audited: Process, unaudited: Process) =>
        Promise.all([cost(audited, "audited", model, streams), cost(unaudited, "unaudited", model, streams)]);
      await turn(one, other);
      await turn(other, one);
      const without: number[] = [];
      const added: number[] = [];
      const worker: number[] = [];
      for (let n = 0; n < pairs; n++) {
        const [oneWith, otherWithout] = await turn(one, other);
        const [otherWith, oneWithout] = await turn(other, one);
        without.push(otherWithout.allUs, oneWithout.allUs);
        added.push(Math.sqrt(oneWith.allUs / oneWithout.allUs * otherWith.allUs / otherWithout.allUs) - 1);
        worker.push((oneWith.workerUs - oneWithout.workerUs + otherWith.workerUs - otherWithout.workerUs) / 2);
      }
      yield { what, withoutUs: quantile(without, 0.5), added, workerUs: quantile(worker, 0.5) };
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function startGateway(folder: string, backend: string): Promise<Process> {
  await Deno.mkdir(folder);
  const tenant = (id: string, audit: boolean) =>
    `    ${id}: {backend_url: "${backend}", policy_path: ./policy.yaml, audit: {enabled: ${audit}}}`;
  await Deno.writeTextFile(
    join(folder, "config.yaml"),
    // On a full machine it would turn streams away, and none is to be missing.
    `server: {overload: {enabled: false}}\ntenants:\n  configs:\n${tenant("audited", true)}\n${tenant("unaudited", false)}\n`,
  );
  await Deno.writeTextFile(join(folder, "policy.yaml"), policy(100, true));
  return await start([file("../../main.ts"), "serve", "--config", "config.yaml", "--port", "0"], folder);
}

/** Microseconds of CPU per stream: of all of the gateway's threads, and of its workers alone. */
async function cost(gateway: Process, tenant: string, model: string, streams: number): Promise<{ allUs: number; workerUs: number }> {
  const [all, worker] = [await gateway.cpuSeconds(), await gateway.workerSeconds()];
  await load(`${gateway.url}/tenant/${tenant}`, model, streams);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return {
    allUs: (await gateway.cpuSeconds() - all) * 1e6 / streams,
    workerUs: (await gateway.workerSeconds() - worker) * 1e6 / streams,
  };
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const [low = 0, high = low] = sorted.slice(Math.floor(at), Math.floor(at) + 2);
  return low + (high - low) * (at % 1);
}

/** One line, with the quartiles of the pairs. */
export function auditOverheadLine({ what, withoutUs, added, workerUs }: AuditOverhead): string {
  const [low, median, high] = [0.25, 0.5, 0.75].map((part) => `${(quantile(added, part) * 100).toFixed(1)} %`);
  return `${what}: ${
    (withoutUs / 1000).toFixed(2)
  } ms of CPU without audit; audit adds ${median} (quartiles ${low} and ${high} of ${added.length} ` +
    `pairs of turns); ${workerUs.toFixed(0)} µs a record in the thread that writes, ${(workerUs / withoutUs * 100).toFixed(1)} %`;
}

if (import.meta.main) { for await (const figures of benchAuditOverhead()) console.log(auditOverheadLine(figures)); }
