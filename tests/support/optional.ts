/** Parts of the suite that need a program this machine may lack: skipped and counted there, required in CI. */

/**
 * Options for `Deno.test` of a part that needs `program` on PATH.
 * @throws when `CHECKSTREAM_REQUIRE_ALL` is set and the program is absent.
 */
export function needs(program: string): { ignore: boolean } {
  const present = (Deno.env.get("PATH") ?? "").split(":").some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
  if (!present && Deno.env.get("CHECKSTREAM_REQUIRE_ALL") === "1") throw new Error(`${program} is required here and not on PATH`);
  if (!present) console.log(`skipped: ${program} is not on PATH`);
  return { ignore: !present };
}
