/** Every trap of streaming protocols that this gateway was built against has a test that names it: "trap 12: …". */
import assert from "node:assert/strict";
import { walkFiles } from "./support/files.ts";

/** Trap 1 to this one. */
const LAST_TRAP = 43;

Deno.test("each trap from 1 to 43 has a test that names it", async () => {
  const named = new Set<number>();
  for (const { path, text } of await walkFiles(new URL("./", import.meta.url))) {
    if (!path.endsWith("_test.ts") || path.endsWith("/traps_test.ts")) continue;
    for (const [, number] of text.matchAll(/"trap (\d+): [^"]+"/g)) named.add(Number(number));
  }
  const missing = Array.from({ length: LAST_TRAP }, (_, i) => i + 1).filter((trap) => !named.has(trap));
  assert.deepEqual(missing, []);
});
