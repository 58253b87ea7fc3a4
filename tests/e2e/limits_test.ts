/** Limits as clients meet them: headers, waiting times, keys, queues, reloads and restarts. */
import assert from "node:assert/strict";
import OpenAI from "openai";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { eventually } from "../support/eventually.ts";
import { type GatewayProcess, startGateway } from "../support/gateway.ts";
import { TEST_POLICY } from "../support/llm_gateway.ts";
import { jsonAnswer, startRawBackend } from "../support/raw_backend.ts";

const configOf = (backendUrl: string, tenants: Readonly<Record<string, string>>, more = "") =>
  `server: {port: 0}
${more}
tenants:
  configs:
${
    Object.entries(tenants).map(([id, limits]) =>
      `    ${id}: {backend_url: "${backendUrl}", policy_path: ./policy.yaml, rate_limit: ${limits}}\n`
    ).join("")
  }`;

const files = (config: string) => ({ "config.yaml": config, "policy.yaml": TEST_POLICY });

function ask({ url }: GatewayProcess, tenant: string, { content = "Hello", signal, ...body }: Record<string, unknown> & {
  readonly content?: string;
  readonly signal?: AbortSignal;
} = {}, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(tenant !== "" && { "X-Tenant-ID": tenant }), ...headers },
    body: JSON.stringify({ model: "demo", messages: [{ role: "user", content }], ...body }),
    ...(signal !== undefined && { signal }),
  });
}

function limitsOf({ headers }: Response): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => /^x-ratelimit-|^retry-after/.test(name)));
}

Deno.test("every guarded answer says what is left, to the token; refusals say when to come back, and are right", async (t) => {
  const llm = startMockLlm({ pacingMs: 1 });
  await using gateway = await startGateway({
    files: files(configOf(llm.url, {
      counted: "{requests_per_minute: 1, burst: 100, tokens_per_minute: 1, burst_tokens: 10000, max_tokens_share: 0.5}",
      slow: "{requests_per_minute: 30, burst: 1}",
      small: "{tokens_per_minute: 1, burst_tokens: 100}",
    })),
  });
  try {
    await t.step("an answer in one piece is settled before its headers leave", async () => {
      const answer = await ask(gateway, "counted", { max_tokens: 1000 });
      const { usage } = await answer.json();
      const now = Date.now() / 1000;
      const { "x-ratelimit-reset": reset, "x-ratelimit-reset-tokens": tokensReset, "x-ratelimit-reset-requests": duration, ...rest } =
        limitsOf(
          answer,
        );
      assert.deepEqual(rest, {
        "x-ratelimit-limit": "100",
        "x-ratelimit-limit-requests": "100",
        "x-ratelimit-limit-tokens": "10000",
        "x-ratelimit-remaining": "99",
        "x-ratelimit-remaining-requests": "99",
        "x-ratelimit-remaining-tokens": String(10_000 - usage.total_tokens),
      });
      assert.ok(Math.abs(Number(reset) - now - 60) < 5, "one request is refilled in a minute");
      assert.ok(Math.abs(Number(tokensReset) - now - 60 * usage.total_tokens) < 5);
      assert.match(duration!, /^(1m0s|5\d(\.\d+)?s)$/);
    });
    await t.step("a stream has reserved its prompt and the share of its max_tokens", async () => {
      const before = Number((await ask(gateway, "counted")).headers.get("x-ratelimit-remaining-tokens"));
      const answer = await ask(gateway, "counted", { max_tokens: 1000, stream: true });
      // Eight characters by the ratio of a model that is not OpenAI's: "Hello" is two tokens.
      const reserved = before - Number(answer.headers.get("x-ratelimit-remaining-tokens"));
      assert.ok(reserved === 502 || reserved === 501, "one token a minute is refilled");
      await answer.text();
    });
    await t.step("a blocked prompt has used a request and no tokens", async () => {
      const before = await ask(gateway, "counted");
      await before.body?.cancel();
      const blocked = await ask(gateway, "counted", { content: "forbidden", max_tokens: 1000 });
      assert.equal((await blocked.json()).error.code, "POLICY_BLOCK");
      const left = (answer: Response, of: string) => Number(answer.headers.get(`x-ratelimit-remaining${of}`));
      assert.equal(left(before, "") - left(blocked, ""), 1);
      assert.ok(Math.abs(left(before, "-tokens") - left(blocked, "-tokens")) <= 1);
    });
    await t.step("Retry-After is exact: before it nobody is admitted, after it one is", async () => {
      assert.equal((await ask(gateway, "slow")).status, 200);
      const refused = await ask(gateway, "slow");
      assert.equal(refused.status, 429);
      assert.equal((await refused.json()).error.type, "rate_limit_exceeded");
      const waitMs = Number(refused.headers.get("retry-after-ms"));
      assert.ok(waitMs > 0 && waitMs <= 2000);
      assert.equal(refused.headers.get("retry-after"), String(Math.ceil(waitMs / 1000)));
      await new Promise((resolve) => setTimeout(resolve, waitMs + 5));
      assert.equal((await ask(gateway, "slow")).status, 200);
    });
    await t.step("OpenAI's SDK backs off by it and succeeds", async () => {
      const client = new OpenAI({ baseURL: `${gateway.url}/tenant/slow/v1`, apiKey: "none", maxRetries: 5 });
      const started = performance.now();
      for (let i = 0; i < 3; i++) await client.chat.completions.create({ model: "demo", messages: [{ role: "user", content: "Hello" }] });
      assert.ok(performance.now() - started >= 2000, "three at one in two seconds");
    });
    await t.step("what refuses longest is what is told", async () => {
      await (await ask(gateway, "small", { max_tokens: 90 })).body?.cancel();
      const refused = await ask(gateway, "small", { max_tokens: 90 });
      assert.equal(refused.status, 429);
      assert.match((await refused.json()).error.message, /^At most 1 tokens a minute; try again in \d+ s$/);
      assert.ok(Number(refused.headers.get("retry-after")) > 60);
    });
    await t.step("refusals are counted by limit", async () => {
      const text = await (await fetch(`${gateway.url}/metrics`)).text();
      assert.match(text, /checkstream_rate_limited_total\{tenant="slow",limit="requests"\} \d/);
      assert.match(text, /checkstream_rate_limited_total\{tenant="small",limit="tokens"\} 1/);
      assert.match(text, /checkstream_limit_table_used 3\n/);
    });
  } finally {
    await llm.close();
  }
});

