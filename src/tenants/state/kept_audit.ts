/** Whether a deleted tenant's audit trail still has something to keep. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { openAuditStore } from "../../audit/open.ts";
import type { Environment, TenantConfig } from "../../config/mod.ts";
import { auditOptions } from "../audit_options.ts";

const DAY_MS = 86_400_000;

/** A tenant's records are still to be kept, so it cannot be purged. */
export class AuditKeptError extends Error {
  override readonly name = "AuditKeptError";
  /** @param until RFC 3339; undefined under legal hold. */
  constructor(readonly id: string, readonly until: string | undefined) {
    super(
      until === undefined
        ? `The audit trail of tenant "${id}" is under legal hold`
        : `The audit trail of tenant "${id}" has records to be kept until ${until}`,
    );
  }
}

/**
 * Prunes what is over its retention, and passes when nothing is left. What remains of the trail then are signed statements of what was
 * removed, which hold no content. @throws {AuditKeptError} @throws {AuditError}
 */
export async function releaseAudit(config: TenantConfig, env: Environment): Promise<void> {
  const { path, legalHold, retentionDays } = config.audit;
  if (!existsSync(join(path, "audit.db"))) return;
  const trail = await openAuditStore({ ...auditOptions(config, env), retryOpen: false });
  try {
    await trail.maintain();
    const [newest] = (await trail.query({ limit: 1 })).records;
    if (newest === undefined) return;
    if (legalHold) throw new AuditKeptError(config.id, undefined);
    const days = Math.max(retentionDays, newest.retention_days ?? 0);
    throw new AuditKeptError(config.id, new Date(Date.parse(newest.timestamp) + days * DAY_MS).toISOString());
  } finally {
    await trail.close();
  }
}
