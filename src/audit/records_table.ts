import { CompiledQuery, type Kysely } from "kysely";
import type { SealedRecord } from "./record.ts";
import type { TrailTables } from "./tables.ts";

const INSERT_RECORDS = `insert into records (id, time, request_id, decision, model, key_id, retention_days, body, hash)
  select value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8 from json_each(?)`;
const INSERT_FACETS = `insert into facets (kind, value, time, record_id)
  select value ->> 0, value ->> 1, value ->> 2, value ->> 3 from json_each(?)`;

/** Stores records and what they are found by. One parameter for all rows: a fifth of the cost of thousands of bound values. */
export async function insertRecords(tx: Kysely<TrailTables>, records: readonly SealedRecord[]): Promise<void> {
  const rows = records.map(({ id, time, entry, body, hash }) => [
    id,
    time,
    entry.request_id,
    entry.decision,
    entry.model,
    entry.key_id ?? null,
    entry.retention_days ?? null,
    body,
    hash,
  ]);
  await tx.executeQuery(CompiledQuery.raw(INSERT_RECORDS, [JSON.stringify(rows)]));
  const facets = records.flatMap(({ id, time, facets }) => facets.map(([kind, value]) => [kind, value, time, id]));
  if (facets.length > 0) await tx.executeQuery(CompiledQuery.raw(INSERT_FACETS, [JSON.stringify(facets)]));
}
