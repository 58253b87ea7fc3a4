/** A database whose statements run in a worker: the same answers and errors as in this thread, and this thread goes on meanwhile. */
import assert from "node:assert/strict";
import { sql } from "kysely";
import { pathToFileURL } from "node:url";
import { openDatabase } from "../../src/store/database.ts";
import { StoreError } from "../../src/store/errors.ts";
import { holdStore } from "../../src/store/hold.ts";
import { fromFileUrl, join } from "../support/paths.ts";

interface Tables {
  notes: { id: number; text: string | null; bytes: Uint8Array | null };
}

const migrations = [{ id: 1, name: "notes", sql: ["create table notes (id integer primary key, text text, bytes blob) strict"] }];

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

for (const thread of [false, true]) {
  Deno.test(`statements, transactions and errors are the same ${thread ? "in a worker" : "in this thread"}`, () =>
    inFolder(async (folder) => {
      const url = pathToFileURL(join(folder, "a b.db")).href;
      const { db, close } = await openDatabase<Tables>({ url, migrations, thread });
      await db.insertInto("notes").values({ id: 1, text: "ein Umlaut: ü, ein \u{1F600}", bytes: new Uint8Array([0, 255, 7]) }).execute();
      const row = await db.selectFrom("notes").selectAll().executeTakeFirstOrThrow();
      assert.equal(row.text, "ein Umlaut: ü, ein \u{1F600}");
      assert.deepEqual([...new Uint8Array(row.bytes!)], [0, 255, 7]);
      await assert.rejects(
        db.transaction().execute(async (tx) => {
          await tx.insertInto("notes").values({ id: 2, text: null, bytes: null }).execute();
          await tx.insertInto("notes").values({ id: 1, text: null, bytes: null }).execute();
        }),
        (error: unknown) => error instanceof StoreError && error.code === "failed" && /UNIQUE/.test(error.message),
      );
      assert.deepEqual(await db.selectFrom("notes").select("id").execute(), [{ id: 1 }], "the first insert was rolled back");
      // Transactions of several callers take turns on the one connection.
      await Promise.all(Array.from({ length: 20 }, (_, i) =>
        db.transaction().execute(async (tx) => {
          const { count } = await tx.selectFrom("notes").select(({ fn }) => fn.countAll<number>().as("count")).executeTakeFirstOrThrow();
          await tx.insertInto("notes").values({ id: 100 + i, text: String(count), bytes: null }).execute();
        })));
      const texts = await db.selectFrom("notes").select("text").where("id", ">=", 100).execute();
      assert.equal(new Set(texts.map(({ text }) => text)).size, 20);
      await close();
      if (Deno.build.os !== "windows") assert.equal(Deno.statSync(join(folder, "a b.db")).mode! & 0o077, 0, "for its owner alone");
    }));
}

Deno.test("this thread goes on while the worker is busy for long", () =>
  inFolder(async (folder) => {
    const { db, close } = await openDatabase<Tables>({ url: pathToFileURL(join(folder, "x.db")).href, migrations, thread: true });
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await sql`with recursive n(i) as (select 1 union all select i + 1 from n where i < 3000000) select max(i) from n`.execute(db);
    clearInterval(timer);
    assert.ok(turns > 5, `${turns} turns of the loop`);
    await close();
  }));

/** What another process says that wants to hold the store. */
async function elsewhere(path: string, how: "shared" | "alone"): Promise<string> {
  const root = new URL("../../", import.meta.url);
  const code = `import { holdStore } from "${new URL("src/store/hold.ts", root)}";
    try { (await holdStore(${JSON.stringify(path)}, "${how}"))(); console.log("held"); } catch (error) { console.log(error.name); }`;
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", code], cwd: fromFileUrl(root) }).output();
  return new TextDecoder().decode(stdout).trim();
}

Deno.test("a store is held by any number of gateways, or by one command alone", () =>
  inFolder(async (folder) => {
    const path = join(folder, "x.db");
    const gateway = await holdStore(path, "shared");
    assert.equal(await elsewhere(path, "shared"), "held");
    assert.equal(await elsewhere(path, "alone"), "StoreHeldError");
    gateway();
    assert.equal(await elsewhere(path, "alone"), "held");
  }));
