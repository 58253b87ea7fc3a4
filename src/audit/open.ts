import type { AuditError } from "./errors.ts";
import type { ExportFormat, Period } from "./export.ts";
import type { TrailSettings } from "./settings.ts";
import type { AuditEntry, AuditFilter, AuditPage, AuditStore, ChainReport } from "./types.ts";
import { threads } from "./worker_thread.ts";
import { type Durability, Writer } from "./writer.ts";

export interface AuditStoreOptions extends TrailSettings {
  /** @default "batched" */
  readonly durability?: Durability;
  /** Most records that wait to be written; more are refused with `queue_full`. @default 10000 */
  readonly maxQueue?: number;
  /** A full disk, a read-only folder or a lock at the start becomes `failure` and is tried again every second, instead of an error. @default false */
  readonly retryOpen?: boolean;
  /** Unix ms. */
  readonly now?: () => number;
  /** False while another store of the same folder, with newer settings, prunes and signs the hourly checkpoints. @default always true */
  readonly maintains?: () => boolean;
}

/** Retention, and the hourly checkpoint, are looked at this often, ms. */
const MAINTAIN_MS = 60_000;

/**
 * Opens (or creates) one tenant's trail in its folder; writing and reading happen in workers that all trails share. Within a process a
 * folder is opened once at a time: `AuditTrails` sees to that. @throws {AuditError}
 */
export async function openAuditStore(options: AuditStoreOptions): Promise<OpenAuditStore> {
  threads.hold();
  const store = new OpenAuditStore(options);
  try {
    await store.open();
    return store;
  } catch (error) {
    threads.release();
    throw error;
  }
}

/** The store that `openAuditStore` gives: an `AuditStore` that can also be maintained by hand. */
export class OpenAuditStore implements AuditStore {
  readonly #writer: Writer;
  readonly #settings: TrailSettings;
  #maintenance: ReturnType<typeof setInterval> | null = null;
  #closing: Promise<void> | null = null;

  constructor(private readonly options: AuditStoreOptions) {
    const { durability, maxQueue, retryOpen: _, maintains: __, now, ...settings } = options;
    this.#settings = settings;
    this.#writer = new Writer({
      settings,
      durability: durability ?? "batched",
      maxQueue: maxQueue ?? 10_000,
      now: now ?? Date.now,
      thread: () => threads.writer(),
    });
  }

  async open(): Promise<void> {
    await this.#writer.open(this.options.retryOpen ?? false);
    const maintenance = setInterval(() => {
      // What fails here fails at the next append too, where it is reported.
      this.maintain().catch(() => {});
    }, MAINTAIN_MS);
    Deno.unrefTimer(maintenance);
    this.#maintenance = maintenance;
  }

  append(entry: AuditEntry): Promise<void> {
    return this.#writer.append(entry);
  }

  appendJson(json: string): Promise<void> {
    return this.#writer.appendJson(json);
  }

  followFailure(follower: (failure: AuditError | null) => void): () => void {
    return this.#writer.follow(follower);
  }

  get failure(): AuditError | null {
    return this.#writer.failure;
  }

  get queueDepth(): number {
    return this.#writer.depth;
  }

  async publicKey(): Promise<string> {
    if (this.#writer.publicKey === null) await this.#writer.maintain();
    return this.#writer.publicKey ?? "";
  }

  async query(filter: AuditFilter): Promise<AuditPage> {
    return await threads.reader().ask({ op: "query", settings: this.#settings, filter });
  }

  async verify(range: { start?: string; end?: string } = {}): Promise<ChainReport> {
    return await threads.reader().ask({ op: "verify", settings: this.#settings, range });
  }

  async *export(format: ExportFormat, period: Period = {}): AsyncGenerator<string> {
    const reader = threads.reader();
    const number = await reader.ask({ op: "export", settings: this.#settings, format, period, now: (this.options.now ?? Date.now)() });
    try {
      for (;;) {
        const chunk = await reader.ask({ op: "next", export: number });
        if (chunk === null) return;
        yield chunk;
      }
    } finally {
      if (!reader.dead) await reader.ask({ op: "stop", export: number });
    }
  }

  flush(): Promise<void> {
    return this.#writer.flush();
  }

  /** Signs the hourly checkpoint and prunes what is over its retention, when due; runs every minute by itself. */
  async maintain(): Promise<{ readonly checkpointed: boolean; readonly pruned: number }> {
    if (this.options.maintains?.() === false) return { checkpointed: false, pruned: 0 };
    return await this.#writer.maintain();
  }

  close(): Promise<void> {
    if (this.#maintenance !== null) clearInterval(this.#maintenance);
    return this.#closing ??= this.#writer.close().finally(() => threads.release());
  }
}
