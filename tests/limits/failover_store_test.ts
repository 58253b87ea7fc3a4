import assert from "node:assert/strict";
import { FailoverStore } from "../../src/limits/failover_store.ts";
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
    const back = gateways.map(({ changed }) => changed());
    await server.restart();
    await Promise.all(back);
    // It came back empty; what was used up alone is not forgotten.
    const { requestsDebtMs } = await a!.store.peek(acme, Date.now());
    assert.ok(remaining(requestsDebtMs, acme.requestMs, acme.requestSpanMs) <= refilled(since));
    for (const { store, changes } of gateways) {
      assert.deepEqual(changes, [false, true]);
      await store.close();
    }
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
    await store.close();
  },
});
