/**
 * A shared store, and what happens while it is away (`rate_limit.on_store_error`): each gateway counts its share here, or admits everything,
 * or refuses everything. One probe at a time, at jittered intervals, finds out when it is back; no request waits for that.
 */
import type { MemoryStore } from "./memory_store.ts";
import { shareOf } from "./rate.ts";
import type { RedisStore } from "./redis_store.ts";
import { type Level, type LimitStore, LimitStoreError, type Subject, type Taken, type Verdict } from "./types.ts";

export interface FailoverOptions {
  readonly mode: "local" | "open" | "closed";
  /** Part of every limit that this gateway admits alone, 0–1; undefined = 1 divided by the gateways last seen. */
  readonly share: number | undefined;
  /** Names this gateway among all; the same in all of its threads. */
  readonly gateway: string;
  /** Whether the store answers now. */
  readonly up: boolean;
  /** Why not. */
  readonly reason?: string;
  /** Told when the store goes away (why) and when it is back. */
  readonly onChange: (up: boolean, reason: string) => void;
  readonly random: () => number;
}

/** How often a gateway says that it is here and renews its leases; milliseconds. */
const PRESENT_EVERY_MS = 5000;

/** Between probes of a store that is away, at least and at most, before jitter of half to one and a half; milliseconds. */
const FIRST_PROBE_MS = 100;
const LAST_PROBE_MS = 3000;

/** Debts handed to the store at once when it is back. */
const HAND_OVER = 100;

/** Subjects whose debts are remembered for the hand-over. */
const MOST_ALONE = 100_000;

const LOCAL = "local";
const UNCOUNTED = "uncounted";

export class FailoverStore implements LimitStore {
  #up = true;
  /** A command went unanswered, and a probe is to say whether that was the store or this process, which may have been busy. */
  #suspect = false;
  #closed = false;
  /** Gateways last seen in the store, this one included. */
  #gateways = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Subjects that were counted here since the store went away. */
  readonly #alone = new Map<string, Subject>();
  readonly #shares = new WeakMap<Subject, { readonly share: number; readonly part: Subject }>();

  /** @param local Also follows what the store says, so that no outage begins with full buckets. */
  constructor(readonly remote: RedisStore, readonly local: MemoryStore, readonly options: FailoverOptions) {
    if (options.up) this.#schedule(0);
    else this.#goneAway(options.reason ?? "");
  }

  get up(): boolean {
    return this.#up;
  }

  admit(subjects: readonly Subject[], tokens: number, nowMs: number): Verdict | Promise<Verdict> {
    return this.#up ? this.#admitShared(subjects, tokens, nowMs) : this.#admitAlone(subjects, tokens, nowMs);
  }

  async settle(taken: Taken, actualTokens: number, nowMs: number): Promise<readonly Level[]> {
    if (taken.lease === UNCOUNTED) return [];
    if (taken.lease === LOCAL) {
      return this.local.settle({ ...taken, subjects: taken.subjects.map((each) => this.#part(each)) }, actualTokens, nowMs);
    }
    try {
      return await this.remote.settle(taken, actualTokens, nowMs);
    } catch (error) {
      this.#failed(error);
      // The slot runs out by itself; the tokens are charged where they are counted now.
      if (this.options.mode === "local") {
        for (const each of taken.subjects) this.local.charge(this.#part(each), actualTokens - taken.tokens, nowMs);
      }
      return [];
    }
  }

  async peek(subject: Subject, nowMs: number): Promise<Level> {
    if (this.#up) {
      try {
        return await this.remote.peek(subject, nowMs);
      } catch (error) {
        this.#failed(error);
      }
    }
    return this.local.peek(subject, nowMs);
  }

  /** Looks now, not when it is due. */
  async whenLooked(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#look(FIRST_PROBE_MS);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.remote.close();
  }

  async #admitShared(subjects: readonly Subject[], tokens: number, nowMs: number): Promise<Verdict> {
    let verdict: Verdict;
    try {
      verdict = await this.remote.admit(subjects, tokens, nowMs);
    } catch (error) {
      this.#failed(error);
      return this.#admitAlone(subjects, tokens, nowMs);
    }
    if (this.options.mode === "local") { for (const [i, subject] of subjects.entries()) this.#follow(subject, verdict.levels[i]!, nowMs); }
    return verdict;
  }

  #follow(subject: Subject, level: Level, nowMs: number): void {
    try {
      this.local.raise(subject, level, nowMs);
    } catch (error) {
      // A full table forgets nobody's request: the store has counted it.
      if (!(error instanceof LimitStoreError)) throw error;
    }
  }

  #admitAlone(subjects: readonly Subject[], tokens: number, nowMs: number): Verdict {
    switch (this.options.mode) {
      case "open":
        return { admitted: true, refusedBy: undefined, waitMs: 0, levels: [], lease: UNCOUNTED };
      case "closed":
        throw new LimitStoreError("away", "The store of limits does not answer, and rate_limit.on_store_error is closed");
      case "local": {
        const parts = subjects.map((each) => this.#part(each));
        const verdict = this.local.admit(parts, tokens, nowMs);
        if (verdict.admitted && this.#alone.size < MOST_ALONE) { for (const each of subjects) this.#alone.set(each.id, each); }
        return { ...verdict, lease: LOCAL };
      }
    }
  }

  #part(whole: Subject): Subject {
    const share = this.options.share ?? 1 / this.#gateways;
    const known = this.#shares.get(whole);
    if (known?.share === share) return known.part;
    const part = shareOf(whole, share);
    this.#shares.set(whole, { share, part });
    return part;
  }

  #failed(error: unknown): void {
    if (!this.remote.connected) return this.#goneAway(error);
    if (this.#suspect || !this.#up || this.#closed) return;
    this.#suspect = true;
    clearTimeout(this.#timer);
    void this.#look(FIRST_PROBE_MS);
  }

  #goneAway(error: unknown): void {
    if (!this.#up || this.#closed) return;
    this.#up = this.#suspect = false;
    this.options.onChange(false, error instanceof Error ? error.message : String(error));
    this.#schedule(FIRST_PROBE_MS);
  }

  /** The next look at the store: a probe while it is away, a sign of life while it is there. */
  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    const jittered = ms * (0.5 + this.options.random());
    this.#timer = setTimeout(() => void this.#look(ms), jittered);
    Deno.unrefTimer(this.#timer);
  }

  async #look(waitedMs: number): Promise<void> {
    try {
      this.#gateways = await this.remote.present(this.options.gateway, Date.now());
      this.#suspect = false;
      if (!this.#up) {
        await this.#handOver();
        this.#up = true;
        this.options.onChange(true, "");
      }
      this.#schedule(PRESENT_EVERY_MS);
    } catch (error) {
      this.#goneAway(error);
      this.#schedule(Math.min(LAST_PROBE_MS, Math.max(FIRST_PROBE_MS, waitedMs * 2)));
    }
  }

  /** What was used up here stays used up there: debts are refill time, so a share's says how full the whole is. */
  async #handOver(): Promise<void> {
    const subjects = [...this.#alone.values()];
    for (let i = 0; i < subjects.length; i += HAND_OVER) {
      await Promise.all(
        subjects.slice(i, i + HAND_OVER).map((subject) => {
          const nowMs = Date.now();
          return this.remote.raise(subject, this.local.peek(subject, nowMs), nowMs);
        }),
      );
    }
    this.#alone.clear();
  }
}
