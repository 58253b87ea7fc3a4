/**
 * The last known state of a remote store, on this machine's disk: served when the store is down at the start. A libSQL file with the same
 * tables, for its owner alone; of keys it has the digests.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Database, openDatabase } from "../../store/database.ts";
import { readState } from "./read.ts";
import type { StateRows } from "./rows.ts";
import { STATE_MIGRATIONS, type StateTables } from "./schema.ts";

/** Rows of one statement; SQLite takes 32,766 parameters, keys have 16. */
const ROWS_AT_ONCE = 1000;

export class StateCopy {
  private constructor(readonly database: Database<StateTables>) {}

  /** Opens the copy of the store at `url` in `folder`; each store has one of its own. @throws {StoreError} */
  static async open(folder: string, url: string, now: () => number): Promise<StateCopy> {
    const name = createHash("sha256").update(url).digest("hex").slice(0, 16);
    const database = await openDatabase<StateTables>({
      url: pathToFileURL(join(folder, `store-${name}.db`)).href,
      migrations: STATE_MIGRATIONS,
      thread: true,
      synchronous: "normal",
      now,
    });
    // A new copy holds nothing, which is not the same as an empty store.
    if (database.migrated.from === 0) await database.db.updateTable("state").set({ sequence: 0 }).execute();
    return new StateCopy(database);
  }

  /** All of it; undefined when nothing was ever kept. */
  async read(): Promise<StateRows | undefined> {
    const rows = await readState(this.database.db, undefined);
    return rows === undefined || rows.sequence === 0 ? undefined : rows;
  }

  /** Keeps what was read of the store: all or nothing. */
  async keep({ store, sequence, whole, tenants, keys }: StateRows): Promise<void> {
    await this.database.db.transaction().execute(async (tx) => {
      if (whole) {
        await tx.deleteFrom("tenants").execute();
        await tx.deleteFrom("keys").execute();
      }
      for (const rows of chunks(tenants)) {
        await tx.deleteFrom("tenants").where("id", "in", rows.map(({ id }) => id)).execute();
        await tx.insertInto("tenants").values(rows).execute();
      }
      for (const rows of chunks(keys)) {
        await tx.deleteFrom("keys").where("id", "in", rows.map(({ id }) => id)).execute();
        await tx.insertInto("keys").values(rows).execute();
      }
      await tx.updateTable("state").set({ store, sequence }).execute();
    });
  }

  close(): Promise<void> {
    return this.database.close();
  }
}

function* chunks<T>(rows: readonly T[]): Generator<T[]> {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) yield rows.slice(from, from + ROWS_AT_ONCE);
}
