/**
 * The counts of all subjects in one `SharedArrayBuffer`, so that every worker thread of a process counts in the same place: an
 * open-addressed hash table of fixed slots, each behind a spin lock. Nothing is ever removed; a slot whose buckets are full and that has
 * nothing under way is as good as none, and is given to the next subject that finds no room.
 *
 * Layout. Header (128 bytes): magic, slots, table lock, slots in use, times full, workers seen; at 64 the last time and the clock's
 * correction. Slot (192 bytes): 128-bit hash of the subject's id, lock, in-use flag; at 32 the time of the last change and the two debts
 * (`Float64`, milliseconds); at 64 the requests under way of each of 32 workers.
 */
import { createHash } from "node:crypto";
import { SpinLocks } from "./spin_locks.ts";
import { LimitStoreError } from "./types.ts";

/** Worker threads that can count in one table. */
export const MAX_WORKERS = 32;

/** Subjects that can be tracked at once, unless said otherwise: 3 MiB, of which the system gives what is touched. */
export const DEFAULT_SLOTS = 16_384;

/** The largest table. */
export const MAX_SLOTS = 1 << 20;

const MAGIC = 0x43534c32;
const HEADER_BYTES = 128;
const SLOT_BYTES = 192;
const [H_MAGIC, H_SLOTS, H_LOCK, H_USED, H_FULL, H_WORKERS] = [0, 1, 2, 3, 4, 5];
const [H_LAST_MS, H_OFFSET_MS] = [8, 9];
const [S_LOCK, S_USED] = [4, 5];
const [S_AT, S_REQUESTS, S_TOKENS] = [4, 5, 6];
const S_RUNNING = 16;

/** Slots looked at for one subject; a table that crowded is full. */
const PROBES = 128;

/** A clock that steps back further than this is corrected; milliseconds. */
const STEP_BACK_MS = 1000;

/** Which slot a subject has, as far as this thread remembers. */
export interface Place {
  readonly id: string;
  readonly hash: Int32Array;
  slot: number;
}

/** Bytes of a table of `slots` slots, a power of two from 64 to 1,048,576. */
export function tableBytes(slots: number): number {
  if (!Number.isInteger(slots) || slots < 64 || slots > MAX_SLOTS || (slots & (slots - 1)) !== 0) {
    throw new RangeError(`Cannot make a table of ${slots} slots: expected a power of two from 64 to 1048576`);
  }
  return HEADER_BYTES + slots * SLOT_BYTES;
}

export class MemoryTable {
  readonly #ints: Int32Array<SharedArrayBuffer>;
  readonly #floats: Float64Array<SharedArrayBuffer>;
  readonly #mask: number;
  readonly #locks: SpinLocks;
  readonly #column: number;

