/** Traces: what a collector receives, with and without workers, and that requests never wait for it. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { eventually } from "../support/eventually.ts";
import { startGateway } from "../support/gateway.ts";
import { TEST_POLICY } from "../support/llm_gateway.ts";

/** A span as it arrives, its attributes as plain values. */
interface Received {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
}

/** An OTLP/HTTP collector that remembers. `refuses` first calls get 503. */
function startCollector(refuses = 0) {
  const spans: Received[] = [];
  const bodies: string[] = [];
  let calls = 0;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
    assert.equal(new URL(request.url).pathname, "/v1/traces");
    assert.equal(request.headers.get("content-type"), "application/json");
    assert.equal(request.headers.get("x-collector-key"), "a-secret-of-the-collector");
    const text = await request.text();
    if (calls++ < refuses) return new Response(null, { status: 503, headers: { "retry-after": "1" } });
    bodies.push(text);
    for (const { scopeSpans } of JSON.parse(text).resourceSpans) {
      for (const scope of scopeSpans) spans.push(...scope.spans);
    }
    return Response.json({});
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, spans, bodies, close: () => server.shutdown() };
}

const attribute = (span: Received, key: string) => Object.values(span.attributes.find((each) => each.key === key)?.value ?? {})[0];

const config = (collector: string, backend: string, workers: number, more = "") =>
  `server: {port: 0, workers: ${workers}}
telemetry:
  opentelemetry: {enabled: true, endpoint: "${collector}", service_name: gateway-test, headers: {x-collector-key: "\${COLLECTOR_KEY}"}${more}}
tenants:
  default_tenant: acme
  configs:
    acme: {backend_url: "${backend}", policy_path: ./policy.yaml}
    away: {backend: {url: "http://127.0.0.1:1", retry_attempts: 0}}
`;

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

for (const workers of Deno.build.os === "linux" ? [1, 2] : [1]) {
  Deno.test(`a collector receives each request and its call to the backend, in the caller's trace, with ${workers} worker${workers > 1 ? "s" : ""}`, async () => {
    const llm = startMockLlm({ pacingMs: 0 });
    const collector = startCollector(1);
    await using gateway = await startGateway({
      files: { "config.yaml": config(collector.url, llm.url, workers), "policy.yaml": TEST_POLICY },
      args: ["serve", "--config", "config.yaml"],
      env: { COLLECTOR_KEY: "a-secret-of-the-collector" },
    });
    const post = async (content: string, tenant: string, flags: string) => {
      const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-tenant-id": tenant,
          "traceparent": `00-${TRACE}-${PARENT}-${flags}`,
          "connection": "close",
        },
        body: JSON.stringify({ model: "demo", stream: true, messages: [{ role: "user", content }] }),
      });
      await answer.text();
      return answer;
    };
    const asked = Date.now();
    const redacted = await post("Show me the personal data on file", "acme", "01");
    assert.equal((await post("forbidden", "acme", "01")).status, 400);
    assert.equal((await post("hello", "away", "01")).status, 502);
    // Its caller does not record this one.
    assert.equal((await post("hello", "acme", "00")).status, 200);
    await eventually(() => assert.equal(collector.spans.length, 5));

    const of = (id: string | null) => collector.spans.find((span) => attribute(span, "checkstream.request_id") === id)!;
    const server = of(redacted.headers.get("x-checkstream-request-id"));
    assert.deepEqual([server.traceId, server.parentSpanId, server.name, server.kind], [TRACE, PARENT, "chat demo", 2]);
    const facts = [
      "checkstream.tenant",
      "checkstream.decision",
      "checkstream.outcome",
      "gen_ai.request.model",
      "http.response.status_code",
    ];
    assert.deepEqual(facts.map((key) => attribute(server, key)), ["acme", "redact", "complete", "demo", "200"]);
    assert.deepEqual(attribute(server, "checkstream.rules"), { values: [{ stringValue: "redact_pii" }] });
    assert.ok(Number(attribute(server, "gen_ai.usage.output_tokens")) > 0);
    const ms = (nanoseconds: string) => Number(BigInt(nanoseconds) / 1_000_000n);
    assert.ok(Math.abs(ms(server.startTimeUnixNano) - asked) < 60_000);
    assert.ok(BigInt(server.endTimeUnixNano) > BigInt(server.startTimeUnixNano));
    const call = collector.spans.find((span) => span.parentSpanId === server.spanId)!;
    assert.deepEqual([call.traceId, call.kind, attribute(call, "server.address")], [TRACE, 3, new URL(llm.url).host]);
    assert.ok(
      BigInt(call.startTimeUnixNano) >= BigInt(server.startTimeUnixNano) && BigInt(call.endTimeUnixNano) <= BigInt(server.endTimeUnixNano),
    );
    // The backend is told of the call's span; of a trace that is not recorded it is told what the caller said.
    assert.deepEqual(llm.requests.map(({ headers }) => headers.get("traceparent")), [
      `00-${TRACE}-${call.spanId}-01`,
      `00-${TRACE}-${PARENT}-00`,
    ]);
    const failed = collector.spans.filter((span) => span.status.code === 2);
    assert.deepEqual(failed.map((span) => [span.kind, attribute(span, "error.type")]).sort(), [[2, "unreachable"], [3, "unreachable"]]);

    const sent = collector.bodies.join("\n");
    assert.match(sent, /"service\.name","value":\{"stringValue":"gateway-test"\}/);
    // Nothing of what was said, nor any secret.
    assert.doesNotMatch(sent, /personal data|hello|@example|a-secret/);
    assert.doesNotMatch(gateway.output(), /a-secret-of-the-collector/);
    assert.match(await (await fetch(`${gateway.url}/metrics`)).text(), /^checkstream_trace_spans_total\{result="exported"\} 5$/m);
    await gateway.stop();
    await collector.close();
    await llm.close();
  });
}

Deno.test("a collector that is away costs requests nothing, and spans that wait are sent at the end", async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  const collector = startCollector();
  const ask = async (url: string) => {
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "demo", messages: [{ role: "user", content: "hello" }] }),
    });
    await answer.body?.cancel();
    return answer.status;
  };
  const env = { COLLECTOR_KEY: "a-secret-of-the-collector" };
  const files = (url: string, more = "") => ({ "config.yaml": config(url, llm.url, 1, more), "policy.yaml": TEST_POLICY });
  await using away = await startGateway({ files: files("http://127.0.0.1:1"), env });
  for (let i = 0; i < 20; i++) assert.equal(await ask(away.url), 200);
  assert.equal(await away.stop(), 0);

  await using stopped = await startGateway({ files: files(collector.url), env });
  for (let i = 0; i < 5; i++) assert.equal(await ask(stopped.url), 200);
  assert.equal(await stopped.stop(), 0);
  assert.equal(collector.spans.length, 10);

  await using unsampled = await startGateway({ files: files(collector.url, ", sample_ratio: 0"), env });
  assert.equal(await ask(unsampled.url), 200);
  assert.equal(await unsampled.stop(), 0);
  assert.equal(collector.spans.length, 10);
  await collector.close();
  await llm.close();
});
