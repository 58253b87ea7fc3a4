import assert from "node:assert/strict";
import { openAuditStore } from "../../src/audit/open.ts";
import type { AuditPage } from "../../src/audit/types.ts";
import { loadedMs, testRuns } from "../support/runs.ts";

const program = new URL("./appending_process.ts", import.meta.url).pathname;
/** Thirty in `deno task test:deep`. */
const kills = testRuns(3) > 3 ? 30 : 3;
/** `batched` promises a second. */
const promisedMs = (durability: "request" | "batched") => durability === "request" ? 0 : loadedMs(1000);

/** Starts the process, reads `lines` acknowledgements and at least as long as the promise, kills it with SIGKILL. @returns what was acknowledged, and when it was killed */
async function killedAfter(
  directory: string,
  durability: "request" | "batched",
  first: number,
  lines: number,
  promiseMs: number,
): Promise<{ acknowledged: Map<number, number>; killedAt: number }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", program, directory, durability, String(first)],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const acknowledged = new Map<number, number>();
  let rest = "";
  let killedAt = 0;
  let since = 0;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const whole = (rest + text).split("\n");
    rest = whole.pop() ?? "";
    for (const line of whole) {
      const [n, at] = line.split(" ").map(Number);
      if (n === undefined || at === undefined || !Number.isInteger(n)) continue;
      acknowledged.set(n, at);
      if (acknowledged.size === 1) since = Date.now();
    }
    if (killedAt === 0 && acknowledged.size >= lines && Date.now() - since >= promiseMs * 1.2) {
      killedAt = Date.now();
      child.kill("SIGKILL");
    }
  }
  assert.equal((await child.status).signal, "SIGKILL");
  return { acknowledged, killedAt };
}

for (const durability of ["request", "batched"] as const) {
  Deno.test(`kill -9 under load loses nothing that was acknowledged in ${durability} mode, and the chain verifies every time`, async () => {
    const directory = await Deno.makeTempDir();
    const promised: number[] = [];
    let first = 1;
    for (let kill = 0; kill < kills; kill++) {
      const promiseMs = promisedMs(durability);
      // Different places in a batch; in `batched` long enough that whole seconds have passed.
      const { acknowledged, killedAt } = await killedAfter(
        directory,
        durability,
        first,
        (durability === "request" ? 200 : 4000) + kill * 37,
        promiseMs,
      );
      for (const [n, at] of acknowledged) if (at <= killedAt - promiseMs) promised.push(n);
      first = Math.max(...acknowledged.keys()) + 1000;
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
      assert.ok(promised.length > 0, "the kill came before anything was promised");
      assert.deepEqual(promised.filter((n) => !found.has(`req_${n}`)), []);
    }
    await Deno.remove(directory, { recursive: true });
  });
}
