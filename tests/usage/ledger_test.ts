/** Usage from memory to a real database and back: sums, budgets over restarts, several gateways, writings whose answer got lost. */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { type Database, openDatabase } from "../../src/store/database.ts";
import { STATE_MIGRATIONS, type StateTables } from "../../src/tenants/state/schema.ts";
import { UsageLedger } from "../../src/usage/ledger.ts";
import { readUsage, usageCsv } from "../../src/usage/query.ts";
import { OTHER_MODELS, Tally, type UsageFacts } from "../../src/usage/tally.ts";
import { join } from "../support/paths.ts";

const NOON = Date.UTC(2026, 10, 26, 12, 30);
const DAY = 86_400_000;
const asked: UsageFacts = {
  tenant: "acme",
  keyId: "key_1",
  model: "gpt",
  blocked: false,
  redacted: false,
  promptTokens: 10,
  completionTokens: 5,
};

async function withDatabase(work: (database: Database<StateTables>) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const database = await openDatabase<StateTables>({ url: pathToFileURL(join(folder, "x.db")).href, migrations: STATE_MIGRATIONS });
  try {
    await work(database);
  } finally {
    await database.close();
    await Deno.remove(folder, { recursive: true });
  }
}

function ledgerOn({ db }: Database<StateTables>, now: () => number = () => NOON): UsageLedger {
  const onError = (error: unknown) => {
    throw error;
  };
  return new UsageLedger({ db: () => db, flushMs: 60_000, retentionDays: 400, now, onError });
}

Deno.test("a tally sums by tenant, key, model and hour", () => {
  const tally = new Tally();
  tally.add(asked, NOON);
  tally.add({ ...asked, blocked: true }, NOON + 1000);
  tally.add({ ...asked, redacted: true, keyId: undefined }, NOON);
  tally.add(asked, NOON + 3_600_000);
  assert.deepEqual(
    tally.take().map((
      { hour, key, requests, blocked, redacted, prompt_tokens },
    ) => [hour, key, requests, blocked, redacted, prompt_tokens]),
    [
      ["2026-11-26T12", "key_1", 2, 1, 0, 20],
      ["2026-11-26T12", "", 1, 0, 1, 10],
      ["2026-11-26T13", "key_1", 1, 0, 0, 10],
    ],
  );
  assert.equal(tally.size, 0);
});

Deno.test("a tally is bounded whatever models clients invent, and loses no request", () => {
  const tally = new Tally(150);
  for (let i = 0; i < 1000; i++) tally.add({ ...asked, model: `invented-${i}`, keyId: `key_${i % 3}` }, NOON);
  const rows = tally.take();
  assert.ok(rows.length <= 155, `${rows.length} rows`);
  assert.equal(rows.reduce((sum, { requests }) => sum + requests, 0), 1000);
  const one = new Tally();
  for (let i = 0; i < 1000; i++) one.add({ ...asked, model: `invented-${i}` }, NOON);
  const told = one.take();
  assert.equal(told.length, 101);
  assert.equal(told.find(({ model }) => model === OTHER_MODELS)?.requests, 900);
});

Deno.test("what two gateways write adds up, and each learns what the other's requests used", () =>
  withDatabase(async (database) => {
    const [first, second] = [ledgerOn(database), ledgerOn(database)];
    first.record(asked);
    assert.equal(first.book.used("tenant", "acme", "day", NOON), 15, "its own at once");
    second.record({ ...asked, keyId: undefined });
    await first.flush();
    await second.flush();
    await first.flush();
    for (const ledger of [first, second]) {
      assert.equal(ledger.book.used("tenant", "acme", "day", NOON), 30);
      assert.equal(ledger.book.used("tenant", "acme", "month", NOON), 30);
      assert.equal(ledger.book.used("key", "key_1", "day", NOON), 15);
    }
    const rows = await readUsage(database.db, { fromMs: NOON - DAY, toMs: NOON + DAY, groupBy: ["tenant"], limit: 10 });
    assert.deepEqual(rows.map((row) => ({ ...row })), [
      { tenant: "acme", requests: 2, blocked: 0, redacted: 0, prompt_tokens: 20, completion_tokens: 10 },
    ]);
    await first.close();
    await second.close();
  }));

