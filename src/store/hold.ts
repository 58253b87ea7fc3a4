/**
 * Who uses a database file: any number of gateways, or one command on its own. SQLite's lock on a small file beside it, so that the
 * system lets go of it whatever ends the process, and process ids that come again mean nothing.
 */
import { createClient } from "@libsql/client";
import { pathToFileURL } from "node:url";
import { storeError } from "./errors.ts";

/** Somebody else holds the file in a way that does not go together with what was asked. */
export class StoreHeldError extends Error {
  override readonly name = "StoreHeldError";
}

/** `shared`: other gateways may hold it too. `alone`: nobody else. */
export type Hold = "shared" | "alone";

/** Marks the database at `path` as used. Returns what lets go of it. @throws {StoreHeldError} @throws {StoreError} */
export async function holdStore(path: string, how: Hold): Promise<() => void> {
  const file = `${path}.lock`;
  // A command that holds it alone is done in a moment; a gateway that shares it is not.
  const client = createClient({ url: pathToFileURL(file).href, concurrency: 1, timeout: how === "shared" ? 5000 : 0 });
  try {
    // Not WAL, whose readers let writers pass.
    await client.execute("pragma journal_mode = delete");
    if (how === "shared") {
      // An open transaction that has read keeps SQLite's shared lock.
      const reading = await client.transaction("deferred");
      await reading.execute("select count(*) from sqlite_master");
      return () => {
        reading.close();
        client.close();
      };
    }
    // A write needs the file for itself, and in this mode the lock stays until the connection ends.
    await client.execute("pragma locking_mode = exclusive");
    await client.execute("create table if not exists held (at text)");
    await client.execute("delete from held");
    return () => client.close();
  } catch (error) {
    client.close();
    const problem = storeError(error, file);
    if (problem.code !== "locked") throw problem;
    throw new StoreHeldError(
      how === "shared"
        ? `The tenant store ${path} is being changed by a checkstream command; wait until it is done`
        : `The tenant store ${path} is held by a running gateway; stop it, or go through its admin API with --url`,
    );
  }
}
