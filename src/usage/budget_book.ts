/**
 * What tenants and keys have used of their budgets: what the store knows, what this process has not written yet, and what requests under way
 * have set aside. Days and months are those of UTC.
 */
import type { BudgetConfig } from "../config/budget.ts";
import { scopeOf } from "./schema.ts";

/** Whose budgets a request is put before. */
export interface Spender {
  readonly tenant: string;
  readonly tenantBudget: BudgetConfig | undefined;
  readonly keyId: string | undefined;
  readonly keyBudget: BudgetConfig | undefined;
}

export type BudgetWindow = "day" | "month";

/** One budget and how much of it is used. */
export interface BudgetLevel {
  readonly whose: "tenant" | "key";
  readonly window: BudgetWindow;
  /** Tokens. */
  readonly limit: number;
  readonly used: number;
  /** When the next day or month begins; Unix ms. */
  readonly endsAtMs: number;
}

export type BudgetVerdict =
  /** `nearest`: the fullest budget of which 80 % or more is used. */
  | { readonly admitted: true; readonly nearest: BudgetLevel | undefined; readonly release: () => void }
  | { readonly admitted: false; readonly exceeded: BudgetLevel };

/** Share of a budget from which clients are warned. */
const WARN_FROM = 0.8;

interface Periods {
  readonly day: string;
  readonly month: string;
  readonly dayBeginsMs: number;
  readonly dayEndsMs: number;
  readonly monthEndsMs: number;
}

/** Sums by scope and period. */
class Sums {
  readonly #byPeriod = new Map<string, Map<string, number>>();

  get(scope: string, period: string): number {
    return this.#byPeriod.get(period)?.get(scope) ?? 0;
  }

  set(scope: string, period: string, tokens: number): void {
    let sums = this.#byPeriod.get(period);
    if (sums === undefined) this.#byPeriod.set(period, sums = new Map());
    if (tokens === 0) sums.delete(scope);
    else sums.set(scope, tokens);
  }

  add(scope: string, period: string, tokens: number): void {
    this.set(scope, period, Math.max(0, this.get(scope, period) + tokens));
  }

  keepOnly(periods: readonly string[]): void {
    for (const period of this.#byPeriod.keys()) if (!periods.includes(period)) this.#byPeriod.delete(period);
  }
}

export class BudgetBook {
  readonly #known = new Sums();
  readonly #unwritten = new Sums();
  readonly #reserved = new Map<string, number>();
  #periods: Periods;

  /** @param nowMs Unix ms. */
  constructor(nowMs: number) {
    this.#periods = periodsAt(nowMs);
  }

  /** The day and month of now, as the store names them. */
  periods(nowMs: number): readonly [day: string, month: string] {
    const { day, month } = this.#at(nowMs);
    return [day, month];
  }

  /** Puts a request of about `tokens` before the budgets of its tenant and key. */
  admit({ tenant, tenantBudget, keyId, keyBudget }: Spender, tokens: number, nowMs: number): BudgetVerdict {
    const levels: BudgetLevel[] = [];
    const scopes: string[] = [];
    if (tenantBudget !== undefined) this.#look("tenant", tenant, tenantBudget, nowMs, levels, scopes);
    if (keyId !== undefined && keyBudget !== undefined) this.#look("key", keyId, keyBudget, nowMs, levels, scopes);
    const exceeded = levels.filter(({ used, limit }) => used >= limit).sort((a, b) => b.endsAtMs - a.endsAtMs)[0];
    if (exceeded !== undefined) return { admitted: false, exceeded };
    for (const scope of scopes) this.#reserved.set(scope, (this.#reserved.get(scope) ?? 0) + tokens);
    let open = true;
    return {
      admitted: true,
      nearest: levels.filter(({ used, limit }) => used >= limit * WARN_FROM).sort((a, b) => b.used / b.limit - a.used / a.limit)[0],
      release: () => {
        if (!open) return;
        open = false;
        for (const scope of scopes) {
          const left = this.#reserved.get(scope)! - tokens;
          if (left > 0) this.#reserved.set(scope, left);
          else this.#reserved.delete(scope);
        }
      },
    };
  }

  /** Counts what a request used, at once. */
  spend(tenant: string, keyId: string | undefined, tokens: number, nowMs: number): void {
    for (const period of this.periods(nowMs)) {
      this.#unwritten.add(scopeOf("tenant", tenant), period, tokens);
      if (keyId !== undefined) this.#unwritten.add(scopeOf("key", keyId), period, tokens);
    }
  }

  /** What was written counts as the store's from now on. */
  written(scope: string, period: string, tokens: number): void {
    this.#unwritten.add(scope, period, -tokens);
    this.#known.add(scope, period, tokens);
  }

  /** What the store says, of all gateways. */
  learn(scope: string, period: string, tokens: number): void {
    this.#known.set(scope, period, tokens);
  }

  /** Tokens used, without what is set aside. */
  used(kind: "tenant" | "key", id: string, window: BudgetWindow, nowMs: number): number {
    return this.total(scopeOf(kind, id), this.#at(nowMs)[window]);
  }

  /** The same of a scope (`scopeOf`) and period. */
  total(scope: string, period: string): number {
    return this.#known.get(scope, period) + this.#unwritten.get(scope, period);
  }

  #look(
    whose: "tenant" | "key",
    id: string,
    { tokensPerDay, tokensPerMonth }: BudgetConfig,
    nowMs: number,
    levels: BudgetLevel[],
    scopes: string[],
  ): void {
    const { dayEndsMs, monthEndsMs } = this.#at(nowMs);
    const scope = scopeOf(whose, id);
    const reserved = this.#reserved.get(scope) ?? 0;
    const level = (window: BudgetWindow, limit: number, endsAtMs: number) =>
      levels.push({ whose, window, limit, used: this.used(whose, id, window, nowMs) + reserved, endsAtMs });
    if (tokensPerDay !== undefined) level("day", tokensPerDay, dayEndsMs);
    if (tokensPerMonth !== undefined) level("month", tokensPerMonth, monthEndsMs);
    scopes.push(scope);
  }

  /** A clock that jumps back, over midnight too, finds the sums of the day it comes to as far as they are known. */
  #at(nowMs: number): Periods {
    const { dayBeginsMs, dayEndsMs, day } = this.#periods;
    if (nowMs >= dayBeginsMs && nowMs < dayEndsMs) return this.#periods;
    const next = this.#periods = periodsAt(nowMs);
    const keep = [day, next.day, day.slice(0, 7), next.month];
    this.#known.keepOnly(keep);
    this.#unwritten.keepOnly(keep);
    return next;
  }
}

/** @param nowMs Unix ms. */
function periodsAt(nowMs: number): Periods {
  const now = new Date(nowMs);
  const [year, month, date] = [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()];
  const day = now.toISOString().slice(0, 10);
  return {
    day,
    month: day.slice(0, 7),
    dayBeginsMs: Date.UTC(year, month, date),
    dayEndsMs: Date.UTC(year, month, date + 1),
    monthEndsMs: Date.UTC(year, month + 1, 1),
  };
}
