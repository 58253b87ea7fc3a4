/** What audit adds to the gateway's CPU: the same streams with and without it, in turns, in one process. */
import { join } from "node:path";
import { fromFileUrl } from "../../tests/support/paths.ts";
import { type Process, start } from "./processes.ts";
import { load, policy } from "./streaming.ts";

const file = (name: string) => fromFileUrl(new URL(name, import.meta.url));
/** Short on purpose: a record a stream, so the fewer its events, the more audit weighs. */
const EVENTS = 100;
const STREAMS = 150;
const ROUNDS = 10;

export interface AuditOverhead {
  /** Microseconds of CPU per stream of `EVENTS` events, median of the rounds. */
  readonly withUs: number;
  readonly withoutUs: number;
  /** Median of the rounds' own ratios, less one. */
  readonly added: number;
}

/** Takes about a minute. */
export async function benchAuditOverhead(): Promise<AuditOverhead> {
  const folder = await Deno.makeTempDir({ prefix: "checkstream-bench-" });
  try {
    await using backend = await start([file("./backend.ts")]);
    const tenant = (id: string, audit: boolean) =>
      `    ${id}: {backend_url: "${backend.url}", policy_path: ./policy.yaml, audit: {enabled: ${audit}}}`;
    await Deno.writeTextFile(
      join(folder, "config.yaml"),
      `tenants:\n  configs:\n${tenant("audited", true)}\n${tenant("unaudited", false)}\n`,
    );
    await Deno.writeTextFile(join(folder, "policy.yaml"), policy(100, true));
    await using gateway = await start([file("../../main.ts"), "serve", "--config", "config.yaml", "--port", "0"], folder);
    const costs = { audited: [] as number[], unaudited: [] as number[] };
    await round(gateway, "audited");
    await round(gateway, "unaudited");
    for (let n = 0; n < ROUNDS; n++) {
      // In turns, and first by turns: what else the machine does falls on both.
      const order = n % 2 === 0 ? ["audited", "unaudited"] as const : ["unaudited", "audited"] as const;
      for (const tenant of order) costs[tenant].push(await round(gateway, tenant));
    }
    return {
      withUs: median(costs.audited),
      withoutUs: median(costs.unaudited),
      added: median(costs.audited.map((cost, n) => cost / costs.unaudited[n]!)) - 1,
    };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Microseconds of CPU per stream; the batched commits after it are waited for and counted. */
async function round(gateway: Process, tenant: string): Promise<number> {
  const before = await gateway.cpuSeconds();
  await load(`${gateway.url}/tenant/${tenant}`, `single-${EVENTS}`, STREAMS);
  await new Promise((resolve) => setTimeout(resolve, 500));
  return (await gateway.cpuSeconds() - before) * 1e6 / STREAMS;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

export function auditOverheadLine({ withUs, withoutUs, added }: AuditOverhead): string {
  return `a stream of ${EVENTS} events: ${(withoutUs / 1000).toFixed(2)} ms of CPU without audit, ${
    (withUs / 1000).toFixed(2)
  } ms with it: ${(added * 100).toFixed(1)} % more (median of ${ROUNDS} turns)`;
}

if (import.meta.main) console.log(auditOverheadLine(await benchAuditOverhead()));
