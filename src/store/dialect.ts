import type { InValue } from "@libsql/client";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type TransactionSettings,
} from "kysely";
import { type StoreError, storeError } from "./errors.ts";
import type { SqlClient, SqlResult, SqlStatement, SqlTransaction } from "./sql_client.ts";

export interface LibsqlOptions {
  readonly client: SqlClient;
  /** Names the database in errors, without credentials. */
  readonly where: string;
  /** Set on the connection, and on every new one. */
  readonly pragmas: readonly string[];
  /** A file has one connection, taken in turn (one writer); a remote store has no such limit. */
  readonly exclusive: boolean;
}

/** libSQL for Kysely over an open client. */
export class LibsqlDialect implements Dialect {
  constructor(private readonly options: LibsqlOptions) {}

  createAdapter(): DialectAdapter {
    return new SqliteAdapter();
  }

  createDriver(): Driver {
    return new LibsqlDriver(this.options);
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(db);
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }
}

class LibsqlDriver implements Driver {
  #turn: Promise<void> = Promise.resolve();
  #stuck = false;

  constructor(private readonly options: LibsqlOptions) {}

  async init(): Promise<void> {
    await this.#setPragmas();
  }

  async acquireConnection(): Promise<LibsqlConnection> {
    const { client, where, exclusive } = this.options;
    if (!exclusive) return new LibsqlConnection(client, where, () => {}, () => {});
    const before = this.#turn;
    let done = () => {};
    this.#turn = new Promise((resolve) => done = resolve);
    await before;
    try {
      if (this.#stuck) {
        client.reconnect();
        await this.#setPragmas();
        this.#stuck = false;
      }
    } catch (error) {
      done();
      throw error;
    }
    // After SQLITE_BUSY, SQLITE_FULL and the like the driver leaves the statement unfinished until it is collected, and every later COMMIT
    // on that connection fails with "SQL statements in progress" (libsql 0.5.29): take a new connection.
    return new LibsqlConnection(client, where, done, () => this.#stuck = true);
  }

  async #setPragmas(): Promise<void> {
    const { client, where, pragmas } = this.options;
    try {
      for (const sql of pragmas) await client.execute({ sql, args: [] });
    } catch (error) {
      throw storeError(error, where);
    }
  }

  beginTransaction(connection: LibsqlConnection, settings: TransactionSettings): Promise<void> {
    return connection.begin(settings.accessMode === "read only" ? "deferred" : "write");
  }

  commitTransaction(connection: LibsqlConnection): Promise<void> {
    return connection.end("commit");
  }

  rollbackTransaction(connection: LibsqlConnection): Promise<void> {
    return connection.end("rollback");
  }

  releaseConnection(connection: LibsqlConnection): Promise<void> {
    connection.release();
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    this.options.client.close();
    return Promise.resolve();
  }
}

class LibsqlConnection implements DatabaseConnection {
  #transaction: SqlTransaction | null = null;

  constructor(
    private readonly client: SqlClient,
    private readonly where: string,
    readonly release: () => void,
    private readonly onStuck: () => void,
  ) {}

  /** `write` is BEGIN IMMEDIATE: a writer waits its turn at the start, so that no transaction fails half-way on a lock upgrade. */
  async begin(mode: "write" | "deferred"): Promise<void> {
    try {
      this.#transaction = await this.client.transaction(mode);
    } catch (error) {
      throw this.#problem(error);
    }
  }

  async end(how: "commit" | "rollback"): Promise<void> {
    const transaction = this.#transaction;
    this.#transaction = null;
    if (transaction === null) return;
    try {
      await transaction[how]();
    } catch (error) {
      // A full disk rolls back by itself; a second rollback must not hide the first error.
      if (how === "commit") throw this.#problem(error);
    } finally {
      transaction.close();
    }
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const statement: SqlStatement = { sql: query.sql, args: query.parameters.map(boundValue) };
    let result: SqlResult;
    try {
      result = await (this.#transaction ?? this.client).execute(statement);
    } catch (error) {
      throw this.#problem(error);
    }
    return {
      rows: typedRows<R>(result),
      numAffectedRows: BigInt(result.rowsAffected),
      ...(result.lastInsertRowid === undefined ? {} : { insertId: result.lastInsertRowid }),
    };
  }

  #problem(error: unknown): StoreError {
    const problem = storeError(error, this.where);
    if (problem.code !== "failed") this.onStuck();
    return problem;
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query);
  }
}

/** The row type is the caller's promise about its own tables: Kysely's border, where the driver knows only columns. */
function typedRows<R>(result: SqlResult): R[];
function typedRows(result: SqlResult): unknown[] {
  return [...result.rows];
}

function boundValue(value: unknown): InValue {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return value;
  if (value instanceof Uint8Array || value instanceof Date || value instanceof ArrayBuffer) return value;
  throw new TypeError(`Cannot bind a ${typeof value} to SQL: pass text, a number or bytes`);
}
