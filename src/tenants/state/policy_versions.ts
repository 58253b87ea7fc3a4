/** Every policy that a tenant had by the database, newest last, to go back to. */
import type { Kysely, Transaction } from "kysely";
import type { Json } from "./merge_patch.ts";
import type { StateTables } from "./schema.ts";

/** A policy as the database says it: a file, or its text. */
export type StoredPolicy = { readonly path: string } | { readonly text: string };

export interface PolicyVersion {
  /** 1, 2, 3 … per tenant. */
  readonly version: number;
  readonly policy: StoredPolicy;
  readonly created_at: string;
  readonly created_by: string;
  /** The version whose policy this one brought back. */
  readonly restored_from: number | null;
}

/** Versions kept per tenant; older ones go. */
const KEPT = 100;

/** The policy that a tenant's stored configuration names; undefined when it names none. */
export function policyOf(config: { readonly [key: string]: Json }): StoredPolicy | undefined {
  if (typeof config.policy_path === "string") return { path: config.policy_path };
  const { policy } = config;
  if (typeof policy !== "object" || policy === null || Array.isArray(policy)) return undefined;
  const { path, text } = policy as { readonly [key: string]: Json };
  if (typeof text === "string") return { text };
  return typeof path === "string" ? { path } : undefined;
}

/** The configuration with another policy. */
export function withPolicy(config: { readonly [key: string]: Json }, policy: StoredPolicy): { readonly [key: string]: Json } {
  const { policy: _, policy_path: __, ...rest } = config;
  return { ...rest, policy: { ...policy } };
}

/** Adds a version when the policy is another one than the newest. */
export async function notePolicy(
  tx: Transaction<StateTables>,
  tenant: string,
  policy: StoredPolicy | undefined,
  made: { readonly at: string; readonly by: string; readonly restoredFrom?: number },
): Promise<void> {
  if (policy === undefined) return;
  const newest = await tx.selectFrom("policy_versions").selectAll().where("tenant", "=", tenant).orderBy("version", "desc").limit(1)
    .executeTakeFirst();
  const text = JSON.stringify(policy);
  if (newest?.policy === text && made.restoredFrom === undefined) return;
  const version = (newest?.version ?? 0) + 1;
  await tx.insertInto("policy_versions").values({
    tenant,
    version,
    policy: text,
    created_at: made.at,
    created_by: made.by,
    restored_from: made.restoredFrom ?? null,
  }).execute();
  await tx.deleteFrom("policy_versions").where("tenant", "=", tenant).where("version", "<=", version - KEPT).execute();
}

/** Versions, newest first; `below`: only those before this one. */
export async function readVersions(
  db: Kysely<StateTables>,
  tenant: string,
  { limit, below }: { readonly limit: number; readonly below?: number | undefined },
): Promise<PolicyVersion[]> {
  let query = db.selectFrom("policy_versions").selectAll().where("tenant", "=", tenant).orderBy("version", "desc").limit(limit);
  if (below !== undefined) query = query.where("version", "<", below);
  return (await query.execute()).map(versionOf);
}

export async function readVersion(db: Kysely<StateTables>, tenant: string, version: number): Promise<PolicyVersion | undefined> {
  const row = await db.selectFrom("policy_versions").selectAll().where("tenant", "=", tenant).where("version", "=", version)
    .executeTakeFirst();
  return row === undefined ? undefined : versionOf(row);
}

/**
 * Where one step back from `newest` leads: before the version that it stands for, so that going back twice goes back two versions and
 * does not come back.
 */
export function stepBack(newest: PolicyVersion): number {
  return (newest.restored_from ?? newest.version) - 1;
}

function versionOf({ tenant: _, policy, ...row }: StateTables["policy_versions"]): PolicyVersion {
  return { ...row, policy: JSON.parse(policy) };
}
