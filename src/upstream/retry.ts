/** When a call is tried again, and after how long. Only before the first byte reached the client. */

/** Longest wait before a retry; a backend that asks for more is not asked again by us. Milliseconds. */
export const MAX_RETRY_DELAY_MS = 10_000;

/** Answers that another try, or another backend, may better: overload and passing faults, never the client's own mistakes. */
export function worthRetrying(status: number): boolean {
  return status === 408 || status === 429 || status === 500 || status === 502 || status === 503 || status === 504 || status === 529;
}

/** The backend's fault, as its circuit breaker counts it: not a limit it set for us. */
export function isFailure(status: number): boolean {
  return status !== 429 && worthRetrying(status);
}

/** Name of such an answer in metrics and reasons: `http_429`, `http_408`, `http_5xx`. */
export function problemOfStatus(status: number): string {
  return status >= 500 ? "http_5xx" : `http_${status}`;
}

/** The wait a backend asks for, in milliseconds: `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110 §10.2.3). */
export function retryAfterMs(headers: ReadonlyMap<string, string>, nowMs: number): number | undefined {
  const precise = headers.get("retry-after-ms");
  if (precise !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(precise)) return Number(precise);
  const value = headers.get("retry-after");
  if (value === undefined) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

export interface RetryDelay {
  /** 1 after the first try. */
  readonly attempt: number;
  readonly baseMs: number;
  /** What the backend asked for. */
  readonly askedMs: number | undefined;
  /** In [0, 1). */
  readonly random: () => number;
}

/**
 * Doubles with every attempt; half of it is chance, so that many clients do not come back together. What the backend asks for is kept, with
 * some chance on top. @returns undefined when it asks for more than is waited here.
 */
export function retryDelayMs({ attempt, baseMs, askedMs, random }: RetryDelay): number | undefined {
  if (askedMs !== undefined) return askedMs > MAX_RETRY_DELAY_MS ? undefined : askedMs + baseMs * random();
  return Math.min(MAX_RETRY_DELAY_MS, baseMs * 2 ** (attempt - 1)) * (0.5 + random() / 2);
}
