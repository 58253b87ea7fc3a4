/** The tables of usage, in the database of the tenant store. */
export interface UsageTables {
  usage: UsageRow;
  /** Tokens of a tenant or key in a day or month. */
  usage_totals: {
    /** `scopeOf`. */
    scope: string;
    /** `2026-11-26` or `2026-11`, UTC. */
    period: string;
    tokens: number;
    /** Number of the writing that changed it last. */
    sequence: number;
  };
  /** Writings that were done. */
  usage_writings: { id: string; at: string };
}

/** What was used by one key and model in one hour. */
export interface UsageRow {
  tenant: string;
  /** `2026-11-26T08`, UTC. */
  hour: string;
  /** Id of the key; empty: none. */
  key: string;
  /** As clients name it; empty: none, `(other)`: more than are told apart. */
  model: string;
  requests: number;
  blocked: number;
  redacted: number;
  prompt_tokens: number;
  completion_tokens: number;
}

/** Whose tokens are summed. */
export function scopeOf(kind: "tenant" | "key", id: string): string {
  return `${kind}:${id}`;
}
