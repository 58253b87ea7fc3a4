import { createHash } from "node:crypto";
import { type Kysely, sql } from "kysely";
import { StoreError } from "./errors.ts";

/** One forward step of a schema. Plain SQL, so that its hash says exactly what was applied; never edited once released. */
export interface Migration {
  /** 1, 2, 3 … without gaps. */
  readonly id: number;
  /** As in the file's name: `001_trail` is `trail`. */
  readonly name: string;
  readonly sql: readonly string[];
}

/** What `migrate` did: the versions before and after; equal when there was nothing to do. */
export interface Migrated {
  readonly from: number;
  readonly to: number;
}

interface Applied {
  readonly id: number;
  readonly name: string;
  readonly hash: string;
}

/** SHA-256, hex, of a migration's name and statements. */
export function migrationHash(migration: Migration): string {
  return createHash("sha256").update(JSON.stringify([migration.id, migration.name, migration.sql])).digest("hex");
}

/**
 * Brings a database to the newest of `migrations`, all pending ones in one transaction: after any failure it is as before.
 * `beforeChange` runs once when an existing database is about to change (the backup).
 * @throws {StoreError} `newer` when a later program wrote it, `changed_migration` when its history is not this program's.
 */
export async function migrate<T>(
  db: Kysely<T>,
  migrations: readonly Migration[],
  where: string,
  options: { now: () => number; beforeChange: (from: number) => Promise<void> },
): Promise<Migrated> {
  const applied = await appliedMigrations(db);
  check(applied, migrations, where);
  const pending = migrations.slice(applied.length);
  if (pending.length === 0) return { from: applied.length, to: applied.length };
  if (applied.length > 0) await options.beforeChange(applied.length);
  return await db.transaction().execute(async (tx) => {
    await sql`create table if not exists schema_migrations (
      id integer primary key, name text not null, hash text not null, applied_at text not null) strict`.execute(tx);
    // Read again inside the write lock: another process may have migrated while this one waited.
    const now = await appliedMigrations(tx);
    check(now, migrations, where);
    for (const migration of migrations.slice(now.length)) {
      for (const statement of migration.sql) await sql.raw(statement).execute(tx);
      await sql`insert into schema_migrations (id, name, hash, applied_at) values
        (${migration.id}, ${migration.name}, ${migrationHash(migration)}, ${new Date(options.now()).toISOString()})`.execute(tx);
    }
    return { from: now.length, to: migrations.length };
  });
}

async function appliedMigrations<T>(db: Kysely<T>): Promise<readonly Applied[]> {
  const table = await sql`select 1 from sqlite_master where type = 'table' and name = 'schema_migrations'`.execute(db);
  if (table.rows.length === 0) return [];
  return (await sql<Applied>`select id, name, hash from schema_migrations order by id`.execute(db)).rows;
}

function check(applied: readonly Applied[], migrations: readonly Migration[], where: string): void {
  for (const [index, migration] of migrations.entries()) {
    if (migration.id !== index + 1) {
      throw new StoreError("failed", `Migration "${migration.name}" has id ${migration.id}, expected ${index + 1}`);
    }
  }
  if (applied.length > migrations.length) {
    throw new StoreError(
      "newer",
      `The database ${where} has version ${applied.length} and this program knows ${migrations.length}: a newer checkstream wrote it; run that version, or restore the backup beside it`,
    );
  }
  for (const [index, row] of applied.entries()) {
    const migration = migrations[index];
    if (migration === undefined || row.id !== migration.id || row.name !== migration.name || row.hash !== migrationHash(migration)) {
      throw new StoreError(
        "changed_migration",
        `The database ${where} was migrated by "${row.name}" (${row.id}), which differs from this program's "${migration?.name}": it belongs to another build`,
      );
    }
  }
}
