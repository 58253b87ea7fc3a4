/** Statements that are kept prepared answer as new ones would, whatever happened to the file meanwhile. */
import assert from "node:assert/strict";
import { FileClient } from "../../src/store/file_client.ts";
import { join } from "../support/paths.ts";

async function inFolder(work: (open: () => FileClient) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const clients: FileClient[] = [];
  try {
    await work(() => {
      const client = new FileClient({ path: join(folder, "x.db"), busyTimeoutMs: 0 });
      clients.push(client);
      return client;
    });
  } finally {
    for (const client of clients) client.close();
    await Deno.remove(folder, { recursive: true });
  }
}

const run = (client: FileClient, sql: string, args: (string | number)[] = []) => client.execute({ sql, args });
const all = async (client: FileClient, sql: string) => (await run(client, sql)).rows;

Deno.test("a kept statement sees what was changed since, the table's columns too", () =>
  inFolder(async (open) => {
    const client = open();
    await run(client, "pragma journal_mode = wal");
    await run(client, "create table notes (id integer primary key, text text)");
    for (let id = 1; id <= 3; id++) await run(client, "insert into notes (id, text) values (?, ?)", [id, `note ${id}`]);
    assert.equal((await all(client, "select * from notes")).length, 3);
    await run(client, "alter table notes add column more text default 'x'");
    assert.deepEqual((await all(client, "select * from notes"))[0], { id: 1, text: "note 1", more: "x" });
    const other = open();
    await run(other, "delete from notes where id < 3");
    assert.deepEqual(await all(client, "select * from notes"), [{ id: 3, text: "note 3", more: "x" }]);
    await run(other, "drop table notes");
    await assert.rejects(all(client, "select * from notes"), /no such table/);
  }));

Deno.test("a kept statement that failed works again, in the same transaction and after a lock has passed", () =>
  inFolder(async (open) => {
    const [client, other] = [open(), open()];
    await run(client, "pragma journal_mode = wal");
    await run(client, "create table notes (id integer primary key)");
    const insert = { sql: "insert into notes (id) values (?)", args: [1] };
    const transaction = await client.transaction("write");
    await transaction.execute(insert);
    await assert.rejects(transaction.execute(insert), /UNIQUE/);
    await transaction.execute({ ...insert, args: [2] });
    await assert.rejects(other.transaction("write"), /locked/);
    await transaction.commit();
    other.reconnect();
    const second = await other.transaction("write");
    await second.execute({ ...insert, args: [3] });
    await second.commit();
    assert.deepEqual(await all(client, "select id from notes"), [{ id: 1 }, { id: 2 }, { id: 3 }]);
  }));

Deno.test("a transaction that SQLite itself has ended takes nothing more, which would be written on its own", () =>
  inFolder(async (open) => {
    const client = open();
    await run(client, "create table notes (id integer primary key, text text)");
    const transaction = await client.transaction("write");
    await transaction.execute({ sql: "insert into notes (id) values (?)", args: [1] });
    await transaction.execute({ sql: "rollback", args: [] });
    await assert.rejects(
      transaction.execute({ sql: "insert into notes (id) values (?)", args: [2] }),
      (error) => error instanceof Error && "code" in error && error.code === "TRANSACTION_CLOSED",
    );
    await assert.rejects(transaction.commit());
    transaction.close();
    assert.deepEqual(await all(client, "select id from notes"), []);
  }));

Deno.test("numbers that one side cannot hold are refused, not rounded", () =>
  inFolder(async (open) => {
    const client = open();
    await assert.rejects(run(client, "select ?", [Infinity]), RangeError);
    await assert.rejects(all(client, "select 9007199254740993 as n"), RangeError);
    assert.deepEqual(await all(client, "select 9007199254740991 as n, 0.5 as half, x'00ff' as bytes, null as none"), [
      { n: 9007199254740991, half: 0.5, bytes: new Uint8Array([0, 255]), none: null },
    ]);
  }));
