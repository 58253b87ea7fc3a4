/** Tenant state in its database: the log and its retention, clocks that jump, sealed secrets, versions, names that are SQL. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import { StoreError } from "../../src/store/errors.ts";
import { Sealing } from "../../src/tenants/state/sealing.ts";
import { type Author, TenantStore } from "../../src/tenants/state/store.ts";
import { join } from "../support/paths.ts";

const DAY_MS = 86_400_000;
const START_MS = Date.parse("2026-01-31T12:00:00Z");
const author: Author = { name: "tests", role: "admin", address: "127.0.0.1", requestId: "r-1" };
const KEY = btoa("0123456789abcdef0123456789abcdef");

/** A store in a folder of its own, with a clock to set. */
async function openStore(folder: string, options: { sealingKey?: string; logRetentionDays?: number } = {}) {
  const clock = { ms: START_MS };
  const store = await TenantStore.open({
    url: `file:${join(folder, "state.db")}`,
    pepper: undefined,
    now: () => clock.ms,
    logRetentionDays: options.logRetentionDays ?? 30,
    ...(options.sealingKey !== undefined && { sealingKey: options.sealingKey }),
  });
  return { store, clock };
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the log of changes is kept for its retention, and a clock that jumps ahead does not empty it", () =>
  inFolder(async (folder) => {
    const { store, clock } = await openStore(folder);
    await store.create("acme", { display_name: "v0" }, author);
    const line = { at: new Date(START_MS).toISOString(), actor: "a", action: "update", target: "tenant acme", tenant: "acme" };
    await store.connection.db().insertInto("changes").values(
      Array.from({ length: 1100 }, () => ({ ...line, before: null, after: null, role: null, address: null, request_id: null })),
    ).execute();
    // A century ahead: all is over its retention by that clock, and the newest thousand stay.
    clock.ms += 36_500 * DAY_MS;
    await store.update("acme", { display_name: "far" }, 1, author);
    const all = await store.changes({ limit: 5000 });
    assert.equal(all.length, 1000);
    assert.equal(all[0]!.at.slice(0, 4), "2126");
    // A policy of a megabyte is not in it twice a change.
    await store.update("acme", { policy: { text: "x".repeat(1 << 20) } }, 2, author);
    assert.deepEqual((await store.changes({ limit: 1 }))[0]!.after, {
      policy: { text: `${"x".repeat(100)}… (1048576 characters, sha256 8f990ba0b577b51c)` },
    });
    // And back: the next change is the newest whatever its time says.
    clock.ms = START_MS;
    await store.update("acme", { display_name: "back" }, 3, author);
    assert.deepEqual((await store.changes({ limit: 1 }))[0]!.after, { display_name: "back" });
    await store.close();
  }));

Deno.test("a key stops and goes on by its time, whichever way the clock jumps, and a revoked one never comes back", () =>
  inFolder(async (folder) => {
    const { store, clock } = await openStore(folder);
    await store.create("acme", {}, author);
    const made = await store.createKey(
      "acme",
      { name: "a", scopes: ["proxy"], expires_at: new Date(START_MS + DAY_MS).toISOString() },
      author,
    );
    const { keyDigest } = await import("../../src/tenants/resolve.ts");
    const find = (secret: string) => store.keys.findKey(keyDigest(secret))?.keyId;
    assert.equal(find(made.secret), made.key.id);
    clock.ms += 2 * DAY_MS;
    assert.equal(find(made.secret), undefined);
    clock.ms -= 10 * DAY_MS;
    assert.equal(find(made.secret), made.key.id);
    const next = await store.rotateKey("acme", made.key.id, 0, author);
    clock.ms += 100 * DAY_MS;
    clock.ms -= 200 * DAY_MS;
    assert.equal(find(made.secret), undefined);
    assert.equal(find(next.secret), next.key.id);
    assert.deepEqual(store.keysOf("acme").map(({ id }) => id).sort(), [made.key.id, next.key.id].sort());
    await store.close();
  }));

