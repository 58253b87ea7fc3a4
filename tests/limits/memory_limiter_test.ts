import assert from "node:assert/strict";
import fc from "fast-check";
import { MemoryLimiter } from "../../src/limits/memory_limiter.ts";
import { testRuns } from "../support/runs.ts";

Deno.test("MemoryLimiter admits the limit at once, then one per refill interval", () => {
  const limiter = new MemoryLimiter({ requestsPerMinute: 60 }, 0);
  for (let i = 0; i < 60; i++) assert.equal(limiter.admit({ tokens: 0 }, 0).admitted, true);
  const refused = limiter.admit({ tokens: 0 }, 0);
  assert.equal(refused.admitted, false);
  assert.deepEqual(refused.headers, {
    "X-RateLimit-Limit": "60",
    "X-RateLimit-Remaining": "0",
    "X-RateLimit-Reset": "60",
    "Retry-After": "1",
  });
  assert.equal(limiter.admit({ tokens: 0 }, 999).admitted, false);
  assert.equal(limiter.admit({ tokens: 0 }, 1000).admitted, true);
});

Deno.test("MemoryLimiter takes nothing when one of the limits refuses", () => {
  const limiter = new MemoryLimiter({ requestsPerMinute: 10, tokensPerMinute: 100 }, 0);
  assert.equal(limiter.admit({ tokens: 90 }, 0).admitted, true);
  const refused = limiter.admit({ tokens: 20 }, 0);
  assert.ok(!refused.admitted && refused.limit === "tokens");
  assert.equal(limiter.remainingRequests(0), 9);
});

Deno.test("Reservation.settle() returns what was not used, once, and frees the slot", () => {
  const limiter = new MemoryLimiter({ tokensPerMinute: 100, concurrentRequests: 1 }, 0);
  const first = limiter.admit({ tokens: 80 }, 0);
  assert.ok(first.admitted);
  const second = limiter.admit({ tokens: 1 }, 0);
  assert.ok(!second.admitted && second.limit === "concurrency");
  first.reservation.settle(10);
  first.reservation.settle(10);
  const third = limiter.admit({ tokens: 90 }, 0);
  assert.equal(third.admitted, true);
  assert.equal(third.headers["X-RateLimit-Remaining-Tokens"], "0");
});

Deno.test("Reservation.settle() may overdraw, and waiting pays it back", () => {
  const limiter = new MemoryLimiter({ tokensPerMinute: 60 }, 0);
  const admitted = limiter.admit({ tokens: 60 }, 0);
  assert.ok(admitted.admitted);
  admitted.reservation.settle(120);
  assert.equal(limiter.admit({ tokens: 1 }, 60_000).admitted, false);
  assert.equal(limiter.admit({ tokens: 1 }, 61_000).admitted, true);
});

Deno.test("MemoryLimiter never admits more than rate × time + size in any window, nor 1 % less under demand", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 12, max: 600 }),
      fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 200 }),
      (perMinute, gaps) => {
        const limiter = new MemoryLimiter({ requestsPerMinute: perMinute }, 0);
        const admittedAt: number[] = [];
        let now = 0;
        for (const gap of [0, ...gaps]) {
          now += gap;
          while (limiter.admit({ tokens: 0 }, now).admitted) admittedAt.push(now);
        }
        for (let i = 0; i < admittedAt.length; i += 7) {
          for (let j = i; j < admittedAt.length; j += 13) {
            const windowMs = admittedAt[j]! - admittedAt[i]!;
            assert.ok(j - i + 1 <= perMinute + (windowMs * perMinute) / 60_000 + 1e-6);
          }
        }
        // With at least 12 a minute and gaps of at most 5 s, the bucket, drained at once, never overflows between asks.
        const expected = perMinute + Math.floor((now * perMinute) / 60_000 + 1e-9);
        assert.ok(admittedAt.length >= Math.floor(expected * 0.99) - 1, `${admittedAt.length} of ${expected}`);
      },
    ),
    { numRuns: testRuns() },
  );
});

Deno.test("a changed limit goes on from what was used up, and from what is under way", () => {
  const before = new MemoryLimiter({ requestsPerMinute: 10, concurrentRequests: 3 }, 0);
  const held = Array.from({ length: 3 }, () => before.admit({ tokens: 0 }, 0));
  for (const admission of held.slice(0, 2)) if (admission.admitted) admission.reservation.settle(0);
  const after = new MemoryLimiter({ requestsPerMinute: 100, concurrentRequests: 2 }, 0, before);
  assert.equal(after.remainingRequests(0), 70);
  assert.equal(after.admit({ tokens: 0 }, 0).admitted, true);
  const refused = after.admit({ tokens: 0 }, 0);
  assert.equal(!refused.admitted && refused.limit, "concurrency");
  if (held[2]!.admitted) held[2]!.reservation.settle(0);
  assert.equal(after.admit({ tokens: 0 }, 0).admitted, true);
});
