/** What a `ThreadClient` asks of its worker. `transaction` numbers an open one; 0 = none. */
import type { FileConfig, SqlTable } from "./file_client.ts";
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

export type Reply =
  | { readonly call: number; readonly ok: true; readonly answer: SqlTable | null }
  | { readonly call: number; readonly ok: false; readonly code: string; readonly message: string };

/** The first message to a worker. */
export interface Hello {
  readonly port: MessagePort;
  readonly config: FileConfig;
}
