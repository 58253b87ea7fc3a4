/** Too much to do: whom the gateway turns away, with what, and when it stops doing so. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { eventually } from "../support/eventually.ts";
import { type GatewayProcess, startGateway } from "../support/gateway.ts";
import { fromFileUrl, join } from "../support/paths.ts";

const BUSY = fromFileUrl(new URL("../support/busy_gateway.ts", import.meta.url));

function configOf(server: string, backendUrl: string): string {
  return `server: {port: 0, ${server}}
tenants:
  default_tenant: gold
  configs:
    gold: {backend_url: "${backendUrl}", priority: 90}
    free: {backend_url: "${backendUrl}", priority: 10}
`;
}

function post(gateway: GatewayProcess, tenant: string, stream = false, path = "/v1/chat/completions"): Promise<Response> {
  return fetch(gateway.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", "connection": "close", "x-tenant-id": tenant },
    body: JSON.stringify({ model: "demo", stream, max_tokens: 100, messages: [{ role: "user", content: "tell me a long story" }] }),
  });
}

async function statusOf(gateway: GatewayProcess, tenant: string): Promise<number> {
  const answer = await post(gateway, tenant);
  await answer.body?.cancel();
  return answer.status;
}

const metricsOf = async (gateway: GatewayProcess) => await (await fetch(`${gateway.url}/metrics`)).text();

for (const workers of Deno.build.os === "linux" ? [1, 2] : [1]) {
  Deno.test(`max_connections bounds requests under way, the last tenth for the highest priority, with ${workers} worker${workers > 1 ? "s" : ""}`, async () => {
    const llm = startMockLlm({ pacingMs: 100 });
    await using gateway = await startGateway({
      files: { "config.yaml": configOf(`max_connections: 10, workers: ${workers}, overload: {retry_after_s: 7}`, llm.url) },
      args: ["serve", "--config", "config.yaml"],
    });
    const open: Response[] = [];
    const opened = async (tenant: string) => {
      const answer = await post(gateway, tenant, true);
      assert.equal(answer.status, 200);
      open.push(answer);
    };
    // One request of the highest priority, so that it is known to come, also to each worker; then free ones up to nine.
    for (let i = 0; i < 8 * workers; i++) {
      assert.equal((await fetch(`${gateway.url}/v1/nothing`, { headers: { "connection": "close" } })).status, 404);
    }
    await eventually(async () => {
      while (open.length < 9) await opened("free");
      for (let i = 0; i < 4; i++) assert.equal(await statusOf(gateway, "free"), 503);
    });
    await opened("gold");
    const refused = await post(gateway, "gold");
    assert.equal(refused.status, 503);
    assert.equal(refused.headers.get("retry-after"), "7");
    assert.match(refused.headers.get("x-checkstream-request-id") ?? "", /^[0-9a-f-]{36}$/);
    assert.deepEqual((await refused.json()).error.type, "overloaded");
    const anthropic = await post(gateway, "gold", false, "/v1/messages");
    assert.equal(anthropic.status, 503);
    assert.deepEqual([(await anthropic.json()).error.type], ["overloaded_error"]);
    // Operators are not turned away.
    assert.equal((await fetch(`${gateway.url}/health/ready`)).status, 200);
    const metrics = await metricsOf(gateway);
    assert.match(metrics, /^checkstream_requests_shed_total\{tenant="gold",reason="connections"\} 2$/m);
    assert.match(metrics, /^checkstream_requests_total\{tenant="gold",status="shed"\} 2$/m);
    assert.match(metrics, /^checkstream_requests_shed_total\{tenant="free",reason="connections"\} \d+$/m);

    for (const stream of open) await stream.body!.cancel();
    await eventually(async () => assert.equal(await statusOf(gateway, "free"), 200));
    await llm.close();
  });
}

Deno.test("an event loop that runs late sheds the lowest priority first, and lets all in again afterwards", async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  await using gateway = await startGateway({
    main: BUSY,
    args: [],
    files: { "config.yaml": configOf("overload: {max_lag_ms: 50}", llm.url) },
  });
  await eventually(async () => {
    for (const tenant of ["gold", "free"]) assert.equal(await statusOf(gateway, tenant), 200);
  });
  await Deno.writeTextFile(join(gateway.folder, "busy"), "");
  /** What both were told, in order. */
  const told: (readonly [tenant: string, status: number])[] = [];
  await eventually(async () => {
    await Promise.all(Array.from({ length: 12 }, async (_, i) => {
      const tenant = i % 2 === 0 ? "gold" : "free";
      told.push([tenant, await statusOf(gateway, tenant)]);
    }));
    assert.ok(told.some(([tenant, status]) => tenant === "gold" && status === 503), "the highest priority is shed in the end");
  }, 60_000);
  const of = (tenant: string, status: number) => told.filter((each) => each[0] === tenant && each[1] === status).length;
  const firstGold = told.findIndex(([tenant, status]) => tenant === "gold" && status === 503);
  const freeBefore = told.slice(0, firstGold).filter(([tenant]) => tenant === "free");
  console.log(
    `shed: free ${of("free", 503)}, gold ${of("gold", 503)} of ${told.length / 2} each; answered: ${of("free", 200)}, ${of("gold", 200)}`,
  );
  assert.deepEqual(new Set(told.map(([, status]) => status)), new Set([200, 503]));
  assert.ok(freeBefore.some(([, status]) => status === 503), "the lower one was shed before");
  assert.ok(of("free", 503) > of("gold", 503));
  const metrics = await metricsOf(gateway);
  assert.match(metrics, /^checkstream_requests_shed_total\{tenant="free",reason="event_loop"\} \d+$/m);
  assert.match(metrics, /^checkstream_event_loop_lag_seconds\{thread="0"\} 0\.\d*[1-9]/m);

  await Deno.remove(join(gateway.folder, "busy"));
  await eventually(async () => {
    for (let i = 0; i < 10; i++) assert.deepEqual([await statusOf(gateway, "free"), await statusOf(gateway, "gold")], [200, 200]);
  }, 60_000);
  await eventually(async () => assert.match(await metricsOf(gateway), /^checkstream_shed_level\{thread="0"\} 0$/m));
  await llm.close();
});

