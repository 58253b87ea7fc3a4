import type { Migration } from "../../store/migrate.ts";

/** Records, what they can be searched by, and what was signed about them. */
export const trail: Migration = {
  id: 1,
  name: "trail",
  sql: [
    // `body` is the canonical encoding that is hashed; the other columns repeat parts of it for the indexes, and verify compares them.
    `create table records (
      id integer primary key,
      time integer not null,
      request_id text not null,
      decision text not null,
      model text not null,
      key_id text,
      retention_days integer,
      body text not null,
      hash text not null
    ) strict`,
    "create index records_by_time on records (time, id)",
    "create index records_by_request on records (request_id)",
    "create index records_by_decision on records (decision, time, id)",
    "create index records_by_model on records (model, time, id)",
    "create index records_by_key on records (key_id, time, id) where key_id is not null",
    // kind: action | rule | regulation | phase
    `create table facets (
      kind text not null,
      value text not null,
      time integer not null,
      record_id integer not null,
      primary key (kind, value, time, record_id)
    ) strict, without rowid`,
    "create index facets_by_record on facets (record_id)",
    "create table statements (seq integer primary key, body text not null, signature text not null) strict",
    "create table head (only integer primary key check (only = 1), body text not null, signature text not null) strict",
  ],
};
