import { Buffer } from "node:buffer";
import Database from "libsql";
import type { SqlClient, SqlResult, SqlStatement, SqlTransaction } from "./sql_client.ts";

/** A result with its rows as arrays: cheap to hand to another thread, where objects' keys would travel with each. */
export interface SqlTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly rowsAffected: number;
  readonly lastInsertRowid: bigint | undefined;
}

/** Where a file is, and how long a statement waits for another process that holds it, ms. */
export interface FileConfig {
  readonly path: string;
  readonly busyTimeoutMs: number;
}

/** `table` is `execute` with the rows as arrays. */
export interface FileTransaction extends SqlTransaction {
  table(statement: SqlStatement): SqlTable;
}

type Statement = ReturnType<Database.Database["prepare"]>;

interface Prepared {
  readonly statement: Statement;
  /** Of what it returns; undefined when it returns nothing. */
  readonly columns: readonly string[] | undefined;
}

/** What a program asks again and again is written with parameters; texts beyond these many are not kept. */
const MOST_KEPT = 100;
/** Whatever else there is (PRAGMA, CREATE, ALTER, VACUUM, …) may change what a kept statement returns. */
const KEPT = /^\s*(select|insert|update|delete|with|begin|commit|rollback)\b/i;

/**
 * One connection to a database file, with its statements kept prepared. `@libsql/client` prepares each anew and asks it to return rows, which
 * throws where there are none: measured 530 µs for a transaction of one insert, 130 µs so. Opens the file at the first statement.
 */
export class FileClient implements SqlClient {
  #database: Database.Database | null = null;
  #closed = false;
  readonly #kept = new Map<string, Prepared>();

  constructor(readonly config: FileConfig) {}

  /** @throws what the driver throws, with SQLite's code; `async` so that every problem is a rejection. */
  // deno-lint-ignore require-await
  async execute(statement: SqlStatement): Promise<SqlResult> {
    return resultOf(this.table(statement));
  }

  /** `execute` at once, with the rows as arrays. */
  table({ sql, args }: SqlStatement): SqlTable {
    const keeps = KEPT.test(sql);
    const { statement, columns } = this.#prepared(sql, keeps);
    const bound = args.map(toSql);
    try {
      if (columns === undefined) {
        const { changes, lastInsertRowid } = statement.run(bound);
        return { columns: [], rows: [], rowsAffected: changes, lastInsertRowid: BigInt(lastInsertRowid) };
      }
      const rows = statement.all(bound).map((row) => Array.isArray(row) ? row.map(fromSql) : []);
      return { columns, rows, rowsAffected: 0, lastInsertRowid: undefined };
    } catch (error) {
      // The driver does not finish a statement that failed.
      this.#kept.delete(sql);
      throw error;
    } finally {
      if (!keeps) this.#kept.clear();
    }
  }

  async transaction(mode: "write" | "deferred"): Promise<FileTransaction> {
    await this.execute({ sql: mode === "write" ? "begin immediate" : "begin deferred", args: [] });
    const database = this.#database;
    // Asking a closed database whether it is in a transaction aborts the process.
    const isOpen = () => database !== null && this.#database === database && database.inTransaction;
    const table = (statement: SqlStatement) => {
      // SQLite rolls back by itself when the disk is full; what follows must not be written on its own.
      if (!isOpen()) throw Object.assign(new Error("the transaction is closed"), { code: "TRANSACTION_CLOSED" });
      return this.table(statement);
    };
    const end = async (sql: "commit" | "rollback") => void await Promise.resolve(table({ sql, args: [] }));
    return {
      table,
      // deno-lint-ignore require-await
      execute: async (statement) => resultOf(table(statement)),
      commit: () => end("commit"),
      rollback: () => end("rollback"),
      close: () => {
        if (!isOpen()) return;
        try {
          this.table({ sql: "rollback", args: [] });
        } catch {
          this.reconnect();
        }
      },
    };
  }

  /** The next statement opens the file anew. */
  reconnect(): void {
    const database = this.#database;
    this.#database = null;
    this.#kept.clear();
    database?.close();
  }

  close(): void {
    this.#closed = true;
    this.reconnect();
  }

  #prepared(sql: string, keeps: boolean): Prepared {
    const known = this.#kept.get(sql);
    if (known !== undefined) return known;
    const statement = this.#open().prepare(sql);
    statement.safeIntegers(true);
    const prepared = {
      statement,
      columns: statement.reader ? statement.raw(true).columns().map(({ name }) => name) : undefined,
    };
    if (keeps && this.#kept.size < MOST_KEPT) this.#kept.set(sql, prepared);
    return prepared;
  }

  #open(): Database.Database {
    if (this.#closed) throw Object.assign(new Error("the database is closed"), { code: "CLIENT_CLOSED" });
    return this.#database ??= new Database(this.config.path, { timeout: this.config.busyTimeoutMs });
  }
}

/** The rows by their columns. */
export function resultOf({ columns, rows, rowsAffected, lastInsertRowid }: SqlTable): SqlResult {
  return { rows: rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]]))), rowsAffected, lastInsertRowid };
}

/** @throws {RangeError} for numbers that SQLite has no place for */
function toSql(value: SqlStatement["args"][number]): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError(`Cannot bind ${value} to SQL: pass a finite number`);
  if (typeof value === "boolean") return value ? 1 : 0;
  if (value instanceof Date) return value.valueOf();
  return value instanceof ArrayBuffer ? Buffer.from(value) : value;
}

/** @throws {RangeError} for an integer beyond what a number holds exactly */
function fromSql(value: unknown): unknown {
  if (typeof value === "bigint") {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new RangeError(`Cannot read the integer ${value}: a number does not hold it exactly`);
    return number;
  }
  return value instanceof Uint8Array ? new Uint8Array(value) : value;
}
