/**
 * Token buckets seen from outside. When a gateway looked at a request is known only to lie between its sending and its answer; what is said
 * here holds wherever it was in between, however slow the machine.
 */

export interface TimedCall {
  readonly admitted: boolean;
  /** Milliseconds, on one clock. */
  readonly sentMs: number;
  readonly doneMs: number;
}

/** The most requests that were certainly admitted in any window beyond rate × its length; at most the burst where the limit was kept. */
export function fullestWindow(calls: readonly TimedCall[], perMs: number): number {
  const admitted = calls.filter((call) => call.admitted).sort((a, b) => a.doneMs - b.doneMs);
  let most = 0;
  for (const { sentMs: from } of admitted) {
    let count = 0;
    for (const { sentMs, doneMs } of admitted) {
      if (sentMs < from) continue;
      count++;
      most = Math.max(most, count - perMs * (doneMs - from));
    }
  }
  return most;
}

/**
 * By how many requests the most unjust refusal came too early; at most 0 where only an empty bucket refused.
 * @param start What was in the bucket at the beginning, where it was not full.
 */
export function unjustRefusal(
  calls: readonly TimedCall[],
  perMs: number,
  burst: number,
  start: { readonly fromMs: number; readonly tokens: number } = { fromMs: -Infinity, tokens: 0 },
): number {
  const admitted = calls.filter((call) => call.admitted).sort((a, b) => b.doneMs - a.doneMs);
  let worst = -Infinity;
  for (const refused of calls) {
    if (refused.admitted) continue;
    let least = Infinity;
    let count = 0;
    for (const { sentMs, doneMs } of admitted) {
      if (sentMs > refused.doneMs) continue;
      count++;
      // The bucket may have been full until just before this one.
      least = Math.min(least, burst + perMs * Math.max(0, refused.sentMs - doneMs) - count - 1);
    }
    least = Math.min(least, start.tokens + perMs * Math.max(0, refused.sentMs - start.fromMs) - count - 1);
    worst = Math.max(worst, least);
  }
  return worst;
}

/** The last moment at which a bucket that is charged with all of these was certainly empty; undefined where none is certain. */
export function lastEmptyMs(calls: readonly TimedCall[], perMs: number, burst: number): number | undefined {
  const admitted = calls.filter((call) => call.admitted).sort((a, b) => a.doneMs - b.doneMs);
  let last: number | undefined;
  for (const { sentMs: from } of admitted) {
    let count = 0;
    for (const { sentMs, doneMs } of admitted) {
      if (sentMs < from) continue;
      count++;
      if (count - perMs * (doneMs - from) >= burst && doneMs > (last ?? -Infinity)) last = doneMs;
    }
  }
  return last;
}
