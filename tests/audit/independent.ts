import { join } from "node:path";

const script = new URL("../../scripts/verify_audit.ts", import.meta.url).pathname;

/** What `scripts/verify_audit.ts`, run as its own process, says of exported lines: its one line of output and its exit code. */
export async function verifyIndependently(jsonl: string, publicPem: string): Promise<{ said: string; code: number }> {
  const directory = await Deno.makeTempDir();
  try {
    const [exported, key] = [join(directory, "export.jsonl"), join(directory, "key.pem")];
    await Deno.writeTextFile(exported, jsonl);
    await Deno.writeTextFile(key, publicPem);
    const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-config", "--no-lock", `--allow-read=${directory}`, script, exported, key],
      env: { NO_COLOR: "1" },
    }).output();
    return { said: new TextDecoder().decode(stdout).trim() || new TextDecoder().decode(stderr).trim(), code };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
