import assert from "node:assert/strict";
import { openMemoryStore } from "../../src/limits/memory_store.ts";
import { TenantLimiter } from "../../src/limits/tenant_limiter.ts";
import type { Admission, KeyLimits, LimitConfig, LimitStore, Reservation } from "../../src/limits/types.ts";
import { WaitingRoom } from "../../src/limits/waiting_room.ts";

/** A room on a clock that goes when it is told to. */
class Clock {
  now = 1_790_000_000_000;
  readonly start = this.now;
  #timers = new Set<{ at: number; callback: () => void }>();
  readonly room = new WaitingRoom({
    now: () => this.now,
    after: (ms, callback) => {
      const timer = { at: this.now + ms, callback };
      this.#timers.add(timer);
      return () => this.#timers.delete(timer);
    },
  });

  /** Lets `ms` pass, timer by timer. */
  async pass(ms: number): Promise<void> {
    const until = this.now + ms;
    await this.settled();
    while (true) {
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > until) break;
      this.now = Math.max(this.now, next.at);
      this.#timers.delete(next);
      next.callback();
      await this.settled();
    }
    this.now = until;
  }

  async settled(): Promise<void> {
    for (let i = 0; i < 50; i++) await Promise.resolve();
  }
}

/** Tenants that share a store and a room; `order` is who was admitted, and when. */
function gateway(make: () => LimitStore) {
  const store = make();
  const clock = new Clock();
  const order: string[] = [];
  const refused: string[] = [];
  const tenant = (id: string, limits: LimitConfig, queue: { maxWaiting: number; maxWaitMs: number }) => {
    const limiter = new TenantLimiter(id, limits, store, { room: clock.room, ...queue });
    return (name: string, more: { key?: KeyLimits; tokens?: number; signal?: AbortSignal } = {}): Promise<Admission> => {
      const asked = Promise.resolve(limiter.admit({ tokens: more.tokens ?? 0, key: more.key, signal: more.signal }, clock.now));
      asked.then(
        ({ admitted }) => (admitted ? order : refused).push(`${name}@${clock.now - clock.start}`),
        () => refused.push(`${name} left`),
      );
      return asked;
    };
  };
  return { clock, order, refused, tenant };
}

function held(admission: Admission): Reservation {
  assert.ok(admission.admitted);
  return admission.reservation;
}

/** A store that answers later, as a shared one does. */
function late(): LimitStore {
  const store = openMemoryStore(undefined, { slots: 64 });
  return {
    admit: (...args) => Promise.resolve(store.admit(...args)),
    settle: (...args) => Promise.resolve(store.settle(...args)),
    peek: (...args) => Promise.resolve(store.peek(...args)),
    close: () => store.close(),
  };
}

