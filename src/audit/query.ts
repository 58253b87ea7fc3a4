import { Buffer } from "node:buffer";
import { type Kysely, type RawBuilder, sql } from "kysely";
import type { TextCipher } from "./encrypt.ts";
import { AuditError } from "./errors.ts";
import { recordOf } from "./record.ts";
import type { TrailTables } from "./tables.ts";
import type { AuditFilter, AuditPage, AuditRecord } from "./types.ts";

/** Records of a page when the filter does not say, and at most. */
const PAGE = 100;
const LARGEST_PAGE = 1000;

/** What is looked up in `facets`, the most selective first; a record matches when any of its actions does. */
const facetKinds = ["rule", "regulation", "action", "phase"] as const;
const columns = ["request_id", "key_id", "model", "decision"] as const;

interface Found {
  readonly id: number;
  readonly time: number;
  readonly body: string;
  readonly hash: string;
}

/**
 * One page of matching records, newest first. Every single filter walks an index in the answer's own order, so a page costs by its length
 * and not by the trail's.
 * @throws {AuditError} `invalid` for a time, limit or cursor that cannot be read.
 */
export async function queryTrail(db: Kysely<TrailTables>, filter: AuditFilter, cipher: TextCipher | null): Promise<AuditPage> {
  const limit = pageLimit(filter);
  const { rows } = await sql<Found>`${filterSql(filter)} limit ${limit + 1}`.execute(db);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    records: page.map((row) => shown(recordOf(row.body, row.hash), cipher)),
    next_cursor: rows.length > limit && last !== undefined ? Buffer.from(`${last.time}.${last.id}`).toString("base64url") : null,
  };
}

/** The filter's query without its limit (for the test of its plan). @throws {AuditError} `invalid` */
export function filterSql(filter: AuditFilter): RawBuilder<Found> {
  const where: RawBuilder<unknown>[] = [];
  const [first, ...others] = facetKinds.flatMap((kind) => {
    const value = filter[kind];
    return value === undefined ? [] : [{ kind, value }];
  });
  // Bounds are put on the table that leads, whose index is in (time, id) order.
  const [time, id] = first === undefined ? [sql`r.time`, sql`r.id`] : [sql`f.time`, sql`f.record_id`];
  if (first !== undefined) where.push(sql`f.kind = ${first.kind} and f.value = ${first.value} and r.id = f.record_id`);
  for (const { kind, value } of others) {
    where.push(
      sql`exists (select 1 from facets g where g.kind = ${kind} and g.value = ${value} and g.time = r.time and g.record_id = r.id)`,
    );
  }
  for (const column of columns) {
    const wanted = filter[column];
    if (wanted !== undefined) where.push(sql`${sql.ref(`r.${column}`)} = ${wanted}`);
  }
  if (filter.start !== undefined) where.push(sql`${time} >= ${instant(filter.start, "start")}`);
  if (filter.end !== undefined) where.push(sql`${time} <= ${instant(filter.end, "end")}`);
  if (filter.cursor !== undefined) {
    const after = cursorPosition(filter.cursor);
    where.push(sql`(${time}, ${id}) < (${after.time}, ${after.id})`);
  }
  // CROSS JOIN keeps SQLite from leading with `records` (https://www.sqlite.org/optoverview.html#manual_control_of_query_plans_using_cross_join).
  const from = first === undefined ? sql`records r` : sql`facets f cross join records r`;
  const conditions = where.length === 0 ? sql`true` : sql.join(where, sql` and `);
  return sql<Found>`select r.id, r.time, r.body, r.hash from ${from} where ${conditions} order by ${time} desc, ${id} desc`;
}

function pageLimit(filter: AuditFilter): number {
  const limit = Math.min(filter.limit ?? PAGE, LARGEST_PAGE);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new AuditError("invalid", `Cannot use limit ${filter.limit}: expected 1 to ${LARGEST_PAGE}`);
  }
  return limit;
}

/** The record with its texts readable where the key allows it. */
export function shown(record: AuditRecord, cipher: TextCipher | null): AuditRecord {
  if (cipher === null) return record;
  const text = (name: "input" | "output") => {
    const stored = record[name];
    if (stored === undefined) return {};
    return { [name]: cipher.decrypt(stored, `${name}:${record.request_id}`) ?? stored };
  };
  return { ...record, ...text("input"), ...text("output") };
}

/** Unix ms of an RFC 3339 time. @throws {AuditError} `invalid` */
export function instant(text: string, name: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) {
    throw new AuditError("invalid", `Cannot read ${name} "${text.slice(0, 40)}": expected RFC 3339, e.g. 2025-01-31T00:00:00Z`);
  }
  return time;
}

function cursorPosition(cursor: string): { time: number; id: number } {
  const match = /^(-?\d{1,16})\.(\d{1,16})$/.exec(Buffer.from(cursor, "base64url").toString());
  if (match === null) throw new AuditError("invalid", "Cannot read the cursor: pass next_cursor of the page before, unchanged");
  return { time: Number(match[1]), id: Number(match[2]) };
}
