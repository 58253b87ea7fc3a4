/** Gateway keys in memory, by digest: what every request looks up. Filled from the database, in this thread or another. */
import type { KeyOwner } from "../resolve.ts";
import { budgetConfig } from "../../config/budget.ts";
import type { LimitConfig } from "../../limits/types.ts";
import type { KeyRateLimit, StoredKey } from "./rows.ts";

interface MirroredKey {
  readonly digest: string;
  readonly key: StoredKey;
  readonly expiresMs: number;
  /** Made once: every request of the key is given this one. */
  readonly owner: KeyOwner;
}

export class KeyMirror {
  readonly #byDigest = new Map<string, MirroredKey>();
  readonly #byId = new Map<string, MirroredKey>();
  readonly #byTenant = new Map<string, Set<string>>();
  /** Keys used since they were last taken, and when; Unix milliseconds. */
  #used = new Map<string, number>();
  readonly #followers = new Set<(digest: string, key: StoredKey) => void>();

  /** @param now Unix milliseconds. */
  constructor(readonly now: () => number) {}

  /** The owner of a live key, in constant time; notes that it was used. */
  findKey(digest: string): KeyOwner | undefined {
    const found = this.#byDigest.get(digest);
    if (found === undefined || found.key.revoked_at !== null) return undefined;
    const now = this.now();
    if (now >= found.expiresMs) return undefined;
    this.#used.set(found.owner.keyId, now);
    return found.owner;
  }

  /** True also for keys that were revoked or expired: none of them may ever reach a backend. */
  isKey(digest: string): boolean {
    return this.#byDigest.has(digest);
  }

  /** A key by its digest, live or not. */
  byDigest(digest: string): StoredKey | undefined {
    return this.#byDigest.get(digest)?.key;
  }

  get(id: string): { readonly digest: string; readonly key: StoredKey } | undefined {
    return this.#byId.get(id);
  }

  /** A tenant's keys, live or not, the oldest first. */
  ofTenant(tenant: string): StoredKey[] {
    return [...this.#byTenant.get(tenant) ?? []].map((id) => this.#byId.get(id)!.key)
      .sort((a, b) => a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : 0);
  }

  /** Every key there ever was, live or not. */
  *entries(): Iterable<readonly [digest: string, key: StoredKey]> {
    for (const { digest, key } of this.#byId.values()) yield [digest, key];
  }

  /** Adds a key, or takes the place of what was known of it. */
  set(digest: string, key: StoredKey): void {
    const expiresMs = key.expires_at === null ? Infinity : Date.parse(key.expires_at);
    const entry: MirroredKey = { digest, key, expiresMs, owner: ownerOf(key) };
    this.#byDigest.set(digest, entry);
    this.#byId.set(key.id, entry);
    let ids = this.#byTenant.get(key.tenant);
    if (ids === undefined) this.#byTenant.set(key.tenant, ids = new Set());
    ids.add(key.id);
    for (const follower of this.#followers) follower(digest, key);
  }

  /** Shows when a key was last used; nobody who follows needs to know. */
  stamp(id: string, last_used_at: string): void {
    const entry = this.#byId.get(id);
    if (entry === undefined) return;
    const next = { ...entry, key: { ...entry.key, last_used_at } };
    this.#byId.set(id, next);
    this.#byDigest.set(entry.digest, next);
  }

  /** Notes a use that was seen elsewhere; `ms`: Unix milliseconds. */
  used(id: string, ms: number): void {
    this.#used.set(id, Math.max(ms, this.#used.get(id) ?? 0));
  }

  /** The uses since the last call. */
  takeUsed(): ReadonlyMap<string, number> {
    const used = this.#used;
    this.#used = new Map();
    return used;
  }

  /** Tells every `set` from now on. Returns what ends that. */
  follow(follower: (digest: string, key: StoredKey) => void): () => void {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }
}

function ownerOf({ id, tenant, scopes, allowed_models, rate_limit, budget }: StoredKey): KeyOwner {
  const spendable = budget === null ? undefined : budgetConfig(budget);
  return {
    keyId: id,
    tenant,
    scopes,
    ...(allowed_models !== null && { allowedModels: allowed_models }),
    ...(rate_limit !== null && { rateLimit: limitsOf(rate_limit) }),
    ...(spendable !== undefined && { budget: spendable }),
  };
}

function limitsOf(limit: KeyRateLimit): LimitConfig {
  const { requests_per_minute, burst, tokens_per_minute, burst_tokens, concurrent_requests } = limit;
  return {
    ...(requests_per_minute !== undefined && { requestsPerMinute: requests_per_minute }),
    ...(burst !== undefined && { burst }),
    ...(tokens_per_minute !== undefined && { tokensPerMinute: tokens_per_minute }),
    ...(burst_tokens !== undefined && { burstTokens: burst_tokens }),
    ...(concurrent_requests !== undefined && { concurrentRequests: concurrent_requests }),
  };
}
