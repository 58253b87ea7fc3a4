import { CompiledQuery, type Kysely } from "kysely";
import { AuditError } from "./errors.ts";
import { type Head, type Signed, signStatement, type Statement, statementHash, statementText } from "./statement.ts";
import type { SigningKey } from "./signing_key.ts";
import type { TrailTables } from "./tables.ts";

/** Reads the head, or null in a new file. @throws {AuditError} `corrupt` when it cannot be read as one. */
export async function readHead(db: Kysely<TrailTables>): Promise<Signed<Head> & { readonly text: string } | null> {
  // Ready SQL here and where the head is written: they run in every commit, and building it costs more than SQLite's part.
  const row = (await db.executeQuery<{ body: string; signature: string }>(CompiledQuery.raw("select body, signature from head"))).rows[0];
  if (row === undefined) return null;
  const head = parsedHead(row.body);
  if (head === null) throw new AuditError("corrupt", "The audit trail's head is not readable");
  return { statement: head, signature: row.signature, text: row.body };
}

/** A stored head, or null when the text is none. */
export function parsedHead(text: string): Head | null {
  try {
    const value: Head = JSON.parse(text);
    return value.kind === "head" && Number.isSafeInteger(value.id) && typeof value.hash === "string" ? value : null;
  } catch {
    return null;
  }
}

/** A stored statement, or null when the text is none. */
export function parsedStatement(text: string): Statement | null {
  try {
    const value: Statement = JSON.parse(text);
    return value.kind === "genesis" || value.kind === "checkpoint" || value.kind === "prune" ? value : null;
  } catch {
    return null;
  }
}

/** Signs and stores the head. @returns its canonical text */
export async function writeHead(db: Kysely<TrailTables>, head: Head, key: SigningKey): Promise<string> {
  const { signature } = signStatement(head, key);
  const body = statementText(head);
  await db.executeQuery(CompiledQuery.raw(
    "insert into head (only, body, signature) values (1, ?, ?) on conflict (only) do update set body = excluded.body, signature = excluded.signature",
    [body, signature],
  ));
  return body;
}

/** Signs and stores a statement. @returns it, and what the head then says of the statements */
export async function writeStatement(
  db: Kysely<TrailTables>,
  statement: Statement,
  key: SigningKey,
): Promise<{ readonly signed: Signed<Statement>; readonly named: Pick<Head, "statements" | "statement_hash"> }> {
  const signed = signStatement(statement, key);
  await db.insertInto("statements").values({ seq: statement.seq, body: statementText(statement), signature: signed.signature }).execute();
  return { signed, named: { statements: statement.seq, statement_hash: statementHash(statement) } };
}

/** All statements in order, a page at a time. */
export async function* storedStatements(
  db: Kysely<TrailTables>,
): AsyncGenerator<{ readonly seq: number; readonly body: string; readonly signature: string }> {
  for (let after = -1;;) {
    const page = await db.selectFrom("statements").selectAll().where("seq", ">", after).orderBy("seq").limit(500).execute();
    yield* page;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.seq;
  }
}
