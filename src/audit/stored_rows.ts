import { type Kysely, sql } from "kysely";
import { instant } from "./query.ts";
import type { Promised } from "./promised.ts";
import type { TrailTables } from "./tables.ts";

/** Rows and text units read at a time, about: what memory holds of the records. */
const PAGE = 500;
const PAGE_UNITS = 1024 * 1024;

/** A record as it is stored, unchecked. */
export interface Row {
  readonly id: number;
  readonly hash: string;
  readonly body: string;
  /** The search columns as a JSON array. */
  readonly columns: string;
  /** How many search facets point at it. */
  readonly facets: number;
}

const nothing = { page: null, n: 0 };

/**
 * The stored rows in order. A page arrives as one text, because the driver's cost is by cell (1 µs a row instead of 4): separated by the
 * control characters RS and US, which canonical JSON always escapes. A page with a body altered to hold them is read row by row.
 */
export async function* storedRows(db: Kysely<TrailTables>, from: number, to: number): AsyncGenerator<readonly Row[]> {
  let limit = 16;
  for (let next = from;;) {
    const { page, n } = (await sql<{ page: string | null; n: number }>`select count(*) as n, group_concat(
        id || x'1f' || hash || x'1f' || (select count(*) from facets where record_id = r.id and time = r.time) || x'1f' ||
        json_array(time, request_id, decision, model, key_id, retention_days) || x'1f' || body, x'1e' order by id) as page
      from (select * from records where id >= ${next} and id <= ${to} order by id limit ${limit}) r`.execute(db)).rows[0] ?? nothing;
    if (page === null) return;
    const texts = page.split("\x1e");
    if (texts.length !== n && limit > 1) {
      limit = 1;
      continue;
    }
    const rows = (n === 1 ? [page] : texts).map((text): Row => {
      const [id, hash = "", facets, columns = "", body = "", ...rest] = text.split("\x1f");
      return { id: Number(id), hash, facets: Number(facets), columns, body: rest.length === 0 ? body : [body, ...rest].join("\x1f") };
    });
    // A whole page at once: an asynchronous step for each row would cost as much as its hash.
    yield rows;
    next = (rows.at(-1)?.id ?? to) + 1;
    limit = Math.max(1, Math.min(PAGE, Math.floor(PAGE_UNITS * rows.length / page.length)));
  }
}

/** Where a ranged walk begins (after the checkpoint before the range) and the last id it reads. */
export async function bounds(
  db: Kysely<TrailTables>,
  promised: Promised,
  range: { start?: string; end?: string },
): Promise<{ from: { id: number; previous: string } | null; to: number }> {
  const edge = async (side: "start" | "end", text: string) => {
    const query = db.selectFrom("records").select("id").limit(1);
    const row = side === "start"
      ? await query.where("time", ">=", instant(text, side)).orderBy("id").executeTakeFirst()
      : await query.where("time", "<=", instant(text, side)).orderBy("id", "desc").executeTakeFirst();
    return row?.id;
  };
  const wantedFrom = range.start === undefined ? undefined : await edge("start", range.start) ?? promised.head.id + 1;
  const wantedTo = range.end === undefined ? undefined : await edge("end", range.end) ?? promised.genesis.genesis.first_id - 1;
  let from: { id: number; previous: string } | null = null;
  let to = Number.MAX_SAFE_INTEGER;
  for (const [id, hash] of promised.checkpoints) {
    if (wantedFrom !== undefined && id < wantedFrom) from = { id: id + 1, previous: hash };
    if (wantedTo !== undefined && id >= wantedTo && id < to) to = id;
  }
  return { from, to };
}
