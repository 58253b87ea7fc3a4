import type { Migration } from "../../../store/migrate.ts";

/** Who changed what, in enough detail to be asked about; and every policy a tenant had, to go back to. */
export const LOG_AND_POLICIES: Migration = {
  id: 3,
  name: "log_and_policies",
  sql: [
    `alter table changes add column role text`,
    `alter table changes add column address text`,
    `alter table changes add column request_id text`,
    `alter table changes add column tenant text`,
    `create index changes_by_tenant on changes (tenant, id)`,
    `create index changes_by_time on changes (at)`,
    `create table policy_versions (tenant text not null, version integer not null, policy text not null, created_at text not null,
      created_by text not null, restored_from integer, primary key (tenant, version)) strict`,
  ],
};
