/** Checkpoints by count and by the hour, pruning by the hour, and who of two stores of one folder does it. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import { openAuditStore } from "../../src/audit/open.ts";
import { cleanEntry } from "../../src/audit/record.ts";
import { maintain, overdueSql } from "../../src/audit/retention.ts";
import { parsedStatement, storedStatements } from "../../src/audit/statements_table.ts";
import { TrailFile } from "../../src/audit/trail_file.ts";
import { AuditTrails } from "../../src/audit/trails.ts";
import { verifyFile } from "../../src/audit/verify.ts";
import { entryOf } from "./entries.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2025, 0, 1);

/** What was signed so far: `checkpoint 7`, `prune 1-3`, … */
async function signed(trail: TrailFile): Promise<string[]> {
  const statements = await Array.fromAsync(storedStatements(trail.db), ({ body }) => parsedStatement(body));
  return statements.map((statement) => {
    if (statement?.kind === "checkpoint") return `checkpoint ${statement.id}`;
    if (statement?.kind === "prune") return `prune ${statement.gaps.map(({ from, to }) => `${from}-${to}`).join(",")}`;
    return statement?.kind ?? "?";
  });
}

async function withTrail(work: (trail: TrailFile, add: (count: number, now: number) => Promise<unknown>) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  const trail = await TrailFile.open({ tenant: "acme", directory, retentionDays: 90 }, START);
  let n = 0;
  try {
    await work(trail, (count, now) => trail.commit(Array.from({ length: count }, () => cleanEntry(entryOf(++n, {}, now))), now));
  } finally {
    await trail.close();
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("a checkpoint is signed every 1,000 records", async () => {
  await withTrail(async (trail, add) => {
    for (let n = 0; n < 25; n++) await add(100, START + n);
    assert.deepEqual(await signed(trail), ["genesis", "checkpoint 1000", "checkpoint 2000"]);
  });
});

Deno.test("a checkpoint is signed within the hour and a minute however few records come, by an append or by the clock alone", async () => {
  await withTrail(async (trail, add) => {
    await add(1, START + 60_000);
    assert.deepEqual(await signed(trail), ["genesis"]);
    for (let minute = 1; minute <= 60; minute++) await maintain(trail, START + minute * 60_000);
    assert.deepEqual(await signed(trail), ["genesis", "checkpoint 1"]);
    await add(1, START + HOUR + 60_000);
    await add(1, START + 2 * HOUR);
    assert.deepEqual(await signed(trail), ["genesis", "checkpoint 1", "checkpoint 3"]);
    await maintain(trail, START + 9 * HOUR);
    assert.deepEqual((await signed(trail)).length, 3, "nothing new to sign");
  });
});

Deno.test("a checkpoint seals what is there before records are pruned, and pruning comes once an hour", async () => {
  await withTrail(async (trail, add) => {
    for (let hour = 0; hour < 4; hour++) await add(1, START + hour * HOUR);
    await add(1, START + 90 * DAY);
    await add(1, START + 90 * DAY + 60_000);
    const before = await signed(trail);
    assert.equal(before.at(-1), "checkpoint 5");
    for (let minute = 10; minute <= 130; minute += 10) await maintain(trail, START + 90 * DAY + minute * 60_000);
    assert.deepEqual((await signed(trail)).slice(before.length), ["checkpoint 6", "prune 1-1", "prune 2-2", "prune 3-3"]);
  });
});

Deno.test("what is over its retention is found in the index, however much a rule keeps for years", async () => {
  await withTrail(async (trail, add) => {
    await add(5, START);
    for (const asked of [null, 1827]) {
      const { rows } = await sql<{ detail: string }>`explain query plan ${overdueSql(asked, START)}`.execute(trail.db);
      assert.deepEqual(rows.map(({ detail }) => detail), [
        "SEARCH records USING COVERING INDEX records_by_retention (retention_days=? AND time<?)",
      ]);
    }
  });
});

Deno.test("a legal hold holds from the reload on, though a stream under the old settings goes on", async () => {
  const directory = await Deno.makeTempDir();
  const trails = new AuditTrails();
  const options = { directory, retentionDays: 90, now: () => START + 100 * DAY };
  const stream = await trails.open("acme", options);
  await stream.store.append(entryOf(1, {}, START));
  await stream.store.flush();
  const held = await trails.open("acme", { ...options, legalHold: true });
  const maintained = async (store: unknown) => await (store as Awaited<ReturnType<typeof openAuditStore>>).maintain();
  assert.deepEqual(await maintained(stream.store), { checkpointed: false, pruned: 0 });
  assert.equal((await maintained(held.store)).pruned, 0);
  await held.release();
  assert.equal((await maintained(stream.store)).pruned, 0, "a hold does not end with its lease");
  const lifted = await trails.open("acme", { ...options, retentionDays: 91 });
  assert.equal((await maintained(stream.store)).pruned, 0);
  await lifted.release();
  assert.equal((await maintained(stream.store)).pruned, 1, "after a reload that failed the settings before it are in charge");
  await trails.closeAll();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("two writers that prune the same trail at once remove each record once, and the chain verifies", async () => {
  const directory = await Deno.makeTempDir();
  const now = () => START + 91 * DAY;
  const settings = { tenant: "acme", directory, retentionDays: 90 };
  const trail = await TrailFile.open(settings, START);
  for (let n = 0; n < 50; n++) {
    await trail.commit(Array.from({ length: 100 }, (_, i) => cleanEntry(entryOf(n * 100 + i, {}, START + n))), START + n);
  }
  // One works in this thread, the other in the audit worker.
  const store = await openAuditStore({ ...settings, now });
  const [here, there] = await Promise.all([maintain(trail, now()), store.maintain()]);
  assert.equal(here.pruned + there.pruned, 5000);
  const pruned = (await signed(trail)).filter((each) => each.startsWith("prune"));
  assert.ok(pruned.length <= 6 && !pruned.includes("prune "), pruned.join("; "));
  assert.deepEqual(await verifyFile(settings, trail.key), { status: "valid", records_verified: 0, chain_intact: true });
  await store.close();
  await trail.close();
  await Deno.remove(directory, { recursive: true });
});
