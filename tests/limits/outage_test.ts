/** What a store is told after it was away, against a bucket that has seen everything. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { OutageLedger } from "../../src/limits/outage_ledger.ts";
import { subject } from "../../src/limits/rate.ts";
import { RedisStore } from "../../src/limits/redis_store.ts";
import type { Subject } from "../../src/limits/types.ts";
import { needs } from "../support/optional.ts";
import { startRedis } from "../support/redis_server.ts";
import { testRuns } from "../support/runs.ts";

/** Requests that came to one gateway: so many, so long after the store went away, evenly spread over some time. */
interface Burst {
  readonly gateway: number;
  readonly atMs: number;
  readonly overMs: number;
  readonly count: number;
}

interface Outage {
  readonly lengthMs: number;
  readonly gateways: number;
  /** What the bucket owed before it, as all gateways knew. */
  readonly owedMs: number;
  /** The store comes back empty. */
  readonly forgets: boolean;
  readonly bursts: readonly Burst[];
}

const outages = fc.record({
  lengthMs: fc.integer({ min: 20, max: 120_000 }),
  gateways: fc.integer({ min: 1, max: 4 }),
  owedMs: fc.integer({ min: 0, max: 60_000 }),
  forgets: fc.boolean(),
}).chain((about) =>
  fc.array(
    fc.record({
      gateway: fc.nat({ max: about.gateways - 1 }),
      atMs: fc.nat({ max: about.lengthMs }),
      overMs: fc.nat({ max: about.lengthMs }),
      count: fc.integer({ min: 1, max: 300 }),
    }),
    { maxLength: 6 },
  ).map((bursts): Outage => ({ ...about, bursts }))
);

function requestsOf({ bursts, lengthMs }: Outage): { readonly atMs: number; readonly gateway: number }[] {
  return bursts.flatMap(({ gateway, atMs, overMs, count }) =>
    Array.from({ length: count }, (_, i) => ({ gateway, atMs: Math.round(atMs + (i * Math.min(overMs, lengthMs - atMs)) / count) }))
  ).sort((a, b) => a.atMs - b.atMs);
}

/** A bucket that sees all of it, and is empty at worst. */
function exactDebt(acme: Subject, outage: Outage, endMs: number): number {
  let debtMs = outage.owedMs;
  let lastMs = 0;
  for (const { atMs } of requestsOf(outage)) {
    debtMs = Math.max(0, debtMs - (atMs - lastMs));
    debtMs = Math.max(debtMs, Math.min(debtMs + acme.requestMs, acme.requestSpanMs));
    lastMs = atMs;
  }
  return Math.max(0, debtMs - (endMs - lastMs));
}

/** Lets gateways tell a store of an outage, one after the other within half a second. @returns the debt there, and what it should be. */
async function told(store: RedisStore, outage: Outage, run: number): Promise<readonly [debtMs: number, exactMs: number]> {
  const start = 1_790_000_000_000 + run * 1e7;
  const acme = subject("tenant", `t${run}`, "", { requestsPerMinute: 600 });
  const ledgers = Array.from({ length: outage.gateways }, () => new OutageLedger());
  const requests = requestsOf(outage);
  for (const [i, ledger] of ledgers.entries()) {
    ledger.hear(acme, { requestsDebtMs: outage.owedMs + 10, tokensDebtMs: 0 }, start - 10);
    // Each notices when it is asked first.
    ledger.begin(start + (requests.find(({ gateway }) => gateway === i)?.atMs ?? 0));
  }
  if (!outage.forgets) {
    const known = { requestsDebtMs: outage.owedMs, tokensDebtMs: 0 };
    await store.makeUp({ subject: acme, sinceMs: start, known, charges: [] }, false, start);
    await store.client.del(`checkstream:{${acme.tenant}}:${acme.id}:outage`);
  }
  for (const { atMs, gateway } of requests) ledgers[gateway]!.charge(acme, acme.requestMs, 0, start + atMs);
  let endMs = outage.lengthMs;
  for (const ledger of ledgers) {
    endMs += 100;
    await store.makeUp(ledger.take(acme), false, start + endMs);
  }
  const { requestsDebtMs } = await store.peek(acme, start + endMs);
  assert.ok(requestsDebtMs <= acme.requestSpanMs + 1e-6, "never below empty");
  return [requestsDebtMs, exactDebt(acme, outage, endMs)];
}

async function withStore(run: (store: RedisStore) => Promise<void>): Promise<void> {
  await using server = await startRedis();
  const store = await RedisStore.open({ url: server.url, timeoutMs: 20_000, reconnectMs: () => 50, onProblem: () => {}, ownClock: true });
  assert.equal(await store.whenReady(20_000), true);
  await store.prepare();
  await run(store);
  await store.close();
}

