/** The laws that load tests are held to notice what they are for. */
import assert from "node:assert/strict";
import { fullestWindow, lastEmptyMs, type TimedCall, unjustRefusal } from "../support/rate_law.ts";

/** Ten at once and one every 100 ms, asked every 20 ms for five seconds; answers take 10 ms. */
function calls(bucket: (tokens: number) => boolean): TimedCall[] {
  let tokens = 10;
  return Array.from({ length: 250 }, (_, i) => {
    tokens = Math.min(10, tokens + 0.2);
    const admitted = bucket(tokens);
    if (admitted) tokens = Math.max(0, tokens - 1);
    return { admitted, sentMs: i * 20, doneMs: i * 20 + 10 };
  });
}

const exact = calls((tokens) => tokens >= 1);

Deno.test("an exact limit keeps both laws, and one that admits one more or one less breaks one of them", () => {
  assert.ok(fullestWindow(exact, 0.01) <= 10);
  assert.ok(unjustRefusal(exact, 0.01, 10) <= 0);
  const refused = exact.findLastIndex(({ admitted }) => !admitted);
  const generous = exact.map((call, i) => i === refused || i === refused - 1 ? { ...call, admitted: true } : call);
  assert.ok(fullestWindow(generous, 0.01) > 10);
  const admitted = exact.findIndex(({ admitted }) => !admitted) - 1;
  const stingy = exact.map((call, i) => i === admitted || i === admitted - 1 ? { ...call, admitted: false } : call);
  assert.ok(unjustRefusal(stingy, 0.01, 10) > 0);
  assert.ok(unjustRefusal(exact, 0.01, 10, { fromMs: 0, tokens: 0 }) <= 0, "what is right for a full bucket is for an empty one");
});

Deno.test("a flood empties a bucket for certain, and what keeps to the limit does not", () => {
  assert.equal(lastEmptyMs(exact.slice(0, 5), 0.01, 10), undefined);
  const flood = calls(() => true);
  assert.equal(lastEmptyMs(flood, 0.01, 10), flood.at(-1)!.doneMs);
});
