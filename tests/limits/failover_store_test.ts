import assert from "node:assert/strict";
import { FailoverStore, probeAfterMs } from "../../src/limits/failover_store.ts";
import { openMemoryStore } from "../../src/limits/memory_store.ts";
import { remaining, subject } from "../../src/limits/rate.ts";
import { RedisStore } from "../../src/limits/redis_store.ts";
import { TenantLimiter } from "../../src/limits/tenant_limiter.ts";
import { LimitStoreError, type Subject, type Taken } from "../../src/limits/types.ts";
import { needs } from "../support/optional.ts";
import { type RedisServer, startRedis } from "../support/redis_server.ts";

const redis = needs("redis-server");
const acme = subject("tenant", "acme", "acme", { requestsPerMinute: 100 });

/** A gateway's store; `changed` resolves at the next change. */
async function gateway(server: RedisServer, mode: "local" | "open" | "closed", name: string, share?: number) {
  const remote = await RedisStore.open({
    url: server.url,
    timeoutMs: 300,
    reconnectMs: () => 20 + Math.random() * 40,
    onProblem: () => {},
  });
  assert.equal(await remote.whenReady(5000), true);
  let waiting: (() => void)[] = [];
  const changes: boolean[] = [];
  const store = new FailoverStore(remote, openMemoryStore(undefined, { slots: 64 }), {
    mode,
    share,
    gateway: name,
    up: true,
    random: Math.random,
    onChange: (up) => {
      changes.push(up);
      for (const resolve of waiting) resolve();
      waiting = [];
    },
  });
  return { store, changes, changed: () => new Promise<void>((resolve) => waiting.push(resolve)) };
}

async function admitted(store: FailoverStore, subjects: readonly Subject[], times: number): Promise<Taken[]> {
  const taken: Taken[] = [];
  for (let i = 0; i < times; i++) {
    const { admitted, lease } = await store.admit(subjects, 0, Date.now());
    if (admitted) taken.push({ subjects, tokens: 0, lease });
  }
  return taken;
}

/** Arguments of a Redis that has not forgotten anything after a crash. */
const KEEPS_STATE = ["--appendonly", "yes", "--appendfsync", "always"];

type Gateway = Awaited<ReturnType<typeof gateway>>;

/** Kills the server; all have noticed. */
async function away(server: RedisServer, gateways: readonly Gateway[]): Promise<void> {
  const gone = gateways.map(({ changed }) => changed());
  await server.kill();
  await Promise.all(gateways.map(({ store }) => store.whenLooked()));
  await Promise.all(gone);
}

/** Starts the server again; all have noticed, and told it what they had to. */
async function back(server: RedisServer, gateways: readonly Gateway[]): Promise<void> {
  const there = gateways.map(({ changed }) => changed());
  await server.restart();
  await Promise.all(there);
  await Promise.all(gateways.map(({ store }) => store.whenLooked()));
}

async function leftOf(store: FailoverStore, subject: Subject): Promise<number> {
  const { requestsDebtMs } = await store.peek(subject, Date.now());
  return remaining(requestsDebtMs, subject.requestMs, subject.requestSpanMs);
}

/** What 100 a minute refill while a step of the test runs; the machine may be slow. */
const refilled = (sinceMs: number) => Math.ceil(((performance.now() - sinceMs) * 100) / 60_000) + 1;

Deno.test({
  name: "local: without the store each gateway counts its share, from where the store stood, and hands it over when it is back",
  ...redis,
  fn: async () => {
    await using server = await startRedis();
    const gateways = await Promise.all(["a", "b"].map((name) => gateway(server, "local", name, 0.5)));
    const [a, b] = gateways;
    const since = performance.now();
    assert.equal((await admitted(a!.store, [acme], 40)).length, 40);
    assert.equal((await admitted(b!.store, [acme], 40)).length, 40);
    const gone = gateways.map(({ changed }) => changed());
    await server.kill();
    // 80 of 100 are gone; a knew of 40 when it last heard, b of 80: halves of the rest are 30 and 10.
    const alone = [(await admitted(a!.store, [acme], 60)).length, (await admitted(b!.store, [acme], 60)).length];
    await Promise.all(gone);
    const slack = refilled(since);
    assert.ok(alone[0]! >= 30 && alone[0]! <= 30 + slack, `a admitted ${alone[0]} alone`);
    assert.ok(alone[1]! >= 10 && alone[1]! <= 10 + slack, `b admitted ${alone[1]} alone`);
    await back(server, gateways);
    // It came back empty; what was used up before and alone is not forgotten.
    const left = await leftOf(a!.store, acme);
    assert.ok(left <= refilled(since), `${left} left`);
    for (const { store, changes } of gateways) {
      assert.deepEqual(changes, [false, true]);
      await store.close();
    }
  },
});

