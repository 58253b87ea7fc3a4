// Runs as a Worker: libSQL works inside its native calls (a commit with fsync takes what the disk takes), which must not stop the gateway's loop.
import { FileClient, type FileTransaction, type SqlTable } from "./file_client.ts";
import type { Ask, Hello, Reply, Request } from "./thread_protocol.ts";

const transactions = new Map<number, FileTransaction>();

globalThis.addEventListener("message", (event) => {
  // Typed as in a page, whose global has no such event: a worker's has.
  if (!(event instanceof MessageEvent)) return;
  const { port, config }: Hello = event.data;
  const client = new FileClient(config);
  port.onmessage = async ({ data }: MessageEvent<Request>) => {
    port.postMessage(await reply(client, data));
  };
}, { once: true });

async function reply(client: FileClient, { call, ask }: Request): Promise<Reply> {
  try {
    return { call, ok: true, answer: await answer(client, ask) };
  } catch (error) {
    const code = error !== null && typeof error === "object" && "code" in error && typeof error.code === "string" ? error.code : "";
    return { call, ok: false, code, message: error instanceof Error ? error.message : String(error) };
  }
}

async function answer(client: FileClient, ask: Ask): Promise<SqlTable | null> {
  switch (ask.op) {
    case "execute":
      return (transactions.get(ask.transaction) ?? client).table(ask.statement);
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
