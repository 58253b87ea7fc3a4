import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createClient } from "@libsql/client";
import { sql } from "kysely";
import { AuditError, type AuditErrorCode } from "../../src/audit/errors.ts";
import { openAuditStore } from "../../src/audit/open.ts";
import { cleanEntry } from "../../src/audit/record.ts";
import { TrailFile } from "../../src/audit/trail_file.ts";
import { verifyFile } from "../../src/audit/verify.ts";
import { smallDisk } from "../support/small_disk.ts";
import { eventually } from "../support/eventually.ts";
import { entryOf } from "./entries.ts";

const coded = (code: AuditErrorCode, kept?: boolean) => (error: unknown) =>
  error instanceof AuditError && error.code === code && (kept === undefined || error.kept === kept);

const text = "x".repeat(2000);
const large = (n: number) => entryOf(n, { input: text });

for (const durability of ["request", "batched"] as const) {
  Deno.test(`a full disk is reported by append in ${durability} mode, and appending goes on when there is space`, async (t) => {
    const directory = await Deno.makeTempDir();
    const disk = await smallDisk(directory);
    // Where tmpfs cannot be mounted, the trail's own limit says the same.
    const limit = disk === null ? { maxBytes: 300_000 } : {};
    const ballast = join(directory, "ballast");
    if (disk !== null) await Deno.writeFile(ballast, new Uint8Array(160 * 1024));
    const store = await openAuditStore({ tenant: "acme", directory, durability, include: ["input"], ...limit });
    let refused: unknown;
    let accepted = 0;
    for (let n = 1; refused === undefined && n < 2000; n++) {
      try {
        await store.append(large(n));
        if (durability === "batched") await store.flush();
        accepted++;
      } catch (error) {
        refused = error;
      }
    }
    assert.ok(coded("disk_full")(refused), String(refused));
    assert.ok(accepted > 10);
    assert.equal(store.failure?.code, "disk_full");
    await t.step("while it is full every append says so, and batched ones are kept", async () => {
      await assert.rejects(store.append(large(5000)), coded("disk_full", durability === "batched"));
    });
    if (disk !== null) {
      await Deno.remove(ballast);
      await t.step("with space again, what was kept is written and nothing acknowledged is missing", async () => {
        await store.flush();
        assert.equal(store.failure, null);
        await store.append(entryOf(6000));
        await store.flush();
        const kept = durability === "batched" ? 2 : 0;
        assert.deepEqual(await store.verify(), { status: "valid", records_verified: accepted + kept + 1, chain_intact: true });
      });
      await store.close();
      await disk.unmount();
    } else {
      await assert.rejects(store.close(), coded("closed"));
    }
    await Deno.remove(directory, { recursive: true });
  });
}

