/** What the limits room shows: admission before a call, settlement after it, and the store that counts. */

/** Limits of one tenant or key; absent = unlimited. */
export interface LimitConfig {
  readonly requestsPerMinute?: number;
  /** Requests that may come at once. @default a minute's worth */
  readonly burst?: number;
  readonly tokensPerMinute?: number;
  /** Tokens that may be spent at once. @default a minute's worth */
  readonly burstTokens?: number;
  readonly concurrentRequests?: number;
}

export type LimitKind = "requests" | "tokens" | "concurrency";

/** What refused: a limit of the tenant, or one of the key that was used. A label of metrics, so the set is closed. */
export type LimitName = LimitKind | `key_${LimitKind}`;

/** Whom limits count for. Made by `subject()`. */
export interface Subject {
  readonly kind: "tenant" | "key";
  readonly tenant: string;
  /** Unique among all subjects of all gateways that share a store. */
  readonly id: string;
  readonly limits: LimitConfig;
  /** What one request takes from the bucket, as refill time; milliseconds, 0 = unlimited. */
  readonly requestMs: number;
  /** The whole bucket as refill time; milliseconds. */
  readonly requestSpanMs: number;
  /** The same for one token. */
  readonly tokenMs: number;
  readonly tokenSpanMs: number;
}

/**
 * How much of a subject's buckets is used up, as the time the refill needs to make up for it; a full bucket owes 0. Being time, it means the
 * same whatever the rate, so a changed limit goes on from where the old one stood.
 */
export interface Level {
  readonly requestsDebtMs: number;
  readonly tokensDebtMs: number;
  /** Requests under way. */
  readonly running: number;
}

/** What a store says to one request. */
export interface Verdict {
  readonly admitted: boolean;
  /** The limit that refuses longest; undefined when admitted. */
  readonly refusedBy: { readonly subject: Subject; readonly kind: LimitKind } | undefined;
  /** Until all limits would admit, if nobody else took anything; milliseconds, 0 when admitted. */
  readonly waitMs: number;
  /** In the order of the subjects, after this request was counted. */
  readonly levels: readonly Level[];
  /** Names what an admitted request holds, for `settle`; "" where the store needs no name. */
  readonly lease: string;
}

/** What an admitted request took. */
export interface Taken {
  readonly subjects: readonly Subject[];
  readonly tokens: number;
  readonly lease: string;
}

/**
 * Counts for every subject. `nowMs` is Unix milliseconds; a store with a clock of its own (Redis) goes by that. Every store passes
 * `tests/conformance/limit_store.ts`.
 */
export interface LimitStore {
  /** Checks all limits of all subjects, and takes from all or from none. @throws {LimitStoreError} when it cannot count. */
  admit(subjects: readonly Subject[], tokens: number, nowMs: number): Verdict | Promise<Verdict>;
  /** Ends a request: gives back or takes the difference to `actualTokens`. @returns levels after it. */
  settle(taken: Taken, actualTokens: number, nowMs: number): readonly Level[] | Promise<readonly Level[]>;
  /** A subject's level now; takes nothing. */
  peek(subject: Subject, nowMs: number): Level | Promise<Level>;
  close(): Promise<void>;
}

/** `full`: the table has no room for one more subject. `away`: the store does not answer. */
export class LimitStoreError extends Error {
  override readonly name = "LimitStoreError";
  constructor(readonly problem: "full" | "away", message: string, options?: { cause?: unknown }) {
    super(message, options);
  }
}

/** Holds what an admitted request reserved. */
export interface Reservation {
  /** Tokens reserved at admission. */
  readonly tokens: number;
  /**
   * Returns or takes the difference to what was really used, and frees the concurrency slot. Exactly once; later calls do nothing.
   * @returns the headers as they are after it, where the store can say so at once.
   */
  settle(actualTokens: number, nowMs: number): LimitHeaders | undefined;
}

/** `X-RateLimit-*` and, when refused, `Retry-After`. */
export type LimitHeaders = Readonly<Record<string, string>>;

export type Admission =
  | { readonly admitted: true; readonly reservation: Reservation; readonly headers: LimitHeaders }
  | {
    readonly admitted: false;
    readonly limit: LimitName;
    readonly retryAfterMs: number;
    readonly headers: LimitHeaders;
    readonly message: string;
  };

/** What asks for admission. */
export interface Demand {
  readonly tokens: number;
  /** The key that was used, where it has limits of its own. */
  readonly key?: KeyLimits | undefined;
  /** Aborted when the client leaves, so that it waits no longer. */
  readonly signal?: AbortSignal | undefined;
}

/** A gateway key with limits of its own, beside its tenant's. */
export interface KeyLimits {
  readonly id: string;
  readonly limits: LimitConfig;
}

/** Admission for one tenant: all limits of the tenant and the key are checked, and all or none are taken. */
export interface Limiter {
  /** `nowMs`: Unix milliseconds. @throws {LimitStoreError} when the store cannot count; the signal's reason when the client left the queue. */
  admit(demand: Demand, nowMs: number): Admission | Promise<Admission>;
  /** Whole requests that would be admitted now, for `/admin/tenant-info`; undefined without a request limit. */
  remainingRequests(nowMs: number): number | undefined | Promise<number | undefined>;
}
