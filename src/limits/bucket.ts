/**
 * A token bucket, refilled continuously. It may be overdrawn by settlement (an answer larger than was reserved); what is owed
 * is paid back by waiting. Pure state: the caller brings the clock.
 */
export class Bucket {
  #level: number;
  #updatedMs: number;

  /** @param perMinute refill and size of the bucket; above 0. */
  constructor(readonly perMinute: number, nowMs: number, readonly size: number = perMinute) {
    this.#level = size;
    this.#updatedMs = nowMs;
  }

  /** What could be taken now; negative while overdrawn. */
  level(nowMs: number): number {
    // A clock that jumps back refills nothing and takes nothing away.
    const elapsedMs = Math.max(0, nowMs - this.#updatedMs);
    this.#level = Math.min(this.size, this.#level + (elapsedMs * this.perMinute) / 60_000);
    this.#updatedMs = Math.max(this.#updatedMs, nowMs);
    return this.#level;
  }

  /** A bucket of another size that is as full as this one. */
  resized(perMinute: number, nowMs: number): Bucket {
    const bucket = new Bucket(perMinute, nowMs);
    bucket.take(perMinute * (1 - this.level(nowMs) / this.size), nowMs);
    return bucket;
  }

  /** Takes `cost` whatever the level is; negative gives back. */
  take(cost: number, nowMs: number): void {
    this.#level = Math.min(this.size, this.level(nowMs) - cost);
  }

  /** Milliseconds until `cost` can be taken; 0 when it can be now. A cost above the bucket's size waits for a full bucket. */
  waitMs(cost: number, nowMs: number): number {
    const missing = Math.min(cost, this.size) - this.level(nowMs);
    // The tolerance absorbs rounding in the refill, far below one unit.
    return missing <= 1e-9 ? 0 : Math.ceil((missing * 60_000) / this.perMinute);
  }

  /** Unix seconds at which the bucket is full again. */
  fullAt(nowMs: number): number {
    return Math.ceil((nowMs + ((this.size - this.level(nowMs)) * 60_000) / this.perMinute) / 1000);
  }
}
