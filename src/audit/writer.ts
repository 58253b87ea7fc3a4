import { AuditError, auditError } from "./errors.ts";
import type { WorkerThread } from "./worker_thread.ts";
import { entryJson } from "./record.ts";
import type { TrailSettings } from "./settings.ts";
import { passes } from "./trail_database.ts";
import type { AuditEntry } from "./types.ts";

/**
 * When `append` resolves: `request` after the fsync that holds the record, `batched` at once, and it is there within a second. To keep that
 * whatever the disk and the machine do, a record that comes while older ones are late waits for its commit, as in `request`.
 */
export type Durability = "request" | "batched";

/** Longest that a `batched` record waits before its commit begins, ms; a second is promised. */
const FLUSH_MS = 500;
/** The same after commits that were very slow. */
const LEAST_FLUSH_MS = 100;
/** Records wait for their commit while the oldest one is older than this, ms. */
const BEHIND_MS = 750;
/** A worker that answers nothing for so long while a `batched` commit waits counts as a failure, ms: a disk that hangs is `on_error`'s affair. */
const STALLED_MS = 5000;
/** Records of one commit. */
const AT_ONCE = 500;
/** How long after a failed commit the next try comes, ms. */
const RETRY_MS = 1000;
/** Most UTF-16 units of waiting records, whatever their number. */
const MOST_QUEUED_UNITS = 64 * 1024 * 1024;

export interface WriterOptions {
  readonly settings: TrailSettings;
  readonly durability: Durability;
  /** Most records that may wait. */
  readonly maxQueue: number;
  readonly now: () => number;
  /** The live worker; a new one after it died. */
  readonly thread: () => WorkerThread;
}

interface Waiting {
  readonly json: string;
  /** When it was accepted; `performance.now()`. */
  readonly sinceMs: number;
  readonly resolve?: () => void;
  readonly reject?: (error: AuditError) => void;
}

let trails = 0;

