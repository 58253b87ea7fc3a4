/** Admission for one tenant: puts its limits and those of the key that was used before the store, and says in headers what is left. */
import { limitHeaders, retryAfterSeconds } from "./headers.ts";
import { remaining, subject } from "./rate.ts";
import type { Admission, Demand, KeyLimits, LimitConfig, Limiter, LimitStore, Reservation, Subject, Verdict } from "./types.ts";

export class TenantLimiter implements Limiter {
  readonly #tenant: Subject;
  readonly #alone: readonly Subject[];
  /** Subjects of keys, as long as their limits stay the same object. */
  readonly #keys = new WeakMap<LimitConfig, { readonly keyId: string; readonly subjects: readonly Subject[] }>();

  constructor(tenant: string, limits: LimitConfig, readonly store: LimitStore) {
    this.#tenant = subject("tenant", tenant, tenant, limits);
    this.#alone = [this.#tenant];
  }

  admit({ tokens, key }: Demand, nowMs: number): Admission | Promise<Admission> {
    const subjects = this.#subjects(key);
    const verdict = this.store.admit(subjects, tokens, nowMs);
    return verdict instanceof Promise
      ? verdict.then((late) => this.#admission(late, subjects, tokens, nowMs))
      : this.#admission(verdict, subjects, tokens, nowMs);
  }

  remainingRequests(nowMs: number): number | undefined | Promise<number | undefined> {
    const { requestMs, requestSpanMs } = this.#tenant;
    if (requestMs === 0) return undefined;
    const level = this.store.peek(this.#tenant, nowMs);
    return level instanceof Promise
      ? level.then(({ requestsDebtMs }) => remaining(requestsDebtMs, requestMs, requestSpanMs))
      : remaining(level.requestsDebtMs, requestMs, requestSpanMs);
  }

  #subjects(key: KeyLimits | undefined): readonly Subject[] {
    if (key === undefined) return this.#alone;
    const known = this.#keys.get(key.limits);
    if (known?.keyId === key.id) return known.subjects;
    const subjects = [this.#tenant, subject("key", this.#tenant.tenant, key.id, key.limits)];
    this.#keys.set(key.limits, { keyId: key.id, subjects });
    return subjects;
  }

  #admission(verdict: Verdict, subjects: readonly Subject[], tokens: number, nowMs: number): Admission {
    const headers = limitHeaders(subjects, verdict.levels, nowMs);
    const { refusedBy, waitMs, lease } = verdict;
    if (refusedBy === undefined) return { admitted: true, reservation: this.#reservation({ subjects, tokens, lease }), headers };
    const seconds = retryAfterSeconds(waitMs);
    const { subject: { kind: whose, limits }, kind } = refusedBy;
    return {
      admitted: false,
      limit: whose === "key" ? `key_${kind}` : kind,
      retryAfterMs: waitMs,
      // OpenAI's SDKs wait by `retry-after-ms` before they look at `Retry-After`.
      headers: { ...headers, "Retry-After": String(seconds), "Retry-After-Ms": String(Math.ceil(waitMs)) },
      message: `${whose === "key" ? "This key: at" : "At"} most ${described(limits, kind)}; try again in ${seconds} s`,
    };
  }

  #reservation(taken: { readonly subjects: readonly Subject[]; readonly tokens: number; readonly lease: string }): Reservation {
    let open = true;
    return {
      tokens: taken.tokens,
      settle: (actualTokens, nowMs) => {
        if (!open) return undefined;
        open = false;
        const levels = this.store.settle(taken, actualTokens, nowMs);
        return levels instanceof Promise ? undefined : limitHeaders(taken.subjects, levels, nowMs);
      },
    };
  }
}

function described(
  { requestsPerMinute, tokensPerMinute, concurrentRequests }: LimitConfig,
  kind: "requests" | "tokens" | "concurrency",
): string {
  if (kind === "concurrency") return `${concurrentRequests} requests at a time`;
  return kind === "requests" ? `${requestsPerMinute} requests a minute` : `${tokensPerMinute} tokens a minute`;
}
