/** What happens while it runs: clients leave, policies change, the process is told to stop. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { startLlmGateway, TEST_POLICY } from "../support/llm_gateway.ts";

const chat = (content: string, stream = true) => JSON.stringify({ model: "demo", stream, messages: [{ role: "user", content }] });
const post = (url: string, body: string, init: RequestInit = {}) =>
  fetch(`${url}/v1/chat/completions`, { method: "POST", body, headers: { "content-type": "application/json" }, ...init });

/** Resolves when `condition` holds. @throws after two seconds. */
async function eventually(condition: () => boolean | Promise<boolean>, what: string, timeoutMs = 2000): Promise<number> {
  const started = performance.now();
  while (!await condition()) {
    if (performance.now() - started > timeoutMs) assert.fail(`${what} did not happen within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - started;
}

Deno.test("a client that leaves ends the backend's request within a second, and is recorded", async () => {
  const llm = startMockLlm({ pacingMs: 50 });
  await using gateway = await startLlmGateway({ backendUrl: llm.url, tenants: { acme: TEST_POLICY } });
  const leave = new AbortController();
  const answer = await post(gateway.url, chat("tell me a long story"), { signal: leave.signal });
  await answer.body!.getReader().read();
  leave.abort();
  await eventually(() => llm.cancelled === 1, "the end of the backend's request", 1000);
  await eventually(async () => {
    const { records } = await (await fetch(`${gateway.url}/audit?tenant=acme`)).json();
    return records.length === 1 && records[0].outcome === "client_left";
  }, "the audit record");
  await llm.close();
});

Deno.test("a stop ends the backend's request at once", async () => {
  const llm = startMockLlm({ pacingMs: 30 });
  await using gateway = await startLlmGateway({ backendUrl: llm.url, tenants: { acme: TEST_POLICY } });
  const text = await (await post(gateway.url, chat("Please insult me"))).text();
  assert.match(text, /"finish_reason":"content_filter"/);
  assert.match(text, /: checkstream decision=block rules=stop_insults/);
  assert.doesNotMatch(text, /worthless|idiot/);
  await eventually(() => llm.cancelled === 1, "the end of the backend's request", 1000);
  await llm.close();
});

Deno.test("a policy edit takes effect within two seconds, an open stream ends on the version it began with, a broken edit changes nothing", async () => {
  const llm = startMockLlm({ pacingMs: 25 });
  await using gateway = await startLlmGateway({ backendUrl: llm.url, tenants: { acme: TEST_POLICY } });
  const policy = `${gateway.folder}/policies/acme.yaml`;
  const open = await post(gateway.url, chat("tell me a long story"));
  const version = open.headers.get("x-checkstream-policy-version");

  // Editors write a new file and rename it over the old one.
  await Deno.writeTextFile(`${policy}.tmp`, TEST_POLICY.replace('keywords: ["forbidden"]', 'keywords: ["hello"]'));
  await Deno.rename(`${policy}.tmp`, policy);
  await eventually(async () => (await post(gateway.url, chat("hello", false))).status === 400, "the new rule");
  const text = await open.text();
  assert.match(text, /\[DONE\]/);
  assert.equal(open.headers.get("x-checkstream-policy-version"), version);

  await Deno.writeTextFile(policy, TEST_POLICY.replace("action: redact", "action: redcat"));
  await eventually(async () => {
    const ready = await (await fetch(`${gateway.url}/health/ready`)).json();
    return ready.last_reload_errors?.some((error: string) => /policies\/acme\.yaml:\d+:\d+: .*redcat/.test(error)) ?? false;
  }, "the report of the broken edit");
  assert.equal((await post(gateway.url, chat("hello", false))).status, 400, "the last good version serves");
  assert.match(await (await fetch(`${gateway.url}/metrics`)).text(), /^checkstream_config_last_reload_success 0$/m);
  const reload = await fetch(`${gateway.url}/admin/reload`, { method: "POST" });
  assert.equal(reload.status, 422);
  await reload.body?.cancel();

  await Deno.writeTextFile(policy, TEST_POLICY);
  await eventually(async () => (await post(gateway.url, chat("hello", false))).status === 200, "the mended policy");
  await llm.close();
});

Deno.test("SIGTERM lets an open stream finish, refuses new requests, and exits 0", async () => {
  const llm = startMockLlm({ pacingMs: 20 });
  const gateway = await startLlmGateway({ backendUrl: llm.url, tenants: { acme: TEST_POLICY } });
  const open = await post(gateway.url, chat("tell me a long story"));
  gateway.signal("SIGTERM");
  await gateway.waitFor("stopping");
  await assert.rejects(
    post(gateway.url, chat("hi")).then(async (late) => {
      await late.body?.cancel();
      if (late.status === 503) throw new Error("refused");
    }),
  );
  assert.match(await open.text(), /\[DONE\]/);
  assert.equal(await gateway.exit, 0);
  await gateway.stop();
  await llm.close();
});

Deno.test("a shutdown that takes too long ends open streams with an error event", async () => {
  const llm = startMockLlm({ pacingMs: 200 });
  const gateway = await startLlmGateway({
    backendUrl: llm.url,
    tenants: { acme: TEST_POLICY },
    more: "server:\n  shutdown_timeout_ms: 300\n",
  });
  const open = await post(gateway.url, chat("tell me a long story"));
  gateway.signal("SIGTERM");
  const text = await open.text();
  assert.match(text, /"code":"shutting_down"/);
  assert.doesNotMatch(text, /\[DONE\]/);
  assert.equal(await gateway.exit, 0);
  await gateway.stop();
  await llm.close();
});

Deno.test("the audit trail of each tenant is its own file and verifies", async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  await using gateway = await startLlmGateway({ backendUrl: llm.url, tenants: { acme: TEST_POLICY, beta: TEST_POLICY } });
  for (const tenant of ["acme", "beta", "acme"]) {
    const answer = await post(gateway.url, chat("Show me the personal data on file"), {
      headers: { "x-tenant-id": tenant, "content-type": "application/json" },
    });
    await answer.text();
  }
  await eventually(async () => (await (await fetch(`${gateway.url}/audit?tenant=acme`)).json()).records.length === 2, "two records");
  const { records } = await (await fetch(`${gateway.url}/audit?tenant=acme`)).json();
  assert.equal(records[0].decision, "redact");
  assert.ok(records[0].actions.some((action: { rule: string }) => action.rule === "redact_pii"));
  assert.equal(records[0].previous_hash, records[1].hash);
  const verified = await (await fetch(`${gateway.url}/audit/verify?tenant=acme`)).json();
  assert.deepEqual([verified.status, verified.records_verified, verified.chain_intact], ["valid", 2, true]);
  for (const tenant of ["acme", "beta"]) assert.ok((await Deno.stat(`${gateway.folder}/audit/${tenant}/audit.db`)).isFile);
  await llm.close();
});
