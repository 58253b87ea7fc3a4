/** Three gateway processes that count in one Redis: together they admit one limit; what they do while it is away; how they come back. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { eventually } from "../support/eventually.ts";
import { type GatewayProcess, startGateway } from "../support/gateway.ts";
import { needs } from "../support/optional.ts";
import { startRedis } from "../support/redis_server.ts";

/** Requests a minute and at once; 10 a second. */
const [RATE, BURST] = [600, 30];
const PER_SECOND = RATE / 60;
const PASSWORD = "a-secret-of-redis";
const SECONDS = Number(Deno.env.get("CHECKSTREAM_TEST_SECONDS") ?? "2");

const config = (backendUrl: string, redisUrl: string, mode: string, gateways: number, workers: number) =>
  `server: {port: 0, workers: ${workers}}
telemetry: {audit: {enabled: false}}
backend: {url: "${backendUrl}"}
rate_limit:
  requests_per_minute: ${RATE}
  burst: ${BURST}
  store: "${redisUrl}"
  store_timeout_ms: 2000
  on_store_error: ${mode}
  local_share: ${1 / gateways}
`;

interface Phase {
  readonly statuses: ReadonlyMap<number, number>;
  readonly fromMs: number;
  readonly toMs: number;
  /** Between these two every gateway was certainly asked all the time. */
  readonly firstDoneMs: number;
  readonly lastSentMs: number;
}

/** All gateways asked at four times the limit together, for `seconds`. */
async function load(gateways: readonly GatewayProcess[], seconds: number): Promise<Phase> {
  const fromMs = performance.now();
  const statuses = new Map<number, number>();
  const clients = 12;
  let firstDoneMs = Infinity;
  let lastSentMs = 0;
  await Promise.all(Array.from({ length: clients }, async (_, i) => {
    const { url } = gateways[i % gateways.length]!;
    for (let n = 0;; n++) {
      const dueMs = fromMs + ((n * clients + i) * 1000) / (4 * PER_SECOND);
      if (dueMs > fromMs + seconds * 1000) return;
      const early = dueMs - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      lastSentMs = performance.now();
      const answer = await fetch(`${url}/v1/models`);
      await answer.arrayBuffer();
      firstDoneMs = Math.min(firstDoneMs, performance.now());
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
    }
  }));
  return { statuses, fromMs, toMs: performance.now(), firstDoneMs, lastSentMs };
}

const seconds = ({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }) => (toMs - fromMs) / 1000;
const admitted = ({ statuses }: Phase) => statuses.get(200) ?? 0;
const shown = (phase: Phase) =>
  `${[...phase.statuses].sort().map(([status, count]) => `${count}× ${status}`).join(", ")} in ${seconds(phase).toFixed(2)} s`;

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
  // Workers count over connections of their own, and change over each for itself.
  const workers = mode === "open" && Deno.build.os === "linux" ? 2 : 1;
  Deno.test({
    name: `${count} gateways on one Redis, which is killed and comes back (on_store_error: ${mode})`,
    ...needs("redis-server"),
    fn: async () => {
      const llm = startMockLlm();
      await using redis = await startRedis({ password: PASSWORD });
      const files = { "config.yaml": config(llm.url, redis.url, mode, count, workers) };
      await using gateways = await startAll(files, count);
      try {
        const together = await load(gateways.all, SECONDS);
        await redis.kill();
        const away = await load(gateways.all, SECONDS);
        await allSay(gateways.all, "away", workers);
        // It comes back while it is wanted, and then everybody counts together again.
        const [returning] = await Promise.all([load(gateways.all, SECONDS), redis.restart()]);
        await allSay(gateways.all, "back", workers);
        const back = await load(gateways.all, SECONDS);
        console.log(
          `on_store_error: ${mode}, ${count} gateways, ${PER_SECOND} a second and ${BURST} at once\n` +
            `  together: ${shown(together)}\n  Redis away: ${shown(away)}\n  Redis comes back: ${shown(returning)}\n  Redis is back: ${
              shown(back)
            }`,
        );
        const least = Math.floor(BURST + (PER_SECOND * (together.lastSentMs - together.firstDoneMs)) / 1000) - 1;
        const most = Math.ceil(BURST + PER_SECOND * seconds(together)) + 1;
        assert.ok(admitted(together) >= least && admitted(together) <= most, `${admitted(together)}, not ${least}–${most}`);
        if (mode === "open") assert.deepEqual([...away.statuses.keys()], [200]);
        if (mode === "closed") assert.deepEqual([...away.statuses.keys()], [503]);
        if (mode === "open") {
          // What was admitted meanwhile was charged, so that nobody begins again with a full bucket.
          const most = PER_SECOND * seconds({ fromMs: returning.lastSentMs, toMs: back.toMs });
          assert.ok(admitted(back) <= most + 2, `${admitted(back)}, not at most ${most}`);
        } else {
          // Nobody begins the outage, or ends it, with a full bucket.
          const all = BURST + PER_SECOND * seconds({ fromMs: together.fromMs, toMs: back.toMs });
          const sum = [together, away, returning, back].reduce((sum, phase) => sum + admitted(phase), 0);
          assert.ok(sum <= all + 2 * count, `${sum} of ${all}`);
        }
        if (mode === "local") {
          const leastAway = (PER_SECOND * (away.lastSentMs - away.firstDoneMs)) / 1000 - 2 * count;
          assert.ok(admitted(away) >= leastAway, `${admitted(away)} while away, not ${leastAway}`);
        }
        assert.ok(admitted(back) >= (PER_SECOND * (back.lastSentMs - back.firstDoneMs)) / 1000 - 3);
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
