/** Admission for one tenant: puts its limits and those of the key that was used before the store, and says in headers what is left. */
import { limitHeaders, retryAfterSeconds } from "./headers.ts";
import { isLimited, remaining, subject } from "./rate.ts";
import {
  type Admission,
  type Demand,
  type KeyLimits,
  type Level,
  type LimitConfig,
  type Limiter,
  type LimitHeaders,
  type LimitKind,
  type LimitStore,
  LimitStoreError,
  type Reservation,
  type Subject,
  type Taken,
  type Verdict,
} from "./types.ts";
import type { WaitingRoom } from "./waiting_room.ts";

/** Where a tenant's requests may wait instead of being refused. */
export interface Queue {
  readonly room: WaitingRoom;
  readonly maxWaiting: number;
  readonly maxWaitMs: number;
}

export class TenantLimiter implements Limiter {
  readonly #tenant: Subject;
  readonly #alone: readonly Subject[];
  /** Subjects of keys, as long as their limits stay the same object. */
  readonly #keys = new WeakMap<LimitConfig, { readonly keyId: string; readonly subjects: readonly Subject[] }>();

  constructor(tenant: string, limits: LimitConfig, readonly store: LimitStore, readonly queue?: Queue) {
    this.#tenant = subject("tenant", tenant, tenant, limits);
    this.#alone = [this.#tenant];
  }

  admit(demand: Demand, nowMs: number): Admission | Promise<Admission> {
    const { queue } = this;
    if (queue === undefined) return this.#attempt(demand, nowMs);
    // Who comes now comes after those who wait.
    if (queue.room.waiting(this.#tenant.tenant) > 0) return this.#wait(demand, queue, undefined);
    const first = this.#attempt(demand, nowMs);
    return first instanceof Promise ? first.then((late) => this.#orWait(late, demand, queue)) : this.#orWait(first, demand, queue);
  }

  remainingRequests(nowMs: number): number | undefined | Promise<number | undefined> {
    const { requestMs, requestSpanMs } = this.#tenant;
    if (requestMs === 0) return undefined;
    const level = this.store.peek(this.#tenant, nowMs);
    return level instanceof Promise
      ? level.then(({ requestsDebtMs }) => remaining(requestsDebtMs, requestMs, requestSpanMs))
      : remaining(level.requestsDebtMs, requestMs, requestSpanMs);
  }

  #orWait(first: Admission, demand: Demand, queue: Queue): Admission | Promise<Admission> {
    if (first.admitted || (first.retryAfterMs > queue.maxWaitMs && !first.limit.endsWith("concurrency"))) return first;
    return this.#wait(demand, queue, first);
  }

  #wait(demand: Demand, { room, maxWaiting, maxWaitMs }: Queue, first: Admission | undefined): Admission | Promise<Admission> {
    const { tenant } = this.#tenant;
    const refused = first === undefined || first.admitted ? undefined : first;
    if (room.waiting(tenant) >= maxWaiting) {
      const told = refused ?? room.refusal(tenant);
      if (told !== undefined) return told;
    }
    const attempt = (nowMs: number) => this.#attempt(demand, nowMs);
    return room.wait({ tenant, key: demand.key?.id, attempt, maxWaitMs, signal: demand.signal }, refused);
  }

  #attempt({ tokens, key }: Demand, nowMs: number): Admission | Promise<Admission> {
    const subjects = this.#subjects(key);
    // Who has no limit needs no place in a table and no round trip.
    if (!subjects.some(isLimited)) return UNLIMITED;
    const verdict = this.store.admit(subjects, tokens, nowMs);
    return verdict instanceof Promise
      ? verdict.then((late) => this.#admission(late, subjects, tokens, nowMs))
      : this.#admission(verdict, subjects, tokens, nowMs);
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
    const { refusedBy, waitMs, lease, levels } = verdict;
    const headers = limitHeaders(subjects, levels, nowMs);
    if (refusedBy === undefined) {
      return { admitted: true, reservation: new HeldReservation(this, { subjects, tokens, lease }, levels, nowMs), headers };
    }
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

  /** Ends a request; who waits for what it held is looked at. */
  settle(taken: Taken, actualTokens: number, nowMs: number): readonly Level[] | Promise<readonly Level[]> {
    const levels = this.store.settle(taken, actualTokens, nowMs);
    const room = this.queue?.room;
    if (room === undefined || room.waiting(this.#tenant.tenant) === 0) return levels;
    if (levels instanceof Promise) void levels.then(() => room.nudge(this.#tenant.tenant), () => {});
    else room.nudge(this.#tenant.tenant);
    return levels;
  }
}

const UNLIMITED: Admission = { admitted: true, reservation: { tokens: 0, settle: () => undefined }, headers: {} };

class HeldReservation implements Reservation {
  #open = true;

  constructor(
    readonly limiter: TenantLimiter,
    readonly taken: Taken,
    readonly levels: readonly Level[],
    readonly takenMs: number,
  ) {}

  get tokens(): number {
    return this.taken.tokens;
  }

  settle(actualTokens: number, nowMs: number): LimitHeaders | undefined {
    if (!this.#open) return undefined;
    this.#open = false;
    const { subjects, tokens } = this.taken;
    let levels;
    try {
      levels = this.limiter.settle(this.taken, actualTokens, nowMs);
    } catch (error) {
      // A table without room cannot be told; the end of a request must not fail by it.
      if (!(error instanceof LimitStoreError)) throw error;
      return undefined;
    }
    if (!(levels instanceof Promise)) return limitHeaders(subjects, levels, nowMs);
    levels.catch(() => {
      // The same; a store that is away was told of by its own.
    });
    // The answer does not wait for another round trip: what the store said at admission, less what was refilled and is given back since.
    const elapsedMs = Math.max(0, nowMs - this.takenMs);
    const known = this.levels.map(({ requestsDebtMs, tokensDebtMs, running }, i) => ({
      requestsDebtMs: Math.max(0, requestsDebtMs - elapsedMs),
      tokensDebtMs: Math.max(0, tokensDebtMs - elapsedMs + (actualTokens - tokens) * subjects[i]!.tokenMs),
      running,
    }));
    return limitHeaders(subjects, known, nowMs);
  }
}

function described({ requestsPerMinute, tokensPerMinute, concurrentRequests }: LimitConfig, kind: LimitKind): string {
  if (kind === "concurrency") return `${concurrentRequests} requests at a time`;
  return kind === "requests" ? `${requestsPerMinute} requests a minute` : `${tokensPerMinute} tokens a minute`;
}
