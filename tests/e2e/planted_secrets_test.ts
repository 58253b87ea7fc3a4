/** Secrets of every kind, planted everywhere they may stand, used and misused; then everything the gateway said or wrote is searched. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { adminClient } from "../support/admin_client.ts";
import { runCheckstream, startGateway, writeFiles } from "../support/gateway.ts";
import { TEST_POLICY } from "../support/llm_gateway.ts";
import { join } from "../support/paths.ts";

/** Texts that are in nothing else, by what they are. */
const PLANTED = {
  admin: "planted-admin-key-Zq81",
  operator: "planted-operator-key-Zq82",
  viewer: "planted-viewer-key-Zq83",
  pepper: "planted-pepper-Zq84",
  webhook: "planted-webhook-secret-Zq85",
  storeKey: btoa("planted-store-key-of-32-bytes-Zq"),
  backendToken: "sk-planted-backend-token-Zq86",
  mapped: "planted-mapped-key-Zq87",
  fileHeader: "Bearer planted-file-header-Zq88",
  apiHeader: "planted-api-header-Zq89",
  apiBearer: "Bearer sk-planted-api-bearer-Zq90",
  urlUser: "planted-url-password-Zq91",
  urlKey: "planted-url-key-Zq92",
  refused: "Bearer planted-refused-Zq93",
  client: "sk-planted-client-credential-Zq94",
};
/** No secret: it must be found, or the search finds nothing at all. */
const MARKER = "planted-marker-Zq99";
/** Files that hold a secret because they are where it is kept. */
const KEPT_IN = /\/(config\.yaml|broken\.yaml|checkstream\.db\.key|signing\.key|audit\.key|[^/]*\.pem)$/;

async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) files.push(...await filesBelow(path));
    else files.push(path);
  }
  return files;
}

