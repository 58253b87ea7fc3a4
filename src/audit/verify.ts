import type { Kysely } from "kysely";
import { auditError } from "./errors.ts";
import { genesisHash, sha256 } from "./chain.ts";
import { facetsOf } from "./record.ts";
import { Bad, type Promised, readPromised } from "./promised.ts";
import { bounds, type Row, storedRows } from "./stored_rows.ts";
import type { VerifyingKey } from "./signing_key.ts";
import type { Gap } from "./statement.ts";
import type { TrailSettings } from "./settings.ts";
import type { TrailTables } from "./tables.ts";
import { openTrailDatabase } from "./trail_database.ts";
import type { AuditEntry, ChainReport } from "./types.ts";

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
    const bad = error instanceof Bad ? error : damage(error);
    return {
      status: "invalid",
      records_verified: verified,
      chain_intact: false,
      first_bad: { id: bad.id, reason: bad.reason },
      ...asides(genesis),
    };
  }
}

/** Verifies the file in `settings.directory`. One that is damaged is an invalid trail, not an error. @throws {AuditError} */
export async function verifyFile(
  settings: Pick<TrailSettings, "directory" | "tenant">,
  key: VerifyingKey,
  range: { readonly start?: string; readonly end?: string } = {},
): Promise<ChainReport> {
  let database: Awaited<ReturnType<typeof openTrailDatabase>>;
  try {
    database = await openTrailDatabase({ directory: settings.directory });
  } catch (error) {
    const { id, reason } = damage(error);
    return { status: "invalid", records_verified: 0, chain_intact: false, first_bad: { id, reason } };
  }
  try {
    return await verifyTrail(database.db, key, settings.tenant, range);
  } finally {
    await database.close();
  }
}

/** What SQLite found damaged. @throws {AuditError} for every other problem */
function damage(error: unknown): Bad {
  const problem = auditError(error);
  if (problem.code !== "corrupt") throw problem;
  return new Bad(0, `changed: the file itself is damaged (${problem.message})`);
}

function asides(genesis: Promised["genesis"] | undefined): Pick<ChainReport, "set_aside"> {
  const aside = genesis?.genesis.set_aside;
  return aside === undefined ? {} : { set_aside: [{ file: aside.file, reason: aside.reason }] };
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
  /** The last record that a checkpoint was found to hold. */
  let sealed = expected - 1;
  for await (const rows of storedRows(db, from?.id ?? Number.MIN_SAFE_INTEGER, to)) {
    for (const row of rows) {
      if (row.id < expected) throw new Bad(row.id, `inserted: the chain begins at record ${expected}`);
      if (row.id !== expected) {
        previous = overGap(promised, expected, row.id, previous, first);
        expected = row.id;
      }
      first = false;
      if (row.id > head.id) throw new Bad(row.id, `inserted: the signed head ends at record ${head.id}`);
      checkRecord(row, previous);
      const signed = checkpoints.get(row.id);
      if (signed !== undefined && signed !== row.hash) {
        throw new Bad(row.id, `rewritten: the signed checkpoint at record ${row.id} names another hash; ${since(sealed)} was changed`);
      }
      if (signed !== undefined) sealed = row.id;
      previous = row.hash;
      expected = row.id + 1;
      counted();
    }
  }
  checkEnd(promised, expected, to, previous, first, sealed);
}

function since(sealed: number): string {
  return sealed > 0 ? `a record after ${sealed}` : "a record up to it";
}

/** The walk's end: the head's record, or where the range was cut. */
function checkEnd(promised: Promised, expected: number, to: number, previous: string, first: boolean, sealed: number): void {
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
  if (end === head.id && last !== head.hash) {
    throw new Bad(head.id, `rewritten: the signed head names another hash for record ${head.id}; ${since(sealed)} was changed`);
  }
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
  if (facetsOf(body).length !== row.facets) throw new Bad(row.id, "changed: the rules it is searched by differ from what it says");
}
