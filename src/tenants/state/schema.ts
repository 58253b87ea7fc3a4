/** The tables of tenant state. Times are RFC 3339, UTC; JSON columns hold what the admin API takes and gives. */
import type { Generated } from "kysely";
import type { Migration } from "../../store/migrate.ts";
import { TENANT_STATE } from "./migrations/001_tenant_state.ts";
import type { UsageTables } from "../../usage/schema.ts";
import { SEQUENCE } from "./migrations/002_sequence.ts";
import { LOG_AND_POLICIES } from "./migrations/003_log_and_policies.ts";
import { USAGE } from "./migrations/004_usage.ts";

export interface StateTables extends UsageTables {
  tenants: {
    id: string;
    /** JSON of the tenant's keys, as in the YAML, with its secrets sealed. */
    config: string;
    version: number;
    created_at: string;
    updated_at: string;
    deleted_at: string | null;
    /** Number of the change that made it what it is. */
    sequence: number;
  };
  keys: {
    id: string;
    tenant: string;
    /** SHA-256 (with the pepper when set), hex; the key itself is kept nowhere. */
    digest: string;
    prefix: string;
    name: string;
    scopes: string;
    allowed_models: string | null;
    created_at: string;
    expires_at: string | null;
    revoked_at: string | null;
    last_used_at: string | null;
    sequence: number;
    rate_limit: string | null;
    budget: string | null;
    created_by: string | null;
  };
  /** One row. */
  state: {
    id: number;
    /** Random, made with the database: tells one store from another, and from its restored backup nothing. */
    store: string;
    /** Number of the newest change. */
    sequence: number;
    /** Number of the newest writing of usage. */
    usage_sequence: number;
  };
  changes: {
    id: Generated<number>;
    at: string;
    actor: string;
    action: string;
    target: string;
    before: string | null;
    after: string | null;
    role: string | null;
    address: string | null;
    request_id: string | null;
    tenant: string | null;
  };
  policy_versions: {
    tenant: string;
    version: number;
    /** JSON: `{path}` or `{text}`. */
    policy: string;
    created_at: string;
    created_by: string;
    restored_from: number | null;
  };
}

export const STATE_MIGRATIONS: readonly Migration[] = [TENANT_STATE, SEQUENCE, LOG_AND_POLICIES, USAGE];
