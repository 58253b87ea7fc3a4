/** `budget`, of a tenant and of a key. */
import { z } from "zod";

const tokens = z.int().min(1).max(1e15);

export const budget = z.strictObject({
  tokens_per_day: tokens.optional().describe("Prompt and completion, per UTC day"),
  tokens_per_month: tokens.optional().describe("Prompt and completion, per UTC month"),
});

export type BudgetFile = z.infer<typeof budget>;

/** Tokens, prompt and completion; absent = unlimited. */
export interface BudgetConfig {
  readonly tokensPerDay?: number;
  readonly tokensPerMonth?: number;
}

/** @returns undefined when nothing is limited. */
export function budgetConfig({ tokens_per_day, tokens_per_month }: BudgetFile): BudgetConfig | undefined {
  if (tokens_per_day === undefined && tokens_per_month === undefined) return undefined;
  return {
    ...(tokens_per_day !== undefined && { tokensPerDay: tokens_per_day }),
    ...(tokens_per_month !== undefined && { tokensPerMonth: tokens_per_month }),
  };
}
