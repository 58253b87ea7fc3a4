/** What a gateway admitted, and settled, while the shared store was away, until the store is told. */
import type { Level, Subject } from "./types.ts";

/** Charges between two moments, taken as spread evenly; times are Unix milliseconds. */
export interface Charges {
  readonly fromMs: number;
  readonly toMs: number;
  /** Refill time, as `Level` has it; negative where a reservation was given back. */
  readonly requestsMs: number;
  readonly tokensMs: number;
}

export type Debts = Pick<Level, "requestsDebtMs" | "tokensDebtMs">;

export interface Account {
  readonly subject: Subject;
  /** When the store went away; Unix milliseconds. */
  readonly sinceMs: number;
  /** The subject's debts before the first of the charges, as far as this gateway knew. */
  readonly known: Debts;
  readonly knownAtMs: number;
  /** In the order of time. */
  readonly charges: readonly Charges[];
}

/** Charges this close together are one; milliseconds. */
const RESOLUTION_MS = 50;

/** Charges of one account; further ones draw two together. */
const MOST_CHARGES = 96;

/** Accounts; what further subjects are admitted is forgotten. */
const MOST_ACCOUNTS = 20_000;

export class OutageLedger {
  readonly #accounts = new Map<string, Account & { readonly charges: Charges[] }>();
  #sinceMs = 0;

  /** A new outage; what is still owed from the one before stays. */
  begin(nowMs: number): void {
    this.#sinceMs = nowMs;
  }

  has({ id }: Subject): boolean {
    return this.#accounts.has(id);
  }

  subjects(): readonly Subject[] {
    return Array.from(this.#accounts.values(), ({ subject }) => subject);
  }

  /** @param known The subject's debts before this. */
  charge(subject: Subject, requestsMs: number, tokensMs: number, nowMs: number, known: () => Debts): void {
    let account = this.#accounts.get(subject.id);
    if (account === undefined) {
      if (this.#accounts.size >= MOST_ACCOUNTS) return;
      this.#accounts.set(subject.id, account = { ...this.#opened(subject, nowMs, known()), charges: [] });
    }
    const { charges } = account;
    const last = charges.at(-1);
    if (last !== undefined && nowMs - last.fromMs < RESOLUTION_MS) {
      charges[charges.length - 1] = joined(last, { fromMs: nowMs, toMs: nowMs, requestsMs, tokensMs });
      return;
    }
    charges.push({ fromMs: nowMs, toMs: nowMs, requestsMs, tokensMs });
    if (charges.length > MOST_CHARGES) drawTogether(charges, nowMs);
  }

  /** Takes a subject's account out; where there is none, one that says what is known. */
  take(subject: Subject, nowMs: number, known: () => Debts): Account {
    const account = this.#accounts.get(subject.id);
    this.#accounts.delete(subject.id);
    return account ?? this.#opened(subject, nowMs, known());
  }

  /** Owes again what could not be told. */
  putBack(account: Account): void {
    const since = this.#accounts.get(account.subject.id);
    this.#accounts.set(account.subject.id, { ...account, charges: [...account.charges, ...since?.charges ?? []] });
  }

  #opened(subject: Subject, nowMs: number, known: Debts): Account {
    return { subject, sinceMs: Math.min(this.#sinceMs, nowMs), known, knownAtMs: nowMs, charges: [] };
  }
}

function joined(a: Charges, b: Charges): Charges {
  return { fromMs: a.fromMs, toMs: Math.max(a.toMs, b.toMs), requestsMs: a.requestsMs + b.requestsMs, tokensMs: a.tokensMs + b.tokensMs };
}

/** Joins the two neighbours whose time together is the shortest for their age, so that the oldest are told the least exactly. */
function drawTogether(charges: Charges[], nowMs: number): void {
  let least = Infinity;
  let at = 0;
  for (let i = 0; i + 1 < charges.length; i++) {
    const [older, younger] = [charges[i]!, charges[i + 1]!];
    const spread = (younger.toMs - older.fromMs) / (nowMs - younger.toMs + RESOLUTION_MS);
    if (spread < least) [least, at] = [spread, i];
  }
  charges.splice(at, 2, joined(charges[at]!, charges[at + 1]!));
}