const quiet: Outage = { lengthMs: 10_000, gateways: 3, owedMs: 0, forgets: true, bursts: [] };
/** `perSecond` at each of these gateways, all the time. */
const steady = (perSecond: number, gateways: readonly number[], lengthMs: number): Burst[] =>
  gateways.map((gateway) => ({ gateway, atMs: 0, overMs: lengthMs, count: (perSecond * lengthMs) / 1000 }));

/** The limit is 10 a second and 600 at once. Off by less than `withinMs` of refill: a tenth of that many requests in hundreds of milliseconds. */
for (
  const [name, outage, withinMs] of [
    ["nothing was asked", quiet, 1],
    ["nothing was asked, and half of the bucket was used up before", { ...quiet, owedMs: 30_000 }, 1],
    ["each of three gateways is asked a little less than the limit", { ...quiet, bursts: steady(9, [0, 1, 2], 10_000) }, 200],
    ["one gateway alone is asked a little less than the limit for a minute", {
      ...quiet,
      lengthMs: 60_000,
      bursts: steady(9, [1], 60_000),
    }, 200],
    ["the limit is spent exactly, by three gateways, for an hour", {
      ...quiet,
      lengthMs: 3_600_000,
      bursts: steady(10 / 3, [0, 1, 2], 3_600_000),
    }, 600],
    ["all are asked far too much", { ...quiet, owedMs: 20_000, bursts: steady(200, [0, 1, 2], 10_000) }, 400],
    ["a crowd came to all three in one moment, two seconds before the end", {
      ...quiet,
      bursts: [0, 1, 2].map((gateway) => ({ gateway, atMs: 8000, overMs: 0, count: 100 })),
    }, 400],
    ["a crowd emptied the bucket, and then nobody came for a minute", {
      ...quiet,
      lengthMs: 70_000,
      bursts: [{ gateway: 2, atMs: 10_000, overMs: 0, count: 2000 }],
    }, 6000],
  ] as const
) {
  for (const forgets of [true, false]) {
    Deno.test({
      name: `${name}: afterwards the bucket of a store that ${forgets ? "came back empty" : "kept its state"} is as if it had seen that`,
      ...needs("redis-server"),
      fn: () =>
        withStore(async (store) => {
          const [debtMs, exactMs] = await told(store, { ...outage, forgets }, 0);
          assert.ok(Math.abs(debtMs - exactMs) <= withinMs, `${debtMs} ms, not ${exactMs}`);
        }),
    });
  }
}

Deno.test({
  name: "after any outage the store's buckets are as if it had seen everything, to less than a quarter of the outage",
  ...needs("redis-server"),
  fn: () =>
    withStore(async (store) => {
      let run = 0;
      let worst = 0;
      await fc.assert(
        fc.asyncProperty(outages, async (outage) => {
          const [debtMs, exactMs] = await told(store, outage, run++);
          const offMs = Math.abs(debtMs - exactMs);
          worst = Math.max(worst, (offMs - 100) / outage.lengthMs);
          // A charge is told to a tenth of its age by the gateway, and put to another tenth by the store.
          assert.ok(offMs <= 250 + outage.lengthMs / 4, `${debtMs} ms, not ${exactMs}`);
        }),
        { numRuns: testRuns() },
      );
      console.log(`${run} outages: off by 100 ms and ${(100 * worst).toFixed(1)} % of the outage at most`);
    }),
});

Deno.test({
  name: "what ends after an outage is charged once, beside what came in its last moment",
  ...needs("redis-server"),
  fn: () =>
    withStore(async (store) => {
      const start = 1_790_000_000_000;
      const acme = subject("tenant", "late", "", { requestsPerMinute: 600 });
      const ledger = new OutageLedger();
      ledger.begin(start);
      ledger.charge(acme, 20_000, 0, start + 990);
      for (let atMs = 1000; atMs <= 20_000; atMs += 900) {
        if (atMs > 1000) ledger.charge(acme, 1000, 0, start + atMs);
        const level = await store.makeUp(ledger.take(acme), false, start + atMs);
        // The thread has heard what the store says since then.
        ledger.hear(acme, level, start + atMs);
        const exactMs = 20_000 + 990 - atMs + 1000 * ((atMs - 1000) / 900);
        assert.ok(Math.abs(level.requestsDebtMs - exactMs) < 100, `${level.requestsDebtMs} ms at ${atMs}, not ${exactMs}`);
      }
    }),
});

Deno.test("a request that was sent before the last answer came and failed after it is part of the outage, and what was heard is known", () => {
  const acme = subject("tenant", "acme", "", { requestsPerMinute: 600 });
  const ledger = new OutageLedger();
  ledger.hear(acme, { requestsDebtMs: 30_000, tokensDebtMs: 0 }, 105);
  ledger.begin(110);
  ledger.charge(acme, acme.requestMs, 0, 100);
  assert.deepEqual(ledger.take(acme), {
    subject: acme,
    sinceMs: 110,
    known: { requestsDebtMs: 29_995, tokensDebtMs: 0 },
    charges: [{ fromMs: 110, toMs: 110, requestsMs: 100, tokensMs: 0 }],
  });
});
