/** Three gateway processes that count in one Redis: together they admit one limit; what they do while it is away; how they come back. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { eventually } from "../support/eventually.ts";
import { type GatewayProcess, startGateway } from "../support/gateway.ts";
import { needs } from "../support/optional.ts";
import { fullestWindow, lastEmptyMs, type TimedCall, unjustRefusal } from "../support/rate_law.ts";
import { startRedis } from "../support/redis_server.ts";

/** Requests a minute; 10 a second. */
const RATE = 600;
const PER_SECOND = RATE / 60;
const PER_MS = RATE / 60_000;
const PASSWORD = "a-secret-of-redis";
const SECONDS = Number(Deno.env.get("CHECKSTREAM_TEST_SECONDS") ?? "2");

const config = (backendUrl: string, redisUrl: string, mode: string, burst: number, gateways: number, workers: number) =>
  `server: {port: 0, workers: ${workers}}
telemetry: {audit: {enabled: false}}
backend: {url: "${backendUrl}"}
rate_limit:
  requests_per_minute: ${RATE}
  burst: ${burst}
  store: "${redisUrl}"
  store_timeout_ms: 10000
  on_store_error: ${mode}
  local_share: ${1 / gateways}
`;

interface Call extends TimedCall {
  /** Which one was asked. */
  readonly gateway: number;
  readonly status: number;
}

