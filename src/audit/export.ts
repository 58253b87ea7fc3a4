import type { Kysely } from "kysely";
import { canonicalJson } from "./canonical.ts";
import { FORMAT } from "./chain.ts";
import { Bad, readPromised } from "./promised.ts";
import { instant } from "./query.ts";
import { recordOf } from "./record.ts";
import { Report } from "./report_html.ts";
import type { VerifyingKey } from "./signing_key.ts";
import { bounds, storedRows } from "./stored_rows.ts";
import { readHead, storedStatements } from "./statements_table.ts";
import type { TrailTables } from "./tables.ts";
import type { AuditRecord } from "./types.ts";
import { verifyTrail } from "./verify.ts";

/** A period; both ends inclusive, RFC 3339. */
export interface Period {
  readonly start?: string;
  readonly end?: string;
}

export type ExportFormat = "jsonl" | "csv" | "html";

/** The trail in one read snapshot, as chunks of text in the given format. A trail that was tampered with is exported as it is found. */
export async function* exportTrail(
  db: Kysely<TrailTables>,
  key: VerifyingKey,
  tenant: string,
  format: ExportFormat,
  period: Period,
  now: number,
): AsyncGenerator<string> {
  const verified = format === "html" ? await verifyTrail(db, key, tenant, period) : null;
  const snapshot = await db.startTransaction().setAccessMode("read only").execute();
  try {
    if (verified !== null) {
      const report = new Report();
      for await (const records of recordsOf(snapshot, period)) records.forEach((record) => report.add(record));
      yield report.html(tenant, period, verified, key.publicPem, now);
    } else if (format === "csv") yield* exportCsv(snapshot, period);
    else yield* exportJsonl(snapshot, key, tenant, period, now);
  } finally {
    await snapshot.rollback().execute();
  }
}

/**
 * The trail as lines of JSON that prove themselves (`scripts/verify_audit.ts`): a first line about the export, every signed statement, the
 * signed head, then the records as they were hashed, each with its `hash`. A period is rounded outwards to the signed checkpoints around it.
 * Encrypted texts stay encrypted. Where the statements themselves do not hold, everything is exported: it is evidence.
 */
async function* exportJsonl(
  db: Kysely<TrailTables>,
  key: VerifyingKey,
  tenant: string,
  period: Period,
  now: number,
): AsyncGenerator<string> {
  const { first, last, through } = await exportedIds(db, key, tenant, period);
  const about = { format: FORMAT, tenant, exported_at: new Date(now).toISOString(), from_id: first, to_id: last };
  yield `${canonicalJson({ audit_export: about })}\n`;
  for await (const { body, signature } of storedStatements(db)) yield `{"signature":${JSON.stringify(signature)},"statement":${body}}\n`;
  const head = await readHead(db);
  if (head !== null) yield `{"head":${head.text},"signature":${JSON.stringify(head.signature)}}\n`;
  for await (const rows of storedRows(db, first, through)) {
    yield rows.map(({ body, hash }) => `${body.slice(0, -1)},"hash":${JSON.stringify(hash)}}\n`).join("");
  }
}

async function exportedIds(
  db: Kysely<TrailTables>,
  key: VerifyingKey,
  tenant: string,
  period: Period,
): Promise<{ readonly first: number; readonly last: number; readonly through: number }> {
  try {
    const promised = await readPromised(db, key, tenant);
    const { from, to } = await bounds(db, promised, period);
    // Rows behind the signed head are somebody's forgery: they go along, so that whoever verifies the export finds them too.
    return { first: from?.id ?? promised.genesis.genesis.first_id, last: Math.min(to, promised.head.id), through: to };
  } catch (error) {
    if (!(error instanceof Bad)) throw error;
    return { first: Number.MIN_SAFE_INTEGER, last: Number.MAX_SAFE_INTEGER, through: Number.MAX_SAFE_INTEGER };
  }
}

const csvColumns = [
  "id",
  "timestamp",
  "request_id",
  "tenant",
  "model",
  "key_id",
  "decision",
  "outcome",
  "status",
  "policy",
  "policy_version",
  "rules",
  "regulations",
  "latency_ms",
  "prompt_tokens",
  "completion_tokens",
  "input_hash",
  "output_hash",
  "previous_hash",
  "hash",
] as const;

/** One line per record of the period (RFC 4180). Rules and regulations are joined with `; `; texts are left out. */
async function* exportCsv(db: Kysely<TrailTables>, period: Period): AsyncGenerator<string> {
  yield `${csvColumns.join(",")}\r\n`;
  for await (const records of recordsOf(db, period)) {
    yield records.map((record) => {
      const rules = unique(record.actions.map((action) => action.rule)).join("; ");
      const regulations = unique(record.actions.flatMap((action) => action.regulation ?? [])).join("; ");
      const cells = csvColumns.map((column) => column === "rules" ? rules : column === "regulations" ? regulations : record[column]);
      return `${cells.map(csvCell).join(",")}\r\n`;
    }).join("");
  }
}

/** The period's records in chain order, a page at a time. */
async function* recordsOf(db: Kysely<TrailTables>, period: Period): AsyncGenerator<readonly AuditRecord[]> {
  const start = period.start === undefined ? -Infinity : instant(period.start, "start");
  const end = period.end === undefined ? Infinity : instant(period.end, "end");
  for await (const rows of storedRows(db, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) {
    const records = rows.map((row) => recordOf(row.body, row.hash)).filter((record) => {
      const time = Date.parse(record.timestamp);
      return time >= start && time <= end;
    });
    if (records.length > 0) yield records;
  }
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}

/** Quoted where needed; a leading `=`, `+`, `-`, `@` of a text would run as a formula in a spreadsheet, so it gets an apostrophe. */
function csvCell(value: string | number | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
