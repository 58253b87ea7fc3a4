import type { Migration } from "../../store/migrate.ts";

/** Finds what is over its retention without reading what is not, however much a rule keeps for years. */
export const retentionIndex: Migration = {
  id: 2,
  name: "retention_index",
  sql: ["create index records_by_retention on records (retention_days, time, id)"],
};
