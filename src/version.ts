/** Version of the program and, in a built binary, the commit it was built from. */
import deno from "../deno.json" with { type: "json" };

export const VERSION: string = deno.version;

/** Short commit hash stamped in by `compile.sh`; `dev` in a checkout. */
export function commit(): string {
  if (!Deno.build.standalone) return "dev";
  try {
    const build: unknown = JSON.parse(Deno.readTextFileSync(new URL("../dist/build.json", import.meta.url)));
    return typeof build === "object" && build !== null && "commit" in build ? String(build.commit) : "unknown";
  } catch {
    return "unknown";
  }
}
