/** Limits kept in a Redis or Valkey that many gateways share: one connection, one round trip per admission, the server's clock. */
import { createHash, randomUUID } from "node:crypto";
import type { Redis } from "ioredis";
import type { Account } from "./outage_ledger.ts";
import { ADMIT, MAKE_UP, PEEK, PRESENT, RENEW, SETTLE } from "./redis_scripts.ts";
import { type Level, type LimitKind, type LimitStore, LimitStoreError, type Subject, type Taken, type Verdict } from "./types.ts";

export interface RedisStoreOptions {
  /** `redis://` or `rediss://`, user, password and database number in it where needed. */
  readonly url: string;
  /** Until a command or connection counts as failed; milliseconds. */
  readonly timeoutMs: number;
  /** Certificate authority of a `rediss://` server, PEM. */
  readonly ca?: string | undefined;
  /** Waits before a new connection; milliseconds for the n-th try, from 1. Jittered, so that gateways do not come back all at once. */
  readonly reconnectMs: (attempt: number) => number;
  /** Told what is wrong with the connection; no secrets. */
  readonly onProblem: (problem: string) => void;
  /** How long a request counts as under way when its gateway is not heard of any more; milliseconds. @default 30000 */
  readonly leaseMs?: number;
  /** Goes by the times it is given instead of the server's clock; for tests. @default false */
  readonly ownClock?: boolean;
}

/** How long a gateway counts as present after it last said so; milliseconds. */
export const PRESENCE_MS = 15_000;

/** How long gateways that come back later than the first are of the same outage; milliseconds. */
const OUTAGE_KEPT_MS = 15_000;

/** Leases that are remembered to be given up once the store is back; others run out by themselves. */
const MOST_OVERDUE = 10_000;

/** No cap, in numbers that Lua reads. */
const UNCAPPED = 1e300;

interface Script {
  readonly source: string;
  readonly sha: string;
}
const script = (source: string): Script => ({ source, sha: createHash("sha1").update(source).digest("hex") });
const SCRIPTS = {
  admit: script(ADMIT),
  settle: script(SETTLE),
  peek: script(PEEK),
  makeUp: script(MAKE_UP),
  renew: script(RENEW),
  present: script(PRESENT),
};

export class RedisStore implements LimitStore {
  /** Leases of requests under way, by the key they are kept under, until they are settled. */
  readonly #leases = new Map<string, Set<string>>();
  /** Those of them that the store has not been told of. */
  readonly #untold = new Set<string>();
  /** Leases of requests that have ended without the store being told, and their keys. */
  readonly #overdue = new Map<string, readonly string[]>();
  /** How far the server's clock is ahead of this process's; milliseconds. */
  #aheadMs = 0;
  readonly #leaseMs: number;
  /** What was wrong with the connection last. */
  #problem = "the connection was lost";

  constructor(readonly client: Redis, readonly options: Pick<RedisStoreOptions, "leaseMs" | "ownClock">) {
    this.#leaseMs = options.leaseMs ?? 30_000;
  }

  /** Makes the client; it connects by itself, and again after every loss. */
  static async open(options: RedisStoreOptions): Promise<RedisStore> {
    // Read when wanted: most gateways count in memory.
    const { Redis } = await import("ioredis");
    const client = new Redis(options.url, {
      connectTimeout: Math.max(1000, options.timeoutMs),
      commandTimeout: options.timeoutMs,
      // A request that cannot be counted now is not to wait for a connection.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      retryStrategy: options.reconnectMs,
      ...(options.url.startsWith("rediss:") && { tls: options.ca === undefined ? {} : { ca: options.ca } }),
    });
    const store = new RedisStore(client, options);
    client.on("error", (error) => {
      store.#problem = error.message;
      options.onProblem(error.message);
    });
    return store;
  }

  /** The connection stands; commands may still go unanswered. */
  get connected(): boolean {
    return this.client.status === "ready";
  }

  /** Calls back whenever the connection stands anew. */
  onReady(callback: () => void): void {
    this.client.on("ready", callback);
  }

