/**
 * Requests that wait shortly instead of being refused (`rate_limit.queue`). First come, first served within a tenant, and tenants take turns,
 * one request each, so that a crowd of one holds no other up. Who waits for a limit of its key lets the tenant's other keys pass.
 */
import type { Admission } from "./types.ts";

/** Between looks when too many requests are under way and nothing was heard of one that ended: it may have ended in another thread. */
const LOOK_AGAIN_MS = 50;

type Refused = Extract<Admission, { admitted: false }>;

export interface Place {
  readonly tenant: string;
  /** The key that was used, where it has limits of its own. */
  readonly key: string | undefined;
  /** Asks the store; takes a place at once when there is one. */
  readonly attempt: (nowMs: number) => Admission | Promise<Admission>;
  readonly maxWaitMs: number;
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal | undefined;
}

interface Waiter extends Place {
  /** Unix milliseconds. */
  readonly until: number;
  readonly settle: (admission: Admission) => void;
  readonly fail: (error: unknown) => void;
  /** What was said last. */
  refused: Refused | undefined;
}

interface Lane {
  readonly waiting: Waiter[];
  /** What its first was told last. */
  refused: Refused | undefined;
  /** When to look next; Unix milliseconds. */
  due: number;
}

export interface WaitingRoomDeps {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Calls back after `ms`; returns what cancels it. */
  readonly after: (ms: number, callback: () => void) => () => void;
}

export class WaitingRoom {
  /** Lanes in the order of their turns. */
  readonly #lanes = new Map<string, Lane>();
  #cancel: (() => void) | undefined;
  #serving = false;

  constructor(readonly deps: WaitingRoomDeps) {}

  /** Requests of `tenant` that wait. */
  waiting(tenant: string): number {
    return this.#lanes.get(tenant)?.waiting.length ?? 0;
  }

  /** What the first of `tenant`'s was told last. */
  refusal(tenant: string): Admission | undefined {
    return this.#lanes.get(tenant)?.refused;
  }

  /**
   * Waits behind the tenant's others. `refused` is what the request was told, where it was the first to ask.
   * @returns admitted, or refused when its time is up or it would be up before its turn.
   * @throws the reason of `signal` when the client leaves, and what the store throws.
   */
  wait(place: Place, refused?: Refused): Promise<Admission> {
    return new Promise((resolve, reject) => {
      const now = this.deps.now();
      const { signal } = place;
      if (signal?.aborted === true) return reject(signal.reason);
      const leave = () => {
        this.#remove(waiter);
        waiter.fail(signal!.reason);
      };
      const done = () => signal?.removeEventListener("abort", leave);
      const waiter: Waiter = {
        ...place,
        until: now + place.maxWaitMs,
        refused,
        settle: (admission) => {
          done();
          resolve(admission);
        },
        fail: (error) => {
          done();
          reject(error);
        },
      };
      signal?.addEventListener("abort", leave, { once: true });
      let lane = this.#lanes.get(place.tenant);
      if (lane === undefined) this.#lanes.set(place.tenant, lane = { waiting: [], refused, due: now + this.#pause(refused) });
      // Where only keys are held up, another key may pass.
      else if (lane.refused?.limit.startsWith("key_") === true) lane.due = now;
      lane.waiting.push(waiter);
      this.#schedule();
    });
  }

  /** Something of `tenant` became free. */
  nudge(tenant: string): void {
    const lane = this.#lanes.get(tenant);
    if (lane === undefined) return;
    lane.due = 0;
    this.#schedule();
  }

  #pause(refused: Refused | undefined): number {
    if (refused === undefined) return 0;
    return refused.limit.endsWith("concurrency") ? LOOK_AGAIN_MS : Math.max(1, Math.ceil(refused.retryAfterMs));
  }

  #remove(waiter: Waiter): void {
    const lane = this.#lanes.get(waiter.tenant);
    const at = lane?.waiting.indexOf(waiter) ?? -1;
    if (lane === undefined || at < 0) return;
    lane.waiting.splice(at, 1);
    if (lane.waiting.length === 0) this.#lanes.delete(waiter.tenant);
  }

  #schedule(): void {
    if (this.#serving) return;
    this.#cancel?.();
    let next = Infinity;
    for (const { due, waiting } of this.#lanes.values()) {
      // All of a tenant wait equally long, so the first is the first whose time is up.
      next = Math.min(next, due, waiting[0]?.until ?? Infinity);
    }
    this.#cancel = next === Infinity ? undefined : this.deps.after(Math.max(0, next - this.deps.now()), () => void this.#serve());
  }

  /** Turns, until no lane is due. */
  async #serve(): Promise<void> {
    if (this.#serving) return;
    this.#serving = true;
    try {
      for (let due = true; due;) {
        due = false;
        for (const [tenant, lane] of [...this.#lanes]) {
          const now = this.deps.now();
          // Whose time is up just now has a last turn, where the lane is due.
          if (lane.due > now) this.#turnAway(lane, now);
          if (lane.due > now || lane.waiting.length === 0) continue;
          // Whose turn it was is last in the next round.
          this.#lanes.delete(tenant);
          if (lane.waiting.length > 0) this.#lanes.set(tenant, lane);
          due = await this.#turn(lane, now) || due;
        }
      }
    } finally {
      this.#serving = false;
      this.#schedule();
    }
  }

  /** Refuses those whose time is up. */
  #turnAway(lane: Lane, now: number): void {
    for (let first = lane.waiting[0]; first !== undefined && first.until <= now; first = lane.waiting[0]) {
      const refused = first.refused ?? lane.refused;
      if (refused === undefined) {
        // Nobody has asked for it yet: its turn is now.
        lane.due = now;
        return;
      }
      this.#remove(first);
      first.settle(refused);
    }
  }

  /** Admits one of the lane, if the limits let it. @returns true when somebody was, so that the lane may go on. */
  async #turn(lane: Lane, now: number): Promise<boolean> {
    const blockedKeys = new Set<string>();
    lane.due = now + LOOK_AGAIN_MS;
    let pause = Infinity;
    for (const waiter of [...lane.waiting]) {
      if (waiter.key !== undefined && blockedKeys.has(waiter.key)) continue;
      let admission: Admission;
      try {
        admission = await waiter.attempt(now);
      } catch (error) {
        this.#remove(waiter);
        waiter.fail(error);
        lane.due = 0;
        return true;
      }
      if (admission.admitted) {
        // The client may have left while the store was asked.
        if (!lane.waiting.includes(waiter)) admission.reservation.settle(0, now);
        this.#remove(waiter);
        waiter.settle(admission);
        lane.due = 0;
        return true;
      }
      waiter.refused = lane.refused = admission;
      pause = Math.min(pause, this.#pause(admission));
      const hopeless = !admission.limit.endsWith("concurrency") && now + admission.retryAfterMs > waiter.until;
      if (hopeless || waiter.until <= now) {
        this.#remove(waiter);
        waiter.settle(admission);
        lane.due = 0;
        return true;
      }
      if (!admission.limit.startsWith("key_") || waiter.key === undefined) break;
      blockedKeys.add(waiter.key);
    }
    lane.due = now + pause;
    return false;
  }
}

/** A waiting room by the clock on the wall. */
export function openWaitingRoom(): WaitingRoom {
  return new WaitingRoom({
    now: Date.now,
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  });
}