Deno.test("the running day and month are restored at the start, and a new day begins at none", () =>
  withDatabase(async (database) => {
    let now = NOON - 2 * DAY;
    const before = ledgerOn(database, () => now);
    before.record(asked);
    await before.flush();
    now = NOON;
    before.record(asked);
    await before.close();
    const after = ledgerOn(database, () => now);
    await after.begin();
    assert.equal(after.book.used("tenant", "acme", "day", now), 15);
    assert.equal(after.book.used("tenant", "acme", "month", now), 30);
    now = NOON + DAY;
    assert.equal(after.book.used("tenant", "acme", "day", now), 0);
    assert.equal(after.book.used("tenant", "acme", "month", now), 30);
    now = Date.UTC(2026, 11, 1);
    assert.equal(after.book.used("tenant", "acme", "month", now), 0);
    await after.close();
  }));

Deno.test("a writing whose answer got lost is tried again and counted once", () =>
  withDatabase(async (database) => {
    let lose = true;
    const db = () => {
      if (!lose) return database.db;
      // The transaction is done, and its caller never hears of it.
      return new Proxy(database.db, {
        get: (target, name) =>
          name !== "transaction" ? Reflect.get(target, name) : () => ({
            execute: async (work: Parameters<ReturnType<typeof target.transaction>["execute"]>[0]) => {
              await target.transaction().execute(work);
              throw new Error("the connection broke");
            },
          }),
      });
    };
    const errors: string[] = [];
    const ledger = new UsageLedger({
      db,
      flushMs: 60_000,
      retentionDays: 400,
      now: () => NOON,
      onError: (error) => errors.push(String(error)),
    });
    ledger.record(asked);
    await ledger.flush();
    ledger.record(asked);
    await ledger.flush();
    assert.deepEqual(errors, ["Error: the connection broke"], "told once");
    lose = false;
    await ledger.flush();
    const [row] = await readUsage(database.db, { fromMs: NOON - DAY, toMs: NOON + DAY, groupBy: [], limit: 1 });
    assert.equal(row?.requests, 2);
    assert.equal(ledger.book.used("tenant", "acme", "day", NOON), 30);
    await ledger.close();
  }));

Deno.test("what is counted while a writing is under way is in the one that is asked for then", () =>
  withDatabase(async (database) => {
    const ledger = ledgerOn(database);
    ledger.record(asked);
    const first = ledger.flush();
    await Promise.resolve();
    ledger.record(asked);
    await ledger.flush();
    const [row] = await readUsage(database.db, { fromMs: NOON - DAY, toMs: NOON + DAY, groupBy: [], limit: 1 });
    assert.equal(row?.requests, 2);
    await first;
    await ledger.close();
  }));

Deno.test("usage over its retention is removed, the rest stays", () =>
  withDatabase(async (database) => {
    let now = NOON - 500 * DAY;
    const ledger = ledgerOn(database, () => now);
    ledger.record(asked);
    await ledger.flush();
    now = NOON;
    ledger.record(asked);
    await ledger.flush();
    const rows = await readUsage(database.db, { fromMs: 0, toMs: NOON + DAY, groupBy: ["day"], limit: 10 });
    assert.deepEqual(rows.map(({ day }) => day), ["2026-11-26"]);
    await ledger.close();
  }));

Deno.test("groups, ranges and CSV are what was asked for; a model's name is no formula", () =>
  withDatabase(async (database) => {
    let now = NOON;
    const ledger = ledgerOn(database, () => now);
    ledger.record({ ...asked, model: '=cmd|"x"' });
    now += 3_600_000;
    ledger.record(asked);
    await ledger.flush();
    const read = (fromMs: number, toMs: number, groupBy: ("hour" | "model" | "key")[]) =>
      readUsage(database.db, { tenant: "acme", fromMs, toMs, groupBy, limit: 10 });
    const hour = Date.UTC(2026, 10, 26, 13);
    assert.deepEqual((await read(NOON - DAY, hour, ["hour"])).map((row) => row.hour), ["2026-11-26T12:00:00Z"], "the end is not included");
    assert.deepEqual((await read(hour, hour + 1, ["hour"])).map((row) => row.hour), ["2026-11-26T13:00:00Z"]);
    const rows = await read(NOON - DAY, NOON + DAY, ["key", "model"]);
    assert.equal(
      usageCsv(rows, ["key", "model"]),
      'key,model,requests,blocked,redacted,prompt_tokens,completion_tokens\r\nkey_1,"\'=cmd|""x""",1,0,0,10,5\r\nkey_1,gpt,1,0,0,10,5\r\n',
    );
    await ledger.close();
  }));