  /** True once the connection stands; false when it does not within `timeoutMs`. */
  whenReady(timeoutMs: number): Promise<boolean> {
    if (this.connected) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => done(false), timeoutMs);
      const ready = () => done(true);
      const done = (is: boolean) => {
        clearTimeout(timer);
        this.client.off("ready", ready);
        resolve(is);
      };
      this.client.once("ready", ready);
    });
  }

  async admit(subjects: readonly Subject[], tokens: number, nowMs: number): Promise<Verdict> {
    const lease = randomUUID();
    const keys = subjects.flatMap(keysOf);
    const asked = this.#run(SCRIPTS.admit, keys, [
      this.#now(nowMs),
      tokens,
      lease,
      this.#leaseMs,
      ...subjects.flatMap(({ requestMs, requestSpanMs, tokenMs, tokenSpanMs, limits: { concurrentRequests = -1 } }) => [
        requestMs,
        requestSpanMs,
        tokenMs,
        tokenSpanMs,
        concurrentRequests,
      ]),
    ]);
    const [admitted, who, kind, waitMs, ...levels] = await this.#orRelease(asked, subjects, lease);
    if (admitted === 1) { for (const key of leasesOf(subjects)) this.#held(key).add(lease); }
    const subject = subjects[Number(who) - 1];
    return {
      admitted: admitted === 1,
      refusedBy: subject === undefined ? undefined : { subject, kind: kindOf(kind) },
      waitMs: Number(waitMs),
      levels: levelsOf(levels),
      lease,
    };
  }

  async settle({ subjects, tokens, lease }: Taken, actualTokens: number, nowMs: number): Promise<readonly Level[]> {
    this.#forget(leasesOf(subjects), lease);
    const differences = subjects.map(({ tokenMs }) => (actualTokens - tokens) * tokenMs);
    const asked = this.#run(SCRIPTS.settle, subjects.flatMap(keysOf), [this.#now(nowMs), lease, ...differences]);
    return levelsOf(await this.#orRelease(asked, subjects, lease));
  }

  async peek(subject: Subject, nowMs: number): Promise<Level> {
    return levelsOf(await this.#run(SCRIPTS.peek, keysOf(subject), [this.#now(nowMs)]))[0]!;
  }

  /** Teaches the store what `makeUp` needs, so that it is one command from then on, and none comes before it. */
  async prepare(): Promise<void> {
    await this.#asked(() => this.client.script("LOAD", SCRIPTS.makeUp.source));
  }

  /**
   * Charges what was admitted while the store was away, and what it may have forgotten.
   * @param overdraw Also below an empty bucket, so that waiting pays it back. @returns the debts after it.
   */
  async makeUp({ subject, sinceMs, known, charges }: Account, overdraw: boolean, nowMs: number): Promise<Level> {
    const there = (ms: number) => ms + (this.options.ownClock === true ? 0 : this.#aheadMs);
    const reply = await this.#run(SCRIPTS.makeUp, [keysOf(subject)[0], `${keysOf(subject)[0]}:outage`], [
      this.#now(nowMs),
      overdraw ? UNCAPPED : subject.requestSpanMs,
      overdraw ? UNCAPPED : subject.tokenSpanMs,
      OUTAGE_KEPT_MS,
      there(sinceMs),
      known.requestsDebtMs,
      known.tokensDebtMs,
      ...charges.flatMap(({ fromMs, toMs, requestsMs, tokensMs }) => [there(fromMs), there(toMs), requestsMs, tokensMs]),
    ]);
    return levelsOf(reply)[0]!;
  }

  /** Says that this gateway is here. @returns how many gateways are. */
  async present(gateway: string, nowMs: number): Promise<number> {
    const [gateways, time] = await this.#run(SCRIPTS.present, ["checkstream:{gateways}"], [this.#now(nowMs), gateway, PRESENCE_MS]);
    // Perhaps less, never more: what came before an outage's end is not to seem to come after it.
    this.#aheadMs = Number(time) - Date.now();
    return Number(gateways);
  }

  /** Keeps the leases of requests under way, and gives up those of requests that ended while the store was away. */
  async renew(nowMs: number): Promise<void> {
    const untold = [...this.#untold];
    const overdue = [...this.#overdue];
    await Promise.all([
      ...[...this.#leases].map(([key, leases]) => this.#run(SCRIPTS.renew, [key], [this.#now(nowMs), this.#leaseMs, ...leases])),
      ...overdue.map(([lease, keys]) => this.#free(keys, lease)),
    ]);
    for (const lease of untold) this.#untold.delete(lease);
    for (const [lease] of overdue) this.#overdue.delete(lease);
  }

  /** Takes a lease for a request that is counted elsewhere; the store hears of it at the next renewal. */
  hold(subjects: readonly Subject[], lease: string): void {
    const keys = leasesOf(subjects);
    for (const key of keys) this.#held(key).add(lease);
    if (keys.length > 0) this.#untold.add(lease);
  }

  /** Gives a lease up; where the store cannot be told now, it hears of it at the next renewal. */
  release(subjects: readonly Subject[], lease: string): void {
    const keys = leasesOf(subjects);
    this.#forget(keys, lease);
    if (keys.length === 0 || this.#untold.delete(lease)) return;
    const later = () => {
      if (this.#overdue.size < MOST_OVERDUE) this.#overdue.set(lease, keys);
    };
    if (this.connected) this.#free(keys, lease).catch(later);
    else later();
  }

  close(): Promise<void> {
    this.client.disconnect();
    return Promise.resolve();
  }

  #held(key: string): Set<string> {
    let held = this.#leases.get(key);
    if (held === undefined) this.#leases.set(key, held = new Set());
    return held;
  }

  /** What goes unanswered may have been done, so its lease is to be given up. */
  async #orRelease<T>(asked: Promise<T>, subjects: readonly Subject[], lease: string): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      this.release(subjects, lease);
      throw error;
    }
  }

  async #free(keys: readonly string[], lease: string): Promise<void> {
    await Promise.all(keys.map((key) => this.#asked(() => this.client.zrem(key, lease))));
  }

  #forget(keys: readonly string[], lease: string): void {
    for (const key of keys) {
      const held = this.#held(key);
      held.delete(lease);
      if (held.size === 0) this.#leases.delete(key);
    }
  }

  #now(nowMs: number): string {
    return this.options.ownClock === true ? String(nowMs) : "";
  }

  /** One round trip; a second one only when the server does not know the script (it was restarted). @throws {LimitStoreError} `away` */
  #run(wanted: Script, keys: readonly string[], args: readonly (string | number)[]): Promise<readonly unknown[]> {
    return this.#asked(async () => {
      let reply: unknown;
      try {
        reply = await this.client.evalsha(wanted.sha, keys.length, ...keys, ...args);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
        reply = await this.client.eval(wanted.source, keys.length, ...keys, ...args);
      }
      return Array.isArray(reply) ? reply : [reply];
    });
  }

  /** @throws {LimitStoreError} `away`, with why. */
  async #asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      const why = !this.connected ? this.#problem : error instanceof Error ? error.message : String(error);
      throw new LimitStoreError("away", `The store of limits does not answer: ${why}`, { cause: error });
    }
  }
}

/** The tenant is the hash tag: all keys of one admission are in one slot of a cluster. Ids match `TENANT_ID`, so no brace is in them. */
function keysOf({ id, tenant }: Subject): [debts: string, leases: string] {
  const name = `checkstream:{${tenant}}:${id}`;
  return [name, `${name}:running`];
}

function leasesOf(subjects: readonly Subject[]): string[] {
  return subjects.filter(({ limits }) => limits.concurrentRequests !== undefined).map((subject) => keysOf(subject)[1]);
}

function levelsOf(reply: readonly unknown[]): Level[] {
  const levels: Level[] = [];
  for (let i = 0; i + 2 < reply.length; i += 3) {
    levels.push({ requestsDebtMs: Number(reply[i]), tokensDebtMs: Number(reply[i + 1]), running: Number(reply[i + 2]) });
  }
  return levels;
}

function kindOf(text: unknown): LimitKind {
  return text === "tokens" || text === "concurrency" ? text : "requests";
}
