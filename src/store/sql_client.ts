/** What the dialect needs of an open database, wherever its statements run: in this thread, in a worker, or on a server. */
import type { InValue } from "@libsql/client";

export interface SqlStatement {
  readonly sql: string;
  readonly args: InValue[];
}

export interface SqlResult {
  /** One object per row, by column. */
  readonly rows: readonly unknown[];
  readonly rowsAffected: number;
  readonly lastInsertRowid?: bigint | undefined;
}

export interface SqlTransaction {
  execute(statement: SqlStatement): Promise<SqlResult>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  close(): void;
}

/** `@libsql/client`'s `Client` is one; `ThreadClient` is another. */
export interface SqlClient {
  execute(statement: SqlStatement): Promise<SqlResult>;
  /** `write` is BEGIN IMMEDIATE. */
  transaction(mode: "write" | "deferred"): Promise<SqlTransaction>;
  /** Drops what is under way and connects anew. */
  reconnect(): void;
  close(): void;
}