Deno.test("no planted secret is in logs, errors, metrics, admin answers, audit, backups or the database", async (t) => {
  const llm = startMockLlm({ pacingMs: 0 });
  const folder = await Deno.makeTempDir();
  const { port } = new URL(llm.url);
  const config = `admin:
  allow_private_backends: true
  keys: [{name: ops, role: operator, key_env: OPS_KEY}, {name: eyes, role: viewer, key_env: VIEW_KEY}]
notify: {secret_env: HOOK_SECRET}
tenants:
  resolution: [{header: X-Tenant-ID}, {api_key_mapping: true}]
  api_key_map: {"${PLANTED.mapped}": filed}
  configs:
    filed:
      backend_url: "${llm.url}"
      policy_path: ./policy.yaml
      headers: {X-Backend-Auth: "${PLANTED.fileHeader}"}
      auth: {type: bearer, token_env: BACKEND_TOKEN}
      audit: {include: [input, output], durability: request}
    dead: {backend_url: "http://user:${PLANTED.urlUser}@127.0.0.1:9/v1?key=${PLANTED.urlKey}"}
`;
  const options = {
    folder,
    files: { "config.yaml": config, "policy.yaml": TEST_POLICY },
    env: {
      CHECKSTREAM_ADMIN_API_KEY: PLANTED.admin,
      OPS_KEY: PLANTED.operator,
      VIEW_KEY: PLANTED.viewer,
      CHECKSTREAM_KEY_PEPPER: PLANTED.pepper,
      CHECKSTREAM_STORE_KEY: PLANTED.storeKey,
      HOOK_SECRET: PLANTED.webhook,
      BACKEND_TOKEN: PLANTED.backendToken,
      CHECKSTREAM_LOG_LEVEL: "trace",
    },
  };
  let gateway = await startGateway(options);
  /** What was said, by where. */
  const said: [where: string, text: string][] = [];
  const secrets = new Map<string, string>(Object.entries(PLANTED));
  const call = async (method: string, path: string, body?: unknown, key = PLANTED.admin, headers: Record<string, string> = {}) => {
    const answer = await adminClient(gateway.url, key)(method, path, body, headers);
    said.push([`${method} ${path}`, `${answer.text}\n${JSON.stringify([...answer.headers])}`]);
    return answer;
  };
  const ask = async (headers: Record<string, string>, content = "Hello") => {
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ model: "demo", messages: [{ role: "user", content }] }),
    });
    said.push([`chat as ${Object.keys(headers)}`, `${await answer.text()}\n${JSON.stringify([...answer.headers])}`]);
    return answer.status;
  };
  const made: string[] = [];

  await t.step("they are used", async () => {
    const tenant = {
      backend_url: `http://api:${PLANTED.urlUser}@127.0.0.1:${port}`,
      policy: { text: "policies:\n  - {name: a, phase: ingress, trigger: {keywords: [forbidden]}, action: stop}\n" },
      headers: { "X-Corp-Signature": PLANTED.apiHeader, "X-Other": PLANTED.apiBearer },
      metadata: { api_token: PLANTED.apiHeader },
      display_name: MARKER,
      audit: { durability: "request", include: ["input"] },
    };
    assert.equal((await call("POST", "/admin/tenants", { id: "acme", config: tenant }, PLANTED.operator)).status, 201);
    assert.equal((await call("POST", "/admin/tenants", { id: "acme", config: tenant }, PLANTED.operator)).status, 200);
    assert.equal((await call("PATCH", "/admin/tenants/acme", { headers: { "X-Api-Key": PLANTED.urlKey } })).status, 200);
    for (let i = 0; i < 2; i++) {
      const { body } = await adminClient(gateway.url, PLANTED.admin)("POST", "/admin/tenants/acme/keys", { name: `k${i}` });
      made.push(body.key);
      secrets.set(`gateway key ${i}`, body.key);
    }
    assert.equal(await ask({ "x-tenant-id": "filed" }), 200);
    assert.equal(llm.requests.at(-1)!.headers.get("authorization"), `Bearer ${PLANTED.backendToken}`);
    assert.equal(await ask({ authorization: `Bearer ${PLANTED.mapped}` }), 200);
    assert.equal(await ask({ authorization: `Bearer ${made[0]}` }), 200);
    assert.equal(llm.requests.at(-1)!.headers.get("x-corp-signature"), PLANTED.apiHeader);
    assert.equal(await ask({ "x-api-key": made[0]! }, "this is forbidden"), 400);
    await call("POST", "/admin/test-policy", { tenant: "acme", text: "forbidden" });
    await call("POST", "/admin/reload");
  });

  await t.step("they are misused", async () => {
    for (
      const headers of [{ authorization: `Bearer ${made[0]}`, "x-tenant-id": "filed" }, { "x-api-key": `${made[0]}x` }, {
        "x-tenant-id": "dead",
      }]
    ) {
      assert.ok(await ask(headers as unknown as Record<string, string>) >= 400);
    }
    for (const path of [`/v1/models/${made[0]}`, `/tenant/${made[0]}/v1/models`, `/${made[0]}`, `/v1/models?key=${made[0]}`]) {
      const answer = await fetch(gateway.url + path, { headers: { "x-tenant-id": "filed" } });
      assert.deepEqual([answer.status, llm.requests.some(({ path }) => path.includes(made[0]!))], [400, false]);
      said.push([`GET ${path.slice(0, 12)}…`, await answer.text()]);
    }
    assert.ok(await ask({ "x-tenant-id": "dead", authorization: `Bearer ${PLANTED.client}` }) >= 500);
    for (
      const body of [
        { id: "x", config: { backend_url: llm.url, headers: PLANTED.refused } },
        { id: "x", config: { backend_url: llm.url, headers: { Authorization: `${PLANTED.refused}\n` } } },
        { id: "x", config: { backend_url: llm.url, headers: [PLANTED.refused] } },
        { id: "x", config: { backend_url: llm.url, auth: PLANTED.refused } },
        { id: "x", config: { backend_url: llm.url, auth: { type: PLANTED.refused } } },
        { id: "x", config: { backend_url: llm.url, auth: { type: "bearer", token: PLANTED.refused } } },
        { id: "x", config: { backend_url: `http://u:${PLANTED.urlUser}@[`, policy_path: 3 } },
        { id: "x", config: { backend_url: `http://u:${PLANTED.urlUser}@no-such-host.invalid` } },
        { id: "x", config: { backend_url: `ftp://u:${PLANTED.urlUser}@h/?key=${PLANTED.urlKey}` } },
        { id: "x", config: { backend_url: llm.url, metadata: { token: [PLANTED.refused] } } },
        `{"id":"x","config":{"headers":{"A":"${PLANTED.refused}"`,
      ]
    ) assert.ok((await call("POST", "/admin/tenants", body)).status < 500);
    assert.equal((await call("GET", "/admin/tenants", undefined, made[1])).status, 401);
    assert.equal((await call("POST", "/admin/tenants/acme/keys", { name: "x" }, PLANTED.viewer)).status, 403);
    assert.equal((await call("DELETE", `/admin/tenants/acme/keys/${made[0]}`)).status, 404);
    await Deno.writeTextFile(
      join(folder, "config.yaml"),
      config.replace("backend_url:", "backend_ulr:").replace("headers: {", "headers: {Bad Name: x, "),
    );
    assert.equal((await call("POST", "/admin/reload")).status, 422);
    await call("GET", "/health/ready");
    await Deno.writeTextFile(join(folder, "config.yaml"), config);
    assert.equal((await call("POST", "/admin/reload")).status, 200);
  });

  await t.step("everything that can be read is read", async () => {
    const { keys } = (await call("GET", "/admin/tenants/acme/keys")).body;
    await call("POST", `/admin/tenants/acme/keys/${keys[1].id}/rotate`, { overlap_s: 5 }, PLANTED.viewer);
    assert.equal((await call("DELETE", `/admin/tenants/acme/keys/${keys[1].id}`)).status, 204);
    assert.equal((await call("POST", "/admin/tenants/acme/policy/rollback")).status, 409);
    assert.equal((await call("PATCH", "/admin/tenants/acme", { headers: { "X-Other": null } })).status, 200);
    const document = JSON.parse((await call("GET", "/admin/openapi.json")).text);
    for (const path of Object.keys(document.paths)) {
      if (document.paths[path].get === undefined) continue;
      for (const tenant of ["acme", "filed", "dead"]) {
        const url = path.replace("{id}", tenant).replace("{version}", "1");
        await call("GET", `${url}${/^\/audit/.test(path) ? `?tenant=${tenant}` : ""}`, undefined, PLANTED.viewer);
      }
    }
    for (const format of ["jsonl", "csv", "html"]) await call("GET", `/audit/export?tenant=acme&format=${format}`);
    await call("GET", "/admin/log?limit=1000");
    assert.equal((await call("DELETE", "/admin/tenants/acme")).status, 204);
    await call("GET", "/admin/tenants?state=deleted");
    assert.equal((await call("POST", "/admin/tenants/acme/restore", { keys: true })).status, 200);
  });

  await t.step("the process is killed, started again and stopped; commands are run", async () => {
    gateway.signal("SIGKILL");
    await gateway.exit;
    said.push(["log", gateway.output()]);
    await searchFiles();
    gateway = await startGateway(options);
    // What was sealed is opened again.
    assert.equal(await ask({ authorization: `Bearer ${made[0]}` }), 200);
    assert.equal(llm.requests.at(-1)!.headers.get("x-corp-signature"), PLANTED.apiHeader);
    await gateway.stop();
    said.push(["log", gateway.output()]);
    // Mistakes on the very lines where secrets stand.
    await writeFiles(folder, {
      "broken.yaml": config.replace("{X-Backend-Auth:", "{Bad Name: 1, Authorization:").replace(
        "dead: {backend_url:",
        "dead: {backend_ulr: 1, backend_url:",
      )
        .replace("api_key_map: {", "api_key_map: {short: 3, "),
    });
    for (
      const args of [
        ["tenants", "list", "--json"],
        ["tenants", "show", "acme"],
        ["keys", "list", "--tenant", "acme", "--json"],
        ["check", "--config", "config.yaml"],
        ["check", "--config", "broken.yaml"],
        ["audit", "query", "--tenant", "acme"],
      ]
    ) {
      const { stdout, stderr } = await runCheckstream(args, { cwd: folder, env: options.env });
      said.push([args.join(" "), stdout + stderr]);
    }
  });

  await t.step("none is in what was said", () => {
    for (const [where, text] of said) {
      for (const [name, secret] of secrets) {
        assert.ok(!text.includes(bare(secret)), `the secret "${name}" is in: ${where}\n${around(text, bare(secret))}`);
      }
    }
  });

  async function searchFiles(): Promise<number> {
    let searched = 0;
    let marked = 0;
    for (const path of await filesBelow(folder)) {
      if (KEPT_IN.test(path)) continue;
      searched++;
      const bytes = new TextDecoder("latin1").decode(await Deno.readFile(path));
      if (bytes.includes(MARKER)) marked++;
      for (const [name, secret] of secrets) {
        assert.ok(!bytes.includes(bare(secret)), `the secret "${name}" is in ${path.slice(folder.length)}`);
      }
    }
    assert.ok(marked > 0, "the search found nothing of what is stored");
    return searched;
  }

  await t.step("none is in a file", async () => {
    const searched = await searchFiles();
    console.log(`planted secrets: ${secrets.size} in ${said.length} answers, logs and outputs, and ${searched} files`);
    assert.ok(searched >= 4);
  });
  await llm.close();
  await Deno.remove(folder, { recursive: true });
});

/** Without its scheme: that alone must not hide a find. */
function bare(secret: string): string {
  return secret.replace(/^Bearer /, "");
}

function around(text: string, secret: string): string {
  const at = text.indexOf(secret);
  return text.slice(Math.max(0, at - 300), at + 200);
}