Deno.test({
  name: "local: who used little while the store was away has the rest when it is back, and one gateway's crowd costs no other's share",
  ...redis,
  fn: async () => {
    await using server = await startRedis({ args: KEEPS_STATE });
    const gateways = await Promise.all(["a", "b"].map((name) => gateway(server, "local", name, 0.5)));
    const [a, b] = gateways;
    const since = performance.now();
    assert.equal((await admitted(a!.store, [acme], 10)).length, 10);
    await away(server, gateways);
    // a counts from 90 left, b has heard of nothing: halves of that are 45 and 50.
    const alone = [(await admitted(a!.store, [acme], 60)).length, (await admitted(b!.store, [acme], 5)).length];
    assert.equal(alone[1], 5);
    assert.ok(alone[0]! >= 45 && alone[0]! <= 45 + refilled(since), `a admitted ${alone[0]} alone`);
    await back(server, gateways);
    const left = await leftOf(b!.store, acme);
    assert.ok(left >= 90 - alone[0]! - 5 && left <= 90 - alone[0]! - 5 + refilled(since), `${left} left`);
    for (const { store } of gateways) await store.close();
  },
});

Deno.test({
  name: "local: without local_share the share is one by the gateways last seen in the store",
  ...redis,
  fn: async () => {
    await using server = await startRedis();
    const gateways = await Promise.all(["a", "b", "c", "d"].map((name) => gateway(server, "local", name)));
    // Each says that it is here when it starts; the first to look sees fewer, so all look once more.
    for (const name of ["a", "b", "c", "d"]) assert.ok(await gateways[0]!.store.remote.present(name, 0) <= 4);
    const last = await gateway(server, "local", "a");
    const present = await last.store.remote.present("a", 0);
    assert.equal(present, 4);
    await last.store.whenLooked();
    const gone = last.changed();
    await server.kill();
    const since = performance.now();
    const alone = (await admitted(last.store, [acme], 60)).length;
    await gone;
    assert.ok(alone >= 25 && alone <= 25 + refilled(since), `${alone} of 100 for one of four`);
    for (const { store } of [...gateways, last]) await store.close();
  },
});

Deno.test({
  name: "open admits everything and closed nothing that is limited, and both settle what they held",
  ...redis,
  fn: async () => {
    await using server = await startRedis();
    const open = await gateway(server, "open", "a");
    const closed = await gateway(server, "closed", "b");
    const held = await admitted(open.store, [acme], 1);
    await server.kill();
    const taken = await admitted(open.store, [acme], 500);
    assert.equal(taken.length, 500);
    for (const each of [...held, ...taken.slice(0, 3)]) assert.deepEqual(await open.store.settle(each, 10, Date.now()), []);
    await assert.rejects(async () => await closed.store.admit([acme], 0, Date.now()), (error) => error instanceof LimitStoreError);
    const free = new TenantLimiter("free", {}, closed.store);
    assert.equal((await free.admit({ tokens: 1e9 }, Date.now())).admitted, true, "who has no limit needs no store");
    await open.store.close();
    await closed.store.close();
  },
});

for (const [what, args] of [["came back empty", []], ["kept its state", KEEPS_STATE]] as const) {
  Deno.test({
    name: `open: when the store ${what}, it is charged with what three gateways admitted meanwhile, down to empty buckets`,
    ...redis,
    fn: async () => {
      await using server = await startRedis({ args });
      const gateways = await Promise.all(["a", "b", "c"].map((name) => gateway(server, "open", name)));
      const [a, b, c] = gateways;
      const little = subject("tenant", "little", "little", { requestsPerMinute: 100, tokensPerMinute: 1000 });
      const since = performance.now();
      assert.equal((await admitted(a!.store, [little], 20)).length, 20);
      await away(server, gateways);
      for (const { store } of gateways) assert.equal((await admitted(store, [acme], 400)).length, 400);
      const taken = [...await admitted(a!.store, [little], 10), ...await admitted(b!.store, [little], 30)];
      for (const each of taken.slice(0, 20)) await a!.store.settle(each, 10, Date.now());
      await back(server, gateways);
      assert.ok(await leftOf(c!.store, acme) <= refilled(since));
      const [refused] = [await c!.store.admit([acme], 0, Date.now())];
      assert.ok(refused.waitMs < 1000, `a bucket is empty at worst, and not ${refused.waitMs} ms from its next request`);
      const left = await leftOf(c!.store, little);
      assert.ok(left >= 40 && left <= 40 + refilled(since), `${left} left of 100 less 20 before and 40 meanwhile`);
      // Tokens cost when they are used, so those of answers that end after the outage cost then.
      const tokens = async () => Math.round((await c!.store.peek(little, Date.now())).tokensDebtMs * (1000 / 60_000));
      const before = await tokens();
      assert.ok(before <= 200 && before >= 200 - Math.ceil((performance.now() - since) / 60) - 1, `${before} of 200 tokens owed`);
      for (const each of taken.slice(20)) await a!.store.settle(each, 10, Date.now());
      await a!.store.whenLooked();
      const after = await tokens();
      assert.ok(after <= 400 && after >= 400 - Math.ceil((performance.now() - since) / 60) - 1, `${after} of 400 tokens owed`);
      for (const { store } of gateways) await store.close();
    },
  });
}

