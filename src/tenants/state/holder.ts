/** Which process holds a tenant store: each mirrors it in memory, so two at once would not see each other's changes. */
import process from "node:process";

/** Another process that is alive holds the store. */
export class StoreHeldError extends Error {
  override readonly name = "StoreHeldError";
  constructor(path: string, pid: number) {
    super(`The tenant store ${path} is held by process ${pid}; stop it, or go through its admin API with --url`);
  }
}

/** Marks the store at `path` as this process's. Returns what lets go of it. @throws {StoreHeldError} */
export function holdStore(path: string): () => void {
  const file = `${path}.pid`;
  const holder = Number(read(file));
  if (Number.isInteger(holder) && holder > 0 && holder !== process.pid && isAlive(holder)) throw new StoreHeldError(path, holder);
  Deno.writeTextFileSync(file, String(process.pid));
  return () => {
    if (Number(read(file)) === process.pid) Deno.removeSync(file);
  };
}

function read(file: string): string {
  try {
    return Deno.readTextFileSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** Signal 0 only asks. A process of somebody else counts as alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
