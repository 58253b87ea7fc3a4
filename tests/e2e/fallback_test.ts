/** Fallbacks and circuits through a real gateway: translated where they speak another API, told in headers, records and metrics, kept over a reload. */
import assert from "node:assert/strict";
import OpenAI from "openai";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { eventually } from "../support/eventually.ts";
import { startGateway } from "../support/gateway.ts";
import { TEST_POLICY } from "../support/llm_gateway.ts";
import { jsonAnswer, type RawAnswer, rawRequest, startRawBackend } from "../support/raw_backend.ts";

const BUSY: RawAnswer = { pieces: [jsonAnswer('{"error":{"message":"busy"}}', "503 Service Unavailable")] };
const SSN = /\d{3}-\d{2}-\d{4}/;
const ADMIN = "0123456789abcdef0123456789abcdef";

Deno.test("a fallback that speaks another API answers in the client's, guarded as ever, and everybody is told", async (t) => {
  const llm = startMockLlm({ pacingMs: 0 });
  let answer: RawAnswer = BUSY;
  await using primary = await startRawBackend(() => answer);
  const config = (more = "") =>
    `policy_path: ./policy.yaml
admin: {api_key_env: ADMIN_KEY}
telemetry: {audit: {durability: request}}
tenants:
  default_tenant: acme
  configs:
    acme:
      rate_limit: {requests_per_minute: 1000}
      backend:
        url: "${primary.url}/v1"
        retry_attempts: 0
        circuit_breaker: {failure_threshold: 4, window_ms: 60000, open_ms: 600000}
        fallbacks:
          - name: claude
            url: "${llm.url}"
            streaming_format: anthropic
            auth: {type: header, header: x-api-key, token_env: FALLBACK_KEY}
            model_aliases: {"*": demo-large}
${more}`;
  await using gateway = await startGateway({
    files: { "config.yaml": config(), "policy.yaml": TEST_POLICY },
    env: { ADMIN_KEY: ADMIN, FALLBACK_KEY: "sk-ant-own" },
  });
  const openai = new OpenAI({ apiKey: "sk-client", baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  const chat = (content: string) => ({ model: "gpt-4o", messages: [{ role: "user" as const, content }] });
  const ask = (path: string, body: object) =>
    fetch(gateway.url + path, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer sk-client" },
      body: JSON.stringify(body),
    });
  const metric = async (name: string) => {
    const text = await (await fetch(`${gateway.url}/metrics`, { headers: { authorization: `Bearer ${ADMIN}` } })).text();
    return Number(new RegExp(`^${name.replace(/[{}]/g, "\\$&")} (\\S+)$`, "m").exec(text)?.[1] ?? "NaN");
  };

  await t.step("the official SDK, whole and streamed", async () => {
    const { data, response } = await openai.chat.completions.create(chat("Show me the personal data on file")).withResponse();
    assert.match(data.choices[0]!.message.content!, /SSN is \[REDACTED\] and/);
    assert.equal(response.headers.get("x-checkstream-fallback"), "claude; reason=http_5xx");
    const seen = llm.requests.at(-1)!;
    assert.deepEqual([seen.path, seen.headers.get("x-api-key"), seen.headers.get("authorization")], ["/v1/messages", "sk-ant-own", null]);
    assert.doesNotMatch(JSON.stringify([...seen.headers]), /sk-client/, "the client's credential is for the first choice");
    const stream = openai.chat.completions.stream(chat("Show me the personal data on file"));
    const final = await stream.finalChatCompletion();
    assert.doesNotMatch(final.choices[0]!.message.content!, SSN);
    assert.match(primary.requests.at(-1)!.head, /authorization: Bearer sk-client/i);
  });

  await t.step("what it cannot say stays with the first choice, and embeddings too", async () => {
    const embedded = await ask("/v1/embeddings", { model: "e", input: "hi" });
    assert.equal(embedded.status, 503);
    assert.equal(embedded.headers.get("x-checkstream-fallback"), null);
    await embedded.body?.cancel();
  });

  await t.step("the circuit opens, and the first choice is asked no more; a reload does not forget", async () => {
    await (await ask("/v1/chat/completions", chat("hi"))).body?.cancel();
    const before = primary.requests.length;
    const told = await ask("/v1/chat/completions", chat("hi"));
    assert.equal(told.headers.get("x-checkstream-fallback"), "claude; reason=circuit_open");
    await told.body?.cancel();
    await gateway.waitFor(/backend circuit opened/);
    await Deno.writeTextFile(`${gateway.folder}/config.yaml`, config("notify: {timeout_ms: 4000}\n").replace("1000}", "999}"));
    const reloaded = await fetch(`${gateway.url}/admin/reload`, { method: "POST", headers: { authorization: `Bearer ${ADMIN}` } });
    assert.equal(reloaded.status, 200);
    await reloaded.body?.cancel();
    const after = await ask("/v1/chat/completions", chat("hi"));
    assert.equal(after.headers.get("x-checkstream-fallback"), "claude; reason=circuit_open");
    await after.body?.cancel();
    assert.equal(primary.requests.length, before);
  });

  await t.step("records and metrics say who answered and why", async () => {
    const host = new URL(primary.url).host;
    await eventually(async () =>
      assert.ok(await metric('checkstream_backend_fallbacks_total{tenant="acme",backend="claude",reason="circuit_open"}') >= 2)
    );
    assert.equal(await metric(`checkstream_backend_circuit_open{tenant="acme",backend="${host}"}`), 1);
    assert.ok(await metric(`checkstream_backend_errors_total{tenant="acme",backend="${host}",error="http_5xx"}`) >= 4);
    assert.ok(await metric('checkstream_backend_latency_ms_count{tenant="acme",backend="claude"}') >= 5);
    const { records } = await (await fetch(`${gateway.url}/audit?tenant=acme&limit=1`, { headers: { authorization: `Bearer ${ADMIN}` } }))
      .json();
    assert.deepEqual([records[0].backend, records[0].fallback_reason], ["claude", "circuit_open"]);
  });

  await t.step("what passes through goes to no fallback", async () => {
    answer = { pieces: [jsonAnswer('{"data":[]}')] };
    const models = await fetch(`${gateway.url}/v1/models`);
    assert.equal(models.status, 502, "its circuit is open");
    assert.equal((await models.json()).error.code, "backend_unavailable");
    assert.ok(Number(models.headers.get("retry-after")) > 100);
  });
});

Deno.test("a limit of the gateway's own is no reason for a retry or a fallback", async () => {
  await using primary = await startRawBackend(() => ({ pieces: [jsonAnswer('{"choices":[]}')] }));
  await using spare = await startRawBackend(() => ({ pieces: [jsonAnswer('{"choices":[]}')] }));
  await using gateway = await startGateway({
    files: {
      "policy.yaml": TEST_POLICY,
      "config.yaml": `policy_path: ./policy.yaml
rate_limit: {requests_per_minute: 1}
backend: {url: "${primary.url}", first_byte_timeout_ms: 1000, fallbacks: [{url: "${spare.url}"}]}
`,
    },
  });
  const statuses = [];
  for (let i = 0; i < 3; i++) {
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] }),
    });
    statuses.push(answer.status);
    await answer.body?.cancel();
  }
  assert.deepEqual(statuses, [200, 429, 429]);
  assert.deepEqual([primary.requests.length, spare.requests.length], [1, 0]);
});

