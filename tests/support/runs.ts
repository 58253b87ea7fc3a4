/** How many runs a property test makes: `normal`, or `CHECKSTREAM_TEST_RUNS` when set (`deno task test:deep`). */
export function testRuns(normal = 300): number {
  const wanted = Deno.env.get("CHECKSTREAM_TEST_RUNS");
  return wanted === undefined ? normal : Number(wanted);
}
