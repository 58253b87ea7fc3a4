/** `X-RateLimit-*`: what is left, as the contract and as OpenAI name it. */
import { remaining } from "./rate.ts";
import type { Level, LimitHeaders, Subject } from "./types.ts";

/** Absorbs rounding where a wait becomes whole seconds; milliseconds. */
const ROUNDING_MS = 1e-3;

/**
 * Headers of one answer. Where tenant and key both have a limit, those of the one with less left. `-Limit` is the size of the bucket, so
 * `-Remaining` never exceeds it; `-Reset` is when it is full again, in Unix seconds.
 * @param levels In the order of `subjects`; empty where nobody counts.
 */
export function limitHeaders(subjects: readonly Subject[], levels: readonly Level[], nowMs: number): LimitHeaders {
  const headers: Record<string, string> = {};
  let least = Infinity;
  let leastTokens = Infinity;
  for (let i = 0; i < subjects.length; i++) {
    const { requestMs, requestSpanMs, tokenMs, tokenSpanMs } = subjects[i]!;
    const level = levels[i];
    if (level === undefined) continue;
    const { requestsDebtMs, tokensDebtMs } = level;
    if (requestMs > 0) {
      const left = remaining(requestsDebtMs, requestMs, requestSpanMs);
      if (left < least) {
        least = left;
        const limit = String(Math.round(requestSpanMs / requestMs));
        headers["X-RateLimit-Limit"] = headers["X-RateLimit-Limit-Requests"] = limit;
        headers["X-RateLimit-Remaining"] = headers["X-RateLimit-Remaining-Requests"] = String(left);
        headers["X-RateLimit-Reset"] = String(unixSeconds(nowMs + requestsDebtMs));
        headers["X-RateLimit-Reset-Requests"] = duration(requestsDebtMs);
      }
    }
    if (tokenMs > 0) {
      const left = remaining(tokensDebtMs, tokenMs, tokenSpanMs);
      if (left < leastTokens) {
        leastTokens = left;
        headers["X-RateLimit-Limit-Tokens"] = String(Math.round(tokenSpanMs / tokenMs));
        headers["X-RateLimit-Remaining-Tokens"] = String(left);
        // OpenAI has a duration under this name; the contract's Unix seconds win.
        headers["X-RateLimit-Reset-Tokens"] = String(unixSeconds(nowMs + tokensDebtMs));
      }
    }
  }
  return headers;
}

/** Whole seconds after which a request would be admitted if nobody else asked; at least 1. */
export function retryAfterSeconds(waitMs: number): number {
  return Math.max(1, Math.ceil((waitMs - ROUNDING_MS) / 1000));
}

/** As OpenAI writes it: `20ms`, `1.5s`, `6m0s`, `1h0m0s`. */
export function duration(ms: number): string {
  const whole = Math.ceil(ms - ROUNDING_MS);
  if (whole < 1000) return `${Math.max(0, whole)}ms`;
  const hours = Math.floor(whole / 3_600_000);
  const minutes = Math.floor(whole / 60_000) % 60;
  const seconds = `${(whole % 60_000) / 1000}s`;
  return hours > 0 ? `${hours}h${minutes}m${seconds}` : minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

function unixSeconds(ms: number): number {
  return Math.ceil((ms - ROUNDING_MS) / 1000);
}
