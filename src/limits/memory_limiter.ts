/** Limits of one tenant, kept in this process: requests and tokens per minute, requests at a time. All are checked, then all or none taken. */
import { Bucket } from "./bucket.ts";
import type { Admission, LimitConfig, Limiter, LimitKind, Reservation } from "./types.ts";

export class MemoryLimiter implements Limiter {
  readonly #requests: Bucket | undefined;
  readonly #tokens: Bucket | undefined;
  /** Requests under way, those of the limiter before this one included. */
  readonly #running: { count: number };

  /** @param before The limiter whose place this one takes: what was used up there stays used up, so that a change is no way around a limit. */
  constructor(readonly config: LimitConfig, nowMs: number, before?: MemoryLimiter) {
    const { requestsPerMinute, tokensPerMinute } = config;
    const requests = before === undefined ? undefined : before.#requests;
    const tokens = before === undefined ? undefined : before.#tokens;
    if (requestsPerMinute !== undefined) this.#requests = bucketFor(requestsPerMinute, requests, nowMs);
    if (tokensPerMinute !== undefined) this.#tokens = bucketFor(tokensPerMinute, tokens, nowMs);
    this.#running = before === undefined ? { count: 0 } : before.#running;
  }

  admit({ tokens }: { readonly tokens: number }, nowMs: number): Admission {
    const { concurrentRequests } = this.config;
    if (concurrentRequests !== undefined && this.#running.count >= concurrentRequests) {
      return this.#refuse("concurrency", 1000, nowMs, `At most ${concurrentRequests} requests at a time`);
    }
    const forRequest = this.#requests?.waitMs(1, nowMs) ?? 0;
    if (forRequest > 0) return this.#refuse("requests", forRequest, nowMs, `At most ${this.config.requestsPerMinute} requests a minute`);
    const forTokens = this.#tokens?.waitMs(tokens, nowMs) ?? 0;
    if (forTokens > 0) return this.#refuse("tokens", forTokens, nowMs, `At most ${this.config.tokensPerMinute} tokens a minute`);
    this.#requests?.take(1, nowMs);
    this.#tokens?.take(tokens, nowMs);
    this.#running.count++;
    return { admitted: true, reservation: this.#reservation(tokens, nowMs), headers: this.#headers(nowMs) };
  }

  remainingRequests(nowMs: number): number | undefined {
    return this.#requests === undefined ? undefined : Math.max(0, Math.floor(this.#requests.level(nowMs) + 1e-9));
  }

  #reservation(tokens: number, reservedMs: number): Reservation {
    let open = true;
    return {
      tokens,
      settle: (actualTokens) => {
        if (!open) return;
        open = false;
        this.#running.count--;
        this.#tokens?.take(actualTokens - tokens, reservedMs);
      },
    };
  }

  #refuse(limit: LimitKind, retryAfterMs: number, nowMs: number, what: string): Admission {
    const headers = { ...this.#headers(nowMs), "Retry-After": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) };
    return { admitted: false, limit, retryAfterMs, headers, message: `${what}; try again in ${headers["Retry-After"]} s` };
  }

  #headers(nowMs: number): Record<string, string> {
    const headers: Record<string, string> = {};
    if (this.#requests !== undefined) {
      headers["X-RateLimit-Limit"] = String(this.config.requestsPerMinute);
      headers["X-RateLimit-Remaining"] = String(this.remainingRequests(nowMs));
      headers["X-RateLimit-Reset"] = String(this.#requests.fullAt(nowMs));
    }
    if (this.#tokens !== undefined) {
      headers["X-RateLimit-Limit-Tokens"] = String(this.config.tokensPerMinute);
      headers["X-RateLimit-Remaining-Tokens"] = String(Math.max(0, Math.floor(this.#tokens.level(nowMs) + 1e-9)));
      headers["X-RateLimit-Reset-Tokens"] = String(this.#tokens.fullAt(nowMs));
    }
    return headers;
  }
}

function bucketFor(perMinute: number, before: Bucket | undefined, nowMs: number): Bucket {
  return before?.resized(perMinute, nowMs) ?? new Bucket(perMinute, nowMs);
}
