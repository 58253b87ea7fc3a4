/**
 * Audit trails as a worker sees them: each is written by the control plane, one writer per trail, so that the records of all workers are
 * one chain and a worker that dies takes none with it.
 */
import { AuditError } from "../../audit/errors.ts";
import { entryJson } from "../../audit/record.ts";
import type { AuditEntry, AuditSink } from "../../audit/types.ts";
import type { TenantConfig } from "../../config/mod.ts";
import type { HeldTrail } from "../../tenants/assemble.ts";
import type { Outbox } from "./outbox.ts";
import type { AuditProblem, AuditResults, ToWorker } from "./protocol.ts";

/** Without a word of what was taken for so long, ms, records are waited for: the trail, or who writes it, is behind. It is told every 50 ms. */
const BEHIND_MS = 250;

type Settle = (problem: AuditProblem | null) => void;

export class RelayedTrails {
  readonly #trails = new Map<number, RelayedTrail>();
  readonly #opening = new Map<number, Settle>();
  #numbers = 0;

  constructor(readonly outbox: Outbox) {}

  /** `filed`: the tenant is in the file. @throws {AuditError} when the control plane cannot open it. */
  async open(config: TenantConfig, filed: boolean): Promise<HeldTrail> {
    const number = ++this.#numbers;
    const sink = new RelayedTrail(number, config, this.outbox);
    this.#trails.set(number, sink);
    await new Promise<void>((resolve, reject) => {
      this.#opening.set(number, (problem) => problem === null ? resolve() : reject(errorOf(problem)));
      this.outbox.now({ kind: "open_trail", call: number, trail: number, config, filed });
    }).catch((error) => {
      this.#trails.delete(number);
      throw error;
    });
    const release = () => {
      // What ended is told until the last record that is waited for has ended.
      this.outbox.now({ kind: "close_trail", trail: number });
      sink.released = true;
      if (sink.queueDepth === 0) this.#trails.delete(number);
      return Promise.resolve();
    };
    return { sink, store: undefined, release };
  }

  /** Takes what the control plane says of trails; false for anything else. */
  take(message: ToWorker): boolean {
    switch (message.kind) {
      case "audit": {
        const trail = this.#trails.get(message.trail);
        trail?.ended(message.results);
        if (trail?.released === true && trail.queueDepth === 0) this.#trails.delete(message.trail);
        return true;
      }
      case "trail":
        this.#trails.get(message.trail)?.failed(message.failure);
        return true;
      case "trail_open":
        this.#opening.get(message.call)?.(message.problem);
        this.#opening.delete(message.call);
        return true;
      default:
        return false;
    }
  }
}

class RelayedTrail implements AuditSink {
  released = false;
  #failure: AuditError | null = null;
  /** Records sent that the trail has not taken. */
  #underWay = 0;
  /** When one was last taken, or all were; `performance.now()`. */
  #takenMs = 0;
  #records = 0;
  readonly #awaited = new Map<number, Settle>();
  readonly #waits: boolean;

  constructor(readonly number: number, readonly config: TenantConfig, readonly outbox: Outbox) {
    const { durability, onError } = config.audit;
    // Where neither is asked for, no answer waits for another thread to say that a record is in its queue.
    this.#waits = durability === "request" || onError === "closed";
  }

  get failure(): AuditError | null {
    return this.#failure;
  }

  get queueDepth(): number {
    return this.#underWay;
  }

  append(entry: AuditEntry): Promise<void> {
    const { id, audit } = this.config;
    let json: string;
    try {
      if (this.#underWay >= audit.maxQueue) {
        throw new AuditError("queue_full", `The audit queue of "${id}" is full (${this.#underWay} records wait)`);
      }
      json = entryJson(entry, id);
    } catch (error) {
      return Promise.reject(error);
    }
    const nowMs = performance.now();
    if (this.#underWay++ === 0) this.#takenMs = nowMs;
    const record = ++this.#records;
    const awaited = this.#waits || this.#failure !== null || nowMs - this.#takenMs > BEHIND_MS;
    // At once, so that a worker that dies takes no record with it.
    this.outbox.now({ kind: "record", trail: this.number, record, json, awaited });
    if (!awaited) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#awaited.set(record, (problem) => problem === null ? resolve() : reject(errorOf(problem)));
    });
  }

  ended({ taken, ended }: AuditResults): void {
    this.#underWay -= taken;
    this.#takenMs = performance.now();
    for (const [record, problem] of ended) {
      this.#awaited.get(record)?.(problem);
      this.#awaited.delete(record);
    }
  }

  failed(problem: AuditProblem | null): void {
    this.#failure = problem === null ? null : errorOf(problem);
  }
}

function errorOf({ code, message, kept }: AuditProblem): AuditError {
  return new AuditError(code, message, { kept });
}