Deno.test("names and texts that are SQL, or nearly, come back as they were", () =>
  inFolder(async (folder) => {
    const nasty = ["'; drop table keys; --", '"; delete from tenants', "%_\\", "${x}", "ÄÖ\u202e😀", "a'||(select 1)||'b"];
    const first = await openStore(folder);
    for (const [i, name] of nasty.entries()) {
      await first.store.create(`t${i}`, { display_name: name, metadata: { [name]: name } }, { ...author, name });
      await first.store.createKey(`t${i}`, { name, scopes: ["proxy"], allowed_models: [name] }, { ...author, name });
    }
    await first.store.close();
    const { store } = await openStore(folder);
    for (const [i, name] of nasty.entries()) {
      assert.deepEqual(store.tenants.get(`t${i}`)?.config, { display_name: name, metadata: { [name]: name } });
      const [key] = store.keysOf(`t${i}`);
      assert.deepEqual([key?.name, key?.allowed_models, key?.created_by], [name, [name], name]);
      assert.equal((await store.changes({ actor: name, limit: 10 })).length, 2);
    }
    await store.close();
  }));

Deno.test("secrets are sealed in the database with a key beside it, or with that of the environment", async (t) => {
  const config = {
    backend_url: "https://u:pass-word@h/?key=abc",
    headers: { "X-Auth": "top-secret", "X-Plain": "plain" },
    display_name: "plain",
  };
  const rawOf = async (folder: string) =>
    new TextDecoder("latin1").decode(await Deno.readFile(join(folder, "state.db"))) + await walOf(folder);

  await t.step("beside it", () =>
    inFolder(async (folder) => {
      const { store } = await openStore(folder);
      await store.create("acme", config, author);
      await store.update("acme", { ...config, display_name: "plainer" }, 1, author);
      const raw = await rawOf(folder);
      for (const secret of ["top-secret", "pass-word", "key=abc"]) assert.ok(!raw.includes(secret), secret);
      assert.ok(raw.includes("plainer"));
      await store.close();
      const { mode, size } = await Deno.stat(join(folder, "state.db.key"));
      assert.deepEqual([(mode ?? 0) & 0o777, size], [0o600, 45]);
      const again = await openStore(folder);
      assert.deepEqual(again.store.tenants.get("acme")?.config, { ...config, display_name: "plainer" });
      // The log shows masks, before and after.
      const [change] = await again.store.changes({ limit: 1 });
      assert.deepEqual(change!.after, {
        backend_url: "https://********@h/?key=********",
        headers: { "X-Auth": "********", "X-Plain": "plain" },
        display_name: "plainer",
      });
      await again.store.close();
    }));

  await t.step("from the environment; another key opens nothing and says so", () =>
    inFolder(async (folder) => {
      const { store } = await openStore(folder, { sealingKey: KEY });
      await store.create("acme", config, author);
      await store.close();
      await assert.rejects(Deno.stat(join(folder, "state.db.key")), Deno.errors.NotFound);
      const again = await openStore(folder, { sealingKey: KEY });
      assert.deepEqual(again.store.tenants.get("acme")?.config, config);
      await again.store.close();
      await assert.rejects(
        openStore(folder, { sealingKey: btoa("x".repeat(32)) }),
        /secrets of "acme" that were sealed with another key: set CHECKSTREAM_STORE_KEY/,
      );
      await assert.rejects(openStore(folder), /or put back .*state\.db\.key/);
      await assert.rejects(openStore(folder, { sealingKey: "short" }), /not a key: expected 32 bytes in base64/);
    }));

  await t.step("a sealed text opens at its place and for its tenant alone", () => {
    const sealing = new Sealing({ key: KEY, keyFile: undefined });
    const sealed = sealing.seal("acme", { headers: { "X-Auth": "a", "X-Key": "b" } });
    const moved = JSON.stringify({ headers: { "X-Auth": JSON.parse(sealed).headers["X-Key"] } });
    assert.throws(() => sealing.open("acme", moved), /sealed with another key/);
    assert.throws(() => sealing.open("beta", sealed), /sealed with another key/);
    // What only looks sealed is a text like any other.
    const forged = { display_name: "sealed:aes-256-gcm:00000000:AAAA:AAAA" };
    assert.deepEqual(sealing.open("acme", sealing.seal("acme", forged)), forged);
  });

  await t.step("a store without a key takes no secrets, and everything else", () => {
    const remote = new Sealing({ key: undefined, keyFile: undefined });
    assert.throws(() => remote.seal("acme", config), /^NoSealingKeyError: backend_url holds a secret, and a remote store takes none/);
    assert.equal(remote.seal("acme", { display_name: "x" }), '{"display_name":"x"}');
  });
});