const stores: readonly (readonly [kind: string, make: () => LimitStore])[] = [
  ["in this process", () => openMemoryStore(undefined, { slots: 64 })],
  ["in a store that answers later", late],
];
for (const [kind, make] of stores) {
  Deno.test(`${kind}: requests wait for their turn, first come first served, exactly as long as the refill takes`, async () => {
    const { clock, order, refused, tenant } = gateway(make);
    const ask = tenant("acme", { requestsPerMinute: 60, burst: 1 }, { maxWaiting: 3, maxWaitMs: 3000 });
    for (const name of ["a", "b", "c", "d", "e"]) void ask(name);
    await clock.settled();
    assert.deepEqual([order, refused], [["a@0"], ["e@0"]], "three wait, a fifth finds no place");
    await clock.pass(1500);
    void ask("f");
    await clock.pass(5000);
    assert.deepEqual(order, ["a@0", "b@1000", "c@2000", "d@3000", "f@4000"]);
    assert.equal(clock.room.waiting("acme"), 0);
  });

  Deno.test(`${kind}: who would wait longer than max_wait_ms is refused at once, and whose time is up later`, async () => {
    const { clock, order, refused, tenant } = gateway(make);
    const ask = tenant("acme", { requestsPerMinute: 60, burst: 1 }, { maxWaiting: 10, maxWaitMs: 1500 });
    for (const name of ["a", "b", "c", "d"]) void ask(name);
    await clock.pass(1499);
    assert.deepEqual([order, refused], [["a@0", "b@1000"], ["c@1000", "d@1000"]], "c and d would have to wait until 2000 or longer");
    await clock.pass(10_000);
    assert.deepEqual(refused, ["c@1000", "d@1000"]);
    const slow = tenant("slow", { requestsPerMinute: 1 }, { maxWaiting: 10, maxWaitMs: 1500 });
    await slow("s");
    const told = await slow("t");
    assert.ok(!told.admitted);
    assert.equal(told.headers["Retry-After"], "60");
  });

  Deno.test(`${kind}: a client that leaves is taken from the queue and costs nothing`, async () => {
    const { clock, order, refused, tenant } = gateway(make);
    const ask = tenant("acme", { requestsPerMinute: 60, burst: 1 }, { maxWaiting: 10, maxWaitMs: 5000 });
    const leaving = new AbortController();
    void ask("a");
    void ask("b", { signal: leaving.signal }).catch(() => {});
    void ask("c", { signal: new AbortController().signal });
    await clock.pass(500);
    leaving.abort(new Error("gone"));
    await clock.settled();
    assert.equal(clock.room.waiting("acme"), 1);
    await clock.pass(5000);
    assert.deepEqual([order, refused], [["a@0", "c@1000"], ["b left"]]);
  });

  Deno.test(`${kind}: tenants take turns: a crowd of one holds no other up`, async () => {
    const { clock, order, tenant } = gateway(make);
    const limits = { concurrentRequests: 1 };
    const asks = ["crowd", "small"].map((id) => tenant(id, limits, { maxWaiting: 100, maxWaitMs: 60_000 }));
    const first = await Promise.all(asks.map((ask) => ask("first")));
    for (let i = 0; i < 20; i++) void asks[0]!(`crowd${i}`).then((admission) => held(admission).settle(0, clock.now));
    for (let i = 0; i < 3; i++) void asks[1]!(`small${i}`).then((admission) => held(admission).settle(0, clock.now));
    await clock.settled();
    order.length = 0;
    for (const admission of first) held(admission).settle(0, clock.now);
    await clock.pass(1000);
    const names = order.map((entry) => entry.replace(/\d*@.*/, ""));
    assert.deepEqual(names.slice(0, 6), ["crowd", "small", "crowd", "small", "crowd", "small"]);
    assert.equal(names.length, 23);
    assert.ok(names.slice(6).every((name) => name === "crowd"));
  });

  Deno.test(`${kind}: who waits for a limit of its key lets the tenant's other keys pass`, async () => {
    const { clock, order, tenant } = gateway(make);
    const ask = tenant("acme", { requestsPerMinute: 600 }, { maxWaiting: 10, maxWaitMs: 5000 });
    const slow: KeyLimits = { id: "slow", limits: { requestsPerMinute: 60, burst: 1 } };
    const other: KeyLimits = { id: "other", limits: { requestsPerMinute: 600 } };
    for (const name of ["s1", "s2", "s3"]) void ask(name, { key: slow });
    void ask("o1", { key: other });
    void ask("n1");
    await clock.pass(3000);
    assert.deepEqual(order.map((entry) => entry.split("@")[0]), ["s1", "o1", "n1", "s2", "s3"]);
    assert.deepEqual(order.slice(-2), ["s2@1000", "s3@2000"]);
  });

  Deno.test(`${kind}: a request that ended is followed at once, and a large one at the front is not starved by small ones`, async () => {
    const { clock, order, tenant } = gateway(make);
    const ask = tenant("acme", { tokensPerMinute: 60_000, concurrentRequests: 3 }, { maxWaiting: 10, maxWaitMs: 60_000 });
    const first = held(await ask("all", { tokens: 60_000 }));
    void ask("large", { tokens: 30_000 });
    for (let i = 0; i < 3; i++) void ask(`small${i}`, { tokens: 10 });
    await clock.pass(1000);
    assert.deepEqual(order, ["all@0"], "the small ones come after the large one, although there would be room for them");
    first.settle(20_000, clock.now);
    await clock.pass(0);
    assert.deepEqual(order.slice(1), ["large@1000", "small0@1000", "small1@1000"].slice(0, order.length - 1));
    assert.equal(order.length, 4, "one slot each, and one waits for a slot");
  });
}
