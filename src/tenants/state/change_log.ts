/** The log of changes: who changed what, when, and how it was before and after, secrets masked. */
import { createHash } from "node:crypto";
import { type Kysely, sql, type Transaction } from "kysely";
import { maskSecrets } from "../../config/mask.ts";
import type { Json } from "./merge_patch.ts";
import type { StateTables } from "./schema.ts";

/** Who makes a change. */
export interface Author {
  /** Name of an admin key, or `command line`. */
  readonly name: string;
  readonly role: string;
  /** Where the request came from. */
  readonly address?: string;
  readonly requestId?: string;
}

/** One change about to be logged. */
export interface Change {
  readonly author: Author;
  /** `create`, `update`, `delete`, `restore`, `purge`, `rollback`, `rotate`, `revoke`, `import`, `reload`. */
  readonly action: string;
  /** `tenant acme`, `key key_… of acme`, `configuration`. */
  readonly target: string;
  readonly tenant?: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** One change as logged. */
export interface LoggedChange {
  readonly id: number;
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly actor: string;
  readonly role: string | null;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly action: string;
  readonly target: string;
  readonly tenant: string | null;
  readonly before: Json;
  readonly after: Json;
}

/** Which changes; times inclusive, RFC 3339. */
export interface ChangeFilter {
  readonly tenant?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly start?: string | undefined;
  readonly end?: string | undefined;
  /** Only changes older than the one of this id. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Changes that stay whatever their age: a clock that jumps ahead must not empty the log. */
const ALWAYS_KEPT = 1000;

/** Longest text in the log, UTF-16 units: what a policy says is kept with its versions. */
const MAX_TEXT_CHARS = 1000;

function shortened(_key: string, value: unknown): unknown {
  if (typeof value !== "string" || value.length <= MAX_TEXT_CHARS) return value;
  const hash = createHash("sha256").update(value).digest("hex").slice(0, 16);
  return `${value.slice(0, 100).toWellFormed()}… (${value.length} characters, sha256 ${hash})`;
}

export async function writeChange(tx: Transaction<StateTables>, at: string, change: Change): Promise<void> {
  const { author, action, target, tenant, before, after } = change;
  const text = (value: unknown) => value === undefined ? null : JSON.stringify(maskSecrets(value), shortened);
  await tx.insertInto("changes").values({
    at,
    actor: author.name,
    role: author.role,
    address: author.address ?? null,
    request_id: author.requestId ?? null,
    action,
    target,
    tenant: tenant ?? null,
    before: text(before),
    after: text(after),
  }).execute();
}

/** Changes, newest first. */
export async function readChanges(db: Kysely<StateTables>, filter: ChangeFilter): Promise<LoggedChange[]> {
  let query = db.selectFrom("changes").selectAll().orderBy("id", "desc").limit(filter.limit);
  for (const column of ["tenant", "actor", "action"] as const) {
    const wanted = filter[column];
    if (wanted !== undefined) query = query.where(column, "=", wanted);
  }
  if (filter.start !== undefined) query = query.where("at", ">=", filter.start);
  if (filter.end !== undefined) query = query.where("at", "<=", filter.end);
  if (filter.before !== undefined) query = query.where("id", "<", filter.before);
  const rows = await query.execute();
  const value = (text: string | null): Json => text === null ? null : JSON.parse(text);
  return rows.map((row) => ({ ...row, before: value(row.before), after: value(row.after) }));
}

/** Removes the changes from before `time` (RFC 3339). */
export async function pruneChanges(db: Kysely<StateTables>, time: string): Promise<void> {
  await sql`delete from changes where at < ${time} and id <= (select max(id) from changes) - ${ALWAYS_KEPT}`.execute(db);
}