Deno.test("headers: hop-by-hop ones and those Connection names stop here, both ways, and huge blocks are refused", async () => {
  await using backend = await startRawBackend(() => ({
    pieces: [
      jsonAnswer(
        '{"data":[]}',
        "200 OK",
        "Connection: x-secret\r\nX-Secret: 1\r\nKeep-Alive: timeout=9\r\nProxy-Authenticate: Basic\r\nX-Kept: ünï\r\n",
      ),
    ],
  }));
  await using gateway = await startGateway({ files: { "config.yaml": `backend: {url: "${backend.url}", query: {api-version: "7"}}\n` } });
  const answer = await rawRequest(
    gateway.url,
    "GET /v1/models?a=%2Fb HTTP/1.1\r\nHost: gateway\r\nConnection: close, x-mine\r\nX-Mine: 1\r\nTE: trailers\r\nProxy-Authorization: Basic eA==\r\n" +
      "Keep-Alive: 5\r\nUpgrade: h2c\r\nX-Fine: 1\r\nX-CheckStream-Tenant: x\r\n\r\n",
  );
  const { head } = backend.requests[0]!;
  assert.match(head, /^GET \/v1\/models\?a=%2Fb&api-version=7 HTTP\/1\.1\r\n/);
  assert.match(head, /\r\nx-fine: 1\r\n/i);
  assert.doesNotMatch(head, /x-mine|proxy-authorization|upgrade|h2c|\bte:|x-checkstream/i);
  assert.doesNotMatch(answer, /x-secret|proxy-authenticate|timeout=9/i);
  assert.match(answer, /x-kept: /i);
  // The server hangs up on them, with a 431 where the client is still listening.
  const huge = `GET /v1/models HTTP/1.1\r\nHost: g\r\nConnection: close\r\nX-Big: ${"a".repeat(80_000)}\r\n\r\n`;
  const refused = await rawRequest(gateway.url, huge).catch((error) => String(error));
  assert.match(refused, /^HTTP\/1\.1 431 |reset/i);
  assert.equal(backend.requests.length, 1);
});
