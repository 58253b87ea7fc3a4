/**
 * What tenants made by the admin API may name on this machine. Who may change tenants must not become who may read its files and
 * environment: a token goes to whatever backend is named beside it.
 */
import { realpathSync } from "node:fs";
import { resolve, sep } from "node:path";
import type { ConfigFile } from "./schema.ts";
import type { ValueProblem } from "./value_problems.ts";

export interface Reach {
  /** Policies lie below the configuration's folder; absolute. */
  readonly policies: string;
  /** Audit trails lie below the global section's; absolute. */
  readonly trails: string;
  /** Tokens and certificates lie below `admin.secret_folders`; absolute. */
  readonly secrets: readonly string[];
  /** Environment variables with secrets of the gateway itself. */
  readonly ownVariables: ReadonlySet<string>;
}

/** `folder` is the configuration file's. */
export function reachOf({ admin, store, notify, telemetry }: ConfigFile, folder: string): Reach {
  const { encryption_key_env, signing_key_env } = telemetry.audit ?? {};
  const own = [
    admin.api_key_env,
    ...admin.keys.map(({ key_env }) => key_env),
    store.auth_token_env,
    store.encryption_key_env,
    notify.secret_env,
    encryption_key_env,
    signing_key_env,
  ];
  return {
    policies: resolve(folder),
    trails: resolve(folder, telemetry.audit?.path ?? "./audit"),
    secrets: admin.secret_folders.map((each) => resolve(folder, each)),
    ownVariables: new Set(own.filter((name) => name !== undefined)),
  };
}

type Kind = "policy" | "trail" | "secret file" | "variable";

/** Keys that name something on this machine, wherever in a tenant they stand. */
const NAMING: Readonly<Record<string, Kind>> = {
  "policy_path": "policy",
  "policy.path": "policy",
  "audit.path": "trail",
  "token_file": "secret file",
  "ca_path": "secret file",
  "cert_path": "secret file",
  "key_path": "secret file",
  "token_env": "variable",
};

/** Everything that `tenant` names and must not. */
export function outOfReach(tenant: unknown, reach: Reach): ValueProblem[] {
  const found: ValueProblem[] = [];
  const walk = (value: unknown, path: readonly string[]) => {
    if (typeof value === "object" && value !== null) {
      for (const [key, each] of Object.entries(value)) walk(each, [...path, key]);
      return;
    }
    const kind = NAMING[path.slice(-2).join(".")] ?? NAMING[path.at(-1) ?? ""];
    // What stands under metadata names nothing.
    if (typeof value !== "string" || kind === undefined || path[0] === "metadata") return;
    const message = refusal(kind, value, reach);
    if (message !== undefined) found.push({ path: path.join("."), message });
  };
  walk(tenant, []);
  return found;
}

function refusal(kind: Kind, value: string, { policies, trails, secrets, ownVariables }: Reach): string | undefined {
  switch (kind) {
    case "policy":
      return isBelow(resolve(policies, value), policies)
        ? undefined
        : "a tenant of the database names policies in the configuration's folder only";
    case "trail":
      return isBelow(resolve(policies, value), trails)
        ? undefined
        : "a tenant of the database keeps its trail below telemetry.audit.path only";
    case "secret file":
      return secrets.some((folder) => isBelow(resolve(policies, value), folder))
        ? undefined
        : "a tenant of the database names files below admin.secret_folders only";
    case "variable":
      return ownVariables.has(value) || /^CHECKSTREAM_/i.test(value) ? "names a variable of the gateway's own" : undefined;
  }
}

/** Links are followed as far as they exist. */
function isBelow(path: string, folder: string): boolean {
  return real(path).startsWith(real(folder).replace(/[/\\]*$/, sep));
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It is not there (yet); what leads to it may be a link all the same.
    const parent = resolve(path, "..");
    return parent === path ? path : resolve(real(parent), path.slice(parent.length).replace(/^[/\\]+/, ""));
  }
}
