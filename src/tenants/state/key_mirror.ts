/** Gateway keys in memory, by digest: what every request looks up. Filled from the database, in this thread or another. */
import type { KeyOwner } from "../resolve.ts";
import type { StoredKey } from "./store.ts";

interface MirroredKey {
  readonly digest: string;
  readonly key: StoredKey;
  readonly expiresMs: number;
}

export class KeyMirror {
  readonly #byDigest = new Map<string, MirroredKey>();
  readonly #byId = new Map<string, MirroredKey>();
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
    const { id, tenant, scopes, allowed_models } = found.key;
    this.#used.set(id, now);
    return { keyId: id, tenant, scopes, ...(allowed_models !== null && { allowedModels: allowed_models }) };
  }

  /** True also for keys that were revoked or expired: none of them may ever reach a backend. */
  isKey(digest: string): boolean {
    return this.#byDigest.has(digest);
  }

  get(id: string): { readonly digest: string; readonly key: StoredKey } | undefined {
    return this.#byId.get(id);
  }

  /** Every key there ever was, live or not. */
  *entries(): Iterable<readonly [digest: string, key: StoredKey]> {
    for (const { digest, key } of this.#byId.values()) yield [digest, key];
  }

  /** Adds a key, or takes the place of what was known of it. */
  set(digest: string, key: StoredKey): void {
    const entry: MirroredKey = { digest, key, expiresMs: key.expires_at === null ? Infinity : Date.parse(key.expires_at) };
    this.#byDigest.set(digest, entry);
    this.#byId.set(key.id, entry);
    for (const follower of this.#followers) follower(digest, key);
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
