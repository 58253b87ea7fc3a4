/** What a `ThreadClient` asks of its worker. `transaction` numbers an open one; 0 = none. */
import type { Config } from "@libsql/client";
import type { SqlStatement } from "./sql_client.ts";

export type Ask =
  | { readonly op: "execute"; readonly transaction: number; readonly statement: SqlStatement }
  | { readonly op: "begin"; readonly transaction: number; readonly mode: "write" | "deferred" }
  | { readonly op: "commit" | "rollback" | "end"; readonly transaction: number }
  | { readonly op: "reconnect" | "close" };

export interface Request {
  readonly call: number;
  readonly ask: Ask;
}

/** Rows as arrays: cheaper to hand over than objects, whose keys would travel with each. */
export interface Answer {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly rowsAffected: number;
  readonly lastInsertRowid: bigint | undefined;
}

export type Reply =
  | { readonly call: number; readonly ok: true; readonly answer: Answer | null }
  | { readonly call: number; readonly ok: false; readonly code: string; readonly message: string };

/** The first message to a worker. */
export interface Hello {
  readonly port: MessagePort;
  readonly config: Config;
}