  /**
   * @param buffer A fresh one is filled in; one that a table was made in is shared with it.
   * @param worker 0–31, of this thread alone. What an earlier thread of that number left behind (a lock, requests under way) is cleared.
   */
  constructor(readonly buffer: SharedArrayBuffer, worker: number) {
    if (!Number.isInteger(worker) || worker < 0 || worker >= MAX_WORKERS) {
      throw new RangeError(`Cannot count for worker ${worker}: expected 0 to ${MAX_WORKERS - 1}`);
    }
    const slots = (buffer.byteLength - HEADER_BYTES) / SLOT_BYTES;
    tableBytes(slots);
    this.#ints = new Int32Array(buffer);
    this.#floats = new Float64Array(buffer);
    this.#mask = slots - 1;
    const me = worker + 1;
    this.#locks = new SpinLocks(this.#ints, me);
    this.#column = worker;
    Atomics.store(this.#ints, H_SLOTS, slots);
    Atomics.store(this.#ints, H_MAGIC, MAGIC);
    let seen = Atomics.load(this.#ints, H_WORKERS);
    while (seen < me) {
      const found = Atomics.compareExchange(this.#ints, H_WORKERS, seen, me);
      if (found === seen) break;
      seen = found;
    }
    this.recover(worker);
  }

  get slots(): number {
    return this.#mask + 1;
  }

  /** Slots that were ever given out. */
  get used(): number {
    return Atomics.load(this.#ints, H_USED);
  }

  /** Times a subject found no room. */
  get timesFull(): number {
    return Atomics.load(this.#ints, H_FULL);
  }

  /**
   * `nowMs` on a clock that never goes back, the same for all workers. Without it, a clock that is set back an hour would stop every refill
   * for an hour; one that is set forward refills at once, which is at most one burst.
   */
  clock(nowMs: number): number {
    const floats = this.#floats;
    const time = nowMs + floats[H_OFFSET_MS]!;
    const last = floats[H_LAST_MS]!;
    if (time >= last) {
      floats[H_LAST_MS] = time;
      return time;
    }
    if (last - time < STEP_BACK_MS) return last;
    this.#locks.lock(H_LOCK);
    const still = floats[H_LAST_MS]! - (nowMs + floats[H_OFFSET_MS]!);
    if (still >= STEP_BACK_MS) floats[H_OFFSET_MS] = floats[H_OFFSET_MS]! + still;
    this.#locks.unlock(H_LOCK);
    return floats[H_LAST_MS]!;
  }

  /** Where `id` is to be looked for. */
  place(id: string): Place {
    const digest = createHash("sha256").update(id).digest();
    return { id, hash: Int32Array.from([0, 4, 8, 12], (at) => digest.readInt32LE(at)), slot: -1 };
  }

  /** Locks the slot of `place`, making one when there is none. @throws {LimitStoreError} `full` */
  enter(place: Place, time: number): number {
    while (true) {
      if (place.slot < 0) place.slot = this.#find(place.hash);
      if (place.slot < 0) place.slot = this.#insert(place, time);
      const slot = place.slot;
      this.#locks.lock(slot + S_LOCK);
      // Another worker may have given the slot away before it was locked.
      if (this.#holds(slot, place.hash)) {
        this.#decay(slot, time);
        return slot;
      }
      this.#locks.unlock(slot + S_LOCK);
      place.slot = -1;
    }
  }

  /** Locks two slots, always in the same order. @throws {LimitStoreError} `full` */
  enterBoth(a: Place, b: Place, time: number): void {
    while (true) {
      for (const place of [a, b]) {
        if (place.slot < 0) place.slot = this.#find(place.hash);
        if (place.slot < 0) place.slot = this.#insert(place, time);
      }
      const [low, high] = a.slot < b.slot ? [a.slot, b.slot] : [b.slot, a.slot];
      if (low !== high) {
        this.#locks.lock(low + S_LOCK);
        this.#locks.lock(high + S_LOCK);
        if (this.#holds(a.slot, a.hash) && this.#holds(b.slot, b.hash)) {
          this.#decay(low, time);
          this.#decay(high, time);
          return;
        }
        this.#locks.unlock(high + S_LOCK);
        this.#locks.unlock(low + S_LOCK);
      }
      a.slot = b.slot = -1;
    }
  }

  leave(slot: number): void {
    this.#locks.unlock(slot + S_LOCK);
  }

  requestsDebt(slot: number): number {
    return this.#floats[slot / 2 + S_REQUESTS]!;
  }

  tokensDebt(slot: number): number {
    return this.#floats[slot / 2 + S_TOKENS]!;
  }

  /** Requests under way, of all workers. */
  running(slot: number): number {
    const workers = Atomics.load(this.#ints, H_WORKERS);
    let sum = 0;
    for (let worker = 0; worker < workers; worker++) sum += this.#ints[slot + S_RUNNING + worker]!;
    return sum;
  }

  /** Inside `enter`: adds to both debts, which never fall below 0, and to this worker's requests under way. */
  add(slot: number, requestsMs: number, tokensMs: number, running: number): void {
    const at = slot / 2;
    const floats = this.#floats;
    floats[at + S_REQUESTS] = Math.max(0, floats[at + S_REQUESTS]! + requestsMs);
    floats[at + S_TOKENS] = Math.max(0, floats[at + S_TOKENS]! + tokensMs);
    const own = slot + S_RUNNING + this.#column;
    this.#ints[own] = Math.max(0, this.#ints[own]! + running);
  }

  /** Raises debts to at least these. @throws {LimitStoreError} `full` */
  raise(place: Place, requestsMs: number, tokensMs: number, nowMs: number): void {
    const slot = this.enter(place, this.clock(nowMs));
    const at = slot / 2;
    this.#floats[at + S_REQUESTS] = Math.max(this.#floats[at + S_REQUESTS]!, requestsMs);
    this.#floats[at + S_TOKENS] = Math.max(this.#floats[at + S_TOKENS]!, tokensMs);
    this.leave(slot);
  }

  /** What owes anything, as `id hash (hex), requests debt, tokens debt`. */
  *debts(nowMs: number): Generator<readonly [hash: string, requestsMs: number, tokensMs: number]> {
    const time = this.clock(nowMs);
    for (let slot = HEADER_BYTES / 4; slot < this.#ints.length; slot += SLOT_BYTES / 4) {
      if (Atomics.load(this.#ints, slot + S_USED) === 0) continue;
      this.#locks.lock(slot + S_LOCK);
      this.#decay(slot, time);
      const [requests, tokens] = [this.requestsDebt(slot), this.tokensDebt(slot)];
      const hash = Array.from(this.#ints.subarray(slot, slot + 4), (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
      this.#locks.unlock(slot + S_LOCK);
      if (requests > 0 || tokens > 0) yield [hash, requests, tokens];
    }
  }

  /** A place from its hash, as `debts` gives it. */
  placeOf(hash: string): Place {
    return { id: hash, hash: Int32Array.from([0, 8, 16, 24], (at) => parseInt(hash.slice(at, at + 8), 16) | 0), slot: -1 };
  }

  /** Frees what a worker that is no more had under way, and the locks it held. */
  recover(worker: number): void {
    this.#locks.release(H_LOCK, worker + 1);
    for (let slot = HEADER_BYTES / 4; slot < this.#ints.length; slot += SLOT_BYTES / 4) {
      if (Atomics.load(this.#ints, slot + S_USED) === 0) continue;
      this.#locks.release(slot + S_LOCK, worker + 1);
      this.#locks.lock(slot + S_LOCK);
      this.#ints[slot + S_RUNNING + worker] = 0;
      this.#locks.unlock(slot + S_LOCK);
    }
  }

  /** Brings the debts forward to `time`: both shrink by a millisecond a millisecond. */
  #decay(slot: number, time: number): void {
    const at = slot / 2;
    const floats = this.#floats;
    const elapsed = time - floats[at + S_AT]!;
    if (elapsed <= 0) return;
    floats[at + S_AT] = time;
    const requests = floats[at + S_REQUESTS]!;
    const tokens = floats[at + S_TOKENS]!;
    floats[at + S_REQUESTS] = requests > elapsed ? requests - elapsed : 0;
    floats[at + S_TOKENS] = tokens > elapsed ? tokens - elapsed : 0;
  }

  #holds(slot: number, hash: Int32Array): boolean {
    const ints = this.#ints;
    return ints[slot] === hash[0] && ints[slot + 1] === hash[1] && ints[slot + 2] === hash[2] && ints[slot + 3] === hash[3];
  }

  #at(hash: Int32Array, probe: number): number {
    return (HEADER_BYTES + (((hash[0]! >>> 0) + probe) & this.#mask) * SLOT_BYTES) / 4;
  }

  #find(hash: Int32Array): number {
    for (let probe = 0; probe < PROBES && probe <= this.#mask; probe++) {
      const slot = this.#at(hash, probe);
      if (Atomics.load(this.#ints, slot + S_USED) === 0) return -1;
      if (this.#holds(slot, hash)) return slot;
    }
    return -1;
  }

  #insert({ hash }: Place, time: number): number {
    this.#locks.lock(H_LOCK);
    try {
      let idle = -1;
      for (let probe = 0; probe < PROBES && probe <= this.#mask; probe++) {
        const slot = this.#at(hash, probe);
        if (Atomics.load(this.#ints, slot + S_USED) === 0) {
          this.#write(slot, hash, time);
          Atomics.add(this.#ints, H_USED, 1);
          return slot;
        }
        if (this.#holds(slot, hash)) return slot;
        if (idle < 0 && this.#isIdle(slot, time)) idle = slot;
      }
      if (idle >= 0 && this.#write(idle, hash, time)) return idle;
      Atomics.add(this.#ints, H_FULL, 1);
    } finally {
      this.#locks.unlock(H_LOCK);
    }
    const advice = "raise rate_limit.max_subjects";
    throw new LimitStoreError("full", `The table of limits has no room: ${this.used} of ${this.slots} slots are in use; ${advice}`);
  }

  #isIdle(slot: number, time: number): boolean {
    const at = slot / 2;
    const elapsed = time - this.#floats[at + S_AT]!;
    return this.#floats[at + S_REQUESTS]! <= elapsed && this.#floats[at + S_TOKENS]! <= elapsed && this.running(slot) === 0;
  }

  /** Gives a slot that is new, or still idle, to another subject. */
  #write(slot: number, hash: Int32Array, time: number): boolean {
    this.#locks.lock(slot + S_LOCK);
    const free = Atomics.load(this.#ints, slot + S_USED) === 0 || this.#isIdle(slot, time);
    if (free) {
      this.#ints.set(hash, slot);
      const at = slot / 2;
      this.#floats[at + S_AT] = time;
      this.#floats[at + S_REQUESTS] = this.#floats[at + S_TOKENS] = 0;
      this.#ints.fill(0, slot + S_RUNNING, slot + S_RUNNING + MAX_WORKERS);
      Atomics.store(this.#ints, slot + S_USED, 1);
    }
    this.#locks.unlock(slot + S_LOCK);
    return free;
  }
}
