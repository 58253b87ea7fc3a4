/** The workers of one gateway: started, kept alive, given every change, and stopped, by the control plane. */
import type { KeyMirror } from "../../tenants/state/key_mirror.ts";
import type { Log } from "../../telemetry/log.ts";
import { recipeOf } from "../../tenants/recipe.ts";
import type { Snapshot } from "../../tenants/registry.ts";
import type { Address, TlsFiles } from "../listeners.ts";
import type { BudgetTotals, KeyChanges, Told, ToWorker, WorkerRequest, WorkerStart } from "./protocol.ts";
import { ServingThread, ThreadEndedError } from "./serving_thread.ts";
import { WrittenTrails, type WrittenTrailsDeps } from "./written_trails.ts";

export interface WorkerPoolDeps {
  /** How many; above 0. */
  readonly size: number;
  /** What all are made from, beside their number and what changes while running. */
  readonly start: Omit<WorkerStart, "worker" | "recipe" | "keys" | "budgets">;
  /** What serves at first. */
  readonly snapshot: Snapshot;
  readonly keys: KeyMirror | undefined;
  /** What budgets have used by now. */
  readonly budgets: () => BudgetTotals;
  readonly address: Address;
  readonly tls: TlsFiles | undefined;
  readonly spawn: (name: string) => Worker;
  readonly openTrail: WrittenTrailsDeps["open"];
  /** Counts and notifications of worker `worker`, and the keys it saw used. */
  readonly onTold: (told: Told, worker: number) => void;
  /** A record that nobody waits for was not written. */
  readonly onLostRecord: WrittenTrailsDeps["onLost"];
  /** Worker `worker` ended by itself: what it held is free, and another one takes its place. */
  readonly onEnd: (worker: number) => void;
  readonly log: Log;
}

/** Longest that a worker may take to compile a configuration; one that takes longer hangs and is replaced. Milliseconds. */
const COMPILE_MS = 60_000;
/** The same for anything else; milliseconds. */
const ANSWER_MS = 60_000;
/** Every worker is asked this often whether it answers; milliseconds. */
const HEARTBEAT_MS = 15_000;
/** Longest that an operator's call waits for workers that are busy; milliseconds. */
const SETTLE_MS = 2000;
/** Beyond its deadline, for a worker that stops; milliseconds. */
const STOP_MS = 5000;
/** Before a worker that died is replaced; doubles with each death in a row. Milliseconds. */
const RESTART_MS = 100;
const MAX_RESTART_MS = 10_000;
/** A worker that lived so long did not die at birth; milliseconds. */
const LIVED_MS = 30_000;

interface Slot {
  readonly number: number;
  thread: ServingThread;
  trails: WrittenTrails;
  /** It listens. */
  serving: boolean;
  /** Deaths in a row. */
  deaths: number;
  startedMs: number;
}

export class WorkerPool {
  readonly #slots: Slot[] = [];
  /** What every worker serves, or will when it has started. */
  #snapshot: Snapshot;
  #url = "";
  #stopping = false;
  /** Changes and restarts take turns, so that a new worker never misses one. */
  #turn: Promise<unknown> = Promise.resolve();
  #keyChanges: [string, KeyChanges[number][1]][] = [];
  readonly #unfollow: () => void;
  readonly #heartbeat: ReturnType<typeof setInterval>;

