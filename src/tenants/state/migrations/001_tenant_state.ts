import type { Migration } from "../../../store/migrate.ts";

export const TENANT_STATE: Migration = {
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
};
