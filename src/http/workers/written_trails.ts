/** The control plane's end of one worker's audit trails: writes what the worker records, and tells how that ended. */
import { type AuditError, auditError } from "../../audit/errors.ts";
import type { TrailLease } from "../../audit/trails.ts";
import type { TenantConfig } from "../../config/mod.ts";
import type { AuditProblem, Told, ToWorker } from "./protocol.ts";

/** How often a worker is told how many records were taken that nobody waits for; milliseconds. */
const TAKEN_MS = 50;

export interface WrittenTrailsDeps {
  readonly open: (config: TenantConfig, filed: boolean) => Promise<TrailLease>;
  readonly post: (message: ToWorker) => void;
  /** Told of a record that nobody waits for and that was not written. */
  readonly onLost: (tenant: string, error: AuditError) => void;
  readonly onCloseFailure: (tenant: string, error: unknown) => void;
}

interface Held {
  readonly tenant: string;
  readonly lease: TrailLease;
  readonly unfollow: () => void;
}

interface Results {
  taken: number;
  readonly ended: [record: number, problem: AuditProblem | null][];
}

export class WrittenTrails {
  readonly #held = new Map<number, Promise<Held | undefined>>();
  /** What is to be told, by trail. */
  #results = new Map<number, Results>();
  #telling = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly deps: WrittenTrailsDeps) {}

  /** Takes what a worker says of trails; false for anything else. */
  take(told: Told): boolean {
    switch (told.kind) {
      case "open_trail":
        this.#held.set(told.trail, this.#open(told));
        return true;
      case "record":
        void this.#write(told.trail, told.record, told.json, told.awaited);
        return true;
      case "close_trail":
        void this.#close(told.trail);
        return true;
      default:
        return false;
    }
  }

  /** Lets go of all of them, when the worker is no more. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.#held.keys()].map((trail) => this.#close(trail)));
  }

  async #open({ call, trail, config, filed }: Extract<Told, { kind: "open_trail" }>): Promise<Held | undefined> {
    const { open, post } = this.deps;
    try {
      const lease = await open(config, filed);
      const tell = (failure: AuditError | null) => post({ kind: "trail", trail, failure: failure === null ? null : problemOf(failure) });
      const unfollow = lease.store.followFailure(tell);
      if (lease.store.failure !== null) tell(lease.store.failure);
      post({ kind: "trail_open", call, problem: null });
      return { tenant: config.id, lease, unfollow };
    } catch (error) {
      post({ kind: "trail_open", call, problem: problemOf(auditError(error)) });
      return undefined;
    }
  }

  async #write(trail: number, record: number, json: string, awaited: boolean): Promise<void> {
    const held = await this.#held.get(trail);
    if (held === undefined) return;
    let problem: AuditProblem | null = null;
    try {
      await held.lease.store.appendJson(json);
    } catch (error) {
      problem = problemOf(auditError(error));
      if (!awaited && !problem.kept) this.deps.onLost(held.tenant, auditError(error));
    }
    const results = this.#result(trail);
    results.taken++;
    if (!awaited) {
      this.#timer ??= setTimeout(() => this.#flush(), TAKEN_MS);
      return;
    }
    results.ended.push([record, problem]);
    if (this.#telling) return;
    this.#telling = true;
    queueMicrotask(() => this.#flush());
  }

  async #close(trail: number): Promise<void> {
    const held = await this.#held.get(trail);
    this.#held.delete(trail);
    if (held === undefined) return;
    held.unfollow();
    try {
      await held.lease.release();
    } catch (error) {
      this.deps.onCloseFailure(held.tenant, error);
    }
  }

  #result(trail: number): Results {
    let results = this.#results.get(trail);
    if (results === undefined) this.#results.set(trail, results = { taken: 0, ended: [] });
    return results;
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#telling = false;
    const all = this.#results;
    this.#results = new Map();
    for (const [trail, results] of all) this.deps.post({ kind: "audit", trail, results });
  }
}

function problemOf({ code, message, kept }: AuditError): AuditProblem {
  return { code, message, kept };
}
