/**
 * Many tenants onboarded over the admin API under load, then restarts: every key and tenant behaves exactly as last acknowledged.
 * `deno task test:onboarding` runs it with 500 tenants and 100 streams; the suite with fewer.
 */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { type GatewayProcess, startGateway } from "../support/gateway.ts";
import { TEST_POLICY } from "../support/llm_gateway.ts";

const ADMIN = "admin-key-for-tests";
const TENANTS = Number(Deno.env.get("CHECKSTREAM_TEST_TENANTS") ?? 40);
const STREAMS = Math.ceil(TENANTS / 5);

/** What the admin API acknowledged last. */
interface Expected {
  readonly id: string;
  limit: number;
  state: "enabled" | "disabled" | "deleted";
  /** Keys that work, and those that do not any more. */
  readonly live: { readonly id: string; readonly key: string }[];
  readonly dead: string[];
}

async function inParallel<T>(items: readonly T[], width: number, work: (item: T, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: width }, async () => {
    while (next < items.length) {
      const index = next++;
      await work(items[index]!, index);
    }
  }));
}

async function admin(gateway: GatewayProcess, method: string, path: string, body?: unknown) {
  const answer = await fetch(`${gateway.url}/admin/tenants${path}`, {
    method,
    headers: { "x-checkstream-admin-key": ADMIN, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** Streams one after the other until told to stop; every one must come to its end. */
function streamOn(gateway: GatewayProcess): { stop(): Promise<number> } {
  let on = true;
  const streams = Array.from({ length: STREAMS }, async () => {
    let count = 0;
    while (on) {
      const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-tenant-id": "streaming" },
        body: JSON.stringify({ model: "demo", stream: true, messages: [{ role: "user", content: "Tell me a story" }] }),
      });
      assert.equal(answer.status, 200);
      assert.match(await answer.text(), /data: \[DONE\]\n\n(?:: [^\n]*\n\n)?$/);
      count++;
    }
    return count;
  });
  return {
    stop: async () => {
      on = false;
      return (await Promise.all(streams)).reduce((sum, count) => sum + count, 0);
    },
  };
}

/** Every tenant and key, asked as clients would. */
async function verify(gateway: GatewayProcess, tenants: readonly Expected[]): Promise<number> {
  let asked = 0;
  const ask = async (headers: Record<string, string>) => {
    asked++;
    const answer = await fetch(`${gateway.url}/v1/models`, { headers });
    await answer.body?.cancel();
    return answer;
  };
  await inParallel(tenants, 8, async ({ id, limit, state, live, dead }) => {
    const byHeader = await ask({ "x-tenant-id": id });
    assert.equal(byHeader.status, { enabled: 200, disabled: 403, deleted: 404 }[state], id);
    if (state === "enabled") assert.equal(byHeader.headers.get("x-ratelimit-limit"), String(limit), id);
    for (const { key } of live) {
      const { status } = await ask({ authorization: `Bearer ${key}` });
      assert.equal(status, { enabled: 200, disabled: 403, deleted: 401 }[state], `a live key of ${id}`);
    }
    for (const key of dead) assert.equal((await ask({ "x-api-key": key })).status, 401, `a dead key of ${id}`);
  });
  return asked;
}

Deno.test(`${TENANTS} tenants onboarded while ${STREAMS} streams run behave as last acknowledged, after SIGTERM and SIGKILL too`, async (t) => {
  const llm = startMockLlm({ pacingMs: 40 });
  const folder = await Deno.makeTempDir();
  const files = {
    "config.yaml": `admin: {allow_private_backends: true}
telemetry: {logging: {level: warn}}
tenants:
  resolution: [{header: X-Tenant-ID}, {api_key_mapping: true}]
  configs:
    streaming: {backend_url: "${llm.url}", policy_path: ./policy.yaml}
`,
    "policy.yaml": TEST_POLICY,
  };
  const start = async () => {
    const gateway = await startGateway({
      folder,
      files: {},
      env: { CHECKSTREAM_ADMIN_API_KEY: ADMIN, CHECKSTREAM_LOG_LEVEL: "info" },
    });
    return gateway;
  };
  for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${folder}/${name}`, text);
  let gateway = await start();
  const tenants: Expected[] = [];
  const took = (what: string, from: number) => console.log(`${what}: ${((performance.now() - from) / 1000).toFixed(1)} s`);

  await t.step("onboard with two keys each, rotate half of the keys, disable a tenth, delete some, under load", async () => {
    const streams = streamOn(gateway);
    let from = performance.now();
    await inParallel(Array.from({ length: TENANTS }, (_, i) => i), 8, async (i) => {
      const id = `tenant-${i}`;
      const limit = 10_000 + i;
      await admin(gateway, "POST", "", {
        id,
        config: { backend_url: llm.url, policy_path: "./policy.yaml", rate_limit: { requests_per_minute: limit } },
      });
      const expected: Expected = { id, limit, state: "enabled", live: [], dead: [] };
      tenants.push(expected);
      for (const name of ["first", "second"]) expected.live.push(await admin(gateway, "POST", `/${id}/keys`, { name }));
    });
    took(`${TENANTS} tenants with two keys each`, from);
    from = performance.now();
    await inParallel(tenants, 8, async (tenant, i) => {
      const [old] = tenant.live;
      const overlap = i % 2 === 0;
      const next = await admin(gateway, "POST", `/${tenant.id}/keys/${old!.id}/rotate`, { overlap_s: overlap ? 3600 : 0 });
      if (!overlap) tenant.dead.push(tenant.live.shift()!.key);
      tenant.live.push(next);
    });
    took("half of the keys rotated", from);
    from = performance.now();
    await inParallel(tenants.slice(0, TENANTS / 10), 8, async (tenant) => {
      await admin(gateway, "PATCH", `/${tenant.id}`, { enabled: false });
      tenant.state = "disabled";
    });
    await inParallel(tenants.slice(-TENANTS / 20), 8, async (tenant) => {
      await admin(gateway, "DELETE", `/${tenant.id}`);
      tenant.state = "deleted";
    });
    took("a tenth disabled, a twentieth deleted", from);
    from = performance.now();
    const asked = await verify(gateway, tenants);
    took(`${asked} requests as they should be`, from);
    console.log(`${await streams.stop()} streams came to their end meanwhile`);
  });

  await t.step("SIGTERM: open streams end well, and everything is as before", async () => {
    const streams = Array.from({ length: STREAMS }, async () => {
      const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-tenant-id": "streaming" },
        body: JSON.stringify({ model: "demo", stream: true, messages: [{ role: "user", content: "Tell me a story" }] }),
      });
      return answer;
    });
    const answers = await Promise.all(streams);
    let from = performance.now();
    // Not `stop()`, which waits 10 s and then kills: hundreds of audit trails are closed one by one, on a machine that does other things too.
    gateway.signal("SIGTERM");
    for (const answer of answers) assert.match(await answer.text(), /data: \[DONE\]/);
    assert.equal(await gateway.exit, 0);
    took("SIGTERM, until all streams and audit trails are closed", from);
    from = performance.now();
    gateway = await start();
    took("restarted after SIGTERM", from);
    await verify(gateway, tenants);
  });

  await t.step("SIGKILL amid changes: what was acknowledged holds, the rest is whole or not at all", async () => {
    const candidates = tenants.filter(({ state }) => state === "enabled");
    const unsure = new Set<Expected>();
    let acknowledged = 0;
    const changes = inParallel(candidates, 8, async (tenant, i) => {
      unsure.add(tenant);
      try {
        if (i % 2 === 0) {
          await admin(gateway, "PATCH", `/${tenant.id}`, { rate_limit: { requests_per_minute: tenant.limit + 1_000_000 } });
          tenant.limit += 1_000_000;
        } else {
          const [old] = tenant.live;
          const next = await admin(gateway, "POST", `/${tenant.id}/keys/${old!.id}/rotate`, { overlap_s: 0 });
          tenant.dead.push(tenant.live.shift()!.key);
          tenant.live.push(next);
        }
        unsure.delete(tenant);
        // From here some are acknowledged and some are under way.
        if (++acknowledged === Math.floor(candidates.length / 3)) gateway.signal("SIGKILL");
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
      }
    });
    await changes;
    await gateway.exit;
    const from = performance.now();
    gateway = await start();
    took("restarted after SIGKILL", from);
    assert.ok(acknowledged >= Math.floor(candidates.length / 3));
    await verify(gateway, tenants.filter((tenant) => !unsure.has(tenant)));
    for (const { id, limit, live } of unsure) {
      const { config } = await admin(gateway, "GET", `/${id}`);
      assert.ok([limit, limit + 1_000_000].includes(config.rate_limit.requests_per_minute), id);
      const { keys } = await admin(gateway, "GET", `/${id}/keys`);
      // A rotation makes one key and ends another, or does neither.
      const working = keys.filter(({ revoked_at }: { revoked_at: string | null }) => revoked_at === null).length;
      assert.equal(working, live.length, id);
    }
    console.log(`killed after ${acknowledged} acknowledged changes, with ${unsure.size} not acknowledged`);
  });
  await gateway.stop();
  await llm.close();
  await Deno.remove(folder, { recursive: true });
});
