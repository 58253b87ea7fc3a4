/** What every limit store does, whatever it counts with. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { limitHeaders } from "../../src/limits/headers.ts";
import { remaining, subject } from "../../src/limits/rate.ts";
import type { LimitConfig, LimitStore, Subject, Taken } from "../../src/limits/types.ts";

export interface LimitStoreMaker {
  readonly name: string;
  /** Opens a store that counts from nothing and goes by the `nowMs` it is given. */
  readonly open: () => Promise<LimitStore & AsyncDisposable>;
  readonly ignore?: boolean;
  /** Runs of the random schedules. */
  readonly runs: number;
}

/** Any time will do; a real one shows what rounding does to it. */
const START_MS = 1_790_000_000_000;

const acme = (limits: LimitConfig) => subject("tenant", "acme", "acme", limits);
const left = ({ requestMs, requestSpanMs }: Subject, debtMs: number) => remaining(debtMs, requestMs, requestSpanMs);
const leftTokens = ({ tokenMs, tokenSpanMs }: Subject, debtMs: number) => remaining(debtMs, tokenMs, tokenSpanMs);

async function take(store: LimitStore, subjects: readonly Subject[], tokens: number, nowMs: number): Promise<Taken | undefined> {
  const verdict = await store.admit(subjects, tokens, nowMs);
  return verdict.admitted ? { subjects, tokens, lease: verdict.lease } : undefined;
}

