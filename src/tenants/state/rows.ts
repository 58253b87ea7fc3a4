/** Tenants and keys as the rest of the program sees them, and from their rows. */
import type { BudgetFile } from "../../config/budget.ts";
import type { Json } from "./merge_patch.ts";
import type { StateTables } from "./schema.ts";
import type { Sealing } from "./sealing.ts";

/** A tenant as stored. */
export interface StoredTenant {
  readonly id: string;
  /** The tenant's keys as in the YAML. */
  readonly config: { readonly [key: string]: Json };
  /** Counts changes, from 1. */
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
}

/** A tenant that was deleted and not purged. */
export interface DeletedTenant extends StoredTenant {
  readonly deleted_at: string;
}

/** What a key may do: call the API, or read its tenant's `/admin/tenant-info`. */
export type KeyScope = "proxy" | "tenant:read";
export const KEY_SCOPES: readonly KeyScope[] = ["proxy", "tenant:read"];

/** Limits of a key's own, in the spelling of the file. */
export interface KeyRateLimit {
  readonly requests_per_minute?: number | undefined;
  readonly burst?: number | undefined;
  readonly tokens_per_minute?: number | undefined;
  readonly burst_tokens?: number | undefined;
  readonly concurrent_requests?: number | undefined;
}

/** A key as shown; never the key. */
export interface StoredKey {
  readonly id: string;
  readonly tenant: string;
  readonly prefix: string;
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  readonly allowed_models: readonly string[] | null;
  readonly rate_limit: KeyRateLimit | null;
  readonly budget: BudgetFile | null;
  readonly created_at: string;
  readonly created_by: string | null;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
}

/** What a new key is made from. */
export interface NewKey {
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  readonly allowed_models?: readonly string[];
  readonly rate_limit?: KeyRateLimit;
  readonly budget?: BudgetFile;
  /** RFC 3339. */
  readonly expires_at?: string;
}

/** Rows of the state, or those of them that changed. */
export interface StateRows {
  /** Which store they are of. */
  readonly store: string;
  /** Number of the newest change in them. */
  readonly sequence: number;
  /** True when they are all there is; false when they are what changed. */
  readonly whole: boolean;
  readonly tenants: readonly StateTables["tenants"][];
  readonly keys: readonly StateTables["keys"][];
}

export function tenantOf({ id, config, version, created_at, updated_at }: StateTables["tenants"], sealing: Sealing): StoredTenant {
  return { id, config: sealing.open(id, config), version, created_at, updated_at };
}

/** One array for all keys that may do everything, which are nearly all. */
const EVERY_SCOPE = JSON.stringify(KEY_SCOPES);

export function keyOf(row: StateTables["keys"]): StoredKey {
  const { id, tenant, prefix, name, scopes, allowed_models, rate_limit, budget, created_at, created_by } = row;
  return {
    id,
    tenant,
    prefix,
    name,
    scopes: scopes === EVERY_SCOPE ? KEY_SCOPES : JSON.parse(scopes),
    allowed_models: allowed_models === null ? null : JSON.parse(allowed_models),
    rate_limit: rate_limit === null ? null : JSON.parse(rate_limit),
    budget: budget === null ? null : JSON.parse(budget),
    created_at,
    created_by,
    expires_at: row.expires_at,
    revoked_at: row.revoked_at,
    last_used_at: row.last_used_at,
  };
}
