/** A crowd of one tenant at three times its limit, beside tenants under theirs: exact counts, and nobody else notices. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { type GatewayProcess, startGateway } from "../support/gateway.ts";
import { fullestWindow, type TimedCall, unjustRefusal } from "../support/rate_law.ts";

const OTHERS = ["one", "two", "three", "four", "five"];
const CLIENTS = 50;
/** Requests a minute and at once of the crowd's tenant; 20 a second. */
const [RATE, BURST] = [1200, 100];
const SECONDS = Number(Deno.env.get("CHECKSTREAM_TEST_SECONDS") ?? "5");

const config = (backendUrl: string, workers: number) =>
  `server: {port: 0, workers: ${workers}}
telemetry: {audit: {enabled: false}}
tenants:
  configs:
    crowd: {backend_url: "${backendUrl}", rate_limit: {requests_per_minute: ${RATE}, burst: ${BURST}}}
${
    OTHERS.map((id) => `    ${id}: {backend_url: "${backendUrl}", rate_limit: {requests_per_minute: 1200, concurrent_requests: 20}}`).join(
      "\n",
    )
  }
`;

interface Call extends TimedCall {
  readonly status: number;
  readonly retryAfter: string | null;
}

async function call({ url }: GatewayProcess, tenant: string): Promise<Call> {
  const sentMs = performance.now();
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "X-Tenant-ID": tenant },
    body: JSON.stringify({ model: "demo", messages: [{ role: "user", content: "Hello" }] }),
  });
  await answer.arrayBuffer();
  return {
    status: answer.status,
    admitted: answer.status === 200,
    sentMs,
    doneMs: performance.now(),
    retryAfter: answer.headers.get("retry-after"),
  };
}

/** `clients` that ask for `tenant` one after the other, `perSecond` together, for `seconds`. */
async function load(gateway: GatewayProcess, tenant: string, clients: number, perSecond: number, seconds: number): Promise<Call[]> {
  const started = performance.now();
  const calls: Call[] = [];
  await Promise.all(Array.from({ length: clients }, async (_, i) => {
    for (let n = 0;; n++) {
      const dueMs = started + ((n * clients + i) * 1000) / perSecond;
      if (dueMs > started + seconds * 1000) return;
      const early = dueMs - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      calls.push(await call(gateway, tenant));
    }
  }));
  return calls;
}

const others = async (gateway: GatewayProcess, seconds: number) =>
  (await Promise.all(OTHERS.map((tenant) => load(gateway, tenant, 2, 5, seconds)))).flat();

function median(calls: readonly Call[]): number {
  return calls.map(({ sentMs, doneMs }) => doneMs - sentMs).sort((a, b) => a - b)[calls.length >> 1]!;
}

for (const workers of Deno.build.os === "linux" ? [1, 2] : [1]) {
  Deno.test(`50 clients at three times their tenant's limit get exactly the limit, and five tenants under theirs notice nothing (${workers} workers)`, async () => {
    const llm = startMockLlm();
    try {
      await using gateway = await startGateway({ files: { "config.yaml": config(llm.url, workers) } });
      await others(gateway, 1);
      const alone = await others(gateway, 2);
      const [crowd, beside] = await Promise.all([
        load(gateway, "crowd", CLIENTS, (3 * RATE) / 60, SECONDS),
        others(gateway, SECONDS),
      ]);
      const admitted = crowd.filter(({ status }) => status === 200).length;
      const refused = crowd.filter(({ status }) => status === 429);
      assert.equal(admitted + refused.length, crowd.length);
      assert.ok(
        refused.every(({ retryAfter }) => retryAfter === "1"),
        "the next is admitted within 50 ms; Retry-After knows whole seconds",
      );
      const perMs = RATE / 60_000;
      const tookMs = Math.max(...crowd.map(({ doneMs }) => doneMs)) - Math.min(...crowd.map(({ sentMs }) => sentMs));
      const ratio = median(beside) / median(alone);
      console.log(
        `${workers} workers: ${crowd.length} asked in ${(tookMs / 1000).toFixed(2)} s, ${admitted} admitted ` +
          `(${BURST} at once and ${RATE / 60} a second: ${Math.floor(BURST + perMs * tookMs)}); ` +
          `${beside.length} of the others, all admitted, median ${median(beside).toFixed(1)} ms beside the crowd, ${
            median(alone).toFixed(1)
          } ms without: ${ratio.toFixed(2)}×`,
      );
      const fullest = fullestWindow(crowd, perMs);
      assert.ok(fullest <= BURST + 1e-6, `${fullest} beyond rate × time, not at most ${BURST}`);
      const unjust = unjustRefusal(crowd, perMs, BURST);
      assert.ok(unjust <= 1e-6, `somebody was refused with ${unjust + 1} requests left`);
      assert.deepEqual([...new Set([...alone, ...beside].map(({ status }) => status))], [200]);
    } finally {
      await llm.close();
    }
  });
}
