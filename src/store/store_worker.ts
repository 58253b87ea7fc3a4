// Runs as a Worker: libSQL works inside its native calls (a commit with fsync takes what the disk takes), which must not stop the gateway's loop.
import { type Client, type Config, createClient, type ResultSet, type Transaction } from "@libsql/client";
import type { Answer, Ask, Hello, Reply, Request } from "./thread_protocol.ts";

const transactions = new Map<number, Transaction>();

globalThis.addEventListener("message", (event) => {
  // Typed as in a page, whose global has no such event: a worker's has.
  if (!(event instanceof MessageEvent)) return;
  const { port, config }: Hello = event.data;
  const client = lazily(config);
  port.onmessage = async ({ data }: MessageEvent<Request>) => {
    port.postMessage(await reply(client, data));
  };
}, { once: true });

/** A file that cannot be opened is the answer to the first statement. */
function lazily(config: Config): () => Client {
  let client: Client | undefined;
  return () => client ??= createClient(config);
}

async function reply(client: () => Client, { call, ask }: Request): Promise<Reply> {
  try {
    return { call, ok: true, answer: await answer(client(), ask) };
  } catch (error) {
    const code = error !== null && typeof error === "object" && "code" in error && typeof error.code === "string" ? error.code : "";
    return { call, ok: false, code, message: error instanceof Error ? error.message : String(error) };
  }
}

async function answer(client: Client, ask: Ask): Promise<Answer | null> {
  switch (ask.op) {
    case "execute":
      return plain(await (transactions.get(ask.transaction) ?? client).execute(ask.statement));
    case "begin":
      transactions.set(ask.transaction, await client.transaction(ask.mode));
      return null;
    case "commit":
    case "rollback":
      await transactions.get(ask.transaction)?.[ask.op]();
      return null;
    case "end":
      transactions.get(ask.transaction)?.close();
      transactions.delete(ask.transaction);
      return null;
    case "reconnect":
      transactions.clear();
      client.reconnect();
      return null;
    case "close":
      client.close();
      return null;
  }
}

function plain({ columns, rows, rowsAffected, lastInsertRowid }: ResultSet): Answer {
  return { columns, rows: rows.map((row) => columns.map((_, i) => row[i])), rowsAffected, lastInsertRowid };
}
