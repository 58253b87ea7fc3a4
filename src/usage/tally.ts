/** Usage in memory, summed by tenant, key, model and hour until it is written. Bounded, whatever names clients invent for models. */
import type { UsageRow } from "./schema.ts";

/** One finished request. */
export interface UsageFacts {
  readonly tenant: string;
  /** Undefined: the request had none. */
  readonly keyId: string | undefined;
  /** As the client named it; anything. */
  readonly model: string;
  readonly blocked: boolean;
  readonly redacted: boolean;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** Models told apart per tenant and key within one hour. */
const MOST_MODELS = 100;
const MOST_MODEL_CHARS = 200;
/** Rows that wait; about 200 bytes each. While a store is down, more are summed without their models, and then without their keys. */
const MOST_ROWS = 50_000;

export const OTHER_MODELS = "(other)";

export class Tally {
  #rows = new Map<string, UsageRow>();
  /** Models seen by tenant, key and hour. */
  #models = new Map<string, number>();

  constructor(readonly mostRows = MOST_ROWS) {}

  get size(): number {
    return this.#rows.size;
  }

  /** `nowMs`: Unix ms. */
  add({ tenant, keyId = "", model, blocked, redacted, promptTokens, completionTokens }: UsageFacts, nowMs: number): void {
    const row = this.#rowFor(tenant, hourOf(nowMs), keyId, model.slice(0, MOST_MODEL_CHARS));
    row.requests++;
    if (blocked) row.blocked++;
    if (redacted) row.redacted++;
    row.prompt_tokens += promptTokens;
    row.completion_tokens += completionTokens;
  }

  /** Empties it. */
  take(): UsageRow[] {
    const rows = [...this.#rows.values()];
    this.#rows = new Map();
    this.#models = new Map();
    return rows;
  }

  #rowFor(tenant: string, hour: string, key: string, model: string): UsageRow {
    const found = this.#rows.get(nameOf(tenant, hour, key, model));
    if (found !== undefined) return found;
    const full = this.#rows.size >= this.mostRows;
    if (full && (key !== "" || model !== OTHER_MODELS)) return this.#rowFor(tenant, hour, model === OTHER_MODELS ? "" : key, OTHER_MODELS);
    const owner = nameOf(tenant, hour, key, "");
    const models = this.#models.get(owner) ?? 0;
    if (models >= MOST_MODELS && model !== OTHER_MODELS) return this.#rowFor(tenant, hour, key, OTHER_MODELS);
    this.#models.set(owner, models + 1);
    const row = { tenant, hour, key, model, requests: 0, blocked: 0, redacted: 0, prompt_tokens: 0, completion_tokens: 0 };
    this.#rows.set(nameOf(tenant, hour, key, model), row);
    return row;
  }
}

function nameOf(tenant: string, hour: string, key: string, model: string): string {
  return `${tenant}\n${hour}\n${key}\n${model}`;
}

/** `2026-11-26T08`, UTC. */
export function hourOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 13);
}
