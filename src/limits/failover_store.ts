/**
 * A shared store, and what happens while it is away (`rate_limit.on_store_error`): each gateway counts its share here, or admits everything,
 * or refuses everything. One probe at a time finds out when it is back; no request waits for that. Then it is told what was admitted
 * meanwhile, ahead of any further request, so that it goes on as if it had counted that itself.
 */
import { randomUUID } from "node:crypto";
import type { MemoryStore } from "./memory_store.ts";
import { OutageLedger } from "./outage_ledger.ts";
import { shareOf } from "./rate.ts";
import { PRESENCE_MS, type RedisStore } from "./redis_store.ts";
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

/** How often a gateway says that it is here and renews its leases, before jitter of half to one and a half; milliseconds. */
const PRESENT_EVERY_MS = 5000;

/** Accounts told to the store at once when it is back. */
const HAND_OVER = 100;

/** Of requests that were admitted here, in front of what makes the lease unique: under the limits of this gateway, or whatever they were. */
const LOCAL = "local";
const UNCOUNTED = "uncounted";

/**
 * Until a store that is away is looked for again: a quarter to half a second, always, so that all gateways are back within half a second of
 * each other, and not in the same moment. @param random 0–1 @returns milliseconds
 */
export function probeAfterMs(random: number): number {
  return 250 + 250 * random;
}

export class FailoverStore implements LimitStore {
  #up = true;
  /** A command went unanswered, and a probe is to say whether that was the store or this process, which may have been busy. */
  #suspect = false;
  #closed = false;
  /** Gateways last seen in the store, this one included. */
  #gateways = 1;
  /** When the store came back; Unix milliseconds. */
  #backAtMs = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<void> | undefined;
  readonly #ledger = new OutageLedger();
  /** Subjects that the store was told of since it is back; undefined before the first outage. */
  #told: WeakSet<Subject> | undefined;
  readonly #shares = new WeakMap<Subject, { readonly share: number; readonly part: Subject }>();

