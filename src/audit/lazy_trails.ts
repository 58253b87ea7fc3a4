/**
 * Trails of very many tenants. Those of the configuration file are opened at once, so that what is wrong with them is told at the start;
 * those of the tenant store when they are needed: closed when long unused, and looked after once a day, since retention holds for quiet
 * tenants too.
 */
import { type AuditError, auditError } from "./errors.ts";
import type { ExportFormat, Period } from "./export.ts";
import type { AuditStoreOptions } from "./open.ts";
import type { AuditTrails, TrailLease } from "./trails.ts";
import type { AuditEntry, AuditFilter, AuditPage, AuditStore, ChainReport } from "./types.ts";

/** Most that are opened at once: each takes about 10 ms and three open files. */
const EAGER = 32;
/** Unused for so long, a further trail is closed; ms. */
const IDLE_MS = 120_000;
/** Each quiet trail is opened and looked after this often, ms. */
const LOOK_AFTER_MS = 86_400_000;
/** How often one of them is looked at, ms: ten thousand take three hours of a day. */
const SWEEP_MS = 1000;

export class LazyTrails {
  #eager = 0;
  readonly #lazy = new Set<LazyTrail>();
  #sweeping: Iterator<LazyTrail> | undefined;
  readonly #timer: ReturnType<typeof setInterval>;

  /** @param now Unix ms. */
  constructor(readonly trails: AuditTrails, readonly now: () => number) {
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS);
    Deno.unrefTimer(this.#timer);
  }

  /** @param atOnce Wished for by tenants of the file. @throws {AuditError} when it is opened at once and cannot be. */
  async open(tenant: string, options: Omit<AuditStoreOptions, "tenant">, atOnce: boolean): Promise<TrailLease> {
    if (atOnce && this.#eager < EAGER) {
      this.#eager++;
      try {
        const lease = await this.trails.open(tenant, options);
        return { store: lease.store, release: once(() => (this.#eager--, lease.release())) };
      } catch (error) {
        this.#eager--;
        throw error;
      }
    }
    const trail = new LazyTrail(() => this.trails.open(tenant, options), this.now);
    this.#lazy.add(trail);
    return { store: trail, release: once(() => (this.#lazy.delete(trail), trail.close())) };
  }

  /** Looks after no trail any more; `AuditTrails.closeAll` closes them. */
  stop(): void {
    clearInterval(this.#timer);
  }

  #sweep(): void {
    const now = this.now();
    for (const trail of this.#lazy) if (trail.isIdle(now - IDLE_MS)) void trail.close().catch(() => {});
    this.#sweeping ??= this.#lazy.values();
    const { value, done } = this.#sweeping.next();
    if (done === true) this.#sweeping = undefined;
    else if (value.lookedAfterMs < now - LOOK_AFTER_MS) void value.lookAfter().catch(() => {});
  }
}

/** A trail that is open only while it is used. */
class LazyTrail implements AuditStore {
  #lease: Promise<TrailLease> | undefined;
  #store: AuditStore | undefined;
  #failure: AuditError | null = null;
  readonly #followers = new Set<(failure: AuditError | null) => void>();
  #using = 0;
  #usedMs = 0;
  /** When it was opened to be looked after; Unix ms. */
  lookedAfterMs = 0;

  constructor(readonly opening: () => Promise<TrailLease>, readonly now: () => number) {}

  get failure(): AuditError | null {
    return this.#store?.failure ?? this.#failure;
  }

  get queueDepth(): number {
    return this.#store?.queueDepth ?? 0;
  }

  append(entry: AuditEntry): Promise<void> {
    return this.#with((store) => store.append(entry));
  }

  appendJson(json: string): Promise<void> {
    return this.#with((store) => store.appendJson(json));
  }

  followFailure(follower: (failure: AuditError | null) => void): () => void {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  query(filter: AuditFilter): Promise<AuditPage> {
    return this.#with((store) => store.query(filter));
  }

  verify(range?: { start?: string; end?: string }): Promise<ChainReport> {
    return this.#with((store) => store.verify(range));
  }

  async *export(format: ExportFormat, period?: Period): AsyncGenerator<string> {
    this.#using++;
    try {
      yield* (await this.#open()).export(format, period);
    } finally {
      this.#done();
    }
  }

  publicKey(): Promise<string> {
    return this.#with((store) => store.publicKey());
  }

  flush(): Promise<void> {
    return this.#store === undefined ? Promise.resolve() : this.#with((store) => store.flush());
  }

  /** Opens it: an open trail prunes what is over its retention within a minute. */
  async lookAfter(): Promise<void> {
    this.lookedAfterMs = this.now();
    await this.#with((store) => store.flush());
  }

  /** Open, and nothing waits or was asked since `beforeMs`; Unix ms. */
  isIdle(beforeMs: number): boolean {
    return this.#store !== undefined && this.#using === 0 && this.#usedMs < beforeMs && this.queueDepth === 0 && this.failure === null;
  }

  /** Flushes and lets go of the file; the next use opens it again. */
  async close(): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    this.#store = undefined;
    await (await lease)?.release();
  }

  async #with<T>(work: (store: AuditStore) => Promise<T>): Promise<T> {
    this.#using++;
    try {
      return await work(this.#store ?? await this.#open());
    } finally {
      this.#done();
    }
  }

  #done(): void {
    this.#using--;
    this.#usedMs = this.now();
  }

  async #open(): Promise<AuditStore> {
    const lease = this.#lease ??= this.opening();
    try {
      const { store } = await lease;
      if (this.#lease === lease && this.#store !== store) {
        this.#store = store;
        store.followFailure((failure) => this.#tell(failure));
      }
      if (this.#failure !== null) this.#tell(this.#failure = null);
      return store;
    } catch (error) {
      if (this.#lease === lease) this.#lease = undefined;
      this.#tell(this.#failure = auditError(error));
      throw this.#failure;
    }
  }

  #tell(failure: AuditError | null): void {
    for (const follower of this.#followers) follower(failure);
  }
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done = false;
  return async () => {
    if (done) return;
    done = true;
    await work();
  };
}