Deno.test("a backend's own x-ratelimit headers pass where the gateway has no such limit", async () => {
  const own = "x-ratelimit-remaining-requests: 7\r\nx-ratelimit-remaining-tokens: 77\r\nx-ratelimit-reset-tokens: 6m0s\r\n";
  await using backend = await startRawBackend(() => ({ pieces: [jsonAnswer('{"object":"list","data":[]}', "200 OK", own)] }));
  await using gateway = await startGateway({
    files: files(configOf(backend.url, { none: "{}", requests: "{requests_per_minute: 5}" })),
  });
  const headersFor = async (tenant: string) => {
    const answer = await fetch(`${gateway.url}/v1/models`, { headers: { "X-Tenant-ID": tenant } });
    await answer.body?.cancel();
    const { headers } = answer;
    return ["requests", "tokens"].map((of) => headers.get(`x-ratelimit-remaining-${of}`));
  };
  assert.deepEqual(await headersFor("none"), ["7", "77"]);
  assert.deepEqual(await headersFor("requests"), ["4", "77"]);
});

Deno.test("a key's own limits hold beside its tenant's, and a reload and a kill -9 forgive nothing", async (t) => {
  const llm = startMockLlm();
  const folder = await Deno.makeTempDir();
  const limits = (perMinute: number) =>
    configOf(llm.url, { acme: `{requests_per_minute: ${perMinute}, burst: ${perMinute * 10}}` }, "rate_limit: {save_interval_ms: 50}\n");
  let key = "";
  try {
    await using gateway = await startGateway({ folder, files: files(limits(1)) });
    await t.step("the smaller one is shown and refuses", async () => {
      const made = await fetch(`${gateway.url}/admin/tenants/acme/keys`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name: "small", rate_limit: { requests_per_minute: 1, burst: 2 } }),
      });
      assert.equal(made.status, 201);
      ({ key } = await made.json());
      const withKey = () => ask(gateway, "", {}, { authorization: `Bearer ${key}` });
      for (const left of ["1", "0"]) {
        const answer = await withKey();
        await answer.body?.cancel();
        assert.deepEqual([answer.status, answer.headers.get("x-ratelimit-limit"), answer.headers.get("x-ratelimit-remaining")], [
          200,
          "2",
          left,
        ]);
      }
      const refused = await withKey();
      assert.equal(refused.status, 429);
      assert.match((await refused.json()).error.message, /^This key: at most 1 requests a minute/);
      const tenants = await ask(gateway, "acme");
      await tenants.body?.cancel();
      assert.equal(tenants.headers.get("x-ratelimit-remaining"), "7", "two of the key and this one; what the key refused is not charged");
      assert.match(await (await fetch(`${gateway.url}/metrics`)).text(), /rate_limited_total\{tenant="acme",limit="key_requests"\} 1/);
    });
    await t.step("a reload that doubles the limit keeps how much of it was used", async () => {
      await Deno.writeTextFile(`${folder}/config.yaml`, limits(2));
      await eventually(async () => {
        const info = await (await fetch(`${gateway.url}/admin/tenant-info`, { headers: { "X-Tenant-ID": "acme" } })).json();
        assert.equal(info.rate_limit.requests_per_minute, 2);
        assert.ok(info.rate_limit.remaining >= 14 && info.rate_limit.remaining <= 15, "three of ten were used");
      });
    });
    await t.step("what was used up is on disk within the interval", async () => {
      await eventually(async () => {
        const { levels } = JSON.parse(await Deno.readTextFile(`${folder}/data/checkstream.db.limits.json`));
        assert.equal(levels.length, 2);
      });
    });
    gateway.signal("SIGKILL");
    await gateway.exit;
    await using again = await startGateway({ folder, files: {} });
    await t.step("and still used up afterwards", async () => {
      const refused = await ask(again, "", {}, { authorization: `Bearer ${key}` });
      await refused.body?.cancel();
      assert.equal(refused.status, 429);
      const answer = await ask(again, "acme");
      await answer.body?.cancel();
      assert.ok(Number(answer.headers.get("x-ratelimit-remaining")) <= 14);
    });
  } finally {
    await llm.close();
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("requests wait in the queue for their turn, and a client that leaves it is noted as that and costs nothing", async () => {
  const llm = startMockLlm({ pacingMs: 1000 });
  await using gateway = await startGateway({
    files: files(configOf(llm.url, { acme: "{concurrent_requests: 1, queue: {max_waiting: 3, max_wait_ms: 30000}}" })),
  });
  try {
    const first = await ask(gateway, "acme", { stream: true });
    const leaving = new AbortController();
    const left = ask(gateway, "acme", { signal: leaving.signal });
    left.catch(() => {});
    const persistent = () =>
      eventually(async () => {
        const answer = await ask(gateway, "acme");
        await answer.body?.cancel();
        assert.equal(answer.status, 200);
      }, 60_000);
    const waiting = Promise.all([persistent(), persistent()]);
    // The fourth finds three before it; who of them came first is the network's to say, so who waits after all is taken back.
    let leavers = 1;
    const refused = await eventually(async () => {
      const answer = await ask(gateway, "acme", { signal: AbortSignal.timeout(500) }).catch(() => void leavers++);
      assert.equal(answer?.status, 429);
      return answer!;
    });
    assert.equal(refused.headers.get("retry-after"), "1");
    leaving.abort();
    await eventually(() => assert.equal(gateway.output().split('"status":499').length - 1, leavers, "the gateway saw them leave"));
    // Its client leaves as well, which frees its slot.
    await first.body!.cancel();
    await waiting;
    assert.equal(llm.requests.filter(({ method }) => method === "POST").length, 3);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    assert.match(metrics, /checkstream_rate_limit_wait_ms_count\{tenant="acme"\} \d/);
  } finally {
    await llm.close();
  }
});

Deno.test("more tenants at once than the table has places get a clear 503, and the metric says so", async () => {
  const llm = startMockLlm();
  const ids = Array.from({ length: 70 }, (_, i) => `t${i}`);
  await using gateway = await startGateway({
    files: files(
      configOf(llm.url, Object.fromEntries(ids.map((id) => [id, "{requests_per_minute: 1}"])), "rate_limit: {max_subjects: 64}"),
    ),
  });
  try {
    const statuses: number[] = [];
    for (const id of ids) {
      const answer = await fetch(`${gateway.url}/v1/models`, { headers: { "X-Tenant-ID": id } });
      const text = await answer.text();
      if (answer.status === 503) assert.match(text, /The limits of tenant \\"t\d+\\" cannot be counted now/);
      statuses.push(answer.status);
    }
    assert.deepEqual(statuses, ids.map((_, i) => i < 64 ? 200 : 503));
    assert.match(await (await fetch(`${gateway.url}/metrics`)).text(), /checkstream_limit_table_full_total 6\n/);
  } finally {
    await llm.close();
  }
});
