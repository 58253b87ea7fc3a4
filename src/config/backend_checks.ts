/** What is wrong with a tenant's backend beyond the shape of its keys. */
import { existsSync } from "node:fs";
import type { MergedTenant } from "./model.ts";
import type { BackendFile } from "./schema.ts";

/** One thing wrong, by its path below the tenant's (or the global) section. */
export interface BackendProblem {
  readonly severity: "error" | "warning";
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A tenant, or the whole file, as it is written: one address has no two spellings. */
export function checkAddressOnce(
  { backend, backend_url: short }: { readonly backend?: Partial<BackendFile> | undefined; readonly backend_url?: string | undefined },
): BackendProblem[] {
  if (backend?.targets === undefined || (backend.url === undefined && short === undefined)) return [];
  const other = backend.url === undefined ? "backend_url" : "backend.url";
  return [{ severity: "error", path: ["backend", "targets"], message: `says the same as ${other}; keep one of them` }];
}

/** A tenant as it is merged. */
export function checkBackend({ config: { backend, streaming } }: MergedTenant): BackendProblem[] {
  const problems: BackendProblem[] = [];
  const add = (severity: BackendProblem["severity"], path: BackendProblem["path"], message: string) =>
    problems.push({ severity, path: ["backend", ...path], message });
  const names = new Set<string>();
  for (const [index, { name, format = streaming.format }] of backend.fallbacks.entries()) {
    const at = ["fallbacks", index];
    if (names.has(name)) add("error", at, `two fallbacks are called "${name}"`);
    names.add(name);
    if ((format === "custom") !== (streaming.format === "custom")) {
      const message = format === "custom"
        ? "a fallback can speak a custom format only where streaming.format is custom"
        : "streaming.format is custom, so requests cannot be translated; the fallback's streaming_format must be custom as well";
      add("error", at, message);
    }
  }
  if (backend.fallbacks.length > 0 && backend.firstByteTimeoutMs >= backend.timeoutMs) {
    add(
      "warning",
      ["fallbacks"],
      `a first choice that hangs leaves no time for a fallback: set first_byte_timeout_ms below timeout_ms (${backend.timeoutMs})`,
    );
  }
  for (
    const { tls, at } of [
      { tls: backend.tls, at: ["tls"] },
      ...backend.fallbacks.map(({ tls }, i) => ({ tls, at: ["fallbacks", i, "tls"] })),
    ]
  ) {
    if (tls?.insecureSkipVerify === true) add("warning", [...at, "insecure_skip_verify"], "any certificate is accepted; for trials only");
    for (const [key, path] of Object.entries({ ca_path: tls?.caPath, cert_path: tls?.certPath, key_path: tls?.keyPath })) {
      if (path !== undefined && !existsSync(path)) add("error", [...at, key], `the file ${path} does not exist`);
    }
  }
  return problems;
}
