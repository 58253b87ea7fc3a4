/** Tenants and keys made while running: the admin API, what it refuses, restarts, and that no key is kept. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { type GatewayProcess, runCheckstream, startGateway } from "../support/gateway.ts";
import { TEST_POLICY } from "../support/llm_gateway.ts";
import { eventually } from "../support/eventually.ts";
import { join } from "../support/paths.ts";

const ADMIN = "admin-key-for-tests";

function client(gateway: GatewayProcess) {
  return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${gateway.url}${path}`, {
      method,
      headers: { "x-checkstream-admin-key": ADMIN, "content-type": "application/json", ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, etag: answer.headers.get("etag"), body: text === "" ? undefined : JSON.parse(text) };
  };
}

function start(folder: string, backendUrl: string, more = ""): Promise<GatewayProcess> {
  return startGateway({
    folder,
    files: {
      "config.yaml": `admin: {allow_private_backends: true}
tenants:
  resolution: [{header: X-Tenant-ID}, {api_key_mapping: true}]
  configs:
    filed: {backend_url: "${backendUrl}", policy_path: ./policy.yaml, rate_limit: {requests_per_minute: 100}}
${more}`,
      "policy.yaml": TEST_POLICY,
    },
    env: { CHECKSTREAM_ADMIN_API_KEY: ADMIN, CHECKSTREAM_KEY_PEPPER: "a pepper" },
  });
}

async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) files.push(...await filesBelow(path));
    else files.push(path);
  }
  return files;
}

Deno.test("tenants and keys are made, changed and removed while running, and survive a kill", async (t) => {
  const llm = startMockLlm({ pacingMs: 0 });
  const folder = await Deno.makeTempDir();
  let gateway = await start(folder, llm.url);
  let call = client(gateway);
  const config = { backend_url: llm.url, policy_path: "./policy.yaml", rate_limit: { requests_per_minute: 50 } };
  const ask = async (headers: Record<string, string>, content = "Hello") => {
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ model: "demo", messages: [{ role: "user", content }] }),
    });
    return { status: answer.status, limit: answer.headers.get("x-ratelimit-limit"), body: await answer.json() };
  };
  const secrets: string[] = [];

  await t.step("a tenant is created once, served at once, and shown", async () => {
    const created = await call("POST", "/admin/tenants", { id: "acme", config });
    assert.equal(created.status, 201);
    assert.equal(created.etag, '"1"');
    assert.deepEqual(created.body.config, config);
    assert.ok(created.body.version === 1 && !Number.isNaN(Date.parse(created.body.created_at)));
    assert.equal((await call("POST", "/admin/tenants", { id: "acme", config })).status, 200);
    assert.equal((await call("POST", "/admin/tenants", { id: "acme", config: { ...config, display_name: "Other" } })).status, 409);
    assert.equal((await ask({ "x-tenant-id": "acme" })).limit, "50");
    assert.equal((await ask({ "x-tenant-id": "acme" }, "this is forbidden")).status, 400);
    const { tenants } = (await call("GET", "/admin/tenants")).body;
    assert.deepEqual(tenants.map(({ id }: { id: string }) => id).sort(), ["acme", "filed"]);
  });

  await t.step("a merge patch changes what it names, guarded by the tag", async () => {
    const stale = await call("PATCH", "/admin/tenants/acme", { display_name: "ACME" }, { "if-match": '"7"' });
    assert.equal(stale.status, 412);
    const changed = await call("PATCH", "/admin/tenants/acme", { rate_limit: { requests_per_minute: 20 }, display_name: "ACME" }, {
      "if-match": '"1"',
    });
    assert.equal(changed.status, 200);
    assert.equal(changed.etag, '"2"');
    assert.equal((await ask({ "x-tenant-id": "acme" })).limit, "20");
    const removed = await call("PATCH", "/admin/tenants/acme", { display_name: null });
    assert.ok(!("display_name" in removed.body.config));
  });

  await t.step("the database wins over the file, key by key, and says so", async () => {
    assert.equal((await call("PATCH", "/admin/tenants/filed", { rate_limit: { requests_per_minute: 7 } })).status, 200);
    assert.equal((await ask({ "x-tenant-id": "filed" })).limit, "7");
    const { origins } = (await call("GET", "/admin/tenants/filed/effective")).body;
    assert.equal(origins["rate_limit.requests_per_minute"], "database");
    assert.equal(origins["backend.url"], "tenant");
  });

  await t.step("what does not validate is refused with every path, and changes nothing", async () => {
    const refused = async (body: unknown, status: number, path?: string) => {
      const { status: got, body: told } = await call("POST", "/admin/tenants", body);
      assert.equal(got, status, JSON.stringify(told));
      if (path !== undefined) assert.ok(told.errors.some((error: { path: string }) => error.path === path), JSON.stringify(told));
    };
    await refused({ id: "Bad Id", config }, 422, "id");
    await refused({ id: "x", config: { ...config, polcy_path: "a" } }, 422, "polcy_path");
    await refused({ id: "x", config: { ...config, thresholds: { safety: 2 } } }, 422, "thresholds.safety");
    await refused({ id: "x", config: { ...config, policy_path: "./nowhere.yaml" } }, 422);
    await refused({ id: "x", config: { policy_path: "./policy.yaml" } }, 422);
    await refused({ id: "x" }, 422, "config");
    await refused("{", 400);
    await refused({ id: "x", config: { ...config, display_name: "y".repeat(2_000_000) } }, 413);
    await refused({ id: "robert'); drop table tenants;--", config }, 422, "id");
    assert.equal((await call("PATCH", "/admin/tenants/acme", { backend_url: "ftp://x" })).status, 422);
    assert.equal((await call("PATCH", "/admin/tenants/nobody", {})).status, 404);
    assert.equal((await call("GET", "/admin/tenants")).body.tenants.length, 2);
    assert.equal((await fetch(`${gateway.url}/admin/tenants`, { method: "POST", body: "{}" })).status, 401);
  });

  let first: { id: string; key: string };
  await t.step("a key is shown once, works, and never reaches the backend", async () => {
    const made = await call("POST", "/admin/tenants/acme/keys", { name: "app" });
    assert.equal(made.status, 201);
    first = made.body;
    secrets.push(first.key);
    assert.match(first.key, /^cs_live_[A-Za-z0-9_-]{43}$/);
    const { keys } = (await call("GET", "/admin/tenants/acme/keys")).body;
    assert.deepEqual(Object.keys(keys[0]).includes("key"), false);
    assert.equal(keys[0].prefix, first.key.slice(0, 14));
    assert.equal((await ask({ authorization: `Bearer ${first.key}` })).status, 200);
    assert.ok(!JSON.stringify([...llm.requests.at(-1)!.headers]).includes("cs_live_"));
    assert.equal((await ask({ "x-api-key": first.key, "x-tenant-id": "filed" })).status, 403);
    const info = await fetch(`${gateway.url}/admin/tenant-info`, { headers: { authorization: `Bearer ${first.key}` } });
    assert.equal((await info.json()).tenant, "acme");
  });

  await t.step("scopes, models and expiry are kept to", async () => {
    const make = async (body: object) => {
      const { key } = (await call("POST", "/admin/tenants/acme/keys", { name: "k", ...body })).body;
      secrets.push(key);
      return { authorization: `Bearer ${key}` };
    };
    assert.equal((await ask(await make({ scopes: ["tenant:read"] }))).status, 403);
    assert.equal((await ask(await make({ allowed_models: ["gpt-4o"] }))).status, 404);
    assert.equal((await ask(await make({ allowed_models: ["demo"] }))).status, 200);
    assert.equal((await ask(await make({ expires_at: "2020-01-01T00:00:00Z" }))).status, 401);
    assert.equal((await call("POST", "/admin/tenants/acme/keys", { name: "k", scopes: ["all"] })).status, 422);
  });

  let next: { id: string; key: string };
  await t.step("a rotated key goes on for the overlap, a revoked one stops at once", async () => {
    const rotated = await call("POST", `/admin/tenants/acme/keys/${first.id}/rotate`, { overlap_s: 60 });
    assert.equal(rotated.status, 201);
    next = rotated.body;
    secrets.push(next.key);
    assert.equal((await ask({ authorization: `Bearer ${first.key}` })).status, 200);
    assert.equal((await ask({ authorization: `Bearer ${next.key}` })).status, 200);
    assert.equal((await call("DELETE", `/admin/tenants/acme/keys/${first.id}`)).status, 204);
    assert.equal((await ask({ authorization: `Bearer ${first.key}` })).status, 401);
    assert.equal((await call("DELETE", `/admin/tenants/filed/keys/${next.id}`)).status, 404);
  });

  await t.step("after kill -9 everything is as it was acknowledged", async () => {
    gateway.signal("SIGKILL");
    await gateway.exit;
    gateway = await start(folder, llm.url);
    call = client(gateway);
    assert.equal((await ask({ authorization: `Bearer ${next.key}` })).status, 200);
    assert.equal((await ask({ authorization: `Bearer ${first.key}` })).status, 401);
    assert.equal((await ask({ "x-tenant-id": "filed" })).limit, "7");
    assert.equal((await call("GET", "/admin/tenants/acme")).etag, '"3"');
  });

  await t.step("a deleted tenant and its keys stop at once, also after a restart", async () => {
    assert.equal((await call("DELETE", "/admin/tenants/acme")).status, 204);
    assert.equal((await ask({ authorization: `Bearer ${next.key}` })).status, 401);
    assert.equal((await ask({ "x-tenant-id": "acme" })).status, 404);
    await gateway.stop();
    gateway = await start(folder, llm.url);
    call = client(gateway);
    assert.equal((await ask({ authorization: `Bearer ${next.key}` })).status, 401);
    assert.equal((await call("POST", "/admin/tenants", { id: "acme", config })).status, 201);
    assert.equal((await ask({ authorization: `Bearer ${next.key}` })).status, 401);
    assert.equal((await ask({ "x-tenant-id": "acme" })).status, 200);
  });

  await t.step("no key is in any file, log or answer", async () => {
    const metrics = await (await fetch(`${gateway.url}/metrics`, { headers: { "x-checkstream-admin-key": ADMIN } })).text();
    await gateway.stop();
    const said = gateway.output() + metrics;
    for (const secret of [...secrets, ADMIN]) assert.ok(!said.includes(secret));
    for (const path of await filesBelow(folder)) {
      const bytes = new TextDecoder("latin1").decode(await Deno.readFile(path));
      for (const secret of [...secrets, ADMIN]) assert.ok(!bytes.includes(secret), path);
    }
  });
  await llm.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("backends that arrive by API may not be private addresses", async () => {
  await using gateway = await startGateway({
    files: { "config.yaml": 'tenants: {configs: {a: {backend_url: "http://127.0.0.1:1"}}}\n' },
    env: { CHECKSTREAM_ADMIN_API_KEY: ADMIN },
  });
  const call = client(gateway);
  for (
    const backend_url of ["http://127.0.0.1:9", "http://169.254.169.254/latest", "http://[::1]:1", "http://10.0.0.7", "http://localhost"]
  ) {
    const { status, body } = await call("POST", "/admin/tenants", { id: "b", config: { backend_url } });
    assert.equal(status, 422, backend_url);
    assert.equal(body.errors[0].path, "backend_url");
  }
});

Deno.test("the command line manages tenants through a gateway, and on the file only while no gateway holds it", async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  const folder = await Deno.makeTempDir();
  const gateway = await start(folder, llm.url);
  await Deno.writeTextFile(join(folder, "acme.yaml"), `backend_url: "${llm.url}"\npolicy_path: ./policy.yaml\ndisplay_name: ACME\n`);
  const env = { CHECKSTREAM_ADMIN_API_KEY: ADMIN, CHECKSTREAM_KEY_PEPPER: "a pepper" };
  const cli = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCheckstream(args, { cwd: folder, env });
    return { code, out: stdout.trim(), err: stderr.trim() };
  };
  const there = ["--url", gateway.url];
  assert.match((await cli("tenants", "add", "acme", "--file", "acme.yaml", ...there)).out, /^id: acme$/m);
  assert.match((await cli("tenants", "list", ...there)).out, /^id +display_name +enabled +version[^]*\nacme +ACME/);
  const made = JSON.parse((await cli("keys", "create", "--tenant", "acme", "--name", "ci", "--json", ...there)).out);
  const models = (key: string) => fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal((await (await models(made.key)).json()).object, "list");
  assert.match((await cli("keys", "list", "--tenant", "acme", ...there)).out, new RegExp(`${made.id}  ${made.prefix}`));
  assert.equal((await cli("keys", "revoke", made.id, "--tenant", "acme", ...there)).code, 0);
  assert.equal((await (await models(made.key)).json()).error.code, "invalid_key");
  const refused = await cli("tenants", "add", "acme2", "--file", "config.yaml", ...there);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /unknown key/);

  const shown = await cli("tenants", "show", "acme", ...there);
  assert.match(shown.out, /^version: 1$/m);
  assert.match(shown.out, /^display_name +ACME +database$/m);
  assert.match(shown.out, /^thresholds\.safety +0\.85 +default$/m);
  const whole = JSON.parse((await cli("tenants", "show", "filed", "--json", ...there)).out);
  assert.deepEqual([whole.effective.rate_limit.requests_per_minute, whole.origins["rate_limit.requests_per_minute"]], [100, "tenant"]);
  const limited = JSON.parse(
    (await cli("keys", "create", "--tenant", "acme", "--name", "b", "--tokens-per-day", "5", "--json", ...there)).out,
  );
  assert.deepEqual(limited.budget, { tokens_per_day: 5 });
  assert.equal((await cli("keys", "create", "--tenant", "acme", "--name", "b", "--tokens-per-day", "none", ...there)).code, 2);
  const nobody = await cli("tenants", "list", "--url", "http://127.0.0.1:1");
  assert.deepEqual([nobody.code, nobody.err], [
    1,
    "checkstream: No gateway answers at http://127.0.0.1:1; is it running, and is this its admin address?",
  ]);

  const held = await cli("tenants", "list");
  assert.equal(held.code, 1);
  assert.match(held.err, /is held by a running gateway; stop it, or go through its admin API with --url/);
  await gateway.stop();
  assert.match((await cli("tenants", "list")).out, /^acme +ACME +true +1 /m);
  assert.match((await cli("tenants", "show", "filed")).out, /^rate_limit\.requests_per_minute +100 +tenant$/m);
  assert.equal((await cli("tenants", "remove", "acme")).code, 0);
  assert.match((await cli("tenants", "show", "acme")).err, /no tenant "acme"/);
  await llm.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("keys import takes the keys of api_key_map into the database, through a gateway and on the file; check says they are better there", async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  const folder = await Deno.makeTempDir();
  const [mapped, other] = ["a-key-from-the-file-1", "a-key-from-the-file-2"];
  const map = `  api_key_map: {${mapped}: filed, ${other}: filed}\n`;
  let gateway = await start(folder, llm.url, map);
  const env = { CHECKSTREAM_ADMIN_API_KEY: ADMIN, CHECKSTREAM_KEY_PEPPER: "a pepper" };
  const cli = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCheckstream(args, { cwd: folder, env });
    return { code, out: stdout.trim(), err: stderr.trim() };
  };
  const status = async (key: string) => {
    const answer = await fetch(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
    await answer.body?.cancel();
    return answer.status;
  };
  const check = await cli("check");
  assert.equal(check.code, 0);
  assert.match(
    check.out,
    /^config\.yaml:6:\d+: warning: tenants\.api_key_map: 2 keys stand here in clear text; take them into the database/m,
  );

  const imported = await cli("keys", "import", "--url", gateway.url);
  assert.match(imported.out, /^tenant +name +result\nfiled +api_key_map 1 +imported\nfiled +api_key_map 2 +imported$/);
  assert.match(imported.err, /remove api_key_map from config\.yaml:6/);
  assert.ok(!imported.out.includes(mapped) && !imported.err.includes(mapped));
  assert.match((await cli("keys", "import", "--url", gateway.url)).out, /was there already/);
  await gateway.stop();
  assert.match((await cli("keys", "import")).out, /was there already/);

  gateway = await start(folder, llm.url);
  assert.deepEqual([await status(mapped), await status(other)], [200, 200], "without the map");
  const { keys } = (await client(gateway)("GET", "/admin/tenants/filed/keys")).body;
  assert.deepEqual(keys.map(({ name, prefix }: { name: string; prefix: string }) => [name, prefix]), [
    ["api_key_map 1", "a-key"],
    ["api_key_map 2", "a-key"],
  ]);
  assert.equal((await client(gateway)("DELETE", `/admin/tenants/filed/keys/${keys[0].id}`)).status, 204);
  assert.equal(await status(mapped), 401, "a key that was revoked is refused as one");
  await client(gateway)("POST", "/admin/tenants", { id: "acme", config: { backend_url: llm.url } });
  assert.equal((await client(gateway)("POST", "/admin/tenants/acme/keys", { name: "taken", key: other })).status, 409);
  await gateway.stop();
  for (const path of await filesBelow(join(folder, "data"))) {
    const bytes = new TextDecoder("latin1").decode(await Deno.readFile(path));
    for (const secret of [mapped, other]) assert.ok(!bytes.includes(secret), path);
  }
  assert.ok(!gateway.output().includes(mapped));
  await llm.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("two gateways on one store file see each other's changes, and neither overwrites the other's", async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  const folder = await Deno.makeTempDir();
  const first = await start(folder, llm.url, "store: {poll_ms: 100}\n");
  const second = await start(folder, llm.url, "store: {poll_ms: 100}\n");
  const config = { backend_url: llm.url, policy_path: "./policy.yaml" };
  assert.equal((await client(first)("POST", "/admin/tenants", { id: "acme", config })).status, 201);
  const { key } = (await client(first)("POST", "/admin/tenants/acme/keys", { name: "app" })).body;
  const models = async () => (await fetch(`${second.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status;
  await eventually(async () => assert.equal(await models(), 200));
  const patched = await client(second)("PATCH", "/admin/tenants/acme", { display_name: "ACME" }, { "if-match": '"1"' });
  assert.equal(patched.etag, '"2"');
  const stale = await client(first)("PATCH", "/admin/tenants/acme", { display_name: "Other" }, { "if-match": '"1"' });
  assert.equal(stale.status, 412, "the first gateway looks before it writes");
  assert.equal((await client(second)("DELETE", "/admin/tenants/acme")).status, 204);
  assert.equal(await models(), 401);
  await eventually(async () => assert.equal((await client(first)("GET", "/admin/tenants/acme")).status, 404));
  await first.stop();
  await second.stop();
  await llm.close();
  await Deno.remove(folder, { recursive: true });
});