  /** @param local Also follows what the store says, so that no outage begins with full buckets, nor ends with them. */
  constructor(readonly remote: RedisStore, readonly local: MemoryStore, readonly options: FailoverOptions) {
    remote.onReady(() => {
      if (!this.#up) void this.#look();
    });
    if (options.up) void this.#look();
    else this.#goneAway(options.reason ?? "");
  }

  get up(): boolean {
    return this.#up;
  }

  admit(subjects: readonly Subject[], tokens: number, nowMs: number): Verdict | Promise<Verdict> {
    return this.#up ? this.#admitShared(subjects, tokens, nowMs) : this.#admitAlone(subjects, tokens, nowMs);
  }

  async settle(taken: Taken, actualTokens: number, nowMs: number): Promise<readonly Level[]> {
    const { subjects, tokens, lease } = taken;
    if (lease.startsWith(UNCOUNTED)) {
      this.#settleAlone(taken, actualTokens, nowMs);
      return [];
    }
    if (lease.startsWith(LOCAL)) {
      this.#settleAlone(taken, actualTokens - tokens, nowMs);
      return this.local.settle({ ...taken, subjects: subjects.map((each) => this.#part(each)) }, actualTokens, nowMs);
    }
    if (!this.#up) {
      this.remote.release(subjects, lease);
      this.#settleLater(subjects, actualTokens - tokens, nowMs);
      return [];
    }
    try {
      this.#makeUp(subjects);
      const levels = await this.remote.settle(taken, actualTokens, nowMs);
      for (const [i, subject] of subjects.entries()) this.#follow(subject, levels[i]!);
      return levels;
    } catch (error) {
      this.#failed(error);
      // It may have been done, so nothing is given back that was perhaps given back already.
      this.#settleLater(subjects, Math.max(0, actualTokens - tokens), nowMs);
      return [];
    }
  }

  async peek(subject: Subject, nowMs: number): Promise<Level> {
    if (this.#up) {
      try {
        this.#makeUp([subject]);
        return await this.remote.peek(subject, nowMs);
      } catch (error) {
        this.#failed(error);
      }
    }
    return this.local.peek(this.options.mode === "local" ? this.#begun(subject, nowMs) : subject, nowMs);
  }

  /** Looks now, not when it is due. */
  async whenLooked(): Promise<void> {
    await this.#looking;
    await this.#look();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.remote.close();
  }

  async #admitShared(subjects: readonly Subject[], tokens: number, nowMs: number): Promise<Verdict> {
    let verdict: Verdict;
    try {
      this.#makeUp(subjects);
      verdict = await this.remote.admit(subjects, tokens, nowMs);
    } catch (error) {
      this.#failed(error);
      return this.#admitAlone(subjects, tokens, nowMs);
    }
    for (const [i, subject] of subjects.entries()) this.#follow(subject, verdict.levels[i]!);
    return verdict;
  }

  #follow(subject: Subject, level: Level): void {
    const nowMs = Date.now();
    this.#ledger.hear(subject, level, nowMs);
    try {
      this.local.follow(subject, level, nowMs);
    } catch (error) {
      // A full table forgets nobody's request: the store has counted it.
      if (!(error instanceof LimitStoreError)) throw error;
    }
  }

  #admitAlone(subjects: readonly Subject[], tokens: number, nowMs: number): Verdict {
    switch (this.options.mode) {
      case "closed":
        throw new LimitStoreError("away", "The store of limits does not answer, and rate_limit.on_store_error is closed");
      case "open":
        // Tokens are charged as they are used: what is only reserved would empty buckets that nothing was taken from.
        for (const each of subjects) this.#owe(each, each.requestMs, 0, nowMs);
        return { admitted: true, refusedBy: undefined, waitMs: 0, levels: [], lease: this.#lease(UNCOUNTED, subjects) };
      case "local": {
        const verdict = this.local.admit(subjects.map((each) => this.#begun(each, nowMs)), tokens, nowMs);
        if (!verdict.admitted) return verdict;
        for (const each of subjects) this.#owe(each, each.requestMs, tokens * each.tokenMs, nowMs);
        return { ...verdict, lease: this.#lease(LOCAL, subjects) };
      }
    }
  }

  /** Names a request that is under way, so that the store counts it once it is back. */
  #lease(kind: string, subjects: readonly Subject[]): string {
    if (subjects.every(({ limits }) => limits.concurrentRequests === undefined)) return kind;
    const lease = `${kind}:${randomUUID()}`;
    this.remote.hold(subjects, lease);
    return lease;
  }

  #settleAlone({ subjects, lease }: Taken, moreTokens: number, nowMs: number): void {
    for (const each of subjects) this.#owe(each, 0, moreTokens * each.tokenMs, nowMs);
    this.remote.release(subjects, lease);
    if (this.#up) this.#makeUp(subjects);
  }

  /** What the store counted, and is told of when it is back; until then it is charged where it is counted now. */
  #settleLater(subjects: readonly Subject[], moreTokens: number, nowMs: number): void {
    for (const each of subjects) {
      this.#owe(each, 0, moreTokens * each.tokenMs, nowMs);
      this.local.charge(each, moreTokens, nowMs);
      if (this.options.mode === "local") this.local.charge(this.#part(each), moreTokens, nowMs);
    }
  }

  #owe(subject: Subject, requestsMs: number, tokensMs: number, nowMs: number): void {
    if (requestsMs === 0 && tokensMs === 0) return;
    this.#ledger.charge(subject, requestsMs, tokensMs, nowMs);
  }

  /** The share of a subject that is counted here, going on from where the store stood. @throws {LimitStoreError} `full` */
  #begun(subject: Subject, nowMs: number): Subject {
    const part = this.#part(subject);
    if (!this.#ledger.has(subject)) this.local.raise(part, this.local.peek(subject, nowMs), nowMs);
    return part;
  }

  #part(whole: Subject): Subject {
    const share = this.options.share ?? 1 / this.#gateways;
    const known = this.#shares.get(whole);
    if (known?.share === share) return known.part;
    // Apart from what the store says, which other threads may hear earlier.
    const part = { ...shareOf(whole, share), id: `alone:${whole.id}` };
    this.#shares.set(whole, { share, part });
    return part;
  }

  #failed(error: unknown): void {
    if (!this.remote.connected) return this.#goneAway(error);
    if (this.#suspect || !this.#up || this.#closed) return;
    this.#suspect = true;
    this.#ledger.begin(Date.now());
    void this.#look();
  }

  #goneAway(error: unknown): void {
    if (!this.#up || this.#closed) return;
    this.#up = this.#suspect = false;
    this.#ledger.begin(Date.now());
    this.options.onChange(false, error instanceof Error ? error.message : String(error));
    this.#schedule(probeAfterMs(this.options.random()));
  }

  #schedule(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#look(), ms);
    Deno.unrefTimer(this.#timer);
  }

  /** Looks at the store: a probe while it is away, a sign of life while it is there. */
  #look(): Promise<void> {
    clearTimeout(this.#timer);
    return this.#looking ??= this.#lookNow().finally(() => this.#looking = undefined);
  }

  async #lookNow(): Promise<void> {
    try {
      const gateways = await this.remote.present(this.options.gateway, Date.now());
      this.#suspect = false;
      if (!this.#up) {
        await this.remote.prepare();
        this.#comeBack();
      }
      // A store that came back empty has not heard of the others yet.
      if (gateways >= this.#gateways || Date.now() - this.#backAtMs > PRESENCE_MS) this.#gateways = gateways;
      await this.#handOver();
      await this.remote.renew(Date.now());
      this.#schedule(PRESENT_EVERY_MS * (0.5 + this.options.random()));
    } catch (error) {
      this.#goneAway(error);
      this.#schedule(probeAfterMs(this.options.random()));
    }
  }

  #comeBack(): void {
    this.#up = true;
    this.#backAtMs = Date.now();
    this.#told = new WeakSet();
    this.options.onChange(true, "");
  }

  /** Tells the store what it missed, a bit at a time: whose requests come meanwhile is told of before them. */
  async #handOver(): Promise<void> {
    const subjects = this.#ledger.subjects();
    for (let i = 0; i < subjects.length && this.#up; i += HAND_OVER) await Promise.all(this.#makeUp(subjects.slice(i, i + HAND_OVER)));
  }

  /**
   * Tells the store, once it is back, what these subjects used up meanwhile, and what it may have forgotten of before. What is asked next
   * comes after it, on the same connection.
   */
  #makeUp(subjects: readonly Subject[]): Promise<void>[] {
    const told = this.#told;
    return subjects.filter((each) => this.#ledger.has(each) || told?.has(each) === false).map(async (subject) => {
      told?.add(subject);
      const account = this.#ledger.take(subject);
      const { charges, known } = account;
      if (charges.length === 0 && known.requestsDebtMs === 0 && known.tokensDebtMs === 0) return;
      try {
        // What all shares allow together is within the limit; what `open` admitted is anything.
        this.#follow(subject, await this.remote.makeUp(account, this.options.mode !== "open", Date.now()));
      } catch (error) {
        told?.delete(subject);
        if (charges.length > 0) this.#ledger.putBack(account);
        this.#failed(error);
      }
    });
  }
}
