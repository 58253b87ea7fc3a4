/** When a call is tried again, and after how long. Only before the first byte reached the client. */

/** Longest wait before a retry, whatever a backend asks for; milliseconds. */
export const MAX_RETRY_DELAY_MS = 10_000;

/** Answers that another try may better: overload and passing faults, never the client's own mistakes. */
export function worthRetrying(status: number): boolean {
  return status === 408 || status === 429 || status === 500 || status === 502 || status === 503 || status === 504 || status === 529;
}

/** `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110 §10.2.3); undefined when absent or unreadable. */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

export interface RetryDelay {
  /** 1 after the first try. */
  readonly attempt: number;
  readonly baseMs: number;
  readonly retryAfter: string | undefined;
  readonly nowMs: number;
  /** In [0, 1). */
  readonly random: () => number;
}

/** Doubles with every attempt, with full jitter so that many clients do not come back together; the backend's own wish comes first. */
export function retryDelayMs({ attempt, baseMs, retryAfter, nowMs, random }: RetryDelay): number {
  const asked = retryAfterMs(retryAfter, nowMs);
  if (asked !== undefined) return Math.min(asked, MAX_RETRY_DELAY_MS);
  return Math.min(MAX_RETRY_DELAY_MS, baseMs * 2 ** (attempt - 1)) * (0.5 + random() / 2);
}
