/** How many runs a property test makes: `normal`, or `CHECKSTREAM_TEST_RUNS` when set (`deno task test:deep`). */
export function testRuns(normal = 300): number {
  const wanted = Deno.env.get("CHECKSTREAM_TEST_RUNS");
  return wanted === undefined ? normal : Number(wanted);
}

/** What a promise of `ms` may take here and now: more than that only while more processes want to run than there are processors; at most five times. */
export function loadedMs(ms: number): number {
  const [minute = 0] = Deno.loadavg();
  return ms * Math.min(5, Math.max(1, minute / navigator.hardwareConcurrency));
}
