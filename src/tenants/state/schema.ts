/** The tables of tenant state. Times are RFC 3339, UTC; JSON columns hold what the admin API takes and gives. */
import type { Generated } from "kysely";
import type { Migration } from "../../store/migrate.ts";

export interface StateTables {
  tenants: {
    id: string;
    /** JSON of the tenant's keys, as in the YAML. */
    config: string;
    version: number;
    created_at: string;
    updated_at: string;
    deleted_at: string | null;
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
  };
  changes: {
    id: Generated<number>;
    at: string;
    actor: string;
    action: string;
    target: string;
    before: string | null;
    after: string | null;
  };
}

export const STATE_MIGRATIONS: readonly Migration[] = [{
  id: 1,
  name: "tenant_state",
  sql: [
    `create table tenants (id text primary key, config text not null, version integer not null, created_at text not null,
      updated_at text not null, deleted_at text) strict`,
    `create table keys (id text primary key, tenant text not null, digest text not null unique, prefix text not null, name text not null,
      scopes text not null, allowed_models text, created_at text not null, expires_at text, revoked_at text, last_used_at text) strict`,
    `create index keys_by_tenant on keys (tenant)`,
    `create table changes (id integer primary key, at text not null, actor text not null, action text not null, target text not null,
      before text, after text) strict`,
  ],
}];
