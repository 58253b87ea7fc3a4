import { type RawBuilder, sql } from "kysely";
import { AuditError } from "./errors.ts";
import type { Gap, Signed, Statement } from "./statement.ts";
import { writeStatement } from "./statements_table.ts";
import type { TrailFile } from "./trail_file.ts";

const DAY_MS = 86_400_000;
const PRUNE_INTERVAL_MS = 3_600_000;
/** Records removed in one transaction: bounds how long appends wait. */
const AT_ONCE = 2000;

/** Signs the hourly checkpoint when it is due, and prunes once an hour: each pruning leaves a signed statement for ever. @throws {AuditError} */
export async function maintain(
  trail: TrailFile,
  now: number,
): Promise<{ readonly checkpointed: boolean; readonly pruned: number }> {
  const checkpointed = await trail.checkpoint(now);
  if (now - trail.prunedMs < PRUNE_INTERVAL_MS) return { checkpointed, pruned: 0 };
  const pruned = await prune(trail, now);
  trail.prunedMs = now;
  return { checkpointed, pruned };
}

/**
 * Removes the records whose time is over: older than both the tenant's `retentionDays` and their own `retention_days`. First a checkpoint
 * is signed; then each transaction leaves a signed statement of what it removed, so the chain still verifies across the gap.
 * @returns how many records were removed; 0 under legal hold or without `retentionDays`. @throws {AuditError}
 */
export async function prune(trail: TrailFile, now: number): Promise<number> {
  const { retentionDays, legalHold } = trail.settings;
  if (retentionDays === undefined || legalHold === true) return 0;
  let removed = 0;
  for (const asked of await askedRetentions(trail)) {
    const newest = now - Math.max(retentionDays, asked ?? 0) * DAY_MS;
    for (;;) {
      const { rows } = await overdueSql(asked, newest).execute(trail.db);
      if (rows.length === 0) break;
      if (removed === 0) await trail.checkpoint(now, true);
      const pruned = await remove(trail, rows.map((row) => row.id), `retention of ${retentionDays} days`, now);
      // Another process that prunes the same trail may have been first.
      removed += pruned?.records ?? 0;
      await turn();
    }
  }
  // The WAL still holds what was overwritten in the file.
  if (removed > 0) await sql`pragma wal_checkpoint(truncate)`.execute(trail.db);
  return removed;
}

/** Lets in what was asked of this thread meanwhile: records are to be committed within their second, however much is removed. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Ids of the oldest records that were kept for `asked` days and are not newer than `newest` (for the test of its plan). */
export function overdueSql(asked: number | null, newest: number): RawBuilder<{ id: number }> {
  return sql<
    { id: number }
  >`select id from records where retention_days is ${asked} and time <= ${newest} order by time, id limit ${AT_ONCE}`;
}

/** The different `retention_days` of a trail: a policy has few, and each is one step in the index. */
async function askedRetentions(trail: TrailFile): Promise<readonly (number | null)[]> {
  const found: (number | null)[] = [null];
  for (;;) {
    const last = found.at(-1) ?? null;
    const { rows } = await sql<{ days: number | null }>`select min(retention_days) as days from records
      where retention_days > ${last ?? Number.MIN_SAFE_INTEGER}`.execute(trail.db);
    const days = rows[0]?.days ?? null;
    if (days === null) return found;
    found.push(days);
  }
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
    if (ids.length === 0 && statements.length > 0) break;
    if (statements.length === 0) await trail.checkpoint(now, true);
    // A purge that finds nothing gives a receipt that says so.
    const removed = await remove(trail, ids, reason, now, statements.length === 0);
    if (removed !== null) statements.push(removed.signed);
    records += removed?.records ?? 0;
    if (ids.length < AT_ONCE) break;
    await turn();
  }
  await sql`pragma wal_checkpoint(truncate)`.execute(trail.db);
  return { tenant: trail.settings.tenant, time: new Date(now).toISOString(), records, statements, public_key: trail.key.publicPem };
}

/**
 * Removes these records and signs which they were; null when none was there any more, unless `anyway`.
 * @throws {AuditError} `held` under legal hold.
 */
async function remove(
  trail: TrailFile,
  ids: readonly number[],
  reason: string,
  now: number,
  anyway = false,
): Promise<{ readonly signed: Signed<Statement>; readonly records: number } | null> {
  if (trail.settings.legalHold === true) {
    throw new AuditError("held", `Cannot remove records of "${trail.settings.tenant}": a legal hold is set`);
  }
  return await trail.transaction(async (tx, head) => {
    const time = new Date(now).toISOString();
    const list = JSON.stringify(ids);
    const rows = (await sql<{ id: number; previous_hash: string; hash: string }>`
      select id, body ->> '$.previous_hash' as previous_hash, hash from records
      where id in (select value from json_each(${list})) order by id`.execute(tx)).rows;
    if (rows.length === 0 && !anyway) return null;
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
    return { signed, records: rows.length };
  });
}
