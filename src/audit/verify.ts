import type { Kysely } from "kysely";
import { genesisHash, sha256 } from "./chain.ts";
import { facetsOf } from "./record.ts";
import { instant } from "./query.ts";
import type { VerifyingKey } from "./signing_key.ts";
import { type Gap, type Head, isSigned, type Statement, statementHash } from "./statement.ts";
import { parsedHead, parsedStatement, storedStatements } from "./statements_table.ts";
import type { TrailTables } from "./tables.ts";
import type { AuditEntry, ChainReport } from "./types.ts";

/** Rows read at a time; what memory holds of the records. */
const PAGE = 500;

/** Thrown inside the walk at the first thing that is wrong. */
class Bad extends Error {
  constructor(readonly id: number, readonly reason: string) {
    super(reason);
  }
}

/** What the signed statements promise about the records. */
interface Promised {
  readonly genesis: Extract<Statement, { kind: "genesis" }>;
  readonly checkpoints: ReadonlyMap<number, string>;
  /** By their first id; they never overlap, since a record is removed once. */
  readonly gaps: ReadonlyMap<number, Gap>;
  readonly head: Head;
}

/**
 * Walks a trail in one read snapshot and constant memory (statements aside: one per thousand records) and proves integrity, order and
 * completeness up to the signed head. With a range, from the last checkpoint before it to the first one after it.
 */
export async function verifyTrail(
  db: Kysely<TrailTables>,
  key: VerifyingKey,
  tenant: string,
  range: { readonly start?: string; readonly end?: string } = {},
): Promise<ChainReport> {
  let verified = 0;
  let genesis: Promised["genesis"] | undefined;
  try {
    await db.transaction().setAccessMode("read only").execute(async (tx) => {
      const promised = await readPromised(tx, key, tenant);
      genesis = promised.genesis;
      await walk(tx, promised, range, () => verified++);
    });
    return { status: "valid", records_verified: verified, chain_intact: true, ...asides(genesis) };
  } catch (error) {
    if (!(error instanceof Bad)) throw error;
    return {
      status: "invalid",
      records_verified: verified,
      chain_intact: false,
      first_bad: { id: error.id, reason: error.reason },
      ...asides(genesis),
    };
  }
}

function asides(genesis: Promised["genesis"] | undefined): Pick<ChainReport, "set_aside"> {
  const aside = genesis?.genesis.set_aside;
  return aside === undefined ? {} : { set_aside: [{ file: aside.file, reason: aside.reason }] };
}

async function readPromised(db: Kysely<TrailTables>, key: VerifyingKey, tenant: string): Promise<Promised> {
  let genesis: Promised["genesis"] | undefined;
  const checkpoints = new Map<number, string>();
  const gaps = new Map<number, Gap>();
  let previous = "";
  let count = 0;
  for await (const { seq, body, signature } of storedStatements(db)) {
    count++;
    const statement = parsedStatement(body);
    if (seq !== count) throw new Bad(0, `statement ${count} is missing`);
    if (statement === null || statement.seq !== seq || !isSigned({ statement, signature }, key)) {
      throw new Bad(0, `statement ${seq} was changed, or signed with another key`);
    }
    if (statement.previous !== previous) throw new Bad(0, `statement ${seq} does not follow statement ${seq - 1}`);
    if (statement.tenant !== tenant) throw new Bad(0, `statement ${seq} is about tenant "${statement.tenant}", not "${tenant}"`);
    previous = statementHash(statement);
    if (statement.kind === "genesis") genesis ??= statement;
    else if (statement.kind === "checkpoint") checkpoints.set(statement.id, statement.hash);
    else for (const gap of statement.gaps) gaps.set(gap.from, gap);
  }
  if (genesis === undefined) throw new Bad(0, "statement 1, the genesis, is missing");
  const row = await db.selectFrom("head").select(["body", "signature"]).executeTakeFirst();
  const head = row === undefined ? null : parsedHead(row.body);
  if (row === undefined || head === null) throw new Bad(0, "statement missing: the signed head");
  if (!isSigned({ statement: head, signature: row.signature }, key)) {
    throw new Bad(0, "statement changed: the head's signature does not hold");
  }
  if (head.tenant !== tenant) throw new Bad(0, `statement head is about tenant "${head.tenant}", not "${tenant}"`);
  if (head.statements !== count || head.statement_hash !== previous) {
    throw new Bad(0, `statement missing: the head names ${head.statements}, the file holds ${count}`);
  }
  return { genesis, checkpoints, gaps, head };
}