/** Registers the suite for one store. */
export function limitStoreConformance({ name, open, ignore = false, runs }: LimitStoreMaker): void {
  const test = (what: string, fn: (store: LimitStore) => Promise<void>) =>
    Deno.test({
      name: `${name} ${what}`,
      ignore,
      fn: async () => {
        await using store = await open();
        await fn(store);
      },
    });

  test("admits a minute's worth at once, then one per refill interval, and says how long to wait", async (store) => {
    const tenant = acme({ requestsPerMinute: 60 });
    for (let i = 0; i < 60; i++) assert.ok(await take(store, [tenant], 0, START_MS));
    const refused = await store.admit([tenant], 0, START_MS);
    assert.equal(refused.admitted, false);
    assert.equal(refused.refusedBy?.kind, "requests");
    assert.ok(Math.abs(refused.waitMs - 1000) < 1e-6);
    assert.deepEqual(limitHeaders([tenant], refused.levels, START_MS), {
      "X-RateLimit-Limit": "60",
      "X-RateLimit-Remaining": "0",
      "X-RateLimit-Reset": String(START_MS / 1000 + 60),
      "X-RateLimit-Limit-Requests": "60",
      "X-RateLimit-Remaining-Requests": "0",
      "X-RateLimit-Reset-Requests": "1m0s",
    });
    assert.equal(await take(store, [tenant], 0, START_MS + 999), undefined);
    assert.ok(await take(store, [tenant], 0, START_MS + 1000));
    assert.equal(await take(store, [tenant], 0, START_MS + 1001), undefined);
  });

  test("admits no more at once than the burst", async (store) => {
    const tenant = acme({ requestsPerMinute: 600, burst: 5, tokensPerMinute: 6000, burstTokens: 700 });
    for (let i = 0; i < 5; i++) assert.ok(await take(store, [tenant], 100, START_MS));
    const refused = await store.admit([tenant], 100, START_MS);
    assert.equal(refused.refusedBy?.kind, "requests");
    assert.equal(limitHeaders([tenant], refused.levels, START_MS)["X-RateLimit-Limit"], "5");
    assert.ok(await take(store, [tenant], 200, START_MS + 100));
    const tokens = await store.admit([tenant], 100, START_MS + 200);
    assert.equal(tokens.refusedBy?.kind, "tokens");
    // 700 − 500 − 200 and 20 refilled in 200 ms: 80 are missing, at 100 a second.
    assert.ok(Math.abs(tokens.waitMs - 800) < 1e-6, String(tokens.waitMs));
  });

  test("takes from all limits of tenant and key, or from none, and names the one that refuses longest", async (store) => {
    const tenant = acme({ requestsPerMinute: 10, tokensPerMinute: 1000 });
    const key = subject("key", "acme", "key_1", { requestsPerMinute: 2, tokensPerMinute: 500 });
    assert.ok(await take(store, [tenant, key], 400, START_MS));
    const refused = await store.admit([tenant, key], 200, START_MS);
    assert.equal(refused.admitted, false);
    assert.equal(refused.refusedBy?.subject.id, key.id);
    assert.equal(refused.refusedBy?.kind, "tokens");
    assert.ok(await take(store, [tenant, key], 100, START_MS));
    const both = await store.admit([tenant, key], 900, START_MS);
    assert.equal(both.refusedBy?.subject.id, key.id, "the key waits a minute for all of its tokens, the tenant 24 s");
    const level = await store.peek(tenant, START_MS);
    assert.equal(left(tenant, level.requestsDebtMs), 8, "what the key refused, the tenant does not pay");
    assert.equal(leftTokens(tenant, level.tokensDebtMs), 500);
    assert.ok(await take(store, [tenant], 500, START_MS), "another key of the tenant has what is left");
    assert.equal(left(tenant, (await store.peek(tenant, START_MS)).requestsDebtMs), 7);
  });

  test("settles to what was really used, to the token", async (store) => {
    const tenant = acme({ tokensPerMinute: 100_000 });
    const taken = await take(store, [tenant], 1234, START_MS);
    assert.equal(leftTokens(tenant, (await store.peek(tenant, START_MS)).tokensDebtMs), 98_766);
    await store.settle(taken!, 17, START_MS);
    assert.equal(leftTokens(tenant, (await store.peek(tenant, START_MS)).tokensDebtMs), 99_983);
    const another = await take(store, [tenant], 10, START_MS);
    await store.settle(another!, 99_983, START_MS);
    assert.equal(leftTokens(tenant, (await store.peek(tenant, START_MS)).tokensDebtMs), 0);
  });

  test("lets a settlement overdraw, and waiting pays it back", async (store) => {
    const tenant = acme({ tokensPerMinute: 60 });
    const taken = await take(store, [tenant], 60, START_MS);
    await store.settle(taken!, 120, START_MS);
    assert.equal(await take(store, [tenant], 1, START_MS + 60_000), undefined);
    assert.ok(await take(store, [tenant], 1, START_MS + 61_000));
  });

  test("admits a cost above the bucket when the bucket is full, and lets it overdraw", async (store) => {
    const tenant = acme({ tokensPerMinute: 60 });
    assert.ok(await take(store, [tenant], 1, START_MS));
    const refused = await store.admit([tenant], 600, START_MS);
    assert.ok(Math.abs(refused.waitMs - 1000) < 1e-6);
    assert.ok(await take(store, [tenant], 600, START_MS + 1000));
    assert.ok(Math.abs((await store.admit([tenant], 1, START_MS + 1000)).waitMs - 541_000) < 1e-3);
  });

  test("holds a slot from admission to settlement", async (store) => {
    const tenant = acme({ concurrentRequests: 2 });
    const first = await take(store, [tenant], 0, START_MS);
    assert.ok(first);
    assert.ok(await take(store, [tenant], 0, START_MS));
    const refused = await store.admit([tenant], 0, START_MS);
    assert.equal(refused.refusedBy?.kind, "concurrency");
    assert.equal(refused.levels[0]?.running, 2);
    await store.settle(first, 0, START_MS);
    assert.equal((await store.peek(tenant, START_MS)).running, 1);
    assert.ok(await take(store, [tenant], 0, START_MS));
  });

  test("goes on from what was used up when a limit changes", async (store) => {
    const before = acme({ requestsPerMinute: 10 });
    for (let i = 0; i < 3; i++) await take(store, [before], 0, START_MS);
    const after = acme({ requestsPerMinute: 100 });
    assert.equal(left(after, (await store.peek(after, START_MS)).requestsDebtMs), 70);
  });

  test("keeps tenants and keys of the same name apart", async (store) => {
    const one = { requestsPerMinute: 1 };
    const subjects = [
      subject("tenant", "acme", "acme", one),
      subject("tenant", "acme2", "acme2", one),
      subject("key", "acme", "acme", one),
      subject("key", "acme2", "acme", one),
    ];
    for (const each of subjects) assert.ok(await take(store, [each], 0, START_MS), each.id);
    for (const each of subjects) assert.equal(await take(store, [each], 0, START_MS), undefined);
  });

  test("agrees with an exact model on any schedule", async (store) => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          requestsPerMinute: fc.integer({ min: 1, max: 5000 }),
          burst: fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined }),
          tokensPerMinute: fc.option(fc.integer({ min: 1, max: 1_000_000 }), { nil: undefined }),
          concurrentRequests: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
        }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 9000 }), fc.integer({ min: 0, max: 20_000 }), fc.nat({ max: 3 }), fc.nat(30_000)), {
          minLength: 1,
          maxLength: 40,
        }),
        async (limits, steps) => {
          const tenant = subject("tenant", `t${run++}`, "", withoutUndefined(limits));
          const model = new Model(tenant);
          let now = START_MS + run * 10_000_000;
          const held: Taken[] = [];
          for (const [gapMs, tokens, settles, actual] of steps) {
            now += gapMs;
            for (let i = 0; i < settles && held.length > 0; i++) {
              const taken = held.shift()!;
              await store.settle(taken, actual, now);
              model.settle(taken.tokens, actual, now);
            }
            const expected = model.admit(tokens, now);
            // At the very edge either answer is right.
            if (expected === "edge") return;
            const taken = await take(store, [tenant], tokens, now);
            assert.equal(taken !== undefined, expected === "yes");
            if (taken !== undefined) held.push(taken);
          }
          for (const taken of held) await store.settle(taken, taken.tokens, now);
        },
      ),
      { numRuns: runs },
    );
  });
}

