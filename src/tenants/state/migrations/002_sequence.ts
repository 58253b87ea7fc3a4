import type { Migration } from "../../../store/migrate.ts";

/** Every change gets the next number of one sequence: who mirrors the state asks only for what is newer than it knows. */
export const SEQUENCE: Migration = {
  id: 2,
  name: "sequence",
  sql: [
    `create table state (id integer primary key check (id = 1), store text not null, sequence integer not null) strict`,
    `insert into state (id, store, sequence) values (1, lower(hex(randomblob(16))), 1)`,
    `alter table tenants add column sequence integer not null default 1`,
    `alter table keys add column sequence integer not null default 1`,
    `alter table keys add column rate_limit text`,
    `alter table keys add column budget text`,
    `alter table keys add column created_by text`,
    `create index tenants_by_sequence on tenants (sequence)`,
    `create index keys_by_sequence on keys (sequence)`,
  ],
};
