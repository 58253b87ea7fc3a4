/**
 * The arithmetic of token buckets that refill continuously. A bucket is kept as its debt: the time in which the refill makes up for what was
 * taken (the virtual scheduling form of GCRA, ITU-T I.371, relative to now). A debt above the bucket's span is overdraft, paid by waiting.
 */
import type { Level, LimitConfig, LimitKind, Subject } from "./types.ts";

const MINUTE_MS = 60_000;

/** Absorbs rounding in sums of refill times, far below one request or token; milliseconds. */
const ROUNDING_MS = 1e-6;

/** A subject with its refill times worked out. `id` is that of the tenant, or of the key. */
export function subject(kind: "tenant" | "key", tenant: string, id: string, limits: LimitConfig): Subject {
  const { requestsPerMinute, tokensPerMinute, burst, burstTokens } = limits;
  const requestMs = requestsPerMinute === undefined ? 0 : MINUTE_MS / requestsPerMinute;
  const tokenMs = tokensPerMinute === undefined ? 0 : MINUTE_MS / tokensPerMinute;
  return {
    kind,
    tenant,
    id: kind === "tenant" ? `tenant:${tenant}` : `key:${tenant}:${id}`,
    limits,
    requestMs,
    requestSpanMs: burst === undefined ? MINUTE_MS : burst * requestMs,
    tokenMs,
    tokenSpanMs: burstTokens === undefined ? MINUTE_MS : burstTokens * tokenMs,
  };
}

/** Whether anything of a subject is to be counted. */
export function isLimited({ requestMs, tokenMs, limits }: Subject): boolean {
  return requestMs > 0 || tokenMs > 0 || limits.concurrentRequests !== undefined;
}

/** The part `share` (0–1] of a subject's limits; at least one request at a time. */
export function shareOf(whole: Subject, share: number): Subject {
  const { requestMs, tokenMs, limits: { concurrentRequests } } = whole;
  return {
    ...whole,
    // The same spans at a lower rate: rate and burst shrink alike.
    requestMs: requestMs / share,
    tokenMs: tokenMs / share,
    limits: {
      ...whole.limits,
      ...(concurrentRequests !== undefined && { concurrentRequests: Math.max(1, Math.floor(concurrentRequests * share)) }),
    },
  };
}

/** Milliseconds until a bucket can give `costMs`; 0 when it can now. A cost above the bucket waits for a full one, and overdraws it. */
export function waitFor(debtMs: number, costMs: number, spanMs: number): number {
  const waitMs = debtMs + Math.min(costMs, spanMs) - spanMs;
  return waitMs <= ROUNDING_MS ? 0 : waitMs;
}

/** How long to wait before asking again when too many requests are under way: nobody knows when one ends; milliseconds. */
export const CONCURRENCY_WAIT_MS = 1000;

/** What refuses longest, or undefined when all limits of `subject` admit a request of `tokens`. */
export function refusal(subject: Subject, level: Level, tokens: number): { readonly kind: LimitKind; readonly waitMs: number } | undefined {
  const { requestMs, tokenMs, limits: { concurrentRequests } } = subject;
  let found: { kind: LimitKind; waitMs: number } | undefined;
  if (concurrentRequests !== undefined && level.running >= concurrentRequests) found = { kind: "concurrency", waitMs: CONCURRENCY_WAIT_MS };
  if (requestMs > 0) {
    const waitMs = waitFor(level.requestsDebtMs, requestMs, subject.requestSpanMs);
    if (waitMs > (found?.waitMs ?? 0)) found = { kind: "requests", waitMs };
  }
  if (tokenMs > 0) {
    const waitMs = waitFor(level.tokensDebtMs, tokens * tokenMs, subject.tokenSpanMs);
    if (waitMs > (found?.waitMs ?? 0)) found = { kind: "tokens", waitMs };
  }
  return found;
}

/** Whole units left in a bucket; never negative. */
export function remaining(debtMs: number, unitMs: number, spanMs: number): number {
  return Math.max(0, Math.floor((spanMs - debtMs + ROUNDING_MS) / unitMs));
}
