import assert from "node:assert/strict";
import { openAuditStore } from "../../src/audit/open.ts";
import type { AuditPage } from "../../src/audit/types.ts";
import { readPulse } from "../support/pulse.ts";
import { testRuns } from "../support/runs.ts";

const program = new URL("./appending_process.ts", import.meta.url).pathname;
/** Thirty in `deno task test:deep`. */
const kills = testRuns(3) > 3 ? 30 : 3;
/** `batched` promises a second; of the process's time, since nothing can be done for a process that does not run. */
const PROMISED_MS = { request: 0, batched: 1000 } as const;

type Durability = keyof typeof PROMISED_MS;

/**
 * Starts the process, reads `lines` acknowledgements and on until the first of them is promised to be on disk, kills it with SIGKILL.
 * @returns how long each was acknowledged before the kill, ms of the process's time
 */
async function killedAfter(
  directory: string,
  durability: Durability,
  first: number,
  lines: number,
): Promise<ReadonlyMap<number, number>> {
  const pulse = await Deno.makeTempDir();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", program, directory, durability, String(first), pulse],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const acknowledged = new Map<number, number>();
  let rest = "";
  let killedAt = 0;
  let lookMs = 0;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const whole = (rest + text).split("\n");
    rest = whole.pop() ?? "";
    for (const line of whole) {
      const [n, at] = line.split(" ").map(Number);
      if (n === undefined || at === undefined || !Number.isInteger(n)) continue;
      acknowledged.set(n, at);
    }
    const now = Date.now();
    if (killedAt !== 0 || acknowledged.size < lines || now < lookMs) continue;
    lookMs = now + 50;
    const [oldest] = acknowledged.values();
    // Some more than the first record's, so that the kill comes at any place in a batch.
    if (oldest === undefined || readPulse(pulse)(oldest, now) < PROMISED_MS[durability] * 1.2) continue;
    killedAt = now;
    child.kill("SIGKILL");
  }
  assert.equal((await child.status).signal, "SIGKILL");
  const ranMs = readPulse(pulse);
  await Deno.remove(pulse, { recursive: true });
  return new Map([...acknowledged].map(([n, at]) => [n, ranMs(at, killedAt)]));
}

for (const durability of ["request", "batched"] as const) {
  Deno.test(`kill -9 under load loses nothing that was acknowledged in ${durability} mode, and the chain verifies every time`, async () => {
    const directory = await Deno.makeTempDir();
    const promised: number[] = [];
    let oldestLostMs = 0;
    let first = 1;
    for (let kill = 0; kill < kills; kill++) {
      // Different places in a batch.
      const killed = await killedAfter(directory, durability, first, (durability === "request" ? 200 : 1000) + kill * 37);
      const before = promised.length;
      for (const [n, ageMs] of killed) if (ageMs >= PROMISED_MS[durability]) promised.push(n);
      assert.ok(promised.length > before, "the kill came before anything was promised");
      first = Math.max(...killed.keys()) + 1000;
      const store = await openAuditStore({ tenant: "acme", directory });
      const report = await store.verify();
      assert.equal(report.status, "valid", JSON.stringify(report));
      assert.equal(report.set_aside, undefined);
      const found = new Set<string>();
      let cursor: string | null | undefined;
      while (cursor !== null) {
        const page: AuditPage = await store.query({ limit: 1000, ...(cursor === undefined ? {} : { cursor }) });
        for (const record of page.records) found.add(record.request_id);
        cursor = page.next_cursor;
      }
      await store.close();
      assert.equal(found.size, report.records_verified, "no record twice");
      assert.deepEqual(promised.filter((n) => !found.has(`req_${n}`)), []);
      for (const [n, ageMs] of killed) if (!found.has(`req_${n}`)) oldestLostMs = Math.max(oldestLostMs, ageMs);
    }
    console.log(`${kills} kills, ${promised.length} records promised; the oldest that a kill took was ${oldestLostMs.toFixed(0)} ms old`);
    await Deno.remove(directory, { recursive: true });
  });
}
