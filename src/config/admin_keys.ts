/** The keys of the admin API: `api_key_env` is an admin's, each of `keys` has its own role. */
import type { AdminKeyConfig } from "./model.ts";
import type { ConfigFile } from "./schema.ts";
import type { YamlPath } from "./yaml_source.ts";

/** `tell` notes what is wrong, with its place in the file. */
export function adminKeys(
  { api_key_env, keys }: ConfigFile["admin"],
  env: (name: string) => string | undefined,
  tell: (path: YamlPath, message: string, severity: "error" | "warning") => void,
): AdminKeyConfig[] {
  const first = env(api_key_env) ?? env("CHECKSTREAM_ADMIN_API_KEY");
  const all: AdminKeyConfig[] = first === undefined || first === "" ? [] : [{ name: "admin", role: "admin", secret: first }];
  for (const [i, { name, role, key_env }] of keys.entries()) {
    const found = env(key_env);
    const secret = found === "" ? undefined : found;
    const at = ["admin", "keys", i] as const;
    if (all.some((other) => other.name === name)) {
      tell([...at, "name"], `there is another admin key "${name}"; give each its own name`, "error");
    }
    if (secret === undefined) {
      tell([...at, "key_env"], `the environment variable ${key_env} is not set, so nobody can use this key`, "warning");
    } else if (all.some((other) => other.secret === secret)) {
      tell([...at, "key_env"], `the variable ${key_env} holds the same key as another one; give each its own`, "error");
    }
    all.push({ name, role, secret });
  }
  return all;
}
