/** From a tenant's `audit` settings to how its trail is kept; keys come from the environment. */
import type { AuditStoreOptions } from "../audit/open.ts";
import type { Environment, TenantConfig } from "../config/mod.ts";

/** @throws {Error} when an environment variable that the settings name is not set: a trail is never silently kept in clear text. */
export function auditOptions({ id, audit }: TenantConfig, env: Environment): AuditStoreOptions {
  const secret = (name: string | undefined, what: string) => {
    if (name === undefined) return undefined;
    const value = env(name);
    if (value === undefined || value === "") throw new Error(`Tenant "${id}": ${what} names ${name}, which is not set in the environment`);
    return value;
  };
  const encryptionKey = secret(audit.encryptionKeyEnv, "audit.encryption_key_env");
  const signingKeyPem = secret(audit.signingKeyEnv, "audit.signing_key_env");
  return {
    tenant: id,
    directory: audit.path,
    // The recorder decides which texts a record carries: what the tenant's settings ask for, and what rules that fired ask for.
    include: ["input", "output"],
    retentionDays: audit.retentionDays,
    legalHold: audit.legalHold,
    durability: audit.durability,
    maxQueue: audit.maxQueue,
    ...(audit.maxBytes !== undefined && { maxBytes: audit.maxBytes }),
    ...(encryptionKey !== undefined && { encryptionKey }),
    ...(signingKeyPem !== undefined && { signingKeyPem }),
    // A disk that is full at the start is no reason not to start: `on_error` says what it means for requests.
    retryOpen: true,
  };
}
