import type { Migration } from "../store/migrate.ts";
import { trail } from "./migrations/001_trail.ts";
import { retentionIndex } from "./migrations/002_retention_index.ts";

/** The tables of `audit.db`; see `migrations/`. */
export interface TrailTables {
  records: {
    id: number;
    /** Unix ms. */
    time: number;
    request_id: string;
    decision: string;
    model: string;
    key_id: string | null;
    retention_days: number | null;
    body: string;
    hash: string;
  };
  facets: { kind: string; value: string; time: number; record_id: number };
  statements: { seq: number; body: string; signature: string };
  head: { only: number; body: string; signature: string };
}

export const migrations: readonly Migration[] = [trail, retentionIndex];
