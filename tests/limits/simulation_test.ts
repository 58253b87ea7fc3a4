/** An hour of twenty tenants with bursty traffic on a clock of the test's, counted by two stores over one table as two workers would. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { openMemoryStore } from "../../src/limits/memory_store.ts";
import { subject } from "../../src/limits/rate.ts";
import type { Subject } from "../../src/limits/types.ts";
import { testRuns } from "../support/runs.ts";

const HOUR_MS = 3_600_000;
const TENANTS = 20;

/** What a tenant's clients do for a while. */
interface Spell {
  readonly kind: "idle" | "steady" | "burst" | "crowd";
  readonly ms: number;
}

interface Schedule {
  readonly perMinute: number;
  readonly burst: number;
  readonly tokensPerMinute: number | undefined;
  readonly spells: readonly Spell[];
}

const schedule = fc.record({
  perMinute: fc.integer({ min: 20, max: 900 }),
  burst: fc.integer({ min: 1, max: 400 }),
  tokensPerMinute: fc.option(fc.integer({ min: 20_000, max: 2_000_000 }), { nil: undefined }),
  spells: fc.array(
    fc.record({ kind: fc.constantFrom("idle", "steady", "burst", "crowd"), ms: fc.integer({ min: 500, max: 240_000 }) }),
    { minLength: 8, maxLength: 40 },
  ),
}) satisfies fc.Arbitrary<Schedule>;

/** Times at which requests come, over an hour. */
function* arrivals({ perMinute, spells }: Schedule, random: () => number): Generator<number> {
  const gapMs = 60_000 / perMinute;
  let from = 0;
  for (let i = 0; from < HOUR_MS; i++) {
    const { kind, ms } = spells[i % spells.length]!;
    const until = Math.min(HOUR_MS, from + ms);
    if (kind === "burst") { for (let n = 0; n < 50 + 500 * random(); n++) yield from; }
    if (kind === "steady") { for (let at = from; at < until; at += gapMs * (0.5 + 2 * random())) yield at; }
    // Three times as much as is allowed.
    if (kind === "crowd") { for (let at = from; at < until; at += (gapMs / 1.5) * random()) yield at; }
    from = until;
  }
}

/** What an ideal bucket of whole numbers admits: 60,000 of its units are one. */
class Ideal {
  #level: number;
  #at = 0;

  constructor(readonly perMinute: number, readonly size: number) {
    this.#level = size * 60_000;
  }

  has(cost: number, at: number): boolean {
    this.#level = Math.min(this.size * 60_000, this.#level + (at - this.#at) * this.perMinute);
    this.#at = at;
    return this.#level >= Math.min(cost, this.size) * 60_000 - 1e-3;
  }

  take(cost: number): void {
    this.#level -= cost * 60_000;
  }
}

/** By how much the fullest window exceeds rate × time + burst; at most 0 when the limit holds. */
class Windows {
  #sum = 0;
  #least = Infinity;
  excess = -Infinity;

  constructor(readonly perMs: number, readonly size: number) {}

  add(cost: number, at: number): void {
    this.#least = Math.min(this.#least, this.#sum - this.perMs * at);
    this.#sum += cost;
    this.excess = Math.max(this.excess, this.#sum - this.perMs * at - this.#least - this.size);
  }
}

Deno.test("over an hour of any schedules of twenty tenants, no window admits more than rate × time + burst, nor 1 % less than it could", () => {
  let runs = 0;
  let asked = 0;
  let admitted = 0;
  let worstExcess = -Infinity;
  let worstShort = 0;
  fc.assert(
    fc.property(
      fc.array(schedule, { minLength: TENANTS, maxLength: TENANTS }),
      fc.integer({ min: 1, max: 2 ** 31 - 2 }),
      (tenants, seed) => {
        const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
        const first = openMemoryStore(undefined, { slots: 64 });
        const stores = [first, openMemoryStore(first.buffer, { worker: 1 })];
        // All tenants on one clock, as in a gateway.
        const events: { at: number; tenant: number }[] = [];
        for (const [tenant, each] of tenants.entries()) for (const at of arrivals(each, random)) events.push({ at, tenant });
        events.sort((a, b) => a.at - b.at);
        const kept = tenants.map(({ perMinute, burst, tokensPerMinute }, i) => ({
          subject: subject("tenant", `t${i}`, `t${i}`, {
            requestsPerMinute: perMinute,
            burst,
            ...(tokensPerMinute !== undefined && { tokensPerMinute }),
          }),
          requests: new Ideal(perMinute, burst),
          tokens: tokensPerMinute === undefined ? undefined : new Ideal(tokensPerMinute, tokensPerMinute),
          requestWindows: new Windows(perMinute / 60_000, burst),
          tokenWindows: tokensPerMinute === undefined ? undefined : new Windows(tokensPerMinute / 60_000, tokensPerMinute),
          admitted: 0,
          ideal: 0,
        }));
        for (const [i, { at, tenant }] of events.entries()) {
          const each = kept[tenant]!;
          const cost = each.tokens === undefined ? 0 : Math.floor(3000 * random());
          if (each.requests.has(1, at) && each.tokens?.has(cost, at) !== false) {
            each.ideal++;
            each.requests.take(1);
            each.tokens?.take(cost);
          }
          const subjects: readonly Subject[] = [each.subject];
          if (!stores[i % 2]!.admit(subjects, cost, at).admitted) continue;
          each.admitted++;
          each.requestWindows.add(1, at);
          each.tokenWindows?.add(cost, at);
          stores[(i + 1) % 2]!.settle({ subjects, tokens: cost, lease: "" }, cost, at);
        }
        runs++;
        asked += events.length;
        for (const { admitted: count, ideal, requestWindows, tokenWindows } of kept) {
          admitted += count;
          worstExcess = Math.max(worstExcess, requestWindows.excess, tokenWindows?.excess ?? -Infinity);
          if (ideal > 0) worstShort = Math.max(worstShort, 1 - count / ideal);
          assert.ok(requestWindows.excess <= 1e-3, `requests: ${requestWindows.excess} too many in a window`);
          assert.ok((tokenWindows?.excess ?? 0) <= 1e-3, `tokens: ${tokenWindows?.excess} too many in a window`);
          assert.ok(count >= ideal * 0.99, `${count} of ${ideal}`);
        }
      },
    ),
    { numRuns: Math.max(2, Math.round(testRuns() / 100)) },
  );
  console.log(
    `${runs} hours of ${TENANTS} tenants: ${asked} asked, ${admitted} admitted; fullest window ${
      worstExcess.toFixed(6)
    } over rate × time + burst, at most ${(worstShort * 100).toFixed(4)} % less than the ideal`,
  );
});