interface Phase {
  readonly calls: readonly Call[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** All gateways asked together, for `seconds` or as long as they take for it. */
async function load(gateways: readonly GatewayProcess[], perSecond: number, seconds = SECONDS): Promise<Phase> {
  const fromMs = performance.now();
  const calls: Call[] = [];
  const clients = 12;
  await Promise.all(Array.from({ length: clients }, async (_, i) => {
    const gateway = i % gateways.length;
    const { url } = gateways[gateway]!;
    for (let n = 0;; n++) {
      const dueMs = fromMs + ((n * clients + i) * 1000) / perSecond;
      if (dueMs > fromMs + seconds * 1000) return;
      const early = dueMs - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      const sentMs = performance.now();
      const answer = await fetch(`${url}/v1/models`);
      await answer.arrayBuffer();
      calls.push({ gateway, status: answer.status, admitted: answer.status === 200, sentMs, doneMs: performance.now() });
    }
  }));
  return { calls, fromMs, toMs: performance.now() };
}

const admitted = ({ calls }: Phase) => calls.filter((call) => call.admitted).length;
const shown = ({ calls, fromMs, toMs }: Phase) =>
  `${
    [...Map.groupBy(calls, ({ status }) => status)].sort(([a], [b]) => a - b).map(([status, { length }]) => `${length}× ${status}`).join(
      ", ",
    )
  } in ${((toMs - fromMs) / 1000).toFixed(2)} s`;
const statuses = ({ calls }: Phase) => [...new Set(calls.map(({ status }) => status))];

async function limitStoreUp({ url }: GatewayProcess): Promise<string | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return /^checkstream_limit_store_up (\d)$/m.exec(text)?.[1];
}

/** All threads of all gateways say so: the first one, and each worker beside it. */
async function allSay(gateways: readonly GatewayProcess[], what: "away" | "back", workers: number): Promise<void> {
  const threads = workers === 1 ? 1 : workers + 1;
  const times = (each: GatewayProcess) => each.output().split(`the store of limits is ${what}`).length - 1;
  await Promise.all(gateways.map((each) => eventually(() => assert.ok(times(each) >= threads, `${times(each)} of ${threads}`))));
  for (const each of gateways) await eventually(async () => assert.equal(await limitStoreUp(each), what === "back" ? "1" : "0"));
}

for (const mode of ["local", "open", "closed"] as const) {
  // What one gateway does shows in one; what they do together, in three.
  const count = mode === "local" || Deno.env.has("CHECKSTREAM_TEST_SECONDS") ? 3 : 1;
  // A large bucket, which is not full again when all have noticed; and so many requests that it is empty for certain.
  // Workers count over connections of their own, and change over each for itself.
  const [burst, asked] = mode === "open" ? [15 * PER_SECOND, 20 * PER_SECOND] : [3 * PER_SECOND, 4 * PER_SECOND];
  const workers = mode === "open" && Deno.build.os === "linux" ? 2 : 1;
  Deno.test({
    name: `${count} gateways on one Redis, which is killed and comes back (on_store_error: ${mode})`,
    ...needs("redis-server"),
    fn: async () => {
      const llm = startMockLlm();
      await using redis = await startRedis({ password: PASSWORD });
      const files = { "config.yaml": config(llm.url, redis.url, mode, burst, count, workers) };
      await using gateways = await startAll(files, count);
      try {
        const together = await load(gateways.all, asked);
        await redis.kill();
        const away = await load(gateways.all, asked);
        await allSay(gateways.all, "away", workers);
        // It comes back while it is wanted; but after `open` what is admitted then would hide with what the store began.
        const returning = mode === "open" ? undefined : load(gateways.all, asked);
        await redis.restart();
        await allSay(gateways.all, "back", workers);
        const phases = [together, away, ...(returning === undefined ? [] : [await returning])];
        const back = await load(gateways.all, asked);
        phases.push(back);
        console.log(
          `on_store_error: ${mode}, ${count} gateways, ${PER_SECOND} a second and ${burst} at once\n` +
            `  together: ${shown(together)}\n  Redis away: ${shown(away)}\n` +
            (returning === undefined ? "" : `  Redis comes back: ${shown(await returning)}\n`) + `  Redis is back: ${shown(back)}`,
        );
        assert.ok(fullestWindow(together.calls, PER_MS) <= burst + 1e-6, "more than one limit");
        assert.ok(unjustRefusal(together.calls, PER_MS, burst) <= 1e-6, "less than one limit");
        if (mode === "open") {
          assert.deepEqual(statuses(away), [200]);
          // What was admitted meanwhile was charged, so that nobody begins again with a full bucket.
          const emptyMs = lastEmptyMs(away.calls, PER_MS, burst);
          assert.ok(emptyMs !== undefined, "twenty times the limit empties a bucket");
          const most = PER_MS * (back.toMs - emptyMs) + 2;
          assert.ok(admitted(back) <= most, `${admitted(back)}, not at most ${most}`);
        } else {
          // Nobody begins the outage, or ends it, with a full bucket. What each did not know of the others are answers under way.
          const fullest = fullestWindow(phases.flatMap(({ calls }) => calls), PER_MS);
          assert.ok(fullest <= burst + 2 * count, `${fullest} beyond rate × time, not at most ${burst}`);
        }
        if (mode === "closed") assert.deepEqual(statuses(away), [503]);
        if (mode === "local") {
          // Each gateway's share of the refill is used, whatever was left when the outage began.
          for (let i = 0; i < count; i++) {
            const own = away.calls.filter(({ gateway }) => gateway === i);
            const start = { fromMs: away.fromMs, tokens: 0 };
            assert.ok(unjustRefusal(own, PER_MS / count, burst / count, start) <= 1, `gateway ${i} refused what its share allows`);
          }
        }
        const justly = unjustRefusal(back.calls, PER_MS, burst, { fromMs: back.fromMs, tokens: 0 });
        assert.ok(justly <= 2 * count, `${justly} too few when it is back`);
        for (const each of gateways.all) {
          assert.match(each.output(), /the store of limits is away/);
          assert.match(each.output(), /the store of limits is back/);
          assert.ok(!each.output().includes(PASSWORD));
        }
      } finally {
        await llm.close();
      }
    },
  });
}

async function startAll(files: Readonly<Record<string, string>>, count: number) {
  const all = await Promise.all(Array.from({ length: count }, () => startGateway({ files })));
  return { all, [Symbol.asyncDispose]: async () => void await Promise.all(all.map((each) => each.stop())) };
}
