import assert from "node:assert/strict";
import { isFailure, retryAfterMs, retryDelayMs, worthRetrying } from "../../src/upstream/retry.ts";
import { RetryBudget } from "../../src/upstream/retry_budget.ts";

const asked = (headers: Record<string, string>, nowMs = 0) => retryAfterMs(new Map(Object.entries(headers)), nowMs);

Deno.test("retryAfterMs() reads seconds, dates and milliseconds, and nothing else", () => {
  assert.equal(asked({ "retry-after": "7" }), 7000);
  assert.equal(asked({ "retry-after": " 0.5 " }), 500);
  assert.equal(asked({ "retry-after": "Thu, 01 Jan 1970 00:00:09 GMT" }, 4000), 5000);
  assert.equal(asked({ "retry-after": "Thu, 01 Jan 1970 00:00:01 GMT" }, 4000), 0);
  assert.equal(asked({ "retry-after-ms": "250", "retry-after": "7" }), 250);
  assert.equal(asked({ "retry-after": "soon" }), undefined);
  assert.equal(asked({}), undefined);
});

Deno.test("retryDelayMs() doubles, and half of it is chance", () => {
  const delay = (attempt: number, random: number) => retryDelayMs({ attempt, baseMs: 100, askedMs: undefined, random: () => random });
  assert.deepEqual([1, 2, 3].map((attempt) => delay(attempt, 0)), [50, 100, 200]);
  assert.equal(delay(1, 0.999), 99.95);
  assert.equal(delay(20, 0), 5000, "never more than ten seconds, half of which is chance");
});

Deno.test("retryDelayMs() never comes back sooner than asked, and not at all when that is too late", () => {
  const delay = (askedMs: number, random: number) => retryDelayMs({ attempt: 1, baseMs: 100, askedMs, random: () => random });
  assert.equal(delay(3000, 0), 3000);
  assert.equal(delay(3000, 0.5), 3050);
  assert.equal(delay(10_001, 0), undefined);
});

Deno.test("a limit the backend set for us is worth another try, and no failure of its", () => {
  for (const status of [408, 429, 500, 502, 503, 504, 529]) assert.ok(worthRetrying(status), String(status));
  for (const status of [200, 301, 400, 401, 403, 404, 409, 422, 501]) assert.ok(!worthRetrying(status), String(status));
  assert.equal(isFailure(429), false);
  assert.equal(isFailure(529), true);
});

Deno.test("RetryBudget: one retry for five calls, a few saved up, a few with time", () => {
  const clock = { ms: 0 };
  const budget = new RetryBudget({ ratio: 0.2, minPerSecond: 1 }, () => clock.ms);
  const takeAll = () => {
    let taken = 0;
    while (budget.take()) taken++;
    return taken;
  };
  assert.equal(takeAll(), 10, "saved up at the start");
  for (let i = 0; i < 51; i++) budget.called();
  assert.equal(takeAll(), 10);
  clock.ms = 3000;
  assert.equal(takeAll(), 3);
  clock.ms = 3_600_000;
  assert.equal(takeAll(), 10, "never more than is saved up");
});

Deno.test("RetryBudget: a storm of failing calls is retried for a fifth of them", () => {
  const budget = new RetryBudget({ ratio: 0.2, minPerSecond: 0 }, () => 0);
  let retries = 0;
  for (let call = 0; call < 10_000; call++) {
    budget.called();
    for (let attempt = 0; attempt < 2; attempt++) if (budget.take()) retries++;
  }
  assert.ok(retries >= 1990 && retries <= 2010, `${retries} retries`);
});

Deno.test("RetryBudget: none means none", () => {
  const budget = new RetryBudget({ ratio: 0, minPerSecond: 0 }, () => 0);
  budget.called();
  assert.equal(budget.take(), false);
});
