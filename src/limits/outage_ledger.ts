/**
 * What a thread admitted, and settled, while the shared store was away, and what it had heard from it before, until the store is told. Other
 * threads have ledgers of their own: what one hears from a store that is back already is not what another knew before.
 */
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
  /** The subject's debts then, as far as this thread knew. */
  readonly known: Debts;
  /** In the order of time. */
  readonly charges: readonly Charges[];
}

/** Charges this close together are one; milliseconds. */
const RESOLUTION_MS = 50;

/** Charges of one account; further ones draw two together. */
const MOST_CHARGES = 96;

/** Subjects with accounts, and subjects that were heard of; what is admitted to further ones is forgotten, and what was heard first. */
const MOST_SUBJECTS = 20_000;

const NOTHING: Debts = { requestsDebtMs: 0, tokensDebtMs: 0 };

interface Heard extends Debts {
  readonly atMs: number;
}

export class OutageLedger {
  readonly #accounts = new Map<string, Account & { readonly charges: Charges[] }>();
  readonly #heard = new Map<string, Heard>();
  #sinceMs = 0;

  /** A new outage; what is still owed from the one before stays. */
  begin(nowMs: number): void {
    this.#sinceMs = nowMs;
  }

  /** What the store says of a subject. */
  hear({ id }: Subject, { requestsDebtMs, tokensDebtMs }: Debts, nowMs: number): void {
    if (this.#heard.size >= MOST_SUBJECTS && !this.#heard.has(id)) {
      for (const oldest of this.#heard.keys()) {
        this.#heard.delete(oldest);
        break;
      }
    }
    this.#heard.set(id, { requestsDebtMs, tokensDebtMs, atMs: nowMs });
  }

  has({ id }: Subject): boolean {
    return this.#accounts.has(id);
  }

  subjects(): readonly Subject[] {
    return Array.from(this.#accounts.values(), ({ subject }) => subject);
  }

  /** @param askedMs Of what was asked before the outage and counted in it, the store knows nothing either. */
  charge(subject: Subject, requestsMs: number, tokensMs: number, askedMs: number): void {
    const nowMs = Math.max(askedMs, this.#sinceMs);
    let account = this.#accounts.get(subject.id);
    if (account === undefined) {
      if (this.#accounts.size >= MOST_SUBJECTS) return;
      this.#accounts.set(subject.id, account = { ...this.#opened(subject), charges: [] });
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

  /** Takes a subject's account out; where there is none, one that says what was known. */
  take(subject: Subject): Account {
    const account = this.#accounts.get(subject.id);
    this.#accounts.delete(subject.id);
    return account ?? this.#opened(subject);
  }

  /** Owes again what could not be told. */
  putBack(account: Account): void {
    const since = this.#accounts.get(account.subject.id);
    this.#accounts.set(account.subject.id, { ...account, charges: [...account.charges, ...since?.charges ?? []] });
  }

  #opened(subject: Subject): Account {
    const sinceMs = this.#sinceMs;
    const heard = this.#heard.get(subject.id);
    // What a store said that was back already, it knows by itself.
    if (heard === undefined || heard.atMs > sinceMs) return { subject, sinceMs, known: NOTHING, charges: [] };
    const then = (debtMs: number) => Math.max(0, debtMs - (sinceMs - heard.atMs));
    const known = { requestsDebtMs: then(heard.requestsDebtMs), tokensDebtMs: then(heard.tokensDebtMs) };
    return { subject, sinceMs, known, charges: [] };
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
