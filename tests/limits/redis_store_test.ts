import assert from "node:assert/strict";
import { subject } from "../../src/limits/rate.ts";
import { RedisStore } from "../../src/limits/redis_store.ts";
import { LimitStoreError } from "../../src/limits/types.ts";
import { limitStoreConformance } from "../conformance/limit_store.ts";
import { makeAuthority } from "../support/certificates.ts";
import { eventually } from "../support/eventually.ts";
import { needs } from "../support/optional.ts";
import { type RedisServer, startRedis } from "../support/redis_server.ts";
import { testRuns } from "../support/runs.ts";

const redis = needs("redis-server");

async function openAt(server: RedisServer, options: { readonly ownClock?: boolean; readonly leaseMs?: number } = {}) {
  const store = await RedisStore.open({
    url: server.url,
    timeoutMs: 5000,
    reconnectMs: () => 50,
    onProblem: () => {},
    ...options,
  });
  await new Promise<void>((resolve) => store.client.once("ready", () => resolve()));
  return store;
}

limitStoreConformance({
  name: "RedisStore",
  ...redis,
  open: async () => {
    const server = await startRedis();
    // Nobody renews leases here, and the schedules are minutes long.
    const store = await openAt(server, { ownClock: true, leaseMs: 3_600_000 });
    const close = async () => {
      await store.close();
      await server[Symbol.asyncDispose]();
    };
    return Object.assign(store, { [Symbol.asyncDispose]: close });
  },
  runs: Math.min(60, testRuns()),
});

const tenant = subject("tenant", "acme", "acme", { requestsPerMinute: 60, tokensPerMinute: 100_000, concurrentRequests: 5 });
const key = subject("key", "acme", "key_1", { requestsPerMinute: 30 });

Deno.test({
  name: "an admission and its settlement are one command each, and every key of a tenant is in one slot of a cluster",
  ...redis,
  fn: async () => {
    await using server = await startRedis();
    const store = await openAt(server);
    const watching = store.client.duplicate();
    await watching.connect().catch(() => {});
    const monitor = await watching.monitor();
    const commands: string[][] = [];
    monitor.on("monitor", (_time: string, args: string[], source: string) => source !== "lua" && commands.push(args));
    const marker = async (name: string) => {
      const seen = new Promise<void>((resolve) => monitor.on("monitor", (_t: string, args: string[]) => args[1] === name && resolve()));
      await store.client.echo(name);
      await seen;
    };
    // The first use teaches the server the scripts.
    const first = await store.admit([tenant, key], 10, 0);
    await store.settle({ subjects: [tenant, key], tokens: 10, lease: first.lease }, 5, 0);
    await marker("begin");
    commands.length = 0;
    for (let i = 0; i < 3; i++) {
      const verdict = await store.admit([tenant, key], 10, 0);
      await store.settle({ subjects: [tenant, key], tokens: 10, lease: verdict.lease }, 5, 0);
    }
    await marker("end");
    assert.deepEqual(commands.map(([name]) => name?.toLowerCase()), [...Array.from({ length: 6 }, () => "evalsha"), "echo"]);
    const keys = commands[0]!.slice(3, 7);
    assert.deepEqual(keys, [
      "checkstream:{acme}:tenant:acme",
      "checkstream:{acme}:tenant:acme:running",
      "checkstream:{acme}:key:acme:key_1",
      "checkstream:{acme}:key:acme:key_1:running",
    ]);
    monitor.disconnect();
    watching.disconnect();
    await store.close();
  },
});

Deno.test({
  name: "the server's clock counts: a gateway whose clock is off by an hour sees the same limit",
  ...redis,
  fn: async () => {
    await using server = await startRedis();
    const store = await openAt(server);
    const once = subject("tenant", "once", "once", { requestsPerMinute: 1 });
    assert.equal((await store.admit([once], 0, Date.now())).admitted, true);
    const late = await store.admit([once], 0, Date.now() + 3_600_000);
    assert.equal(late.admitted, false);
    assert.ok(late.waitMs > 50_000 && late.waitMs <= 60_000, String(late.waitMs));
    await store.close();
  },
});

Deno.test({
  name: "a lease runs out when its gateway is gone, and is kept while it says that it is there",
  ...redis,
  fn: async () => {
    await using server = await startRedis();
    const [gone, here] = [await openAt(server, { ownClock: true, leaseMs: 1000 }), await openAt(server, { ownClock: true, leaseMs: 1000 })];
    const slots = subject("tenant", "slots", "slots", { concurrentRequests: 2 });
    assert.equal((await gone.admit([slots], 0, 0)).admitted, true);
    const kept = await here.admit([slots], 0, 0);
    assert.equal((await here.admit([slots], 0, 900)).refusedBy?.kind, "concurrency");
    assert.equal(await here.present("here", 900), 1);
    await here.renew(900);
    assert.equal((await here.peek(slots, 1500)).running, 1, "the one that was renewed");
    await here.settle({ subjects: [slots], tokens: 0, lease: kept.lease }, 0, 1500);
    assert.equal((await here.peek(slots, 1500)).running, 0);
    assert.equal(await gone.present("gone", 1600), 2);
    assert.equal(await here.present("here", 17_000), 1, "the other one has not been heard of for 15 s");
    await gone.close();
    await here.close();
  },
});

