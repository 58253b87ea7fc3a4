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

/** Streams of `deno task bench streaming`, and short ones on purpose: there is a record a stream, so the fewer its events, the more audit weighs. */
const LOADS = [
  { events: 1000, streams: 8, pairs: 8 },
  { events: 100, streams: 60, pairs: 20 },
] as const;
/** The batched commits after the last answer are waited for and counted; ms. */
const SETTLE_MS = 600;

export interface AuditOverhead {
  readonly events: number;
  /** Microseconds of CPU per stream without audit, median of the turns. */
  readonly withoutUs: number;
  /** What audit adds, as a part of that; each of a pair of turns with changed places, sorted. */
  readonly added: readonly number[];
}

/** Takes about two minutes on two quiet cores. */
export async function benchAuditOverhead(): Promise<readonly AuditOverhead[]> {
  const folder = await Deno.makeTempDir({ prefix: "checkstream-bench-" });
  try {
    await using backend = await start([file("./backend.ts")]);
    await using one = await startGateway(join(folder, "one"), backend.url);
    await using other = await startGateway(join(folder, "other"), backend.url);
    const figures: AuditOverhead[] = [];
    for (const { events, streams, pairs } of LOADS) {
      const turn = (audited: Process, unaudited: Process) =>
        Promise.all([cost(audited, "audited", events, streams), cost(unaudited, "unaudited", events, streams)]);
      await turn(one, other);
      await turn(other, one);
      const without: number[] = [];
      const added: number[] = [];
      for (let n = 0; n < pairs; n++) {
        const [oneWith, otherWithout] = await turn(one, other);
        const [otherWith, oneWithout] = await turn(other, one);
        without.push(otherWithout, oneWithout);
        added.push(Math.sqrt(oneWith / oneWithout * otherWith / otherWithout) - 1);
      }
      figures.push({ events, withoutUs: quantile(without, 0.5), added: added.sort((a, b) => a - b) });
    }
    return figures;
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
    `tenants:\n  configs:\n${tenant("audited", true)}\n${tenant("unaudited", false)}\n`,
  );
  await Deno.writeTextFile(join(folder, "policy.yaml"), policy(100, true));
  return await start([file("../../main.ts"), "serve", "--config", "config.yaml", "--port", "0"], folder);
}

/** Microseconds of CPU per stream, of all of the gateway's threads. */
async function cost(gateway: Process, tenant: string, events: number, streams: number): Promise<number> {
  const before = await gateway.cpuSeconds();
  await load(`${gateway.url}/tenant/${tenant}`, `single-${events}`, streams);
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return (await gateway.cpuSeconds() - before) * 1e6 / streams;
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * part;
  const [low = 0, high = low] = sorted.slice(Math.floor(at), Math.floor(at) + 2);
  return low + (high - low) * (at % 1);
}

/** One line a load, with the quartiles of the pairs. */
export function auditOverheadTable(figures: readonly AuditOverhead[]): string {
  const percent = (part: number) => `${(part * 100).toFixed(1)} %`;
  return figures.map(({ events, withoutUs, added }) => {
    const [low, median, high] = [0.25, 0.5, 0.75].map((part) => quantile(added, part));
    return `a stream of ${events} events: ${(withoutUs / 1000).toFixed(2)} ms of CPU without audit; audit adds ${
      percent(median!)
    } (quartiles ${percent(low!)} and ${percent(high!)} of ${added.length} pairs of turns), ${(withoutUs * median!).toFixed(0)} µs`;
  }).join("\n");
}

if (import.meta.main) console.log(auditOverheadTable(await benchAuditOverhead()));
