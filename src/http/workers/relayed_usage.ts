/** Usage of a worker: counted by the control plane. The worker knows its budgets by what it is told, and by what it told itself since. */
import type { UsageAccount } from "../../usage/account.ts";
import { BudgetBook } from "../../usage/budget_book.ts";
import type { UsageFacts } from "../../usage/tally.ts";
import type { Outbox } from "./outbox.ts";
import type { BudgetTotals, ToWorker } from "./protocol.ts";

export class RelayedUsage implements UsageAccount {
  readonly book: BudgetBook;
  /** Told, and not yet in the totals that came back. */
  readonly #sent: UsageFacts[] = [];
  #returned = 0;

  /** @param now Unix ms. */
  constructor(readonly outbox: Outbox, totals: BudgetTotals, readonly now: () => number) {
    this.book = new BudgetBook(now());
    this.#learn(totals);
  }

  record(facts: UsageFacts, budgeted: boolean): void {
    if (!budgeted) return this.outbox.soon({ kind: "usage", facts, budgeted });
    this.#spend(facts, 1);
    this.#sent.push(facts);
    this.outbox.now({ kind: "usage", facts, budgeted });
  }

  /** Takes a message that is for it. */
  take(message: ToWorker): boolean {
    if (message.kind !== "budgets") return false;
    for (; this.#returned < message.counted; this.#returned++) this.#spend(this.#sent.shift()!, -1);
    this.#learn(message.totals);
    return true;
  }

  #spend({ tenant, keyId, promptTokens, completionTokens }: UsageFacts, sign: 1 | -1): void {
    this.book.spend(tenant, keyId, sign * (promptTokens + completionTokens), this.now());
  }

  #learn(totals: BudgetTotals): void {
    for (const [scope, period, tokens] of totals) this.book.learn(scope, period, tokens);
  }
}
