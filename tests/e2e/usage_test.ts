/** Usage and budgets through a real gateway: counted by tenant, key, model and hour, kept over kill -9, warned of and enforced. */
import assert from "node:assert/strict";
import OpenAI from "openai";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { eventually } from "../support/eventually.ts";
import { type GatewayProcess, startGateway } from "../support/gateway.ts";
import { TEST_POLICY } from "../support/llm_gateway.ts";

const ADMIN = "admin-key-for-tests";

function start(folder: string, backendUrl: string, flushMs: number): Promise<GatewayProcess> {
  return startGateway({
    folder,
    files: {
      "config.yaml": `admin: {allow_private_backends: true}
store: {usage_flush_ms: ${flushMs}}
tenants:
  resolution: [{header: X-Tenant-ID}, {api_key_mapping: true}]
  configs:
    plain: {backend_url: "${backendUrl}", policy_path: ./policy.yaml}
    frugal: {backend_url: "${backendUrl}", policy_path: ./policy.yaml, budget: {tokens_per_day: 60}}
`,
      "policy.yaml": TEST_POLICY,
    },
    env: { CHECKSTREAM_ADMIN_API_KEY: ADMIN },
  });
}

async function admin(gateway: GatewayProcess, method: string, path: string, body?: unknown) {
  const answer = await fetch(`${gateway.url}${path}`, {
    method,
    headers: { "x-checkstream-admin-key": ADMIN, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, text, json: () => JSON.parse(text) };
}

async function ask(gateway: GatewayProcess, headers: Record<string, string>, content: string, more: object = {}) {
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ model: "demo", messages: [{ role: "user", content }], ...more }),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

Deno.test("usage is counted by tenant, key, model and hour, and what was written survives kill -9", async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  const folder = await Deno.makeTempDir();
  let gateway = await start(folder, llm.url, 200);
  const { key, id } = (await admin(gateway, "POST", "/admin/tenants/plain/keys", { name: "app" })).json();
  const by = { authorization: `Bearer ${key}` };
  const used = { prompt: 0, completion: 0 };
  for (const model of ["demo", "demo", "other"]) {
    const { usage } = JSON.parse((await ask(gateway, by, "Hello there", { model })).text);
    used.prompt += usage.prompt_tokens;
    used.completion += usage.completion_tokens;
  }
  assert.equal((await ask(gateway, by, "this is forbidden")).status, 400);
  await ask(gateway, { "x-tenant-id": "plain" }, "Hello", { stream: true });

  const rows = async (query: string) => (await admin(gateway, "GET", `/admin/usage?${query}`)).json().rows;
  const byKey = await rows("group_by=tenant,key&tenant=plain");
  assert.deepEqual(byKey.map((row: Record<string, unknown>) => [row.tenant, row.key, row.requests, row.blocked]), [
    ["plain", "", 1, 0],
    ["plain", id, 4, 1],
  ]);
  assert.deepEqual([byKey[1].prompt_tokens, byKey[1].completion_tokens], [used.prompt, used.completion]);
  assert.ok(byKey[0].completion_tokens > 0, "a stream's tokens are counted too");
  assert.deepEqual((await rows("group_by=model")).map((row: Record<string, unknown>) => [row.model, row.requests]), [["demo", 4], [
    "other",
    1,
  ]]);
  const [{ hour }] = await rows("group_by=hour");
  assert.match(hour, /^\d{4}-\d\d-\d\dT\d\d:00:00Z$/);
  assert.deepEqual(await rows(`from=${hour}&to=${hour}`).catch(() => "refused"), undefined, "an empty range is refused");
  assert.deepEqual(await rows("from=2020-01-01&to=2020-02-01"), []);
  const csv = await admin(gateway, "GET", "/admin/usage?group_by=tenant,model&format=csv");
  assert.match(
    csv.text,
    /^tenant,model,requests,blocked,redacted,prompt_tokens,completion_tokens\r\nplain,demo,4,1,0,\d+,\d+\r\nplain,other,1,/,
  );
  assert.equal((await admin(gateway, "GET", "/admin/usage?group_by=colour")).status, 400);

  const total = async () => (await rows("group_by=tenant"))[0].requests;
  assert.equal(await total(), 5);
  gateway.signal("SIGKILL");
  await gateway.exit;
  gateway = await start(folder, llm.url, 60_000);
  assert.equal(await total(), 5);
  await ask(gateway, by, "Hello");
  assert.equal(await gateway.stop(), 0);
  gateway = await start(folder, llm.url, 60_000);
  assert.equal(await total(), 6, "a clean end writes what waits");
  await gateway.stop();
  await llm.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a budget warns from 80 %, then refuses with budget_exceeded until the day ends, over a kill -9 too", async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  const folder = await Deno.makeTempDir();
  let gateway = await start(folder, llm.url, 100);
  const frugal = { "x-tenant-id": "frugal" };
  let warned = false;
  let refused: Awaited<ReturnType<typeof ask>> | undefined;
  for (let i = 0; i < 60 && refused === undefined; i++) {
    const answer = await ask(gateway, frugal, "Hi", { max_tokens: 5 });
    const warning = answer.headers.get("x-checkstream-budget-warning");
    if (answer.status === 429) refused = answer;
    else if (warning !== null) {
      warned = true;
      const [, spent] = /^tenant; window=day; used=(\d+); limit=60; reset=\d{10}$/.exec(warning)!;
      assert.ok(Number(spent) >= 48, warning);
    }
  }
  assert.ok(warned, "warned before it is refused");
  assert.ok(refused);
  const { error } = JSON.parse(refused.text);
  assert.equal(error.code, "budget_exceeded");
  assert.match(error.message, /^The tenant's budget of 60 tokens a day is used up; a new day begins \d{4}-\d\d-\d\dT00:00:00\.000Z$/);
  const wait = Number(refused.headers.get("retry-after"));
  const midnight = new Date().setUTCHours(24, 0, 0, 0) - Date.now();
  assert.ok(Math.abs(wait * 1000 - midnight) < 10_000, `Retry-After ${wait}`);

  const asAnthropic = await fetch(`${gateway.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", ...frugal },
    body: JSON.stringify({ model: "demo", max_tokens: 5, messages: [{ role: "user", content: "Hi" }] }),
  });
  assert.equal(asAnthropic.status, 429);
  assert.equal((await asAnthropic.json()).error.type, "rate_limit_error");
  const before = llm.requests.length;
  const sdk = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: "none", defaultHeaders: frugal });
  await assert.rejects(
    sdk.chat.completions.create({ model: "demo", messages: [{ role: "user", content: "Hi" }] }),
    (error: unknown) => error instanceof OpenAI.RateLimitError && error.code === "budget_exceeded",
  );
  assert.equal(llm.requests.length, before, "and the SDK does not try again");

  // Written within one interval; then the process may die.
  await eventually(async () => {
    const { rows } = (await admin(gateway, "GET", "/admin/usage?tenant=frugal")).json();
    assert.ok(rows[0].prompt_tokens + rows[0].completion_tokens >= 55);
  });
  gateway.signal("SIGKILL");
  await gateway.exit;
  gateway = await start(folder, llm.url, 100);
  assert.equal((await ask(gateway, frugal, "Hi", { max_tokens: 5 })).status, 429, "the running day is known after the start");

  const raised = await admin(gateway, "PATCH", "/admin/tenants/frugal", { budget: { tokens_per_day: 1_000_000 } });
  assert.equal(raised.status, 200, raised.text);
  assert.equal((await ask(gateway, frugal, "Hi", { max_tokens: 5 })).status, 200, "the store's budget wins over the file's");
  const { key } = (await admin(gateway, "POST", "/admin/tenants/frugal/keys", { name: "small", budget: { tokens_per_month: 5 } })).json();
  const by = { authorization: `Bearer ${key}` };
  assert.equal((await ask(gateway, by, "Hi", { max_tokens: 5 })).status, 200);
  const ofKey = await ask(gateway, by, "Hi", { max_tokens: 5 });
  assert.equal(ofKey.status, 429);
  assert.match(ofKey.text, /The key's budget of 5 tokens a month is used up/);
  assert.equal((await ask(gateway, frugal, "Hi", { max_tokens: 5 })).status, 200, "its tenant goes on");
  await gateway.stop();
  await llm.close();
  await Deno.remove(folder, { recursive: true });
});
