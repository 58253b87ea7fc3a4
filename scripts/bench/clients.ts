/**
 * HTTP clients side by side for what the gateway does with them: read streams and touch every read. CPU per event and per call, warm-up apart;
 * each client is a process of its own.
 */
import { fromFileUrl } from "../../tests/support/paths.ts";
import { start } from "./processes.ts";

const file = (name: string) => fromFileUrl(new URL(name, import.meta.url));
const ROUNDS = 2;

/** What the backend sends, how often, and how many units that is. */
const LOADS = [
  { what: "event, one per read", model: "single-1000", streams: 16, units: 16_000 },
  { what: "event, bursts of 64", model: "burst-8000", streams: 16, units: 128_000 },
  { what: "call of 64 events", model: "burst-64", streams: 800, units: 800 },
] as const;

const CLIENTS = ["node-http", "fetch", "fetch-byob", "undici"] as const;

export interface ClientFigures {
  /** Microseconds of CPU per unit, by client, in the order of `LOADS`. */
  readonly microseconds: Readonly<Record<string, readonly number[]>>;
  readonly residentMiB: Readonly<Record<string, number>>;
}

/** Takes about a minute. */
export async function benchClients(): Promise<ClientFigures> {
  await using backend = await start([file("./backend.ts")]);
  const microseconds: Record<string, number[]> = {};
  const residentMiB: Record<string, number> = {};
  // Interleaved rounds, and the least of each: what else the machine does can only add.
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, { model, streams, units }] of LOADS.entries()) {
      for (const client of CLIENTS) {
        const { stdout } = await new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", file("./client_load.ts"), client, backend.url, model, String(streams)],
          stderr: "inherit",
        }).output();
        const figures: { cpuSeconds: number; residentMiB: number } = JSON.parse(new TextDecoder().decode(stdout));
        const best = (microseconds[client] ??= LOADS.map(() => Infinity));
        best[i] = Math.min(best[i]!, figures.cpuSeconds * 1e6 / units);
        residentMiB[client] = Math.max(residentMiB[client] ?? 0, figures.residentMiB);
      }
    }
  }
  return { microseconds, residentMiB };
}

/** The figures as a table. */
export function clientsTable({ microseconds, residentMiB }: ClientFigures): string {
  return [
    `${"CPU per".padEnd(12)} ${LOADS.map(({ what }) => what.padStart(22)).join("")}   memory`,
    ...CLIENTS.map((client) =>
      `${client.padEnd(12)} ${microseconds[client]!.map((us) => `${us.toFixed(1)} µs`.padStart(22)).join("")}   ${
        residentMiB[client]!.toFixed(0)
      } MiB`
    ),
  ].join("\n");
}
