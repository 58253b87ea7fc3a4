/** `rate_limit`, of a tenant, of a key, and of the whole process. */
import { z } from "zod";

/** What a key may have as well as a tenant. */
const limits = {
  requests_per_minute: z.int().min(1).max(100_000_000).optional().describe("Requests a minute, refilled continuously"),
  burst: z.int().min(1).max(100_000_000).optional().describe("Requests that may come at once; a minute's worth by default"),
  tokens_per_minute: z.int().min(1).max(10_000_000_000).optional().describe("Tokens a minute, prompt and completion"),
  burst_tokens: z.int().min(1).max(10_000_000_000).optional().describe("Tokens that may be spent at once; a minute's worth by default"),
  concurrent_requests: z.int().min(1).max(1_000_000).optional().describe("Requests at a time"),
};

/** `rate_limit` of a key, counted beside its tenant's. */
export const keyRateLimit = z.strictObject(limits);

/** `rate_limit` of a tenant. */
export const rateLimit = z.strictObject({
  ...limits,
  max_tokens_share: z.number().min(0).max(1).optional().describe(
    "Part of a request's max_tokens that is reserved before the answer; 1 by default, so that no limit is ever overdrawn by what was foreseeable",
  ),
  queue: z.strictObject({
    max_waiting: z.int().min(0).max(100_000).optional().describe(
      "Requests that may wait, further ones are refused; 100 by default, 0 = none",
    ),
    max_wait_ms: z.int().min(1).max(600_000).optional().describe("Longest wait, who would wait longer is refused at once; 1000 by default"),
  }).optional().describe("Let requests wait shortly instead of refusing them; off unless given"),
});

/** `rate_limit` at the top level: the tenants' limits where they have none, and how the process counts. */
export const processRateLimit = rateLimit.extend({
  store: z.string().regex(/^(memory|rediss?:\/\/\S+)$/, 'expected "memory", or a redis:// or rediss:// URL').optional().describe(
    "Where limits are counted: in this process, or in a Redis or Valkey that many gateways share; memory by default",
  ),
  store_timeout_ms: z.int().min(1).max(60_000).optional().describe("Until the store counts as away; 250 by default"),
  store_ca_path: z.string().optional().describe("Certificate authority of a rediss:// store, PEM; the system's by default"),
  on_store_error: z.enum(["local", "open", "closed"]).optional().describe(
    "While the store is away: count this gateway's share here, admit everything, or refuse everything; local by default",
  ),
  local_share: z.number().gt(0).max(1).optional().describe(
    "This gateway's share of every limit while the store is away; by default 1 divided by the gateways last seen in the store",
  ),
  max_subjects: z.int().min(64).max(1 << 20).optional().describe(
    "Tenants and keys with limits that can be counted at once in this process, rounded up to a power of two; 16384 by default",
  ),
  save_interval_ms: z.int().min(0).max(3_600_000).optional().describe(
    "How often what was used up is saved beside the tenant store, so that a restart forgives nothing; 1000 by default, 0 = never",
  ),
});

export type RateLimitFile = z.infer<typeof rateLimit>;
export type ProcessRateLimitFile = z.infer<typeof processRateLimit>;

/** How the process counts; complete. */
export interface LimitStoreConfig {
  /** `redis://` or `rediss://`; undefined = in this process. May hold a password. */
  readonly url: string | undefined;
  readonly timeoutMs: number;
  /** Absolute. */
  readonly caPath: string | undefined;
  readonly onError: "local" | "open" | "closed";
  readonly localShare: number | undefined;
  readonly maxSubjects: number;
  /** 0 = never. */
  readonly saveIntervalMs: number;
  /** Absolute. */
  readonly savePath: string;
}

/** The process-wide part. `absolute` resolves a path of the file; what was used up is saved beside `store`'s file, or in its folder for copies. */
export function limitStoreConfig(
  file: ProcessRateLimitFile = {},
  absolute: (path: string) => string,
  store: { readonly url: string; readonly copyFolder: string },
): LimitStoreConfig {
  return {
    url: file.store === undefined || file.store === "memory" ? undefined : file.store,
    timeoutMs: file.store_timeout_ms ?? 250,
    caPath: file.store_ca_path === undefined ? undefined : absolute(file.store_ca_path),
    onError: file.on_store_error ?? "local",
    localShare: file.local_share,
    maxSubjects: file.max_subjects ?? 16_384,
    saveIntervalMs: file.save_interval_ms ?? 1000,
    savePath: store.url.startsWith("file:") ? `${store.url.replace(/^file:(?:\/\/)?/, "")}.limits.json` : `${store.copyFolder}/limits.json`,
  };
}

/** The part that is a tenant's, for tenants that do not say. */
export function tenantPart(file: ProcessRateLimitFile | undefined): RateLimitFile | undefined {
  if (file === undefined) return undefined;
  const {
    store: _1,
    store_timeout_ms: _2,
    store_ca_path: _3,
    on_store_error: _4,
    local_share: _5,
    max_subjects: _6,
    save_interval_ms: _7,
    ...rest
  } = file;
  return rest;
}

/** A tenant's limits, merged. */
export interface RateLimitConfig {
  readonly requestsPerMinute?: number;
  readonly burst?: number;
  readonly tokensPerMinute?: number;
  readonly burstTokens?: number;
  readonly concurrentRequests?: number;
  /** Part of `max_tokens` that is reserved; 0–1. */
  readonly maxTokensShare: number;
  /** Undefined: nobody waits. */
  readonly queue: { readonly maxWaiting: number; readonly maxWaitMs: number } | undefined;
}

/** From the spelling of the file, of which undefined values are left out. */
export function rateLimitConfig(file: RateLimitFile): RateLimitConfig {
  const { requests_per_minute, burst, tokens_per_minute, burst_tokens, concurrent_requests, max_tokens_share, queue } = file;
  const maxWaiting = queue?.max_waiting ?? 100;
  return {
    ...(requests_per_minute !== undefined && { requestsPerMinute: requests_per_minute }),
    ...(burst !== undefined && { burst }),
    ...(tokens_per_minute !== undefined && { tokensPerMinute: tokens_per_minute }),
    ...(burst_tokens !== undefined && { burstTokens: burst_tokens }),
    ...(concurrent_requests !== undefined && { concurrentRequests: concurrent_requests }),
    maxTokensShare: max_tokens_share ?? 1,
    queue: queue === undefined || maxWaiting === 0 ? undefined : { maxWaiting, maxWaitMs: queue.max_wait_ms ?? 1000 },
  };
}

/** What is set and does nothing, in words. */
export function limitsWithoutEffect(limits: RateLimitConfig): readonly string[] {
  const { burst, requestsPerMinute, burstTokens, tokensPerMinute, concurrentRequests, queue } = limits;
  return [
    ...(burst !== undefined && requestsPerMinute === undefined ? ["burst has no effect without requests_per_minute"] : []),
    ...(burstTokens !== undefined && tokensPerMinute === undefined ? ["burst_tokens has no effect without tokens_per_minute"] : []),
    ...(queue !== undefined && requestsPerMinute === undefined && tokensPerMinute === undefined && concurrentRequests === undefined
      ? ["queue has no effect without a limit to wait for"]
      : []),
  ];
}
