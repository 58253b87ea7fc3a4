import { StoreError } from "../store/errors.ts";

/**
 * Why the trail cannot take or show records:
 * `queue_full`: more waits than `maxQueue`; `disk_full`, `read_only`, `locked`, `cannot_open`: the file or its folder;
 * `stalled`: a commit has begun and does not end; `corrupt`: damaged (it is set aside and a new segment begins); `key`: the signing or encryption key is missing or another one;
 * `shared_path`: another tenant writes there; `newer`: written by a later program; `invalid`: the caller's value;
 * `held`: a legal hold forbids it; `closed`; `failed`: anything else.
 */
export type AuditErrorCode =
  | "queue_full"
  | "disk_full"
  | "read_only"
  | "locked"
  | "cannot_open"
  | "stalled"
  | "corrupt"
  | "key"
  | "shared_path"
  | "newer"
  | "invalid"
  | "held"
  | "closed"
  | "failed";

/** Thrown by everything in `src/audit/`; the caller follows its `on_error`. The message says what, where and what to do. */
export class AuditError extends Error {
  override readonly name = "AuditError";
  /** `kept`: the record waits in memory and will be written when the store recovers. */
  constructor(readonly code: AuditErrorCode, message: string, options?: { cause?: unknown; kept?: boolean }) {
    super(message, { cause: options?.cause });
    this.kept = options?.kept ?? false;
  }
  readonly kept: boolean;
}

/** A store's error in the audit room's words. */
export function auditError(error: unknown): AuditError {
  if (error instanceof AuditError) return error;
  if (error instanceof StoreError) {
    const code = error.code === "changed_migration" ? "newer" : error.code === "unreachable" ? "cannot_open" : error.code;
    return new AuditError(code, error.message, { cause: error });
  }
  return new AuditError("failed", error instanceof Error ? error.message : String(error), { cause: error });
}

/** An error's codes cross the worker border as plain values. */
export function isAuditErrorCode(text: string): text is AuditErrorCode {
  return [
    "queue_full",
    "disk_full",
    "read_only",
    "locked",
    "cannot_open",
    "stalled",
    "corrupt",
    "key",
    "shared_path",
    "newer",
    "invalid",
    "held",
    "closed",
    "failed",
  ]
    .includes(text);
}
