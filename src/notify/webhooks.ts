/**
 * Webhooks, off the request path: `notify` puts a message into a bounded queue and returns; delivery, retries and back-off happen
 * behind it. What does not fit is dropped and counted, never waited for.
 */
import { randomUUID } from "node:crypto";
import type { Delivery } from "./post.ts";
import { sign, SIGNATURE_HEADER } from "./signature.ts";

/** A message for one webhook. */
export interface Notification {
  readonly url: string;
  readonly tenant: string;
  /** Shown to people; also as `text`, which chat webhooks display. */
  readonly message: string;
  /** Facts of the event; no prompt or answer text unless the message asked for it. */
  readonly event: Readonly<Record<string, unknown>>;
}

export type NotifyResult = "delivered" | "failed" | "refused" | "dropped";

export interface WebhookDeps {
  readonly post: (url: URL, headers: Readonly<Record<string, string>>, body: string) => Promise<Delivery>;
  /** Signs when set. */
  readonly secret: string | undefined;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Calls back after `ms`; returns what cancels it. */
  readonly schedule: (callback: () => void, ms: number) => () => void;
  /** Told once per notification how it ended; the reason names the host only. */
  readonly onResult: (result: NotifyResult, tenant: string, reason: string) => void;
}

export interface WebhookLimits {
  /** Notifications waiting or in back-off, all tenants. */
  readonly maxPending: number;
  /** The same of one tenant, so that none can crowd out the others. */
  readonly maxPendingPerTenant: number;
  /** Deliveries under way at once. */
  readonly concurrency: number;
  /** Tries in all. */
  readonly attempts: number;
  /** Before the second try; doubles, with full jitter; milliseconds. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

export const DEFAULT_LIMITS: WebhookLimits = {
  maxPending: 1000,
  maxPendingPerTenant: 200,
  concurrency: 8,
  attempts: 6,
  backoffMs: 1000,
  maxBackoffMs: 60_000,
};

interface Job {
  readonly url: URL;
  readonly tenant: string;
  readonly id: string;
  readonly body: string;
  attempt: number;
}

export class Webhooks {
  readonly #waiting: Job[] = [];
  /** Jobs in back-off, with what wakes them early. */
  readonly #sleeping = new Map<Job, () => void>();
  readonly #perTenant = new Map<string, number>();
  #active = 0;
  #pending = 0;
  #draining = false;
  #onIdle: (() => void)[] = [];

  constructor(readonly deps: WebhookDeps, readonly limits: WebhookLimits = DEFAULT_LIMITS) {}

  /** Notifications that are not decided yet. */
  get pending(): number {
    return this.#pending;
  }

  /** Queues a notification; returns at once. */
  notify({ url, tenant, message, event }: Notification): void {
    const own = this.#perTenant.get(tenant) ?? 0;
    if (this.#draining || this.#pending >= this.limits.maxPending || own >= this.limits.maxPendingPerTenant) {
      return this.deps.onResult("dropped", tenant, this.#draining ? "shutting down" : "the queue is full");
    }
    this.#pending++;
    this.#perTenant.set(tenant, own + 1);
    const id = randomUUID();
    const created = new Date(this.deps.now()).toISOString();
    const body = JSON.stringify({ id, type: "rule.fired", created, text: message, message, tenant, ...event });
    this.#waiting.push({ url: new URL(url), tenant, id, body, attempt: 0 });
    this.#pump();
  }

  /** Takes nothing new, gives what waits a last try now, and resolves when all is decided or after `deadlineMs`. */
  async drain(deadlineMs: number): Promise<void> {
    this.#draining = true;
    for (const wake of [...this.#sleeping.values()]) wake();
    if (this.#pending === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = this.deps.schedule(resolve, deadlineMs);
      this.#onIdle.push(() => {
        cancel();
        resolve();
      });
    });
    const left = [...this.#waiting.splice(0)];
    for (const job of left) this.#settle(job, "failed", "shut down before it was delivered");
  }

  #pump(): void {
    while (this.#active < this.limits.concurrency && this.#waiting.length > 0) {
      const job = this.#waiting.shift()!;
      this.#active++;
      void this.#deliver(job).finally(() => {
        this.#active--;
        this.#pump();
      });
    }
  }

  async #deliver(job: Job): Promise<void> {
    job.attempt++;
    const { secret, now, post } = this.deps;
    const seconds = Math.floor(now() / 1000);
    const delivery = await post(job.url, {
      "user-agent": "CheckStream",
      "x-checkstream-delivery": job.id,
      "x-checkstream-attempt": String(job.attempt),
      ...(secret !== undefined && { [SIGNATURE_HEADER]: sign(secret, seconds, job.body) }),
    }, job.body);
    if (delivery.kind === "delivered") return this.#settle(job, "delivered", "");
    if (delivery.kind !== "later") return this.#settle(job, delivery.kind, delivery.reason);
    if (job.attempt >= this.limits.attempts || this.#draining) return this.#settle(job, "failed", delivery.reason);
    this.#sleep(job, this.#delay(job.attempt, delivery.retryAfterMs));
  }

  /** Full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), never before the receiver's own wish. */
  #delay(attempt: number, retryAfterMs = 0): number {
    const { backoffMs, maxBackoffMs } = this.limits;
    const jittered = this.deps.random() * Math.min(maxBackoffMs, backoffMs * 2 ** (attempt - 1));
    return Math.min(Math.max(jittered, retryAfterMs), maxBackoffMs);
  }

  #sleep(job: Job, ms: number): void {
    const wake = () => {
      cancel();
      if (!this.#sleeping.delete(job)) return;
      this.#waiting.push(job);
      this.#pump();
    };
    const cancel = this.deps.schedule(wake, ms);
    this.#sleeping.set(job, wake);
  }

  #settle(job: Job, result: NotifyResult, reason: string): void {
    this.#pending--;
    const own = this.#perTenant.get(job.tenant)! - 1;
    if (own === 0) this.#perTenant.delete(job.tenant);
    else this.#perTenant.set(job.tenant, own);
    this.deps.onResult(result, job.tenant, reason);
    if (this.#pending > 0) return;
    for (const tell of this.#onIdle.splice(0)) tell();
  }
}
