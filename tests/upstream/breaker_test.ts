import assert from "node:assert/strict";
import { CircuitBreaker } from "../../src/upstream/breaker.ts";

const OPTIONS = { failureThreshold: 3, failureRatio: 0.5, windowMs: 1000, openMs: 500, halfOpenProbes: 2 };

function breaker() {
  const clock = { ms: 0 };
  const changes: string[] = [];
  const made = new CircuitBreaker(OPTIONS, () => clock.ms, (state) => changes.push(state));
  const fail = () => made.acquire()!.failed();
  const succeed = () => made.acquire()!.succeeded();
  return { made, clock, changes, fail, succeed };
}

Deno.test("CircuitBreaker opens at the threshold, and not before", () => {
  const { made, changes, fail } = breaker();
  fail();
  fail();
  assert.equal(made.state, "closed");
  fail();
  assert.equal(made.state, "open");
  assert.equal(made.acquire(), undefined);
  assert.deepEqual(changes, ["open"]);
  assert.equal(made.waitMs, 500);
});

Deno.test("CircuitBreaker stays closed while most calls of the window succeed", () => {
  const { made, fail, succeed } = breaker();
  for (let i = 0; i < 20; i++) succeed();
  for (let i = 0; i < 19; i++) fail();
  assert.equal(made.state, "closed");
  fail();
  assert.equal(made.state, "open");
});

Deno.test("CircuitBreaker forgets failures that are older than the window", () => {
  const { made, clock, fail } = breaker();
  fail();
  fail();
  clock.ms = 1100;
  fail();
  assert.equal(made.state, "closed");
});

Deno.test("CircuitBreaker lets so many probes through after its time, and closes when all succeed", () => {
  const { made, clock, changes, fail } = breaker();
  for (let i = 0; i < 3; i++) fail();
  clock.ms = 499;
  assert.equal(made.allows, false);
  clock.ms = 500;
  assert.equal(made.state, "half_open");
  const [one, two] = [made.acquire()!, made.acquire()!];
  assert.equal(made.acquire(), undefined);
  one.succeeded();
  assert.equal(made.acquire(), undefined, "one probe of two succeeded, the other is under way");
  two.succeeded();
  assert.equal(made.state, "closed");
  assert.deepEqual(changes, ["open", "closed"]);
});

Deno.test("CircuitBreaker opens again when a probe fails, for its whole time", () => {
  const { made, clock, fail } = breaker();
  for (let i = 0; i < 3; i++) fail();
  clock.ms = 600;
  made.acquire()!.failed();
  assert.equal(made.state, "open");
  assert.equal(made.waitMs, 500);
});

Deno.test("CircuitBreaker gives a probe that says nothing to the next call", () => {
  const { made, clock, fail } = breaker();
  for (let i = 0; i < 3; i++) fail();
  clock.ms = 500;
  made.acquire()!.dropped();
  made.acquire()!.succeeded();
  made.acquire()!.succeeded();
  assert.equal(made.state, "closed");
});

Deno.test("CircuitBreaker counts a call once, also when it breaks after it began well", () => {
  const { made } = breaker();
  for (let i = 0; i < 2; i++) {
    const permit = made.acquire()!;
    permit.succeeded();
    permit.failed();
    permit.failed();
  }
  assert.equal(made.state, "closed");
});

Deno.test("CircuitBreaker ignores calls that began before it opened", () => {
  const { made, clock, fail } = breaker();
  const slow = [made.acquire()!, made.acquire()!, made.acquire()!];
  for (let i = 0; i < 3; i++) fail();
  clock.ms = 500;
  for (const each of slow) each.failed();
  assert.equal(made.state, "half_open");
  slow[0]!.succeeded();
  assert.equal(made.state, "half_open");
});
