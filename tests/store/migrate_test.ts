/** Forward migrations of the tenant store: from every released version, with a backup, all or nothing, and never backwards. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import { pathToFileURL } from "node:url";
import { openDatabase } from "../../src/store/database.ts";
import { StoreError } from "../../src/store/errors.ts";
import { STATE_MIGRATIONS, type StateTables } from "../../src/tenants/state/schema.ts";
import { TenantStore } from "../../src/tenants/state/store.ts";
import { join } from "../support/paths.ts";

async function inFolder(work: (folder: string, url: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder, pathToFileURL(join(folder, "x.db")).href);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const backups = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.endsWith(".bak"));

for (const { id: version } of STATE_MIGRATIONS.slice(0, -1)) {
  Deno.test(`a store of version ${version} becomes the newest, keeps its tenants and keys, and a backup of it is left`, () =>
    inFolder(async (folder, url) => {
      const old = await openDatabase<StateTables>({ url, migrations: STATE_MIGRATIONS.slice(0, version) });
      await sql`insert into tenants (id, config, version, created_at, updated_at) values
        ('acme', '{"backend_url":"http://127.0.0.1:9"}', 7, '2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z')`.execute(old.db);
      await sql`insert into keys (id, tenant, digest, prefix, name, scopes, created_at) values
        ('key_1', 'acme', 'abc', 'cs_live_x', 'app', '["proxy"]', '2026-01-01T00:00:00.000Z')`.execute(old.db);
      await old.close();
      const store = await TenantStore.open({ url, pepper: undefined, now: Date.now });
      assert.equal(store.tenants.get("acme")?.version, 7);
      assert.deepEqual(store.keys.findKey("abc")?.scopes, ["proxy"]);
      await store.update("acme", { backend_url: "http://127.0.0.1:8" }, 7, { name: "test", role: "admin" });
      await store.close();
      const [backup = "none"] = backups(folder);
      assert.ok(backup.startsWith(`x.db.v${version}-`), backup);
      if (Deno.build.os !== "windows") assert.equal(Deno.statSync(join(folder, backup)).mode! & 0o077, 0);
      const before = await openDatabase<StateTables>({
        url: pathToFileURL(join(folder, backup)).href,
        migrations: STATE_MIGRATIONS.slice(0, version),
      });
      const rows = await before.db.selectFrom("tenants").select(["id", "version"]).execute();
      assert.deepEqual(rows.map((row) => ({ ...row })), [{ id: "acme", version: 7 }], "the backup is as it was");
      await before.close();
    }));
}

Deno.test("a migration that fails leaves the store as it was", () =>
  inFolder(async (folder, url) => {
    await (await openDatabase<StateTables>({ url, migrations: STATE_MIGRATIONS })).close();
    const next = STATE_MIGRATIONS.length + 1;
    const failing = { id: next, name: "failing", sql: ["create table half (id integer) strict", "insert into nowhere values (1)"] };
    await assert.rejects(openDatabase({ url, migrations: [...STATE_MIGRATIONS, failing] }), StoreError);
    const { db, migrated, close } = await openDatabase<StateTables>({ url, migrations: STATE_MIGRATIONS });
    assert.deepEqual(migrated, { from: next - 1, to: next - 1 });
    assert.deepEqual((await sql`select name from sqlite_master where name = 'half'`.execute(db)).rows, []);
    await close();
    assert.equal(backups(folder).length, 1);
  }));

Deno.test("a store that a newer program wrote, or whose history is another's, is refused", () =>
  inFolder(async (_folder, url) => {
    const next = { id: STATE_MIGRATIONS.length + 1, name: "next", sql: ["create table later (id integer) strict"] };
    await (await openDatabase({ url, migrations: [...STATE_MIGRATIONS, next] })).close();
    const code = (wanted: string) => (error: unknown) => error instanceof StoreError && error.code === wanted;
    await assert.rejects(TenantStore.open({ url, pepper: undefined, now: Date.now }), code("newer"));
    const edited = STATE_MIGRATIONS.map((each) => each.id === 2 ? { ...each, sql: [...each.sql, "select 1"] } : each);
    await assert.rejects(openDatabase({ url, migrations: [...edited, next] }), code("changed_migration"));
  }));