Deno.test({
  name: "closed: a store that comes back empty is told what was used up before, whoever asks first",
  ...redis,
  fn: async () => {
    await using server = await startRedis();
    const gateways = [await gateway(server, "closed", "a")];
    const [a] = gateways;
    const since = performance.now();
    assert.equal((await admitted(a!.store, [acme], 70)).length, 70);
    await away(server, gateways);
    await back(server, gateways);
    const admittedNow = (await admitted(a!.store, [acme], 60)).length;
    assert.ok(admittedNow >= 30 && admittedNow <= 30 + refilled(since), `${admittedNow} of 30`);
    await a!.store.close();
  },
});

for (const mode of ["local", "open"] as const) {
  Deno.test({
    name: `${mode}: requests under way count when the store is back empty, those before the outage and those in it, until they end`,
    ...redis,
    fn: async () => {
      await using server = await startRedis();
      const slots = subject("tenant", "slots", "slots", { concurrentRequests: 4 });
      const gateways = [await gateway(server, mode, "a", 1)];
      const { store } = gateways[0]!;
      const [before] = await admitted(store, [slots], 1);
      await away(server, gateways);
      const meanwhile = await admitted(store, [slots], 2);
      const ended = await admitted(store, [slots], 1);
      await store.settle(ended[0]!, 0, Date.now());
      await back(server, gateways);
      assert.equal((await store.peek(slots, Date.now())).running, 3);
      assert.equal((await admitted(store, [slots], 2)).length, 1, "one of four is free");
      for (const each of [before!, ...meanwhile]) await store.settle(each, 0, Date.now());
      assert.equal((await store.peek(slots, Date.now())).running, 1);
      await store.close();
    },
  });
}

Deno.test({
  name: "a reservation from before an outage that is settled in it is settled in the store, too",
  ...redis,
  fn: async () => {
    await using server = await startRedis({ args: KEEPS_STATE });
    const tokens = subject("tenant", "tokens", "tokens", { tokensPerMinute: 10_000 });
    for (const mode of ["local", "open", "closed"] as const) {
      const gateways = [await gateway(server, mode, "a", 1)];
      const { store } = gateways[0]!;
      await store.remote.client.flushall();
      const verdict = await store.admit([tokens], 9000, Date.now());
      await away(server, gateways);
      const since = performance.now();
      await store.settle({ subjects: [tokens], tokens: 9000, lease: verdict.lease }, 6000, Date.now());
      await back(server, gateways);
      const { tokensDebtMs } = await store.peek(tokens, Date.now());
      assert.ok(
        tokensDebtMs <= 36_000 && tokensDebtMs >= 36_000 - 1000 - 2 * (performance.now() - since),
        `${mode}: ${tokensDebtMs} ms owed`,
      );
      await store.close();
    }
  },
});

Deno.test("a store that is away is looked for after a quarter to half a second, each time", () => {
  assert.deepEqual([0, 0.5, 1].map(probeAfterMs), [250, 375, 500]);
});

Deno.test({
  name: "a store that hangs costs two time-outs, and then nobody waits for it",
  ...redis,
  fn: async () => {
    await using server = await startRedis();
    const { store, changed } = await gateway(server, "local", "a", 1);
    const gone = changed();
    server.freeze();
    await admitted(store, [acme], 1);
    await gone;
    const started = performance.now();
    // At once: no promise is even made.
    for (let i = 0; i < 20; i++) assert.ok(!(store.admit([acme], 0, Date.now()) instanceof Promise));
    assert.ok(performance.now() - started < 250);
    const back = changed();
    server.thaw();
    await back;
    assert.equal(store.up, true);
    await store.close();
  },
});

Deno.test({
  name: "a command that went unanswered while the store is well changes nothing but that request",
  ...redis,
  fn: async () => {
    await using server = await startRedis();
    const { store, changes } = await gateway(server, "local", "a", 0.5);
    await admitted(store, [acme], 1);
    // One command lost on the way, as by a process that was too busy to see its answer in time.
    const { client } = store.remote;
    const evalsha = client.evalsha;
    client.evalsha = () => {
      client.evalsha = evalsha;
      return Promise.reject(new Error("Command timed out"));
    };
    const [taken] = await admitted(store, [acme], 1);
    assert.equal(taken?.lease, "local");
    await store.whenLooked();
    assert.deepEqual([store.up, changes], [true, []]);
    assert.notEqual((await admitted(store, [acme], 1))[0]?.lease, "local");
    assert.equal(await leftOf(store, acme), 97, "what was counted here meanwhile was told");
    await store.close();
  },
});
