import type { Migration } from "../../../store/migrate.ts";

/**
 * What was used, by hour; sums by day and month for budgets, which followers ask for by sequence; and which writings were done, so that one
 * whose answer got lost is not counted twice.
 */
export const USAGE: Migration = {
  id: 4,
  name: "usage",
  sql: [
    `create table usage (tenant text not null, hour text not null, key text not null, model text not null, requests integer not null,
      blocked integer not null, redacted integer not null, prompt_tokens integer not null, completion_tokens integer not null,
      primary key (tenant, hour, key, model)) strict, without rowid`,
    `create index usage_by_hour on usage (hour)`,
    `create table usage_totals (scope text not null, period text not null, tokens integer not null, sequence integer not null,
      primary key (scope, period)) strict, without rowid`,
    `create index usage_totals_by_sequence on usage_totals (period, sequence)`,
    `create table usage_writings (id text primary key, at text not null) strict, without rowid`,
    `alter table state add column usage_sequence integer not null default 0`,
  ],
};
