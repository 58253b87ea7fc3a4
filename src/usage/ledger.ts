/** Usage from requests to the store: summed in memory, written every few seconds, and what others wrote read back for budgets. */
import { randomUUID } from "node:crypto";
import { type Kysely, sql, type Transaction } from "kysely";
import { BudgetBook } from "./budget_book.ts";
import type { StateTables } from "../tenants/state/schema.ts";
import { scopeOf, type UsageRow } from "./schema.ts";
import { Tally, type UsageFacts } from "./tally.ts";

export interface LedgerOptions {
  /** The store's database. @throws while it is down. */
  readonly db: () => Kysely<StateTables>;
  readonly flushMs: number;
  readonly retentionDays: number;
  /** Unix ms. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
  /** Told when other gateways used something. */
  readonly onOthers?: () => void;
}

/** A writing: when its answer gets lost it is tried again as it is, and counted once. */
interface Writing {
  readonly id: string;
  readonly rows: readonly UsageRow[];
  readonly totals: readonly Total[];
}

interface Total {
  readonly scope: string;
  readonly period: string;
  readonly tokens: number;
}

/** How long the names of writings are kept; none is tried again after so long. */
const WRITINGS_KEPT_MS = 7 * 86_400_000;
/** How often what is over its retention is removed, ms. */
const PRUNE_MS = 3_600_000;
/** Months of totals that are kept. */
const TOTALS_KEPT_MS = 400 * 86_400_000;

export class UsageLedger {
  readonly book: BudgetBook;
  readonly #tally = new Tally();
  /** Being written, or to be written again. */
  #writing: Writing | undefined;
  #flushing: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** Up to which writing the totals are known; -1: not at all. */
  #sequence = -1;
  #periods: readonly string[] = [];
  #prunedMs = 0;
  #failing = false;

  constructor(readonly options: LedgerOptions) {
    this.book = new BudgetBook(options.now());
  }

  /** Reads what was used in the running day and month, then writes every `flushMs`. A store that is down is tried again then. */
  async begin(): Promise<void> {
    await this.#attempt(() => this.#read());
    this.#timer = setInterval(() => void this.flush(), this.options.flushMs);
    Deno.unrefTimer(this.#timer);
  }

  /** Counts a finished request. */
  record(facts: UsageFacts): void {
    const nowMs = this.options.now();
    this.#tally.add(facts, nowMs);
    const tokens = facts.promptTokens + facts.completionTokens;
    if (tokens > 0) this.book.spend(facts.tenant, facts.keyId, tokens, nowMs);
  }

  /** Writes what was counted so far. What cannot be written waits. */
  flush(): Promise<void> {
    if (this.#flushing === undefined) return this.#flushing = this.#flush().finally(() => this.#flushing = undefined);
    // The running one may have begun before what the caller means was counted.
    return this.#next ??= this.#flushing.then(() => {
      this.#next = undefined;
      return this.flush();
    });
  }

  /** Stops, and writes once more. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  #flush(): Promise<void> {
    return this.#attempt(async () => {
      await this.#write();
      await this.#read();
      await this.#prune();
    });
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.options.onError(error);
      this.#failing = true;
    }
  }

  /** First what could not be written before, then what was counted since. */
  async #write(): Promise<void> {
    for (let round = 0; round < 2 && (this.#writing !== undefined || this.#tally.size > 0); round++) {
      if (this.#writing === undefined) {
        const rows = this.#tally.take();
        this.#writing = { id: randomUUID(), rows, totals: totalsOf(rows) };
      }
      const writing = this.#writing;
      await this.options.db().transaction().execute((tx) => write(tx, writing, new Date(this.options.now()).toISOString()));
      this.#writing = undefined;
      for (const { scope, period, tokens } of writing.totals) this.book.written(scope, period, tokens);
    }
  }

