import type { Kysely } from "kysely";
import type { VerifyingKey } from "./signing_key.ts";
import { type Gap, type Head, isSigned, type Statement, statementHash } from "./statement.ts";
import { parsedHead, parsedStatement, storedStatements } from "./statements_table.ts";
import type { TrailTables } from "./tables.ts";

/** Thrown at the first thing that is wrong with a trail; `id` 0 is a signed statement. */
export class Bad extends Error {
  constructor(readonly id: number, readonly reason: string) {
    super(reason);
  }
}

/** What the signed statements promise about the records. */
export interface Promised {
  readonly genesis: Extract<Statement, { kind: "genesis" }>;
  readonly checkpoints: ReadonlyMap<number, string>;
  /** By their first id; they never overlap, since a record is removed once. Neighbours are joined: memory holds the holes, not the prunings. */
  readonly gaps: ReadonlyMap<number, Gap>;
  readonly head: Head;
}

/** Reads and checks every signed statement. @throws {Bad} */
export async function readPromised(db: Kysely<TrailTables>, key: VerifyingKey, tenant: string): Promise<Promised> {
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
  return { genesis, checkpoints, gaps: joined(gaps), head };
}

function joined(gaps: ReadonlyMap<number, Gap>): ReadonlyMap<number, Gap> {
  const whole = new Map<number, Gap>();
  let last: Gap | undefined;
  for (const gap of [...gaps.values()].sort((a, b) => a.from - b.from)) {
    last = last !== undefined && last.to + 1 === gap.from && last.after === gap.before ? { ...last, to: gap.to, after: gap.after } : gap;
    whole.set(last.from, last);
  }
  return whole;
}
