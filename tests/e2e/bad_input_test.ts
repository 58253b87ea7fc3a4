/** Bad input gets a clear error in the caller's envelope, from a real process. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { runCheckstream, writeFiles } from "../support/gateway.ts";
import { startLlmGateway, TEST_POLICY } from "../support/llm_gateway.ts";

const JSON_TYPE = { "content-type": "application/json" };
const valid = JSON.stringify({ model: "demo", messages: [{ role: "user", content: "hi" }] });

const table: [name: string, path: string, init: RequestInit, status: number, code: string, message: RegExp][] = [
  ["malformed JSON", "/v1/chat/completions", { body: '{"model": "demo", "messages": [' }, 400, "invalid_request", /not valid JSON.*line 1/],
  ["no model", "/v1/chat/completions", { body: '{"messages": []}' }, 400, "invalid_request", /"model" is missing/],
  [
    "messages of the wrong type",
    "/v1/chat/completions",
    { body: '{"model": "m", "messages": "hi"}' },
    400,
    "invalid_request",
    /"messages" must be a list/,
  ],
  [
    "a key that appears twice",
    "/v1/chat/completions",
    { body: '{"model": "m", "messages": [], "messages": []}' },
    400,
    "invalid_request",
    /appears twice/,
  ],
  [
    "deep nesting",
    "/v1/chat/completions",
    { body: `{"model": "m", "messages": ${"[".repeat(500)}${"]".repeat(500)}}` },
    400,
    "invalid_request",
    /nesting/,
  ],
  ["invalid UTF-8", "/v1/chat/completions", { body: new Uint8Array([0x7b, 0xff, 0x7d]) }, 400, "invalid_request", /not valid UTF-8/],
  [
    "a body over the limit",
    "/v1/chat/completions",
    { body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "x".repeat(5000) }] }) },
    413,
    "request_too_large",
    /larger than 4096 bytes/,
  ],
  [
    "another content type",
    "/v1/chat/completions",
    { body: valid, headers: { "content-type": "text/plain" } },
    415,
    "invalid_request",
    /send application\/json/,
  ],
  [
    "an unknown encoding",
    "/v1/chat/completions",
    { body: valid, headers: { ...JSON_TYPE, "content-encoding": "zstd" } },
    415,
    "invalid_request",
    /zstd/,
  ],
  [
    "a broken gzip body",
    "/v1/chat/completions",
    { body: valid, headers: { ...JSON_TYPE, "content-encoding": "gzip" } },
    400,
    "invalid_request",
    /could not be read as gzip/,
  ],
  [
    "an unknown tenant",
    "/v1/chat/completions",
    { body: valid, headers: { ...JSON_TYPE, "x-tenant-id": "nobody" } },
    404,
    "unknown_tenant",
    /no tenant "nobody"/,
  ],
  ["an impossible tenant", "/tenant/a%2Fb/v1/chat/completions", { body: valid }, 400, "invalid_tenant", /no valid tenant id/],
  [
    "a gateway key nobody issued",
    "/v1/chat/completions",
    { body: valid, headers: { ...JSON_TYPE, authorization: "Bearer cs_live_nope" } },
    401,
    "invalid_key",
    /unknown, expired or revoked/,
  ],
  ["a path outside of the API", "/v2/other", { body: valid }, 404, "not_found", /under \/v1\//],
];

Deno.test("bad requests get clear errors in the caller's envelope", async (t) => {
  const llm = startMockLlm({ pacingMs: 0 });
  await using gateway = await startLlmGateway({
    backendUrl: llm.url,
    tenants: { acme: TEST_POLICY },
    more: "server:\n  max_body_bytes: 4096\n",
  });
  for (const [name, path, init, status, code, message] of table) {
    await t.step(name, async () => {
      const answer = await fetch(gateway.url + path, { method: "POST", headers: JSON_TYPE, ...init });
      const { error } = await answer.json();
      assert.deepEqual([answer.status, error.code], [status, code], error.message);
      assert.match(error.message, message);
      assert.match(answer.headers.get("x-checkstream-request-id") ?? "", /^[0-9a-f-]{36}$/);
    });
  }
  await t.step("Anthropic clients get Anthropic's envelope", async () => {
    const answer = await fetch(`${gateway.url}/v1/messages`, { method: "POST", headers: JSON_TYPE, body: "{}" });
    const body = await answer.json();
    assert.equal(answer.status, 400);
    assert.deepEqual([body.type, body.error.type], ["error", "invalid_request_error"]);
  });
  await t.step("a gzip bomb ends at the limit", async () => {
    const bomb = new Response(new Blob([new Uint8Array(10_000_000)]).stream().pipeThrough(new CompressionStream("gzip")));
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { ...JSON_TYPE, "content-encoding": "gzip" },
      body: await bomb.arrayBuffer(),
    });
    assert.equal(answer.status, 413);
    await answer.body?.cancel();
  });
  assert.equal(llm.requests.length, 0, "nothing of it reached the backend");
  await llm.close();
});

Deno.test("limits answer 429 with Retry-After, and the backend's own errors pass as they are", async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  await using gateway = await startLlmGateway({
    backendUrl: llm.url,
    tenants: { acme: TEST_POLICY, slow: TEST_POLICY },
    tenantKeys: { slow: "rate_limit:\n  requests_per_minute: 2" },
  });
  const headers = { ...JSON_TYPE, "x-tenant-id": "slow" };
  const statuses = [];
  for (let i = 0; i < 3; i++) {
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", headers, body: valid });
    statuses.push(answer.status);
    if (answer.status === 429) {
      assert.ok(Number(answer.headers.get("retry-after")) >= 1);
      assert.equal(answer.headers.get("x-ratelimit-remaining"), "0");
      assert.equal((await answer.json()).error.type, "rate_limit_exceeded");
    } else await answer.body?.cancel();
  }
  assert.deepEqual(statuses, [200, 200, 429]);
  const own = await fetch(`${gateway.url}/v1/unknown`, { method: "POST", headers: JSON_TYPE, body: valid });
  assert.equal(own.status, 404);
  assert.match((await own.json()).error.message, /Unknown path \/v1\/unknown/);
  await llm.close();
});

Deno.test("a backend that is not there is a 502 in the caller's envelope", async () => {
  await using gateway = await startLlmGateway({
    backendUrl: "http://127.0.0.1:9",
    tenants: { acme: TEST_POLICY },
    tenantKeys: { acme: "backend:\n  retry_attempts: 0" },
  });
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, { method: "POST", headers: JSON_TYPE, body: valid });
  assert.equal(answer.status, 502);
  const { error } = await answer.json();
  assert.deepEqual([error.type, error.code], ["backend_error", "backend_unreachable"]);
  assert.match(error.message, /127\.0\.0\.1:9 cannot be reached/);
});

Deno.test("a broken configuration or policy at start exits 2 and says where", async () => {
  const folder = await Deno.makeTempDir();
  const config = (path: string) => `backend:\n  url: "http://127.0.0.1:1"\npolicy_path: "${path}"\n`;
  const cases: [files: Record<string, string>, expected: RegExp][] = [
    [{ "config.yaml": "server:\n  prot: 80\n" }, /^config\.yaml:2:3: server\.prot: unknown key "prot" \(did you mean "port"\?\)/m],
    [{ "config.yaml": "server:\n  port: eighty\n" }, /^config\.yaml:2:9: server\.port: expected a number, got the text "eighty"/m],
    [{ "config.yaml": config("./missing.yaml") }, /^config\.yaml:3:14: .*"\.\/missing\.yaml" does not exist/m],
    [
      { "config.yaml": config("./p.yaml"), "p.yaml": "policies:\n  - name: a\n    trigger: { classifier: toxicty }\n    action: stop\n" },
      /^\.\/p\.yaml:3:28: .*there is no classifier "toxicty" \(did you mean "toxicity"\?\)/m,
    ],
    [
      { "config.yaml": config("./p.yaml"), "p.yaml": "policies:\n  - name: a\n    trigger: { pattern: '(a)\\1' }\n    action: stop\n" },
      /^\.\/p\.yaml:3:25: .*the pattern cannot be used/m,
    ],
  ];
  for (const [files, expected] of cases) {
    await writeFiles(folder, files);
    const served = await runCheckstream(["serve", "--config", "config.yaml", "--port", "0"], { cwd: folder });
    assert.equal(served.code, 2, served.stderr);
    assert.match(served.stderr, expected);
    const checked = await runCheckstream(["check", "--config", "config.yaml"], { cwd: folder });
    assert.equal(checked.code, 1);
    assert.match(checked.stdout, expected);
  }
  const missing = await runCheckstream(["serve", "--config", "nowhere.yaml"], { cwd: folder });
  assert.deepEqual([missing.code, missing.stderr.includes("nowhere.yaml:1:1: The configuration file does not exist")], [2, true]);
  const usage = await runCheckstream(["serve", "--prot", "80"], { cwd: folder });
  assert.equal(usage.code, 2);
  await Deno.remove(folder, { recursive: true });
});
