/** What the limits room shows: admission before a call, settlement after it. */

/** Limits of one tenant or key; absent = unlimited. */
export interface LimitConfig {
  readonly requestsPerMinute?: number;
  readonly tokensPerMinute?: number;
  readonly concurrentRequests?: number;
}

export type LimitKind = "requests" | "tokens" | "concurrency";

/** Holds what an admitted request reserved. */
export interface Reservation {
  /** Tokens reserved at admission. */
  readonly tokens: number;
  /** Returns or takes the difference to what was really used, and frees the concurrency slot. Exactly once; later calls do nothing. */
  settle(actualTokens: number): void;
}

/** `X-RateLimit-*` and, when refused, `Retry-After`. */
export type LimitHeaders = Readonly<Record<string, string>>;

export type Admission =
  | { readonly admitted: true; readonly reservation: Reservation; readonly headers: LimitHeaders }
  | {
    readonly admitted: false;
    readonly limit: LimitKind;
    readonly retryAfterMs: number;
    readonly headers: LimitHeaders;
    readonly message: string;
  };

/** Admission for one tenant: all of its limits are checked, and all or none are taken. */
export interface Limiter {
  /** `nowMs`: Unix milliseconds. */
  admit(cost: { readonly tokens: number }, nowMs: number): Admission | Promise<Admission>;
  /** Whole requests that would be admitted now, for `/admin/tenant-info`; undefined without a request limit. */
  remainingRequests(nowMs: number): number | undefined;
}