  private constructor(readonly deps: WorkerPoolDeps) {
    this.#snapshot = deps.snapshot;
    // One that hangs is replaced when its answer is overdue.
    this.#heartbeat = setInterval(() => void this.#askAll({ op: "settle" }, ANSWER_MS).catch(() => {}), HEARTBEAT_MS);
    this.#unfollow = deps.keys?.follow((digest, key) => {
      if (this.#keyChanges.push([digest, key]) === 1) queueMicrotask(() => this.#tellKeys());
    }) ?? (() => {});
  }

  /** Starts all workers. @throws when one cannot start or listen; then none runs. */
  static async start(deps: WorkerPoolDeps): Promise<WorkerPool> {
    const pool = new WorkerPool(deps);
    try {
      for (let number = 1; number <= deps.size; number++) pool.#slots.push(pool.#spawn(number));
      await Promise.all(pool.#slots.map((slot) => pool.#begin(slot)));
      for (const slot of pool.#slots) await pool.#listen(slot);
    } catch (error) {
      pool.#terminate();
      throw error;
    }
    return pool;
  }

  /** `http://HOST:PORT`; the same for all. */
  get url(): string {
    return this.#url;
  }

  /** How many listen. */
  get serving(): number {
    return this.#slots.filter(({ serving }) => serving).length;
  }

  /** Numbers of all, whether they listen or not. */
  get numbers(): number[] {
    return this.#slots.map(({ number }) => number);
  }

  /** Tells worker `number`. */
  post(number: number, message: ToWorker): void {
    this.#slots[number - 1]?.thread.post(message);
  }

  /**
   * Gives every worker `snapshot`: each compiles it, and only when all have does each serve it; `commit` is called in between.
   * @throws when one cannot compile it; then every worker serves on what it has.
   */
  replace(snapshot: Snapshot, commit: () => void): Promise<void> {
    return this.#inTurn(async () => {
      const recipe = recipeOf(snapshot, this.#snapshot);
      try {
        await this.#askAll({ op: "prepare", recipe }, COMPILE_MS);
      } catch (error) {
        await this.#askAll({ op: "discard" }, ANSWER_MS);
        throw error;
      }
      this.#snapshot = snapshot;
      commit();
      await this.#askAll({ op: "commit" }, ANSWER_MS);
    });
  }

  /** Resolves when every worker has told what it counted and knows what was changed, or after `SETTLE_MS`. */
  async settled(): Promise<void> {
    this.#tellKeys();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, SETTLE_MS));
    await Promise.race([this.#askAll({ op: "settle" }, ANSWER_MS), late]);
    clearTimeout(timer);
  }

  /** Lets requests finish within `deadlineMs`, then ends all. */
  async stop(deadlineMs: number): Promise<void> {
    this.#stopping = true;
    await this.#askAll({ op: "stop", deadlineMs }, deadlineMs + STOP_MS);
    this.#terminate();
    await Promise.all(this.#slots.map(({ trails }) => trails.closeAll()));
  }

  #spawn(number: number): Slot {
    const { spawn, openTrail, onLostRecord, onTold, log } = this.deps;
    const trails = new WrittenTrails({
      open: openTrail,
      post: (message) => thread.post(message),
      onLost: onLostRecord,
      onCloseFailure: (tenant, error) => log.error("audit trail not closed", { tenant, error: String(error) }),
    });
    const thread = new ServingThread(number, {
      spawn,
      onTold: (told) => void (trails.take(told) || onTold(told, number)),
      onEnd: (why) => this.#ended(number, why),
    });
    return { number, thread, trails, serving: false, deaths: 0, startedMs: performance.now() };
  }

  async #begin({ number, thread }: Slot): Promise<void> {
    const { start, keys, budgets } = this.deps;
    const all: WorkerStart = {
      ...start,
      worker: number,
      recipe: recipeOf(this.#snapshot),
      keys: [...keys?.entries() ?? []],
      budgets: budgets(),
    };
    await thread.ask({ op: "start", start: all }, COMPILE_MS);
  }

  async #listen(slot: Slot): Promise<void> {
    const { address, tls } = this.deps;
    const port = this.#url === "" ? address.port : Number(new URL(this.#url).port || (tls === undefined ? 80 : 443));
    this.#url = await slot.thread.ask({ op: "listen", address: { ...address, port, shared: true }, tls }, ANSWER_MS);
    slot.serving = true;
  }

  /** A worker died: what it held is let go of, and another takes its place. */
  #ended(number: number, why: Error): void {
    const { log, onEnd } = this.deps;
    const slot = this.#slots[number - 1];
    if (this.#stopping || slot === undefined) return;
    const started = slot.serving;
    slot.serving = false;
    slot.deaths = performance.now() - slot.startedMs > LIVED_MS ? 1 : slot.deaths + 1;
    log.error("a worker died; what it was answering broke off", { worker: number, error: why.message });
    onEnd(number);
    void slot.trails.closeAll();
    // Before the first request nothing is tried again: what started it is told.
    if (started || this.#url !== "") this.#restart(slot);
  }

  #restart(slot: Slot): void {
    const afterMs = Math.min(MAX_RESTART_MS, RESTART_MS * 2 ** (slot.deaths - 1));
    setTimeout(() =>
      void this.#inTurn(async () => {
        if (this.#stopping) return;
        const next = this.#spawn(slot.number);
        Object.assign(slot, { thread: next.thread, trails: next.trails, startedMs: next.startedMs });
        try {
          await this.#begin(slot);
          await this.#listen(slot);
          this.deps.log.info("a worker took the place of the one that died", { worker: slot.number });
        } catch (error) {
          if (error instanceof ThreadEndedError || this.#stopping) return;
          slot.thread.terminate();
          this.#ended(slot.number, error instanceof Error ? error : new Error(String(error)));
        }
      }), afterMs);
  }

  #tellKeys(): void {
    const changes = this.#keyChanges;
    if (changes.length === 0) return;
    this.#keyChanges = [];
    for (const { thread } of this.#slots) thread.post({ kind: "keys", changes });
  }

  /** One that ends meanwhile has no say: its successor is made from what serves then. @throws what the first that failed says. */
  async #askAll(request: WorkerRequest, timeoutMs: number): Promise<void> {
    const asked = this.#slots.map(async ({ number, thread }) => {
      try {
        await thread.ask(request, timeoutMs);
      } catch (error) {
        if (error instanceof ThreadEndedError) return;
        throw new Error(`Worker ${number}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      }
    });
    const ends = await Promise.allSettled(asked);
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => {});
    return mine;
  }

  #terminate(): void {
    this.#stopping = true;
    clearInterval(this.#heartbeat);
    this.#unfollow();
    for (const slot of this.#slots) {
      slot.serving = false;
      slot.thread.terminate();
    }
  }
}