  /** What changed since the last reading; everything of the running day and month at first, and when another day or month began. */
  async #read(): Promise<void> {
    const db = this.options.db();
    const { usage_sequence: sequence } = await db.selectFrom("state").select("usage_sequence").executeTakeFirstOrThrow();
    const periods = this.book.periods(this.options.now());
    const same = periods.every((period) => this.#periods.includes(period));
    // A store that was set back to a backup counts from less.
    const since = same && sequence >= this.#sequence ? this.#sequence : -1;
    if (since === sequence) return;
    const rows = await db.selectFrom("usage_totals").select(["scope", "period", "tokens"])
      .where("period", "in", periods).where("sequence", ">", since).execute();
    for (const { scope, period, tokens } of rows) this.book.learn(scope, period, tokens);
    this.#sequence = sequence;
    this.#periods = periods;
    if (rows.length > 0) this.options.onOthers?.();
  }

  async #prune(): Promise<void> {
    const nowMs = this.options.now();
    if (nowMs - this.#prunedMs < PRUNE_MS) return;
    this.#prunedMs = nowMs;
    const db = this.options.db();
    const before = (ms: number) => new Date(nowMs - ms).toISOString();
    await db.deleteFrom("usage").where("hour", "<", before(this.options.retentionDays * 86_400_000).slice(0, 13)).execute();
    await db.deleteFrom("usage_totals").where("period", "<", before(TOTALS_KEPT_MS).slice(0, 7)).execute();
    await db.deleteFrom("usage_writings").where("at", "<", before(WRITINGS_KEPT_MS)).execute();
  }
}

async function write(tx: Transaction<StateTables>, { id, rows, totals }: Writing, at: string): Promise<void> {
  const { numInsertedOrUpdatedRows } = await tx.insertInto("usage_writings").values({ id, at }).onConflict((conflict) =>
    conflict.doNothing()
  )
    .executeTakeFirstOrThrow();
  if (numInsertedOrUpdatedRows === 0n) return;
  const { usage_sequence: sequence } = await tx.updateTable("state").set((eb) => ({ usage_sequence: eb("usage_sequence", "+", 1) }))
    .returning("usage_sequence").executeTakeFirstOrThrow();
  // One statement each, however many rows: a remote store is a round trip away.
  await sql`insert into usage (tenant, hour, key, model, requests, blocked, redacted, prompt_tokens, completion_tokens)
    select value->>'tenant', value->>'hour', value->>'key', value->>'model', value->>'requests', value->>'blocked', value->>'redacted',
      value->>'prompt_tokens', value->>'completion_tokens' from json_each(${JSON.stringify(rows)}) where true
    on conflict (tenant, hour, key, model) do update set requests = requests + excluded.requests, blocked = blocked + excluded.blocked,
      redacted = redacted + excluded.redacted, prompt_tokens = prompt_tokens + excluded.prompt_tokens,
      completion_tokens = completion_tokens + excluded.completion_tokens`.execute(tx);
  await sql`insert into usage_totals (scope, period, tokens, sequence)
    select value->>'scope', value->>'period', value->>'tokens', ${sequence} from json_each(${JSON.stringify(totals)}) where true
    on conflict (scope, period) do update set tokens = tokens + excluded.tokens, sequence = excluded.sequence`.execute(tx);
}

/** Tokens by tenant and key, and day and month. */
function totalsOf(rows: readonly UsageRow[]): Total[] {
  const totals = new Map<string, { scope: string; period: string; tokens: number }>();
  for (const { tenant, key, hour, prompt_tokens, completion_tokens } of rows) {
    const tokens = prompt_tokens + completion_tokens;
    if (tokens === 0) continue;
    for (const scope of key === "" ? [scopeOf("tenant", tenant)] : [scopeOf("tenant", tenant), scopeOf("key", key)]) {
      for (const period of [hour.slice(0, 10), hour.slice(0, 7)]) {
        const total = totals.get(`${scope} ${period}`);
        if (total === undefined) totals.set(`${scope} ${period}`, { scope, period, tokens });
        else total.tokens += tokens;
      }
    }
  }
  return [...totals.values()];
}
