/** A `file:` database whose statements run in a worker of its own. */
import { type FileConfig, resultOf, type SqlTable } from "./file_client.ts";
import type { SqlClient, SqlResult, SqlStatement, SqlTransaction } from "./sql_client.ts";
import type { Ask, Hello, Reply, Request } from "./thread_protocol.ts";

interface Waiting {
  readonly resolve: (answer: SqlTable | null) => void;
  readonly reject: (error: Error) => void;
}

export class ThreadClient implements SqlClient {
  #worker: Worker;
  #port: MessagePort;
  readonly #waiting = new Map<number, Waiting>();
  #calls = 0;
  #transactions = 0;
  #dead: Error | undefined;
  #closed = false;

  constructor(readonly config: FileConfig) {
    [this.#worker, this.#port] = this.#spawn();
  }

  #spawn(): [Worker, MessagePort] {
    const worker = new Worker(new URL("./store_worker.ts", import.meta.url), { type: "module", name: "store" });
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<Reply>) => {
      const waiting = this.#waiting.get(data.call);
      this.#waiting.delete(data.call);
      if (data.ok) waiting?.resolve(data.answer);
      else waiting?.reject(Object.assign(new Error(data.message), { code: data.code }));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#end(Object.assign(new Error(`the database's worker died: ${event.message}`), { code: "SQLITE_IOERR" }));
    };
    const hello: Hello = { port: port2, config: this.config };
    worker.postMessage(hello, [port2]);
    return [worker, port1];
  }

  async execute(statement: SqlStatement): Promise<SqlResult> {
    return resultOf(await this.#table(0, statement));
  }

  async transaction(mode: "write" | "deferred"): Promise<SqlTransaction> {
    const transaction = ++this.#transactions;
    await this.#ask({ op: "begin", transaction, mode });
    return {
      execute: async (statement) => resultOf(await this.#table(transaction, statement)),
      commit: async () => void await this.#ask({ op: "commit", transaction }),
      rollback: async () => void await this.#ask({ op: "rollback", transaction }),
      close: () => void this.#ask({ op: "end", transaction }).catch(() => {}),
    };
  }

  /** Asked in order with all that follows, so nobody needs to wait for it. Another worker takes the place of one that died. */
  reconnect(): void {
    if (this.#dead !== undefined && !this.#closed) {
      this.#dead = undefined;
      [this.#worker, this.#port] = this.#spawn();
    }
    void this.#ask({ op: "reconnect" }).catch(() => {});
  }

  close(): void {
    this.#closed = true;
    void this.#ask({ op: "close" }).catch(() => {}).finally(() =>
      this.#end(Object.assign(new Error("the database is closed"), { code: "CLIENT_CLOSED" }))
    );
  }

  async #table(transaction: number, statement: SqlStatement): Promise<SqlTable> {
    return await this.#ask({ op: "execute", transaction, statement }) ??
      { columns: [], rows: [], rowsAffected: 0, lastInsertRowid: undefined };
  }

  #ask(ask: Ask): Promise<SqlTable | null> {
    if (this.#dead !== undefined) return Promise.reject(this.#dead);
    return new Promise((resolve, reject) => {
      const call = ++this.#calls;
      this.#waiting.set(call, { resolve, reject });
      const request: Request = { call, ask };
      this.#port.postMessage(request);
    });
  }

  #end(why: Error): void {
    if (this.#dead !== undefined) return;
    this.#dead = why;
    this.#worker.terminate();
    this.#port.close();
    for (const { reject } of this.#waiting.values()) reject(why);
    this.#waiting.clear();
  }
}
