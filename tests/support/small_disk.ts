/** A disk of one MiB that can be made full and read-only; only root on Linux can have one. */
import assert from "node:assert/strict";

export interface SmallDisk {
  unmount(): Promise<void>;
  readOnly(on: boolean): Promise<void>;
}

/** Mounts it at `directory`; null where that is not allowed. */
export async function smallDisk(directory: string): Promise<SmallDisk | null> {
  const run = async (command: string, ...args: string[]) =>
    (await new Deno.Command(command, { args, stderr: "null", stdout: "null" }).output()).success;
  try {
    if (!await run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", directory)) return null;
  } catch {
    return null;
  }
  return {
    // Lazily: libsql lets go of its files when its statements are collected, not when it is closed.
    unmount: async () => assert.ok(await run("umount", "-l", directory)),
    readOnly: async (on) => assert.ok(await run("mount", "-o", `remount,${on ? "ro" : "rw"}`, directory)),
  };
}
