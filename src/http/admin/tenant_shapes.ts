/** Tenants and keys as the admin API takes and shows them. */
import { z } from "zod";
import { tenant as tenantSchema } from "../../config/schema.ts";
import { maskSecrets } from "../../config/mask.ts";
import { configuredTenant, type Snapshot } from "../../tenants/registry.ts";
import type { Json } from "../../tenants/state/merge_patch.ts";
import type { DeletedTenant, StoredTenant } from "../../tenants/state/store.ts";
import { documentedAs, named, time } from "./shapes.ts";

named("TenantConfig", tenantSchema.describe("A tenant's keys, as under `tenants.configs.<id>` in the configuration file"));

/** A JSON object. */
export type JsonRecord = { readonly [key: string]: Json };

function isRecord(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A tenant's configuration as sent: its own validation finds everything that is wrong, policy included, with paths that begin here. */
export const configBody = documentedAs(z.custom<JsonRecord>(isRecord, "expected a mapping"), "TenantConfig");

/** A configuration as shown, secrets masked. */
export const shownConfig = documentedAs(z.custom<JsonRecord>(), "TenantConfig");

export const tenantShape = named(
  "Tenant",
  z.strictObject({
    id: z.string(),
    display_name: z.string(),
    enabled: z.boolean(),
    source: z.enum(["file", "database", "both"]).describe("Where it stands; what the database says wins, key by key"),
    backend: z.string().describe("Base URL that it calls; empty when it has none"),
    policy: z.string().nullable().describe("File or name of its policy"),
    policy_version: z.string().nullable().describe("Content hash of what serves it; null while it is not served"),
    version: z.int().describe("Counts changes in the database, and is the `ETag`; 0 for one that is only in the file"),
    config: shownConfig.describe("What the database says, secrets masked"),
    created_at: time.nullable(),
    updated_at: time.nullable(),
    deleted_at: time.nullable().describe("When it was deleted; it can be restored until it is purged"),
  }).describe("A tenant"),
);

/** A tenant as shown; undefined when there is none. */
export function shownTenant(
  id: string,
  stored: StoredTenant | undefined,
  snapshot: Snapshot,
): z.input<typeof tenantShape> | undefined {
  const runtime = snapshot.runtimes.get(id);
  const merged = configuredTenant(snapshot, id);
  if (merged === undefined && stored === undefined) return undefined;
  return {
    id,
    display_name: merged?.config.displayName ?? id,
    enabled: merged?.config.enabled ?? false,
    source: stored === undefined ? "file" : merged?.filed === true ? "both" : "database",
    backend: String(maskSecrets(merged?.config.backend.url ?? "")),
    policy: runtime?.policy.file ?? null,
    policy_version: runtime?.version ?? null,
    version: stored?.version ?? 0,
    config: stored === undefined ? {} : masked(stored.config),
    created_at: stored?.created_at ?? null,
    updated_at: stored?.updated_at ?? null,
    deleted_at: null,
  };
}

/** A deleted tenant as shown. */
export function shownDeleted({ id, config, version, created_at, updated_at, deleted_at }: DeletedTenant): z.input<typeof tenantShape> {
  return {
    id,
    display_name: typeof config.display_name === "string" ? config.display_name : id,
    enabled: false,
    source: "database",
    backend: "",
    policy: null,
    policy_version: null,
    version,
    config: masked(config),
    created_at,
    updated_at,
    deleted_at,
  };
}

/** Secrets masked. */
export function masked(config: Readonly<Record<string, unknown>>): JsonRecord {
  return maskSecrets(config) as JsonRecord;
}
