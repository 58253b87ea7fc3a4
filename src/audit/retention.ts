import { sql } from "kysely";
import { AuditError } from "./errors.ts";
import type { Gap, Signed, Statement } from "./statement.ts";
import { writeStatement } from "./statements_table.ts";
import type { TrailFile } from "./trail_file.ts";

const DAY_MS = 86_400_000;
/** Records removed in one transaction: bounds how long appends wait. */
const AT_ONCE = 2000;

/**
 * Removes the records whose time is over: older than both the tenant's `retentionDays` and their own `retention_days`. Each transaction
 * leaves a signed statement of what it removed, so the chain still verifies across the gap.
 * @returns how many records were removed; 0 under legal hold or without `retentionDays`. @throws {AuditError}
 */
export async function prune(trail: TrailFile, now: number): Promise<number> {
  const { retentionDays, legalHold } = trail.settings;
  if (retentionDays === undefined || legalHold === true) return 0;
  const newest = now - retentionDays * DAY_MS;
  let removed = 0;
  for (;;) {
    const ids = (await sql<{ id: number }>`select id from records
      where time <= ${newest} and (retention_days is null or time <= ${now} - retention_days * ${DAY_MS})
      order by id limit ${AT_ONCE}`.execute(trail.db)).rows.map((row) => row.id);
    if (ids.length === 0) break;
    await remove(trail, ids, `retention of ${retentionDays} days`, now);
    removed += ids.length;
    if (ids.length < AT_ONCE) break;
  }
  // The WAL still holds what was overwritten in the file.
  if (removed > 0) await sql`pragma wal_checkpoint(truncate)`.execute(trail.db);
  return removed;
}

/** Proof of a purge: what was removed, each part signed; anyone with the public key can check it. */
export interface PurgeReceipt {
  readonly tenant: string;
  readonly time: string;
  readonly records: number;
  readonly statements: readonly Signed<Statement>[];
  readonly public_key: string;
}

/**
 * Removes all records, or those before a time (Unix ms), whatever their retention, and overwrites them in the file.
 * @throws {AuditError} `held` under legal hold.
 */
export async function purge(trail: TrailFile, before: number | null, reason: string, now: number): Promise<PurgeReceipt> {
  const statements: Signed<Statement>[] = [];
  let records = 0;
  for (;;) {
    const ids = (await sql<{ id: number }>`select id from records where ${before === null ? sql`true` : sql`time < ${before}`}
      order by id limit ${AT_ONCE}`.execute(trail.db)).rows.map((row) => row.id);
    if (ids.length === 0 && records > 0) break;
    statements.push(await remove(trail, ids, reason, now));
    records += ids.length;
    if (ids.length < AT_ONCE) break;
  }
  await sql`pragma wal_checkpoint(truncate)`.execute(trail.db);
  return { tenant: trail.settings.tenant, time: new Date(now).toISOString(), records, statements, public_key: trail.key.publicPem };
}

/** Removes these records (ascending ids) and signs which they were. @throws {AuditError} `held` under legal hold. */
async function remove(trail: TrailFile, ids: readonly number[], reason: string, now: number): Promise<Signed<Statement>> {
  if (trail.settings.legalHold === true) {
    throw new AuditError("held", `Cannot remove records of "${trail.settings.tenant}": a legal hold is set`);
  }
  return await trail.transaction(async (tx, head) => {
    const time = new Date(now).toISOString();
    const list = JSON.stringify(ids);
    const rows = (await sql<{ id: number; previous_hash: string; hash: string }>`
      select id, body ->> '$.previous_hash' as previous_hash, hash from records
      where id in (select value from json_each(${list})) order by id`.execute(tx)).rows;
    const gaps: Gap[] = [];
    for (const { id, previous_hash, hash } of rows) {
      const last = gaps.at(-1);
      if (last !== undefined && last.to === id - 1) gaps[gaps.length - 1] = { ...last, to: id, after: hash };
      else gaps.push({ from: id, to: id, before: previous_hash, after: hash });
    }
    await sql`delete from facets where record_id in (select value from json_each(${list}))`.execute(tx);
    await sql`delete from records where id in (select value from json_each(${list}))`.execute(tx);
    const { signed, named } = await writeStatement(tx, {
      kind: "prune",
      tenant: trail.settings.tenant,
      time,
      seq: head.statements + 1,
      previous: head.statement_hash,
      reason,
      records: rows.length,
      gaps,
    }, trail.key);
    await trail.writeHead(tx, { ...head, ...named, time });
    return signed;
  });
}
