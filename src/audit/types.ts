import type { AuditError } from "./errors.ts";
import type { ExportFormat, Period } from "./export.ts";

/** What the audit room shows: one record per request, appended to a tenant's own chain. */

export interface AuditAction {
  readonly rule: string;
  readonly phase: string;
  readonly mode: string;
  /** Kind of the action: `stop`, `redact`, `log`, … */
  readonly action: string;
  readonly regulation?: string;
  readonly category?: string;
  readonly severity?: string;
  readonly tags?: readonly string[];
  /** Choice × channel and span it applied to; UTF-16 offsets. */
  readonly choice?: number;
  readonly channel?: string;
  readonly from?: number;
  readonly to?: number;
  readonly entity?: string;
  readonly score?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What the recorder knows at the end of a request. The store adds id, previous hash and hash. */
export interface AuditEntry {
  /** RFC 3339, UTC, milliseconds. */
  readonly timestamp: string;
  readonly request_id: string;
  readonly tenant: string;
  readonly policy: string;
  readonly policy_version: string;
  readonly method: string;
  readonly path: string;
  readonly model: string;
  readonly key_id?: string;
  readonly stream: boolean;
  /** `allow`, `block`, `redact`, or `error` when no decision was reached. */
  readonly decision: "allow" | "block" | "redact" | "error";
  /** How the exchange ended: `complete`, `stopped`, `client_left`, `backend_failed`, `refused`. */
  readonly outcome: string;
  readonly status: number;
  /** SHA-256, hex, of the prompt's guarded text as the client sent it. */
  readonly input_hash: string;
  /** SHA-256, hex, of the text the client received. */
  readonly output_hash: string;
  /** Highest score seen per `phase.classifier`. */
  readonly classifier_scores: Readonly<Record<string, number>>;
  readonly actions: readonly AuditAction[];
  /** Milliseconds from request to last byte. */
  readonly latency_ms: number;
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  /** Which backend answered, how many tries it took where more than one, and why it was a fallback. */
  readonly backend?: string;
  readonly backend_tries?: number;
  readonly fallback_reason?: string;
  readonly input?: string;
  readonly output?: string;
  /** Longest retention any rule that fired asked for; days. */
  readonly retention_days?: number;
}

export interface AuditRecord extends AuditEntry {
  /** Position in the tenant's chain, from 1. */
  readonly id: number;
  readonly previous_hash: string;
  readonly hash: string;
}

export interface AuditFilter {
  readonly start?: string;
  readonly end?: string;
  readonly action?: string;
  readonly rule?: string;
  readonly regulation?: string;
  readonly model?: string;
  readonly key_id?: string;
  readonly request_id?: string;
  readonly decision?: string;
  readonly phase?: string;
  readonly limit?: number;
  readonly cursor?: string;
}

export interface AuditPage {
  readonly records: readonly AuditRecord[];
  readonly next_cursor: string | null;
}

/** Result of walking a chain. */
export interface ChainReport {
  readonly status: "valid" | "invalid";
  readonly records_verified: number;
  readonly chain_intact: boolean;
  /** `reason` begins with `changed`, `missing`, `reordered`, `inserted`, `truncated`, `rewritten` or `statement`. */
  readonly first_bad?: { readonly id: number; readonly reason: string };
  /** Damaged files that this trail's segment refers to; each can be verified by itself. */
  readonly set_aside?: readonly { readonly file: string; readonly reason: string }[];
}

/** Where one tenant's records go. */
export interface AuditSink {
  /**
   * Resolves when the record is durable as the chosen mode promises: at once in `batched` (it will be within a second), after the
   * commit in `request`. @throws {AuditError} when the store cannot take it (the caller follows `on_error`); with `kept: true` the record
   * waits in memory and is written when the store recovers.
   */
  append(entry: AuditEntry): Promise<void>;
  /** Why the last write failed, until one succeeds; a tenant with `on_error: closed` is refused while it is set. */
  readonly failure: AuditError | null;
  /** Records accepted and not yet durable. */
  readonly queueDepth: number;
}

/** One tenant's audit trail. */
export interface AuditStore extends AuditSink {
  /** `append` for an entry that another thread made ready with `entryJson`. */
  appendJson(json: string): Promise<void>;
  /** Tells whenever `failure` changed. Returns what ends that. */
  followFailure(follower: (failure: AuditError | null) => void): () => void;
  /** The trail as text, chunk by chunk: JSONL that proves itself, CSV, or an HTML report; taken at the caller's speed. */
  export(format: ExportFormat, period?: Period): AsyncGenerator<string>;
  query(filter: AuditFilter): Promise<AuditPage>;
  verify(range?: { start?: string; end?: string }): Promise<ChainReport>;
  /** The trail's public key, SPKI PEM (`/audit/key`). */
  publicKey(): Promise<string>;
  /** Writes everything accepted so far. */
  flush(): Promise<void>;
  /** Flushes and lets go of the file. */
  close(): Promise<void>;
}