async function walk(
  db: Kysely<TrailTables>,
  promised: Promised,
  range: { start?: string; end?: string },
  counted: () => void,
): Promise<void> {
  const { genesis: { genesis }, checkpoints, head } = promised;
  const { from, to } = await bounds(db, promised, range);
  let expected = from?.id ?? genesis.first_id;
  let previous = from?.previous ?? genesisHash(genesis);
  let first = from !== null;
  for (let more = true; more;) {
    // The columns beside `body` in one text: a row costs by its columns.
    const rows = await db.selectFrom("records").select((eb) => [
      "id",
      "hash",
      "body",
      eb.fn<string>("json_array", ["time", "request_id", "decision", "model", "key_id", "retention_days"]).as("columns"),
      eb.selectFrom("facets").whereRef("facets.record_id", "=", "records.id").whereRef("facets.time", "=", "records.time")
        .select((f) => f.fn.countAll<number>().as("n")).as("facets"),
    ]).where("id", ">=", expected).where("id", "<=", to).orderBy("id").limit(PAGE).execute();
    more = rows.length === PAGE;
    for (const row of rows) {
      if (row.id !== expected) {
        previous = overGap(promised, expected, row.id, previous, first);
        expected = row.id;
      }
      first = false;
      checkRecord(row, previous);
      const signed = checkpoints.get(row.id);
      if (signed !== undefined && signed !== row.hash) {
        throw new Bad(row.id, `rewritten: the signed checkpoint at record ${row.id} names another hash, so records up to it were changed`);
      }
      if (row.id > head.id) throw new Bad(row.id, `inserted: the signed head ends at record ${head.id}`);
      previous = row.hash;
      expected = row.id + 1;
      counted();
    }
  }
  checkEnd(promised, expected, to, previous, first);
}

/** The walk's end: the head's record, or where the range was cut. */
function checkEnd(promised: Promised, expected: number, to: number, previous: string, first: boolean): void {
  const { head } = promised;
  const end = Math.min(to, head.id);
  let last = previous;
  if (expected <= end) {
    const over = overGaps(promised.gaps, expected, end, previous, first);
    if (over.reached <= end) {
      throw new Bad(over.reached, `truncated: the signed head names record ${head.id}; records ${over.reached} to ${end} are gone`);
    }
    last = over.previous;
  }
  if (end === head.id && last !== head.hash) throw new Bad(head.id, `rewritten: the signed head names another hash for record ${head.id}`);
}

/** The hash before record `found`, when signed statements account for everything from `expected` up to it. */
function overGap(promised: Promised, expected: number, found: number, previous: string, first: boolean): string {
  const over = overGaps(promised.gaps, expected, found - 1, previous, first);
  if (over.reached === found) return over.previous;
  if (over.reached > found) throw new Bad(found, `inserted: record ${found} had been pruned`);
  const names = over.reached === found - 1 ? `record ${over.reached} is` : `records ${over.reached} to ${found - 1} are`;
  throw new Bad(over.reached, `missing: ${names} gone and no signed statement says that they were pruned`);
}

/** Follows signed gaps from `expected` on. A range may begin inside a gap: the hash before it is then unknown and its signature alone counts. */
function overGaps(
  gaps: ReadonlyMap<number, Gap>,
  expected: number,
  to: number,
  previous: string,
  first: boolean,
): { readonly reached: number; readonly previous: string } {
  let reached = expected;
  let hash = previous;
  if (first && !gaps.has(reached)) {
    for (const gap of gaps.values()) {
      if (gap.from < reached && reached <= gap.to) {
        reached = gap.to + 1;
        hash = gap.after;
        break;
      }
    }
  }
  while (reached <= to) {
    const gap = gaps.get(reached);
    if (gap === undefined || gap.before !== hash) break;
    reached = gap.to + 1;
    hash = gap.after;
  }
  return { reached, previous: hash };
}

interface Row {
  readonly id: number;
  readonly hash: string;
  readonly body: string;
  readonly columns: string;
  readonly facets: number | null;
}

function checkRecord(row: Row, previous: string): void {
  let body: AuditEntry & { id: number; previous_hash: string };
  try {
    body = JSON.parse(row.body);
  } catch {
    throw new Bad(row.id, "changed: its body is no JSON");
  }
  if (sha256(row.body) !== row.hash) throw new Bad(row.id, "changed: its hash does not match its content");
  if (body.id !== row.id) throw new Bad(row.id, `reordered: in its place is record ${body.id}`);
  if (body.previous_hash !== previous) throw new Bad(row.id, "reordered or rewritten: it does not chain to the record before it");
  const columns = JSON.stringify([
    Date.parse(body.timestamp),
    body.request_id,
    body.decision,
    body.model,
    body.key_id ?? null,
    body.retention_days ?? null,
  ]);
  if (columns !== row.columns && JSON.stringify(JSON.parse(row.columns)) !== columns) {
    throw new Bad(row.id, "changed: what it is searched by differs from what it says");
  }
  if (facetsOf(body).length !== (row.facets ?? 0)) throw new Bad(row.id, "changed: the rules it is searched by differ from what it says");
}

/** Where a ranged walk begins (after the checkpoint before the range) and the last id it reads. */
async function bounds(
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
