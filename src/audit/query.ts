import { Buffer } from "node:buffer";
import type { Kysely } from "kysely";
import type { TextCipher } from "./encrypt.ts";
import { AuditError } from "./errors.ts";
import { recordOf } from "./record.ts";
import type { TrailTables } from "./tables.ts";
import type { AuditFilter, AuditPage, AuditRecord } from "./types.ts";

/** Records of a page when the filter does not say, and at most. */
const PAGE = 100;
const LARGEST_PAGE = 1000;

/** What is looked up in `facets`; a record matches when any of its actions does. */
const facetKinds = ["rule", "regulation", "action", "phase"] as const;
const columns = ["decision", "model", "key_id", "request_id"] as const;

/**
 * One page of matching records, newest first; index-backed for every single filter.
 * @throws {AuditError} `invalid` for a time, limit or cursor that cannot be read.
 */
export async function queryTrail(db: Kysely<TrailTables>, filter: AuditFilter, cipher: TextCipher | null): Promise<AuditPage> {
  const limit = Math.min(filter.limit ?? PAGE, LARGEST_PAGE);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new AuditError("invalid", `Cannot use limit ${filter.limit}: expected 1 to ${LARGEST_PAGE}`);
  }
  let query = db.selectFrom("records").select(["records.id", "records.time", "records.body", "records.hash"])
    .orderBy("records.time", "desc").orderBy("records.id", "desc").limit(limit + 1);
  if (filter.start !== undefined) query = query.where("records.time", ">=", instant(filter.start, "start"));
  if (filter.end !== undefined) query = query.where("records.time", "<=", instant(filter.end, "end"));
  for (const column of columns) {
    const wanted = filter[column];
    if (wanted !== undefined) query = query.where(`records.${column}`, "=", wanted);
  }
  for (const kind of facetKinds) {
    const wanted = filter[kind];
    if (wanted === undefined) continue;
    query = query.where(
      "records.id",
      "in",
      (eb) => eb.selectFrom("facets").select("record_id").where("kind", "=", kind).where("value", "=", wanted),
    );
  }
  if (filter.cursor !== undefined) {
    const { time, id } = cursorPosition(filter.cursor);
    query = query.where((eb) => eb.or([eb("records.time", "<", time), eb.and([eb("records.time", "=", time), eb("records.id", "<", id)])]));
    query = query.where("records.time", "<=", time);
  }
  const rows = await query.execute();
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    records: page.map((row) => shown(recordOf(row.body, row.hash), cipher)),
    next_cursor: rows.length > limit && last !== undefined ? Buffer.from(`${last.time}.${last.id}`).toString("base64url") : null,
  };
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