/** The queue between requests and the worker: bounded, committed in groups, kept through a failure as the mode allows. */
export class Writer {
  readonly #options: WriterOptions;
  #trail = 0;
  #openOn: WorkerThread | null = null;
  #queue: Waiting[] = [];
  #queuedUnits = 0;
  #inFlight: readonly Waiting[] = [];
  /** How late the commits of late were done after they were due, ms: the slowest, forgotten by and by. */
  #latenessMs = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #pumping: Promise<void> | null = null;
  #closed = false;
  #failure: AuditError | null = null;
  readonly #followers = new Set<(failure: AuditError | null) => void>();
  #publicKey: string | null = null;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  get failure(): AuditError | null {
    return this.#failure;
  }

  get depth(): number {
    return this.#queue.length + this.#inFlight.length;
  }

  get publicKey(): string | null {
    return this.#publicKey;
  }

  /** Opens the file; with `retry`, a problem that can pass becomes `failure` and is tried again. @throws {AuditError} */
  async open(retry: boolean): Promise<void> {
    try {
      await this.#ensureOpen();
    } catch (error) {
      const problem = auditError(error);
      if (!retry || !passes(problem)) throw problem;
      this.#failed(problem);
      this.#later(RETRY_MS);
    }
  }

  /** @throws {AuditError} as `AuditStore.append` says */
  append(entry: AuditEntry): Promise<void> {
    try {
      return this.appendJson(entryJson(entry, this.#options.settings.tenant));
    } catch (error) {
      return Promise.reject(auditError(error));
    }
  }

  /** `append` for what `entryJson` gave. */
  appendJson(json: string): Promise<void> {
    try {
      if (this.#closed) throw new AuditError("closed", "The audit trail is closed");
      const { tenant } = this.#options.settings;
      if (this.depth >= this.#options.maxQueue || this.#queuedUnits > MOST_QUEUED_UNITS) {
        throw new AuditError("queue_full", `The audit queue of "${tenant}" is full (${this.depth} records wait)${this.#why()}`);
      }
    } catch (error) {
      return Promise.reject(auditError(error));
    }
    this.#queuedUnits += json.length;
    const sinceMs = performance.now();
    if (this.#options.durability === "request") {
      return new Promise((resolve, reject) => {
        this.#queue.push({ json, sinceMs, resolve, reject });
        this.#pump();
      });
    }
    if (this.#failure !== null) {
      this.#queue.push({ json, sinceMs });
      return Promise.reject(kept(this.#failure));
    }
    const oldest = this.#inFlight[0] ?? this.#queue[0];
    const acknowledged = oldest === undefined || sinceMs - oldest.sinceMs < BEHIND_MS
      ? (this.#queue.push({ json, sinceMs }), Promise.resolve())
      : new Promise<void>((resolve, reject) => this.#queue.push({ json, sinceMs, resolve, reject }));
    this.#schedule(sinceMs);
    return acknowledged;
  }

  /** Begins a commit now when enough waits or it has waited long enough, which a busy loop's timers tell late; else in time. */
  #schedule(nowMs: number): void {
    const oldest = this.#queue[0];
    if (oldest === undefined) return;
    const dueMs = oldest.sinceMs + this.#flushMs;
    if (this.#queue.length >= AT_ONCE || dueMs <= nowMs) this.#pump();
    else this.#later(dueMs - nowMs);
  }

  /** Of the promised second, three times what commits of late were late by is left for the next one, and a tenth to spare. */
  get #flushMs(): number {
    return Math.max(LEAST_FLUSH_MS, Math.min(FLUSH_MS, 900 - 3 * this.#latenessMs));
  }

  /** Commits what waits. @throws {AuditError} when it cannot; in `batched` the records still wait. */
  async flush(): Promise<void> {
    do {
      this.#pump();
      await this.#pumping;
      // The next commit may have begun by itself as this one ended.
    } while (this.depth > 0 && this.#failure === null);
    if (this.#failure !== null) throw this.#failure;
  }

  async maintain(): Promise<{ readonly checkpointed: boolean; readonly pruned: number }> {
    const trail = await this.#ensureOpen();
    return await this.#options.thread().ask({ op: "maintain", trail, now: this.#options.now() });
  }

  /** Flushes, closes the file. @throws {AuditError} when records could not be written; they are lost then. */
  async close(): Promise<void> {
    if (this.#closed) return;
    let problem: unknown = null;
    try {
      await this.flush();
    } catch (error) {
      problem = error;
    }
    this.#closed = true;
    this.#clearTimer();
    const lost = this.#queue.length;
    for (const { reject } of this.#queue.splice(0)) reject?.(new AuditError("closed", "The audit trail was closed"));
    if (this.#openOn !== null && !this.#openOn.dead) await this.#openOn.ask({ op: "close", trail: this.#trail });
    this.#openOn = null;
    if (lost > 0) {
      throw new AuditError(
        "closed",
        `The audit trail of "${this.#options.settings.tenant}" was closed with ${lost} records unwritten${this.#why()}`,
        { cause: problem },
      );
    }
  }

  /** Tells whenever `failure` changed. Returns what ends that. */
  follow(follower: (failure: AuditError | null) => void): () => void {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }

  #failed(failure: AuditError | null): void {
    if (failure === this.#failure) return;
    this.#failure = failure;
    for (const follower of this.#followers) follower(failure);
  }

  #why(): string {
    return this.#failure === null ? "" : `: ${this.#failure.message}`;
  }

  /** Commits groups one after another, each with whatever arrived meanwhile (group commit). */
  #pump(): void {
    if (this.#pumping !== null) return;
    this.#clearTimer();
    this.#pumping = this.#commitAll().finally(() => {
      this.#pumping = null;
      if (this.#closed) return;
      // What came while a failed commit was being told is answered now; only the probe of an idle store waits.
      if (this.#options.durability === "request" && this.#queue.length > 0) this.#pump();
      else if (this.#failure !== null) this.#later(RETRY_MS);
      else this.#schedule(performance.now());
    });
  }

  async #commitAll(): Promise<void> {
    do {
      const group = this.#queue.splice(0, AT_ONCE);
      this.#inFlight = group;
      const dueMs = Math.min(performance.now(), (group[0]?.sinceMs ?? Infinity) + this.#flushMs);
      const unwatch = this.#options.durability === "batched" ? this.#watch() : undefined;
      try {
        const trail = await this.#ensureOpen();
        if (group.length > 0 || this.#failure !== null) {
          const entries = `[${group.map((waiting) => waiting.json).join(",")}]`;
          await this.#options.thread().ask({ op: "commit", trail, entries, now: this.#options.now() });
        }
        this.#failed(null);
        this.#latenessMs = Math.max(performance.now() - dueMs, this.#latenessMs * 0.8);
        for (const waiting of group) {
          this.#queuedUnits -= waiting.json.length;
          waiting.resolve?.();
        }
      } catch (error) {
        const problem = auditError(error);
        this.#failed(problem);
        if (this.#options.durability === "request") {
          for (const waiting of [...group, ...this.#queue.splice(0)]) {
            this.#queuedUnits -= waiting.json.length;
            waiting.reject?.(problem);
          }
        } else {
          this.#queue.unshift(...group);
          this.#rejectWaiting(problem);
        }
        return;
      } finally {
        unwatch?.();
        this.#inFlight = [];
      }
    } while (this.#options.durability === "request" ? this.#queue.length > 0 : this.#queue.length >= AT_ONCE);
  }

  /** Tells when the worker falls silent. Returns what ends that. */
  #watch(): () => void {
    let timer: ReturnType<typeof setTimeout>;
    const look = () => {
      const leftMs = STALLED_MS - this.#options.thread().silentMs;
      timer = setTimeout(look, Math.max(leftMs, 0) || STALLED_MS);
      if (leftMs > 0 || this.#failure?.code === "stalled") return;
      const { tenant, directory } = this.#options.settings;
      const problem = new AuditError("stalled", `A commit of the audit trail of "${tenant}" in ${directory} does not end: check its disk`);
      this.#failed(problem);
      this.#rejectWaiting(problem);
    };
    timer = setTimeout(look, STALLED_MS);
    return () => clearTimeout(timer);
  }

  /** Answers those who wait for the commit of a `batched` record; the records stay. */
  #rejectWaiting(problem: AuditError): void {
    for (const { reject } of [...this.#inFlight, ...this.#queue]) reject?.(kept(problem));
  }

  async #ensureOpen(): Promise<number> {
    const thread = this.#options.thread();
    if (this.#openOn === thread && !thread.dead) return this.#trail;
    const trail = ++trails;
    const { publicKey } = await thread.ask({ op: "open", trail, settings: this.#options.settings, now: this.#options.now() });
    this.#trail = trail;
    this.#openOn = thread;
    this.#publicKey = publicKey;
    return trail;
  }

  #later(ms: number): void {
    if (this.#timer !== null || this.#pumping !== null) return;
    const timer = setTimeout(() => {
      this.#timer = null;
      this.#pump();
    }, ms);
    Deno.unrefTimer(timer);
    this.#timer = timer;
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** The same failure for a record that waits in memory. */
function kept(failure: AuditError): AuditError {
  return new AuditError(failure.code, failure.message, { cause: failure, kept: true });
}
