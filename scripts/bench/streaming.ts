/**
 * CPU of the gateway per event of a stream, beside two pass-throughs in the same run: compare, do not quote. Load goes to loopback,
 * a fixed number of streams and events.
 */
import { join } from "node:path";
import { fromFileUrl } from "../../tests/support/paths.ts";
import { benchPatterns } from "./matching.ts";
import { type Process, start } from "./processes.ts";

const file = (name: string) => fromFileUrl(new URL(name, import.meta.url));
const STREAMS_AT_ONCE = 8;
const WARM_UP_EVENTS = 500;
const ROUNDS = 2;

export interface StreamingFigures {
  /** Microseconds of CPU per event, by target and by way of arriving. */
  readonly microseconds: Readonly<Record<string, { readonly single: number; readonly burst: number }>>;
  readonly residentMiB: number;
}

/** A policy of `count` patterns; with `classifiers` also the shipped ones. */
export function policy(count: number, classifiers: boolean): string {
  const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const patterns = benchPatterns(count).map(({ source, literal, caseInsensitive }, i) => {
    const trigger = literal
      ? `{keywords: [${quote(source)}], case_insensitive: ${caseInsensitive === true}}`
      : `{pattern: ${quote(source)}}`;
    return `  - {name: p${i}, phase: midstream, trigger: ${trigger}, action: redact}`;
  });
  const scored = classifiers
    ? [
      "  - {name: injection, phase: ingress, trigger: {classifier: prompt_injection, threshold: 0.9}, action: stop}",
      "  - {name: toxic, phase: midstream, trigger: {classifier: toxicity, threshold: 0.95}, action: redact}",
      "  - {name: pii, phase: midstream, trigger: {classifier: pii_detector, threshold: 0.9}, action: redact}",
    ]
    : [];
  return ['version: "1.0"', "name: bench", "policies:", ...patterns, ...scored].join("\n");
}

async function startGateway(folder: string, backend: string): Promise<Process> {
  const tenant = (id: string, audit: boolean) =>
    `    ${id}: {backend_url: "${backend}", policy_path: ./${id}.yaml, audit: {enabled: ${audit}, path: ./audit-${id}}}`;
  await Deno.writeTextFile(
    join(folder, "config.yaml"),
    `tenants:\n  configs:\n${tenant("full", true)}\n${tenant("unaudited", false)}\n${tenant("patterns", false)}\n${
      tenant("empty", false)
    }\n`,
  );
  await Deno.writeTextFile(join(folder, "full.yaml"), policy(100, true));
  await Deno.writeTextFile(join(folder, "unaudited.yaml"), policy(100, true));
  await Deno.writeTextFile(join(folder, "patterns.yaml"), policy(100, false));
  await Deno.writeTextFile(join(folder, "empty.yaml"), 'version: "1.0"\nname: empty\npolicies: []\n');
  return await start([file("../../main.ts"), "serve", "--config", "config.yaml", "--port", "0"], folder);
}

/** Reads `streams` answers of `events` events each, `STREAMS_AT_ONCE` at a time. */
export async function load(url: string, model: string, streams: number): Promise<void> {
  let left = streams;
  const client = async () => {
    while (left-- > 0) {
      const answer = await fetch(`${url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "Tell me about the journey." }] }),
      });
      let last = "";
      const decoder = new TextDecoder();
      for await (const bytes of answer.body!) last = (last + decoder.decode(bytes, { stream: true })).slice(-400);
      if (!last.includes("[DONE]")) throw new Error(`The stream did not end: ${answer.status} ${last}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(STREAMS_AT_ONCE, streams) }, client));
}

/** Microseconds of CPU that `target` takes per event. */
async function cost(target: Process, path: string, model: (events: number) => string, events: number, streams: number): Promise<number> {
  const url = target.url + path;
  await load(url, model(WARM_UP_EVENTS), STREAMS_AT_ONCE);
  const before = await target.cpuSeconds();
  await load(url, model(events), streams);
  return (await target.cpuSeconds() - before) * 1e6 / (events * streams);
}

const single = (events: number) => `single-${events}`;
const burst = (events: number) => `burst-${events}`;

/** Takes about a minute and a half. */
export async function benchStreaming(): Promise<StreamingFigures> {
  const folder = await Deno.makeTempDir({ prefix: "checkstream-bench-" });
  try {
    await using backend = await start([file("./backend.ts")]);
    await using native = await start([file("./control.ts"), "native", backend.url]);
    await using touch = await start([file("./control.ts"), "touch", backend.url]);
    await using gateway = await startGateway(folder, backend.url);
    const targets: readonly [string, Process, string][] = [
      ["native: never in JavaScript", native, ""],
      ["touch: every read in JavaScript", touch, ""],
      ["gateway, empty policy", gateway, "/tenant/empty"],
      ["gateway, 100 patterns", gateway, "/tenant/patterns"],
      ["gateway, 100 patterns, injection, toxicity, PII", gateway, "/tenant/unaudited"],
      ["gateway, the same with audit", gateway, "/tenant/full"],
    ];
    const microseconds: Record<string, { single: number; burst: number }> = {};
    // Interleaved rounds, and the least of each: what else the machine does can only add.
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, target, path] of targets) {
        const before = microseconds[name] ?? { single: Infinity, burst: Infinity };
        microseconds[name] = {
          single: Math.min(before.single, await cost(target, path, single, 1000, 16)),
          burst: Math.min(before.burst, await cost(target, path, burst, 8000, 16)),
        };
      }
    }
    return { microseconds, residentMiB: await gateway.residentBytes() / 2 ** 20 };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The figures as a table, with the ratio to `touch`. */
export function streamingTable({ microseconds, residentMiB }: StreamingFigures): string {
  const touch = Object.entries(microseconds).find(([name]) => name.startsWith("touch"))![1];
  const cell = (value: number, base: number) => `${value.toFixed(1).padStart(7)} µs ${(value / base).toFixed(2).padStart(5)} ×`;
  return [
    `${"CPU per event of about 250 bytes".padEnd(52)} one per read        bursts`,
    ...Object.entries(microseconds).map(([name, { single, burst }]) =>
      `${name.padEnd(48)} ${cell(single, touch.single)}  ${cell(burst, touch.burst)}`
    ),
    `memory of the gateway afterwards: ${residentMiB.toFixed(0)} MiB`,
  ].join("\n");
}

if (import.meta.main) console.log(streamingTable(await benchStreaming()));