async function walOf(folder: string): Promise<string> {
  try {
    return new TextDecoder("latin1").decode(await Deno.readFile(join(folder, "state.db-wal")));
  } catch {
    return "";
  }
}

Deno.test("the newest hundred policies of a tenant are kept, and a tenant made anew begins again", () =>
  inFolder(async (folder) => {
    const { store } = await openStore(folder);
    await store.create("acme", { policy_path: "0.yaml" }, author);
    let version = 1;
    for (let i = 1; i <= 120; i++) {
      version = (await store.update("acme", { policy: { text: `policies: # ${i}` } }, version, author)).version;
    }
    // No other policy, no other version.
    version = (await store.update("acme", { policy: { text: "policies: # 120" }, display_name: "x" }, version, author)).version;
    const versions = await store.policyVersions("acme", { limit: 1000 });
    assert.deepEqual([versions.length, versions[0]!.version, versions.at(-1)!.version], [100, 121, 22]);
    assert.equal(await store.policyVersion("acme", 21), undefined);
    await store.remove("acme", author);
    const again = await store.create("acme", {}, author);
    assert.equal(again.version, version + 1);
    assert.deepEqual(await store.policyVersions("acme", { limit: 10 }), []);
    await store.close();
  }));

Deno.test("a disk that is full in the middle of a change leaves nothing of it, neither in the file nor in memory", () =>
  inFolder(async (folder) => {
    const { store } = await openStore(folder);
    await store.create("acme", { policy: { text: "policies: []" } }, author);
    const { key } = await store.createKey("acme", { name: "a", scopes: ["proxy"] }, author);
    const db = store.connection.db();
    const whole = async () =>
      JSON.stringify([
        [...store.tenants],
        store.keysOf("acme"),
        await store.policyVersions("acme", { limit: 100 }),
        await store.changes({ limit: 1000 }),
        (await sql<{ config: string }>`select * from tenants`.execute(db)).rows,
        (await sql<{ id: string }>`select * from keys`.execute(db)).rows,
      ]);
    const { page_count: pages } = (await sql<{ page_count: number }>`pragma page_count`.execute(db)).rows[0]!;
    const limit = (most: number) => sql.raw(`pragma max_page_count = ${most}`).execute(db);
    await limit(pages);
    const before = await whole();
    const big = "x".repeat(500_000);
    const name = "n".repeat(200_000);
    const changes: [what: string, change: () => Promise<unknown>][] = [
      ["create", () => store.create("beta", { policy: { text: big } }, author)],
      ["update", () => store.update("acme", { policy: { text: big } }, 1, author)],
      ["createKey", () => store.createKey("acme", { name, scopes: ["proxy"] }, author)],
      ["rotateKey", () => store.rotateKey("acme", key.id, 0, { ...author, name })],
      ["remove", () => store.remove("acme", { ...author, name })],
    ];
    for (const [what, change] of changes) {
      await assert.rejects(change, (error) => error instanceof StoreError && error.code === "disk_full", what);
      await limit(pages);
      assert.equal(await whole(), before, what);
    }
    await limit(1_000_000);
    assert.equal((await store.update("acme", { policy: { text: big } }, 1, author)).version, 2);
    await store.rotateKey("acme", key.id, 0, author);
    assert.equal(store.keysOf("acme").filter(({ revoked_at }) => revoked_at === null).length, 1);
    await store.close();
  }));
