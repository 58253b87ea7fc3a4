/** Tells the workers what is used of budgets: by each other, and by other gateways on the same store. */
import type { BudgetBook } from "../../usage/budget_book.ts";
import type { BudgetTotals, ToWorker } from "./protocol.ts";

/** Changes are told together, ms. */
const TOGETHER_MS = 20;

export interface ToldBudgetsDeps {
  readonly book: BudgetBook;
  /** Scopes (`scopeOf`) of all tenants and keys that have a budget. */
  readonly budgeted: () => Iterable<string>;
  readonly post: (worker: number, message: ToWorker) => void;
  readonly workers: () => Iterable<number>;
  /** Unix ms. */
  readonly now: () => number;
}

export class ToldBudgets {
  /** Facts of budgeted requests that came from each worker. */
  readonly #counted = new Map<number, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly deps: ToldBudgetsDeps) {}

  /** What every budget has used by now. */
  totals(): BudgetTotals {
    const { book, budgeted, now } = this.deps;
    const nowMs = now();
    return [...budgeted()].flatMap((scope) => book.periods(nowMs).map((period) => [scope, period, book.total(scope, period)] as const));
  }

  /** Facts of a budgeted request came from `worker`, and were counted. */
  took(worker: number): void {
    this.#counted.set(worker, (this.#counted.get(worker) ?? 0) + 1);
    this.soon();
  }

  /** A worker takes this one's place, and counts from none. */
  forget(worker: number): void {
    this.#counted.delete(worker);
  }

  /** Something changed. */
  soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const totals = this.totals();
      for (const worker of this.deps.workers()) {
        this.deps.post(worker, { kind: "budgets", totals, counted: this.#counted.get(worker) ?? 0 });
      }
    }, TOGETHER_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
