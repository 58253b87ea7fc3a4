/** Verdicts of classifiers that cost a network call, remembered per tenant. */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { Score } from "./types.ts";

/** `inference_cache:` of a definition; `true` and `false` mean the defaults and none. */
export const cacheOptions = z.union([
  z.boolean().transform((enabled) => ({ enabled, max_entries: 10_000, ttl_seconds: 3600 })),
  z.strictObject({
    enabled: z.boolean().default(true),
    /** Per tenant; the least recently used goes first. */
    max_entries: z.int().min(1).max(1_000_000).default(10_000),
    ttl_seconds: z.number().positive().default(3600),
  }),
]);
export type CacheOptions = z.infer<typeof cacheOptions>;

interface Entry {
  readonly score: Score;
  /** Milliseconds of `now`. */
  readonly until: number;
}

/**
 * A bounded cache with a map of its own for each tenant: no tenant sees, or evicts, what another asked. Keys are digests, so a
 * memory dump holds no prompts.
 */
export class VerdictCache {
  readonly #byTenant = new Map<string, Map<string, Entry>>();

  constructor(readonly options: CacheOptions, readonly now: () => number) {}

  /** The key of a text; the role and phase belong to it because they are sent along. */
  static key(...parts: readonly string[]): string {
    const hash = createHash("sha256");
    for (const part of parts) hash.update(`${part.length}:`).update(part);
    return hash.digest("base64");
  }

  get(tenant: string, key: string): Score | undefined {
    const entries = this.#byTenant.get(tenant);
    const entry = entries?.get(key);
    if (entries === undefined || entry === undefined) return undefined;
    entries.delete(key);
    if (entry.until <= this.now()) return undefined;
    entries.set(key, entry);
    return entry.score;
  }

  set(tenant: string, key: string, score: Score): void {
    if (!this.options.enabled) return;
    let entries = this.#byTenant.get(tenant);
    if (entries === undefined) this.#byTenant.set(tenant, entries = new Map());
    entries.delete(key);
    entries.set(key, { score, until: this.now() + this.options.ttl_seconds * 1000 });
    for (const oldest of entries.keys()) {
      if (entries.size <= this.options.max_entries) break;
      entries.delete(oldest);
    }
  }

  /** Entries of a tenant, expired ones included. */
  size(tenant: string): number {
    return this.#byTenant.get(tenant)?.size ?? 0;
  }
}