Deno.test("memory above its share sheds, and shedding can be switched off", async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  const start = (enabled: boolean) =>
    startGateway({
      files: { "config.yaml": configOf(`overload: {enabled: ${enabled}, max_memory_share: 0.1}`, llm.url) },
      args: ["serve", "--config", "config.yaml"],
      // A heap so small that a tenth of it is in use from the start.
      env: { DENO_V8_FLAGS: "--max-old-space-size=160" },
    });
  await using on = await start(true);
  await using off = await start(false);
  await eventually(async () => {
    const statuses = await Promise.all(Array.from({ length: 10 }, () => statusOf(on, "gold")));
    assert.ok(statuses.includes(503), `${statuses}`);
  });
  assert.match(await metricsOf(on), /^checkstream_requests_shed_total\{tenant="gold",reason="memory"\} \d+$/m);
  for (let i = 0; i < 20; i++) assert.equal(await statusOf(off, "gold"), 200);
  await llm.close();
});

async function readSome(connection: Deno.Conn): Promise<string> {
  const bytes = new Uint8Array(8192);
  const read = await connection.read(bytes);
  return new TextDecoder().decode(bytes.subarray(0, read ?? 0));
}

Deno.test("a request whose body comes too slowly is given up; one that comes steadily is read", async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  await using gateway = await startGateway({
    files: { "config.yaml": configOf("body_timeout_ms: 400", llm.url) },
    args: ["serve", "--config", "config.yaml"],
  });
  const connect = () => Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(gateway.url).port) });
  const send = (connection: Deno.Conn, text: string) => connection.write(new TextEncoder().encode(text));
  const head = (length: number) =>
    `POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
  {
    using connection = await connect();
    await send(connection, `${head(1000)}{"mo`);
    const answer = await readSome(connection);
    assert.match(answer, /^HTTP\/1\.1 408 /);
    assert.match(answer, /"code":"request_timeout"/);
  }
  const body = JSON.stringify({ model: "demo", messages: [{ role: "user", content: "x".repeat(4000) }] });
  using connection = await connect();
  await send(connection, head(body.length));
  // Longer in all than the bound, but faster than a KiB a second.
  for (let at = 0; at < body.length; at += 1400) {
    await send(connection, body.slice(at, at + 1400));
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  assert.match(await readSome(connection), /^HTTP\/1\.1 200 /);
  await llm.close();
});
