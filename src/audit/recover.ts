import { createHash } from "node:crypto";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";
import { createClient } from "@libsql/client";
import type { SetAside } from "./chain.ts";

/**
 * Renames a damaged trail (with its WAL) to `audit.db.set-aside-<segment>`, so that the evidence stays, and says what the next segment's
 * genesis refers to. The last id is read if the file still yields it, so that ids go on; else they begin again at 1.
 */
export async function setAside(path: string, reason: string): Promise<{ segment: number; lastId: number; reference: SetAside }> {
  const lastId = await lastReadableId(path);
  let segment = 1;
  while (await exists(asideName(path, segment))) segment++;
  const aside = asideName(path, segment);
  await Deno.rename(path, aside);
  for (const suffix of ["-wal", "-shm"]) {
    if (await exists(path + suffix)) await Deno.rename(path + suffix, aside + suffix);
  }
  return { segment, lastId, reference: { file: basename(aside), sha256: await fileHash(aside), reason } };
}

function asideName(path: string, segment: number): string {
  return `${path}.set-aside-${segment}`;
}

async function lastReadableId(path: string): Promise<number> {
  try {
    const client = createClient({ url: pathToFileURL(path).href, concurrency: 1 });
    try {
      const found = await client.execute("select max(id) as id from records");
      const id = found.rows[0]?.id;
      return typeof id === "number" && Number.isSafeInteger(id) && id > 0 ? id : 0;
    } finally {
      client.close();
    }
  } catch {
    return 0;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function fileHash(path: string): Promise<string> {
  const digest = createHash("sha256");
  using file = await Deno.open(path);
  for await (const chunk of file.readable) digest.update(chunk);
  return digest.digest("hex");
}
