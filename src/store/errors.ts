/**
 * What can be wrong with a database, in the words that a caller acts on:
 * `disk_full`, `read_only`, `locked`, `corrupt`, `cannot_open`: the file or its folder; `unreachable`: a remote store;
 * `newer`: written by a later version of the program; `changed_migration`: an applied migration differs from the program's;
 * `failed`: anything else, e.g. a constraint.
 */
export type StoreErrorCode =
  | "disk_full"
  | "read_only"
  | "locked"
  | "corrupt"
  | "cannot_open"
  | "unreachable"
  | "newer"
  | "changed_migration"
  | "failed";

/** Thrown by everything in `src/store/`. The message says what, where and what to do; never a secret. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  constructor(readonly code: StoreErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
  }
}

/** SQLite result codes (https://www.sqlite.org/rescode.html) and what an operator can do about them. */
const known: readonly (readonly [pattern: RegExp, code: StoreErrorCode, advice: string])[] = [
  [
    /SQLITE_FULL|database or disk is full|No space left|ENOSPC|os error 28\b/i,
    "disk_full",
    "the disk or the size limit is full: free space or raise the limit",
  ],
  [
    /SQLITE_READONLY|readonly database|Read-only file system|os error 30\b/i,
    "read_only",
    "it cannot be written: check permissions and mount options",
  ],
  [
    /SQLITE_BUSY|SQLITE_LOCKED|database is locked|database table is locked/i,
    "locked",
    "another process holds it: stop that process or wait",
  ],
  [/SQLITE_CORRUPT|SQLITE_NOTADB|malformed|not a database/i, "corrupt", "the file is damaged: restore a backup"],
  [
    /SQLITE_CANTOPEN|SQLITE_IOERR|unable to open|disk I\/O error|Permission denied|Not a directory|Is a directory|No such file|ConnectionFailed/i,
    "cannot_open",
    "it cannot be opened: check the path and its permissions",
  ],
  [
    /fetch failed|ECONNREFUSED|error sending request|SERVER_ERROR|HRANA|TRANSACTION_CLOSED|baton|dns error|timed out/i,
    "unreachable",
    "the remote store does not answer: check its address and token",
  ],
];

/** Puts the field's name on what the driver threw; `where` names the database without credentials. */
export function storeError(cause: unknown, where: string): StoreError {
  if (cause instanceof StoreError) return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  const code = cause !== null && typeof cause === "object" && "code" in cause && typeof cause.code === "string" ? cause.code : "";
  const text = `${code} ${said}`;
  for (const [pattern, kind, advice] of known) {
    if (pattern.test(text)) return new StoreError(kind, `Cannot use the database ${where}: ${advice} (${said})`, { cause });
  }
  return new StoreError("failed", `The database ${where} refused: ${said}`, { cause });
}
