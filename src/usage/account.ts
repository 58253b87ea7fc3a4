/** What requests need of usage: budgets to be put before, and a place to be counted. In the thread that writes it, or towards it. */
import type { BudgetBook } from "./budget_book.ts";
import type { UsageFacts } from "./tally.ts";

export interface UsageAccount {
  readonly book: Pick<BudgetBook, "admit">;
  /** Counts a finished request; at once for the book. `budgeted`: its tenant or key has a budget. */
  record(facts: UsageFacts, budgeted: boolean): void;
}
