/** What a new key is: 256 random bits, and the row that knows it by its digest. */
import { randomBytes, randomUUID } from "node:crypto";
import { KEY_PREFIX, keyDigest } from "../resolve.ts";
import type { NewKey, StoredKey } from "./rows.ts";
import type { StateTables } from "./schema.ts";

/** The last time that RFC 3339 can write; Unix ms. */
const LAST_TIME_MS = Date.parse("9999-12-31T23:59:59.999Z");

export function makeSecret(): string {
  return KEY_PREFIX + randomBytes(32).toString("base64url");
}

export interface KeyMaking {
  readonly pepper: string | undefined;
  /** RFC 3339. */
  readonly at: string;
  /** Name of who makes it. */
  readonly by: string;
}

export function newKeyRow(
  tenant: string,
  secret: string,
  { name, scopes, allowed_models, rate_limit, budget, expires_at }: NewKey,
  { pepper, at, by }: KeyMaking,
): Omit<StateTables["keys"], "sequence"> {
  const json = (value: unknown) => value === undefined ? null : JSON.stringify(value);
  return {
    id: `key_${randomUUID().replaceAll("-", "")}`,
    tenant,
    digest: keyDigest(secret, pepper),
    // Enough to know it again, and far from enough to guess the rest.
    prefix: secret.slice(0, secret.startsWith(KEY_PREFIX) ? KEY_PREFIX.length + 6 : Math.min(6, secret.length >> 2)),
    name,
    scopes: JSON.stringify(scopes),
    allowed_models: json(allowed_models),
    rate_limit: json(rate_limit),
    budget: json(budget),
    created_at: at,
    created_by: by,
    expires_at: expires_at ?? null,
    revoked_at: null,
    last_used_at: null,
  };
}

/** What a rotated key hands on; one that lasts for a time is followed by one that lasts as long from `nowMs` on. */
export function likeKey({ name, scopes, allowed_models, rate_limit, budget, created_at, expires_at }: StoredKey, nowMs: number): NewKey {
  return {
    name,
    scopes,
    ...(allowed_models !== null && { allowed_models }),
    ...(rate_limit !== null && { rate_limit }),
    ...(budget !== null && { budget }),
    ...(expires_at !== null && {
      expires_at: new Date(Math.min(nowMs + Date.parse(expires_at) - Date.parse(created_at), LAST_TIME_MS)).toISOString(),
    }),
  };
}
