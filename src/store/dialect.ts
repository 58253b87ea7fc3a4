import type { Client, InStatement, InValue, ResultSet, Transaction } from "@libsql/client";
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
import { storeError } from "./errors.ts";

/** libSQL for Kysely over an open `@libsql/client`. A file has one connection, taken in turn (one writer); a remote store has no such limit. */
export class LibsqlDialect implements Dialect {
  constructor(private readonly client: Client, private readonly where: string) {}

  createAdapter(): DialectAdapter {
    return new SqliteAdapter();
  }

  createDriver(): Driver {
    return new LibsqlDriver(this.client, this.where);
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
  readonly #exclusive: boolean;

  constructor(private readonly client: Client, private readonly where: string) {
    this.#exclusive = client.protocol === "file";
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  async acquireConnection(): Promise<LibsqlConnection> {
    if (!this.#exclusive) return new LibsqlConnection(this.client, this.where, () => {});
    const before = this.#turn;
    let done = () => {};
    this.#turn = new Promise((resolve) => done = resolve);
    await before;
    return new LibsqlConnection(this.client, this.where, done);
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
    this.client.close();
    return Promise.resolve();
  }
}

class LibsqlConnection implements DatabaseConnection {
  #transaction: Transaction | null = null;

  constructor(private readonly client: Client, private readonly where: string, readonly release: () => void) {}

  /** `write` is BEGIN IMMEDIATE: a writer waits its turn at the start, so that no transaction fails half-way on a lock upgrade. */
  async begin(mode: "write" | "deferred"): Promise<void> {
    try {
      this.#transaction = await this.client.transaction(mode);
    } catch (error) {
      throw storeError(error, this.where);
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
      if (how === "commit") throw storeError(error, this.where);
    } finally {
      transaction.close();
    }
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const statement: InStatement = { sql: query.sql, args: query.parameters.map(boundValue) };
    let result: ResultSet;
    try {
      result = await (this.#transaction ?? this.client).execute(statement);
    } catch (error) {
      throw storeError(error, this.where);
    }
    return {
      rows: typedRows<R>(result),
      numAffectedRows: BigInt(result.rowsAffected),
      ...(result.lastInsertRowid === undefined ? {} : { insertId: result.lastInsertRowid }),
    };
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    yield await this.executeQuery<R>(query);
  }
}

/** The row type is the caller's promise about its own tables: Kysely's border, where the driver knows only columns. */
function typedRows<R>(result: ResultSet): R[];
function typedRows(result: ResultSet): unknown[] {
  return result.rows;
}

function boundValue(value: unknown): InValue {
  if (value === undefined || value === null) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return value;
  if (value instanceof Uint8Array || value instanceof Date || value instanceof ArrayBuffer) return value;
  throw new TypeError(`Cannot bind a ${typeof value} to SQL: pass text, a number or bytes`);
}
