/** Limits kept in this process, counted exactly by all of its worker threads. */
import { DEFAULT_SLOTS, MemoryTable, type Place, tableBytes } from "./memory_table.ts";
import { refusal } from "./rate.ts";
import type { Level, LimitStore, Subject, Taken, Verdict } from "./types.ts";

export interface MemoryStoreOptions {
  /** 0–31; every thread that opens the same buffer needs a number of its own, and a thread that replaces a dead one takes its number. @default 0 */
  readonly worker?: number;
  /** Size of a buffer that is made here: a power of two. @default 16384 */
  readonly slots?: number;
}

/**
 * Opens the in-process store. Without `buffer` it makes one of its own; the stores that worker threads open over the same buffer
 * (`store.buffer`, posted to them) admit together what one of them alone would.
 */
export function openMemoryStore(buffer?: SharedArrayBuffer, { worker = 0, slots = DEFAULT_SLOTS }: MemoryStoreOptions = {}): MemoryStore {
  return new MemoryStore(new MemoryTable(buffer ?? new SharedArrayBuffer(tableBytes(slots)), worker));
}

export class MemoryStore implements LimitStore {
  /** Slots by subject, so that an admission hashes nothing. */
  readonly #places = new Map<string, Place>();

  constructor(readonly table: MemoryTable) {}

  get buffer(): SharedArrayBuffer {
    return this.table.buffer;
  }

  admit(subjects: readonly Subject[], tokens: number, nowMs: number): Verdict {
    const time = this.table.clock(nowMs);
    const [first, second] = subjects;
    if (first === undefined) return { admitted: true, refusedBy: undefined, waitMs: 0, levels: [], lease: "" };
    const place = this.#place(first);
    if (second === undefined) {
      const slot = this.table.enter(place, time);
      const level = this.#level(slot);
      const refused = refusal(first, level, tokens);
      if (refused === undefined) this.table.add(slot, first.requestMs, tokens * first.tokenMs, 1);
      const after = refused === undefined ? this.#level(slot) : level;
      this.table.leave(slot);
      return verdict([after], refused && { subject: first, ...refused });
    }
    if (subjects.length > 2) throw new RangeError(`Cannot admit ${subjects.length} subjects at once: a tenant and a key are two`);
    const other = this.#place(second);
    this.table.enterBoth(place, other, time);
    const levels = [this.#level(place.slot), this.#level(other.slot)];
    const refusedFirst = refusal(first, levels[0]!, tokens);
    const refusedSecond = refusal(second, levels[1]!, tokens);
    if (refusedFirst === undefined && refusedSecond === undefined) {
      this.table.add(place.slot, first.requestMs, tokens * first.tokenMs, 1);
      this.table.add(other.slot, second.requestMs, tokens * second.tokenMs, 1);
      levels[0] = this.#level(place.slot);
      levels[1] = this.#level(other.slot);
    }
    this.table.leave(other.slot);
    this.table.leave(place.slot);
    const longer = (refusedSecond?.waitMs ?? 0) > (refusedFirst?.waitMs ?? 0);
    return verdict(levels, longer ? { subject: second, ...refusedSecond! } : refusedFirst && { subject: first, ...refusedFirst });
  }

  settle({ subjects, tokens }: Taken, actualTokens: number, nowMs: number): readonly Level[] {
    const time = this.table.clock(nowMs);
    return subjects.map((each) => this.#change(each, time, 0, (actualTokens - tokens) * each.tokenMs, -1));
  }

  peek(subject: Subject, nowMs: number): Level {
    return this.#change(subject, this.table.clock(nowMs), 0, 0, 0);
  }

  /** Charges (or gives back) tokens that nobody reserved here. */
  charge(subject: Subject, tokens: number, nowMs: number): void {
    this.#change(subject, this.table.clock(nowMs), 0, tokens * subject.tokenMs, 0);
  }

  /** Raises debts to at least `level`. @throws {LimitStoreError} `full` */
  raise(subject: Subject, level: Pick<Level, "requestsDebtMs" | "tokensDebtMs">, nowMs: number): void {
    this.table.raise(this.#place(subject), level.requestsDebtMs, level.tokensDebtMs, nowMs);
  }

  /** Takes over what the store says that counts for all; requests' debts only rise, as answers to several threads overtake each other. */
  follow(subject: Subject, { requestsDebtMs, tokensDebtMs }: Level, nowMs: number): void {
    const slot = this.table.enter(this.#place(subject), this.table.clock(nowMs));
    const moreMs = Math.max(0, requestsDebtMs - this.table.requestsDebt(slot));
    this.table.add(slot, moreMs, tokensDebtMs - this.table.tokensDebt(slot), 0);
    this.table.leave(slot);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #change(subject: Subject, time: number, requestsMs: number, tokensMs: number, running: number): Level {
    const slot = this.table.enter(this.#place(subject), time);
    this.table.add(slot, requestsMs, tokensMs, running);
    const level = this.#level(slot);
    this.table.leave(slot);
    return level;
  }

  #place({ id }: Subject): Place {
    let place = this.#places.get(id);
    if (place === undefined) {
      // Subjects come and go with keys; what is forgotten here is found again by its hash.
      if (this.#places.size >= this.table.slots) this.#places.clear();
      this.#places.set(id, place = this.table.place(id));
    }
    return place;
  }

  #level(slot: number): Level {
    const { table } = this;
    return { requestsDebtMs: table.requestsDebt(slot), tokensDebtMs: table.tokensDebt(slot), running: table.running(slot) };
  }
}

function verdict(levels: readonly Level[], refusedBy: (Verdict["refusedBy"] & { readonly waitMs: number }) | undefined): Verdict {
  return { admitted: refusedBy === undefined, refusedBy, waitMs: refusedBy?.waitMs ?? 0, levels, lease: "" };
}
