/** Reading usage: sums over a range, by whatever groups are asked for. */
import { type Kysely, sql } from "kysely";
import type { StateTables } from "../tenants/state/schema.ts";
import type { UsageRow } from "./schema.ts";

/** Most rows of an answer. */
export const MAX_USAGE_ROWS = 100_000;

/** Ways to group. */
export const USAGE_GROUPS = ["tenant", "key", "model", "hour", "day"] as const;
export type UsageGroup = (typeof USAGE_GROUPS)[number];

/** The sums of one group. */
export type UsageSums =
  & Partial<Record<UsageGroup, string>>
  & Pick<UsageRow, "requests" | "blocked" | "redacted" | "prompt_tokens" | "completion_tokens">;

export interface UsageQuery {
  /** All tenants by default. */
  readonly tenant?: string | undefined;
  /** First hour; Unix ms. */
  readonly fromMs: number;
  /** The range ends before the hour that begins here or later; Unix ms. */
  readonly toMs: number;
  readonly groupBy: readonly UsageGroup[];
  readonly limit: number;
}

/** Sums by group, in order of the groups. Hours are RFC 3339 times, days dates, both UTC. */
export async function readUsage(db: Kysely<StateTables>, { tenant, fromMs, toMs, groupBy, limit }: UsageQuery): Promise<UsageSums[]> {
  const expressions = {
    tenant: sql<string>`tenant`,
    key: sql<string>`key`,
    model: sql<string>`model`,
    hour: sql<string>`hour || ':00:00Z'`,
    day: sql<string>`substr(hour, 1, 10)`,
  };
  const hour = (ms: number) => new Date(ms).toISOString().slice(0, 13);
  // The hour in which the range ends counts, unless the range ends with its first moment.
  let query = db.selectFrom("usage").where("hour", ">=", hour(fromMs)).where("hour", "<=", hour(toMs - 1));
  if (tenant !== undefined) query = query.where("tenant", "=", tenant);
  const sum = (column: string) => sql<number>`coalesce(sum(${sql.ref(column)}), 0)`;
  let grouped = query.select([
    ...groupBy.map((group) => expressions[group].as(group)),
    sum("requests").as("requests"),
    sum("blocked").as("blocked"),
    sum("redacted").as("redacted"),
    sum("prompt_tokens").as("prompt_tokens"),
    sum("completion_tokens").as("completion_tokens"),
  ]);
  for (const group of groupBy) grouped = grouped.groupBy(expressions[group]).orderBy(expressions[group]);
  return await grouped.limit(limit).execute();
}

/** As CSV (RFC 4180) with a head. */
export function usageCsv(rows: readonly UsageSums[], groupBy: readonly UsageGroup[]): string {
  const columns = [...groupBy, "requests", "blocked", "redacted", "prompt_tokens", "completion_tokens"] as const;
  return [columns.join(","), ...rows.map((row) => columns.map((column) => cell(row[column])).join(","))].map((line) => `${line}\r\n`).join(
    "",
  );
}

function cell(value: string | number | undefined): string {
  if (typeof value === "number") return String(value);
  const text = value ?? "";
  // A model is what a client called it: a spreadsheet must not take it for a formula.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
