import assert from "node:assert/strict";
import { openAuditStore } from "../../src/audit/open.ts";
import { entryOf } from "./entries.ts";
import { verifyIndependently } from "./independent.ts";

const DAY = 86_400_000;
const START = Date.UTC(2024, 0, 1);

Deno.test("retention of 90 days on 400 days of records keeps exactly the right ones, and the chain verifies across the gaps", async (t) => {
  const directory = await Deno.makeTempDir();
  let now = START;
  const options = { tenant: "acme", directory, retentionDays: 90, checkpointEvery: 25, now: () => now };
  const store = await openAuditStore(options);
  // Four records a day, every tenth of which a rule wants for 180 days, and every 25th for 30 only (the tenant's 90 win).
  for (let n = 0; n < 1600; n++) {
    now = START + n * DAY / 4;
    const retention = n % 10 === 0 ? { retention_days: 180 } : n % 25 === 1 ? { retention_days: 30 } : {};
    await store.append(entryOf(n, retention, now));
    if (n % 100 === 99) await store.flush();
  }
  await store.flush();
  now = START + 400 * DAY;
  const kept = (at: number) =>
    Array.from({ length: 1600 }, (_, n) => n).filter((n) => START + n * DAY / 4 > at - (n % 10 === 0 ? 180 : 90) * DAY).map((n) =>
      `req_${n}`
    );

  await t.step("a legal hold keeps everything", async () => {
    const held = await openAuditStore({ ...options, legalHold: true });
    assert.equal((await held.maintain()).pruned, 0);
    await held.close();
  });
  const found = async () =>
    (await Array.fromAsync(store.export("csv"))).join("").trim().split("\r\n").slice(1).map((line) => line.split(",")[2]);

  assert.equal((await store.maintain()).pruned, 1600 - kept(now).length);
  assert.deepEqual(await found(), kept(now));
  assert.deepEqual(await store.verify(), { status: "valid", records_verified: kept(now).length, chain_intact: true });

  await t.step("later prunings join their gaps to the earlier ones", async () => {
    for (let day = 401; day <= 420; day++) {
      now = START + day * DAY;
      await store.maintain();
      assert.deepEqual(await found(), kept(now));
    }
    assert.equal((await store.verify()).status, "valid");
  });
  await t.step("a period can be verified and exported by itself", async () => {
    const period = { start: new Date(START + 340 * DAY).toISOString(), end: new Date(START + 350 * DAY).toISOString() };
    const report = await store.verify(period);
    // Rounded outwards to checkpoints, which end commits: a hundred records each here.
    assert.equal(report.status, "valid", JSON.stringify(report));
    assert.ok(report.records_verified >= 40 && report.records_verified <= 40 + 2 * 100, String(report.records_verified));
    const { said, code } = await verifyIndependently(
      (await Array.fromAsync(store.export("jsonl", period))).join(""),
      await store.publicKey(),
    );
    assert.deepEqual([said, code], [`valid: ${report.records_verified} records`, 0]);
  });
  await t.step("the independent verifier accepts the gaps", async () => {
    const { said, code } = await verifyIndependently((await Array.fromAsync(store.export("jsonl"))).join(""), await store.publicKey());
    assert.deepEqual([said, code], [`valid: ${kept(now).length} records`, 0]);
  });
  await t.step("when all are gone, the end of the chain is still proven and goes on", async () => {
    now = START + 2000 * DAY;
    await store.maintain();
    assert.deepEqual(await store.verify(), { status: "valid", records_verified: 0, chain_intact: true });
    await store.append(entryOf(9999, {}, now));
    await store.flush();
    assert.deepEqual((await store.query({})).records.map((record) => record.id), [1601]);
    assert.deepEqual(await store.verify(), { status: "valid", records_verified: 1, chain_intact: true });
  });
  await store.close();
  await t.step("and survives a restart", async () => {
    const again = await openAuditStore(options);
    assert.deepEqual(await again.verify(), { status: "valid", records_verified: 1, chain_intact: true });
    await again.close();
  });
  await Deno.remove(directory, { recursive: true });
});
