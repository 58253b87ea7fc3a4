/** Gateways that share one tenant store on a real libSQL server: they see each other's changes, and serve on while it is down. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { eventually } from "../support/eventually.ts";
import { type GatewayProcess, startGateway } from "../support/gateway.ts";
import { type LibsqlServer, startLibsqlServer } from "../support/libsql_server.ts";
import { TEST_POLICY } from "../support/llm_gateway.ts";
import { needs } from "../support/optional.ts";
import { join } from "../support/paths.ts";

const ADMIN = "admin-key-for-tests";
const sqld = needs("sqld");

function start(folder: string, server: LibsqlServer, token = server.token): Promise<GatewayProcess> {
  return startGateway({
    folder,
    files: {
      "config.yaml": `admin: {allow_private_backends: true}
store: {url: "${server.url}", auth_token_env: STORE_TOKEN, poll_ms: 100, usage_flush_ms: 200}
tenants:
  resolution: [{header: X-Tenant-ID}, {api_key_mapping: true}]
`,
      "policy.yaml": TEST_POLICY,
    },
    env: { CHECKSTREAM_ADMIN_API_KEY: ADMIN, CHECKSTREAM_KEY_PEPPER: "a pepper", STORE_TOKEN: token },
  });
}

function client(gateway: GatewayProcess) {
  return async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${gateway.url}${path}`, {
      method,
      headers: { "x-checkstream-admin-key": ADMIN, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, text, etag: answer.headers.get("etag"), body: text.startsWith("{") ? JSON.parse(text) : undefined };
  };
}

async function status(gateway: GatewayProcess, headers: Record<string, string>, content = "Hello"): Promise<number> {
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ model: "demo", messages: [{ role: "user", content }] }),
  });
  await answer.body?.cancel();
  return answer.status;
}

Deno.test("two gateways on one remote store see each other's changes, keys, policies and budgets", sqld, async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  await using server = await startLibsqlServer();
  const folders = [await Deno.makeTempDir(), await Deno.makeTempDir()];
  const [first, second] = await Promise.all(folders.map((folder) => start(folder, server))) as [GatewayProcess, GatewayProcess];
  const [one, two] = [client(first), client(second)];
  const config = { backend_url: llm.url, policy_path: "./policy.yaml", budget: { tokens_per_day: 150 } };
  assert.equal((await one("POST", "/admin/tenants", { id: "acme", config })).status, 201);
  const made = (await one("POST", "/admin/tenants/acme/keys", { name: "app" })).body;
  const by = { authorization: `Bearer ${made.key}` };

  const from = performance.now();
  await eventually(async () => assert.equal(await status(second, by), 200));
  console.log(`a tenant made by one gateway is served by the other after ${Math.round(performance.now() - from)} ms (store.poll_ms: 100)`);
  assert.equal(await status(second, by, "this is forbidden"), 400, "with its policy");

  assert.equal((await two("PATCH", "/admin/tenants/acme", { display_name: "ACME" })).etag, '"2"');
  await eventually(async () => assert.equal((await one("GET", "/admin/tenants/acme")).etag, '"2"'));
  const both = await Promise.all([one, two].map((call, i) => call("PATCH", "/admin/tenants/acme", { metadata: { [`from_${i}`]: "yes" } })));
  const won = both.filter((answer) => answer.status === 200).length;
  assert.ok(won >= 1, JSON.stringify(both));
  assert.deepEqual(
    both.map((answer) => answer.status).filter((code) => code !== 200 && code !== 412),
    [],
    "two at once: one after the other, or told",
  );
  await eventually(async () => assert.equal((await two("GET", "/admin/tenants/acme")).etag, `"${2 + won}"`));

  const rotated = (await two("POST", `/admin/tenants/acme/keys/${made.id}/rotate`, { overlap_s: 0 })).body;
  await eventually(async () => assert.equal(await status(first, by), 401));
  assert.equal(await status(first, { authorization: `Bearer ${rotated.key}` }), 200);

  // What one gateway's requests use counts at the other.
  const next = { authorization: `Bearer ${rotated.key}` };
  await eventually(async () => assert.equal(await status(first, next), 429));
  await eventually(async () => assert.equal(await status(second, next), 429));
  const [used] = (await two("GET", "/admin/usage?group_by=tenant")).body.rows;
  assert.ok(used.prompt_tokens + used.completion_tokens >= 100, JSON.stringify(used));

  assert.equal((await one("DELETE", "/admin/tenants/acme")).status, 204);
  await eventually(async () => assert.equal(await status(second, next), 401));
  for (const gateway of [first, second]) await gateway.stop();
  await llm.close();
  for (const folder of folders) await Deno.remove(folder, { recursive: true });
});

Deno.test(
  "while the remote store is down the last known tenants serve, at a start too, changes are refused, and all goes on after",
  sqld,
  async (t) => {
    const llm = startMockLlm({ pacingMs: 0 });
    await using server = await startLibsqlServer();
    const folder = await Deno.makeTempDir();
    let gateway = await start(folder, server);
    let call = client(gateway);
    const config = { backend_url: llm.url, policy_path: "./policy.yaml" };
    await call("POST", "/admin/tenants", { id: "acme", config });
    const made = (await call("POST", "/admin/tenants/acme/keys", { name: "app" })).body;
    const by = { authorization: `Bearer ${made.key}` };
    const up = async () => /^checkstream_store_up (\d)$/m.exec((await call("GET", "/metrics")).text)?.[1];
    assert.equal(await up(), "1");

    await t.step("it goes down", async () => {
      await server.down();
      await eventually(async () => assert.equal(await up(), "0"));
      assert.equal(await status(gateway, by), 200);
      const ready = await call("GET", "/health/ready");
      assert.equal(ready.status, 200);
      assert.match(ready.body.checks.store, /^down since .* serving the last known tenants and keys; changes are refused$/);
      for (
        const [method, path, body] of [
          ["POST", "/admin/tenants", { id: "late", config }],
          ["PATCH", "/admin/tenants/acme", { display_name: "ACME" }],
          ["POST", "/admin/tenants/acme/keys", { name: "late" }],
          ["DELETE", `/admin/tenants/acme/keys/${made.id}`, undefined],
          ["DELETE", "/admin/tenants/acme", undefined],
        ] as const
      ) {
        const refused = await call(method, path, body);
        assert.equal(refused.status, 503, `${method} ${path}: ${refused.text}`);
        assert.match(refused.text, /store_unavailable[^]*nothing was changed|nothing was changed[^]*store_unavailable/);
        assert.ok(!refused.text.includes(server.token));
      }
      assert.equal(await status(gateway, by), 200, "nothing was changed");
    });

    await t.step("a gateway that starts meanwhile serves what its copy knows", async () => {
      assert.equal(await gateway.stop(), 0);
      gateway = await start(folder, server);
      call = client(gateway);
      assert.equal(await status(gateway, by), 200);
      assert.equal(await status(gateway, by, "this is forbidden"), 400);
      assert.equal(await up(), "0");
      const copies = [...Deno.readDirSync(join(folder, "data"))].filter(({ name }) => name.startsWith("store-"));
      assert.ok(copies.length > 0);
      for (const { name } of copies) {
        const path = join(folder, "data", name);
        if (Deno.build.os !== "windows") assert.equal(Deno.statSync(path).mode! & 0o077, 0, `${name} is for its owner alone`);
        const bytes = new TextDecoder("latin1").decode(Deno.readFileSync(path));
        for (const secret of [made.key, server.token, ADMIN]) assert.ok(!bytes.includes(secret), name);
      }
    });

    await t.step("it comes back: changes are made, and what was used meanwhile is written", async () => {
      await server.up();
      await eventually(async () => assert.equal(await up(), "1"));
      assert.equal((await call("POST", "/admin/tenants", { id: "late", config })).status, 201);
      assert.equal(await status(gateway, { "x-tenant-id": "late" }), 200);
      await eventually(async () => {
        const { rows } = (await call("GET", "/admin/usage?group_by=tenant&tenant=acme")).body;
        assert.ok(rows[0].requests >= 2, JSON.stringify(rows));
      });
      await gateway.stop();
      assert.ok(!gateway.output().includes(server.token) && !gateway.output().includes(made.key));
    });
    await llm.close();
    await Deno.remove(folder, { recursive: true });
  },
);

Deno.test("a store that was never seen and does not answer, or refuses the token, is no start, and says so", sqld, async () => {
  await using server = await startLibsqlServer();
  const folder = await Deno.makeTempDir();
  await assert.rejects(
    start(folder, server, "not-a-token-of-this-server"),
    (error: Error) =>
      /the remote store does not answer: check its address and token/.test(error.message) && !error.message.includes("not-a-token"),
  );
  await server.down();
  await assert.rejects(start(folder, server), /the remote store does not answer/);
  await Deno.remove(folder, { recursive: true });
});