Deno.test("a folder that becomes read-only is reported and recovered from", async (t) => {
  const directory = await Deno.makeTempDir();
  const disk = await smallDisk(directory);
  if (disk === null) {
    console.log("skipped: tmpfs cannot be mounted here");
    await Deno.remove(directory);
    return;
  }
  await disk.readOnly(true);
  await t.step("at the start it is an error", async () => {
    await assert.rejects(openAuditStore({ tenant: "acme", directory }), coded("read_only"));
  });
  await t.step("or, with retryOpen, a failure that passes", async () => {
    const store = await openAuditStore({ tenant: "acme", directory, retryOpen: true });
    assert.equal(store.failure?.code, "read_only");
    await assert.rejects(store.append(entryOf(1)), coded("read_only", true));
    await disk.readOnly(false);
    await store.flush();
    assert.equal(store.failure, null);
    assert.deepEqual(await store.verify(), { status: "valid", records_verified: 1, chain_intact: true });
    await store.close();
  });
  await disk.unmount();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("a folder that cannot be made is an error that names it", async () => {
  const root = await Deno.makeTempDir();
  await Deno.writeTextFile(join(root, "file"), "");
  const directory = join(root, "file", "audit");
  await assert.rejects(
    openAuditStore({ tenant: "acme", directory }),
    (error) => coded("cannot_open")(error) && String(error).includes(directory),
  );
  await Deno.remove(root, { recursive: true });
});

Deno.test("a trail that another process holds is reported as locked, and appending goes on afterwards", async () => {
  const directory = await Deno.makeTempDir();
  const store = await openAuditStore({ tenant: "acme", directory, durability: "request", busyTimeoutMs: 50 });
  await store.append(entryOf(1));
  const other = createClient({ url: pathToFileURL(join(directory, "audit.db")).href });
  const held = await other.transaction("write");
  await assert.rejects(store.append(entryOf(2)), coded("locked"));
  await held.rollback();
  other.close();
  await store.append(entryOf(3));
  assert.equal(store.failure, null);
  assert.deepEqual(await store.verify(), { status: "valid", records_verified: 2, chain_intact: true });
  await store.close();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("a damaged or cut trail is set aside at the start, and the new segment refers to it", async (t) => {
  const damages: readonly { name: string; damage: (file: string) => Promise<unknown>; firstId: number; reason: RegExp }[] = [
    {
      name: "overwritten with noise",
      damage: async (file) => {
        for (const each of [file, `${file}-wal`]) await Deno.writeFile(each, crypto.getRandomValues(new Uint8Array(8192)));
      },
      firstId: 1,
      reason: /damaged/,
    },
    {
      name: "its tail deleted",
      damage: async (file) => {
        const client = createClient({ url: pathToFileURL(file).href });
        await client.execute("delete from records where id > 7");
        client.close();
      },
      firstId: 8,
      reason: /truncated/,
    },
    {
      name: "its head edited",
      damage: async (file) => {
        const client = createClient({ url: pathToFileURL(file).href });
        await client.execute(`update head set body = replace(body, '"id":10', '"id":9')`);
        client.close();
      },
      firstId: 11,
      reason: /signature/,
    },
  ];
  for (const { name, damage, firstId, reason } of damages) {
    await t.step(name, async () => {
      const directory = await Deno.makeTempDir();
      const store = await openAuditStore({ tenant: "acme", directory });
      for (let n = 1; n <= 10; n++) await store.append(entryOf(n));
      await store.close();
      // A copy, as after a restart: in this process libsql may still hold the first one.
      const after = await Deno.makeTempDir();
      for await (const { name } of Deno.readDir(directory)) {
        if (!name.endsWith("-shm")) await Deno.copyFile(join(directory, name), join(after, name));
      }
      await damage(join(after, "audit.db"));
      const again = await openAuditStore({ tenant: "acme", directory: after });
      await again.append(entryOf(11));
      await again.flush();
      const report = await again.verify();
      assert.equal(report.status, "valid");
      assert.equal(report.set_aside?.[0]?.file, "audit.db.set-aside-1");
      assert.match(report.set_aside?.[0]?.reason ?? "", reason);
      assert.deepEqual((await again.query({})).records.map((record) => record.id), [firstId]);
      await again.close();
      assert.ok((await Deno.stat(join(after, "audit.db.set-aside-1"))).size > 0);
      await Deno.remove(after, { recursive: true });
      await Deno.remove(directory, { recursive: true });
    });
  }
});

Deno.test("an older copy put in the place of a trail in use is noticed, set aside, and no id is given twice", async () => {
  const directory = await Deno.makeTempDir();
  const trail = await TrailFile.open({ tenant: "acme", directory }, 0);
  const add = async (n: number) => await trail.commit([cleanEntry(entryOf(n))], n);
  await add(1);
  await add(2);
  const backup = join(directory, "backup");
  await sql`vacuum into ${backup}`.execute(trail.db);
  await add(3);
  const client = createClient({ url: pathToFileURL(join(directory, "audit.db")).href });
  await client.execute(`attach '${backup}' as old`);
  // As `.restore` does, table by table.
  await client.batch(
    ["records", "facets", "statements", "head"].flatMap((table) => [
      `delete from main.${table}`,
      `insert into main.${table} select * from old.${table}`,
    ]),
    "write",
  );
  client.close();
  await add(4);
  const report = await verifyFile({ tenant: "acme", directory }, trail.key);
  assert.equal(report.status, "valid");
  assert.match(report.set_aside?.[0]?.reason ?? "", /went back from record 3 to 2/);
  const { rows } = await sql<{ id: number }>`select id from records`.execute(trail.db);
  assert.deepEqual(rows.map(({ id }) => id), [4]);
  await trail.close();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("a second writer of a trail that was set aside goes on in the new segment", async () => {
  const directory = await Deno.makeTempDir();
  // One writes in the audit worker, the other in this thread.
  const store = await openAuditStore({ tenant: "acme", directory });
  const trail = await TrailFile.open({ tenant: "acme", directory }, 0);
  for (let n = 1; n <= 4; n++) {
    if (n % 2 === 0) await trail.commit([cleanEntry(entryOf(n))], n);
    else {
      await store.append(entryOf(n));
      await store.flush();
    }
  }
  const client = createClient({ url: pathToFileURL(join(directory, "audit.db")).href });
  await client.execute(`update head set body = replace(body, '"id":4', '"id":3')`);
  client.close();
  await store.append(entryOf(5));
  await store.flush();
  await trail.commit([cleanEntry(entryOf(6))], 6);
  await store.append(entryOf(7));
  await store.flush();
  const report = await store.verify();
  assert.deepEqual([report.status, report.records_verified, report.set_aside?.length], ["valid", 3, 1]);
  assert.deepEqual((await store.query({})).records.map(({ id, request_id }) => [id, request_id]), [[7, "req_7"], [6, "req_6"], [
    5,
    "req_5",
  ]]);
  await store.close();
  await trail.close();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("a trail that is removed while in use is begun anew, and says so", async () => {
  const directory = await Deno.makeTempDir();
  const store = await openAuditStore({ tenant: "acme", directory, durability: "request" });
  for (let n = 1; n <= 3; n++) await store.append(entryOf(n));
  for (const suffix of ["", "-wal", "-shm"]) await Deno.remove(join(directory, `audit.db${suffix}`));
  await store.append(entryOf(4));
  const report = await store.verify();
  assert.equal(report.status, "valid");
  assert.deepEqual(report.set_aside, [{ file: "(gone)", reason: "the trail was removed while in use, with records up to 3" }]);
  assert.deepEqual((await store.query({})).records.map(({ id, request_id }) => [id, request_id]), [[4, "req_4"]]);
  await store.close();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("verify says of a file that SQLite finds damaged that it is damaged, whether its header or a page is", async () => {
  for (const from of [0, 3 * 4096]) {
    const directory = await Deno.makeTempDir();
    const trail = await TrailFile.open({ tenant: "acme", directory }, 0);
    for (let n = 0; n < 10; n++) await trail.commit(Array.from({ length: 100 }, (_, i) => cleanEntry(entryOf(n * 100 + i))), n);
    await sql`pragma wal_checkpoint(truncate)`.execute(trail.db);
    await trail.close();
    // A copy, as after a restart: in this process libsql may still hold the first one.
    const copy = await Deno.makeTempDir();
    await Deno.copyFile(join(directory, "audit.db"), join(copy, "audit.db"));
    const file = await Deno.open(join(copy, "audit.db"), { write: true });
    await file.seek(from, Deno.SeekMode.Start);
    await file.write(new Uint8Array(from === 0 ? 100 : 40 * 4096).fill(0xa5));
    file.close();
    const report = await verifyFile({ tenant: "acme", directory: copy }, trail.key);
    assert.equal(report.status, "invalid");
    assert.match(report.first_bad?.reason ?? "", /^changed: the file itself is damaged/);
    await Deno.remove(directory, { recursive: true });
    await Deno.remove(copy, { recursive: true });
  }
});

Deno.test("a queue that is full refuses, and says how many wait", async () => {
  const directory = await Deno.makeTempDir();
  const store = await openAuditStore({ tenant: "acme", directory, maxQueue: 10 });
  for (let n = 1; n <= 10; n++) await store.append(entryOf(n));
  assert.equal(store.queueDepth, 10);
  await assert.rejects(
    store.append(entryOf(11)),
    (error) => coded("queue_full", false)(error) && String(error).includes("10 records wait"),
  );
  await store.flush();
  await store.append(entryOf(12));
  await store.close();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("another signing key is refused instead of being taken for tampering", async () => {
  const directory = await Deno.makeTempDir();
  await (await openAuditStore({ tenant: "acme", directory })).close();
  await Deno.remove(join(directory, "signing_key.pem"));
  await assert.rejects(openAuditStore({ tenant: "acme", directory }), coded("key"));
  await Deno.remove(directory, { recursive: true });
});

Deno.test("a batched record that comes while older ones are late waits for the commit, and a disk that hangs is a failure, not a wait", async () => {
  const directory = await Deno.makeTempDir();
  const store = await openAuditStore({ tenant: "acme", directory, busyTimeoutMs: 60_000 });
  const failures: (string | undefined)[] = [];
  store.followFailure((failure) => failures.push(failure?.code));
  const other = createClient({ url: pathToFileURL(join(directory, "audit.db")).href });
  const lock = await other.transaction("write");
  // Acknowledged at once: its commit, which cannot begin now, is not due yet.
  await store.append(entryOf(1));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  let acknowledged = false;
  const second = store.append(entryOf(2)).then(() => acknowledged = true);
  await assert.rejects(second, coded("stalled", true));
  assert.equal(acknowledged, false);
  assert.equal(store.failure?.code, "stalled");
  await assert.rejects(store.append(entryOf(3)), coded("stalled", true));
  await lock.rollback();
  other.close();
  await eventually(() => assert.equal(store.failure, null));
  await store.append(entryOf(4));
  await store.flush();
  assert.deepEqual((await store.query({})).records.map(({ request_id }) => request_id), ["req_4", "req_3", "req_2", "req_1"]);
  assert.deepEqual(failures, ["stalled", undefined]);
  await store.close();
  await Deno.remove(directory, { recursive: true });
});

Deno.test("a batched record that waited because older ones were late is acknowledged once it is on disk", async () => {
  const directory = await Deno.makeTempDir();
  const store = await openAuditStore({ tenant: "acme", directory, busyTimeoutMs: 60_000 });
  const other = createClient({ url: pathToFileURL(join(directory, "audit.db")).href });
  const lock = await other.transaction("write");
  await store.append(entryOf(1));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const second = store.append(entryOf(2));
  await lock.rollback();
  await second;
  const { rows } = await other.execute("select count(*) as records from records");
  assert.equal(rows[0]?.records, 2);
  other.close();
  await store.close();
  await Deno.remove(directory, { recursive: true });
});