function withoutUndefined(limits: { [K in keyof LimitConfig]: number | undefined }): LimitConfig {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}

/** Token buckets as a textbook has them: a level in units, topped up at each look. */
class Model {
  #requests: number;
  #tokens: number;
  #running = 0;
  #at = 0;
  readonly #rates: readonly [number, number];
  readonly #sizes: readonly [number, number];

  constructor(readonly tenant: Subject) {
    const { requestsPerMinute = Infinity, burst = requestsPerMinute, tokensPerMinute = Infinity } = tenant.limits;
    this.#rates = [requestsPerMinute / 60_000, tokensPerMinute / 60_000];
    this.#sizes = [burst, tokensPerMinute];
    [this.#requests, this.#tokens] = this.#sizes;
  }

  admit(tokens: number, now: number): "yes" | "no" | "edge" {
    this.#refill(now);
    const needs = Math.min(tokens, this.#sizes[1]);
    if (Math.abs(this.#requests - 1) < 1e-6 || Math.abs(this.#tokens - needs) < 1e-6 * Math.max(1, needs)) {
      if (this.#requests !== this.#sizes[0] || this.#tokens !== this.#sizes[1]) return "edge";
    }
    if (this.#running >= (this.tenant.limits.concurrentRequests ?? Infinity)) return "no";
    if (this.#requests < 1 || this.#tokens < needs) return "no";
    this.#requests -= 1;
    if (this.#tokens !== Infinity) this.#tokens -= tokens;
    this.#running++;
    return "yes";
  }

  settle(tokens: number, actual: number, now: number): void {
    this.#refill(now);
    this.#running--;
    if (this.#tokens !== Infinity) this.#tokens = Math.min(this.#sizes[1], this.#tokens + tokens - actual);
  }

  #refill(now: number): void {
    const elapsed = now - this.#at;
    this.#at = now;
    this.#requests = Math.min(this.#sizes[0], this.#requests + elapsed * this.#rates[0]);
    this.#tokens = Math.min(this.#sizes[1], this.#tokens + elapsed * this.#rates[1]);
  }
}