Deno.test({
  name: "a store that forgot the requests under way is told of them, and of those that ended meanwhile",
  ...redis,
  fn: async () => {
    await using server = await startRedis();
    const store = await openAt(server, { ownClock: true });
    const slots = subject("tenant", "slots", "slots", { concurrentRequests: 9 });
    const running = async () => (await store.peek(slots, 0)).running;
    const [kept, ended] = [await store.admit([slots], 0, 0), await store.admit([slots], 0, 0)];
    store.hold([slots], "admitted elsewhere");
    assert.equal(await running(), 2, "it hears of that at the next renewal");
    await store.renew(0);
    assert.equal(await running(), 3);
    await store.client.flushall();
    assert.equal(await running(), 0);
    await store.renew(0);
    assert.equal(await running(), 3);
    // One that ends while the connection is away, which the store does not forget this time.
    const gone = new Promise<void>((resolve) => store.client.once("close", () => resolve()));
    const back = new Promise<void>((resolve) => store.client.once("ready", () => resolve()));
    await store.client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no").catch(() => {});
    await gone;
    await assert.rejects(() => store.settle({ subjects: [slots], tokens: 0, lease: ended.lease }, 0, 0), LimitStoreError);
    await back;
    assert.equal(await running(), 3);
    await store.renew(0);
    assert.equal(await running(), 2);
    store.release([slots], "admitted elsewhere");
    await store.settle({ subjects: [slots], tokens: 0, lease: kept.lease }, 0, 0);
    assert.equal(await running(), 0, "at once, where the store is there");
    await store.close();
  },
});

Deno.test({
  name: "a store that is killed says `away`, and after a restart knows its scripts again",
  ...redis,
  fn: async () => {
    await using server = await startRedis({ password: "a-secret-of-redis" });
    const problems: string[] = [];
    const store = await RedisStore.open({
      url: server.url,
      timeoutMs: 300,
      reconnectMs: () => 50,
      onProblem: (each) => problems.push(each),
    });
    await new Promise<void>((resolve) => store.client.once("ready", () => resolve()));
    assert.equal((await store.admit([tenant], 0, 0)).admitted, true);
    server.freeze();
    await assert.rejects(() => store.admit([tenant], 0, 0), (error) => error instanceof LimitStoreError && error.problem === "away");
    server.thaw();
    await server.kill();
    await assert.rejects(() => store.admit([tenant], 0, 0), LimitStoreError);
    await new Promise<void>((resolve) => store.client.once("error", () => resolve()));
    const ready = new Promise<void>((resolve) => store.client.once("ready", () => resolve()));
    await server.restart();
    await ready;
    assert.equal((await store.admit([tenant], 0, 0)).admitted, true);
    assert.ok(problems.length > 0);
    assert.ok(!problems.join().includes("a-secret-of-redis"));
    await store.close();
  },
});

Deno.test({
  name: "a server in cluster mode accepts every script: all keys of an admission are in one slot",
  ...redis,
  fn: async () => {
    await using server = await startRedis({ args: ["--cluster-enabled", "yes"] });
    const store = await openAt(server);
    await store.client.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
    await eventually(async () => assert.match(String(await store.client.call("CLUSTER", "INFO")), /cluster_state:ok/));
    const verdict = await store.admit([tenant, key], 10, 0);
    assert.equal(verdict.admitted, true);
    await store.settle({ subjects: [tenant, key], tokens: 10, lease: verdict.lease }, 5, 0);
    assert.equal((await store.peek(key, 0)).running, 0);
    await store.prepare();
    const known = { requestsDebtMs: 9000, tokensDebtMs: 1000 };
    const { requestsDebtMs } = await store.makeUp({ subject: tenant, sinceMs: Date.now(), known, charges: [] }, true, 0);
    assert.ok(requestsDebtMs > 1000 && requestsDebtMs <= 9000, `${requestsDebtMs}`);
    await store.renew(0);
    assert.equal(await store.present("a", 0), 1);
    await store.close();
  },
});

Deno.test({
  name: "rediss:// speaks TLS to a server that the given authority vouches for, and to no other",
  ...redis,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    const authority = await makeAuthority(folder);
    const other = await makeAuthority(folder, "other");
    const { certPath, keyPath } = await authority.sign("localhost", "serverAuth");
    await using server = await startRedis({
      tls: ["--tls-cert-file", certPath, "--tls-key-file", keyPath, "--tls-ca-cert-file", authority.caPath, "--tls-auth-clients", "no"],
    });
    const problems: string[] = [];
    const open = async (caPath: string) =>
      await RedisStore.open({
        url: `rediss://localhost:${server.port}`,
        ca: await Deno.readTextFile(caPath),
        timeoutMs: 5000,
        reconnectMs: () => 50,
        onProblem: (problem) => problems.push(problem),
      });
    const store = await open(authority.caPath);
    assert.equal(await store.whenReady(10_000), true, problems.join());
    assert.equal((await store.admit([tenant], 0, 0)).admitted, true);
    await store.close();
    const wrong = await open(other.caPath);
    // Deno 2.5 has other words for it.
    await eventually(() => assert.match(problems.join(), /certificate|UnknownIssuer|write UNKNOWN/i));
    assert.equal(await wrong.whenReady(0), false);
    await assert.rejects(() => wrong.admit([tenant], 0, 0), LimitStoreError);
    await wrong.close();
    await Deno.remove(folder, { recursive: true });
  },
});
