/** The admin API through a real gateway: roles, problems, policies with versions, deleting and purging, the log of changes. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { adminClient } from "../support/admin_client.ts";
import { type GatewayProcess, startGateway } from "../support/gateway.ts";
import { TEST_POLICY } from "../support/llm_gateway.ts";

const KEYS = {
  CHECKSTREAM_ADMIN_API_KEY: "the-admin-key-of-the-tests",
  OPS_KEY: "the-operator-key-of-tests",
  VIEW_KEY: "the-viewer-key-of-the-tests",
};
const CONFIG = (backend: string) =>
  `admin:
  allow_private_backends: true
  secret_folders: [./tokens]
  keys:
    - { name: ops, role: operator, key_env: OPS_KEY }
    - { name: dashboard, role: viewer, key_env: VIEW_KEY }
    - { name: nobody, role: admin, key_env: UNSET_KEY }
tenants:
  resolution: [{header: X-Tenant-ID}, {api_key_mapping: true}]
  configs:
    filed: { backend_url: "${backend}", policy_path: ./policy.yaml }
    resting: { backend_url: "${backend}", policy_path: ./policy.yaml, enabled: false }
`;

function start(backend: string, folder?: string): Promise<GatewayProcess> {
  return startGateway({
    files: { "config.yaml": CONFIG(backend), "policy.yaml": TEST_POLICY },
    env: KEYS,
    ...(folder !== undefined && { folder }),
  });
}

function ask(gateway: GatewayProcess, headers: Record<string, string>, content = "Hello"): Promise<Response> {
  return fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ model: "demo", messages: [{ role: "user", content }] }),
  });
}

async function statusOf(answer: Promise<Response>): Promise<number> {
  const { status, body } = await answer;
  await body?.cancel();
  return status;
}

const policyText = (word: string) => `policies:\n  - {name: no_${word}, phase: ingress, trigger: {keywords: [${word}]}, action: stop}\n`;

Deno.test("the admin API: roles, policies, deletion and the log", async (t) => {
  const llm = startMockLlm({ pacingMs: 0 });
  const folder = await Deno.makeTempDir();
  const gateway = await start(llm.url, folder);
  const admin = adminClient(gateway.url, KEYS.CHECKSTREAM_ADMIN_API_KEY);
  const ops = adminClient(gateway.url, KEYS.OPS_KEY);
  const viewer = adminClient(gateway.url, KEYS.VIEW_KEY);
  const config = {
    backend_url: llm.url,
    audit: { durability: "request" },
    policy: { text: policyText("gold") },
    headers: { "X-Corp-Auth": "Basic c2VjcmV0OnNlY3JldA==" },
  };

  await t.step("viewers read, operators change everything but keys, admins change keys as well", async () => {
    assert.equal((await viewer("GET", "/admin/tenants")).status, 200);
    assert.equal((await viewer("GET", "/metrics")).status, 200);
    assert.equal((await viewer("GET", "/audit?tenant=filed")).status, 200);
    const refused = await viewer("POST", "/admin/tenants", { id: "acme", config });
    assert.deepEqual([refused.status, refused.body.code], [403, "role_not_allowed"]);
    assert.equal(refused.body.detail, 'This needs the role "operator"; the key "dashboard" has the role "viewer"');
    assert.equal((await viewer("POST", "/admin/reload")).status, 403);
    assert.equal((await ops("POST", "/admin/tenants", { id: "acme", config })).status, 201);
    assert.equal((await ops("POST", "/admin/tenants/acme/keys", { name: "k" })).status, 403);
    assert.equal((await ops("POST", "/admin/reload")).status, 200);
    assert.equal((await ops("GET", "/admin/tenants/acme/keys")).status, 200);
    assert.equal((await admin("POST", "/admin/tenants/acme/keys", { name: "k" })).status, 201);
    for (const wrong of [undefined, "", "no-key", KEYS.OPS_KEY.slice(0, -1)]) {
      const { status, body, headers } = await adminClient(gateway.url, wrong)("GET", "/admin/tenants");
      assert.deepEqual([status, body.code, headers.get("www-authenticate")], [401, "admin_key_required", "Bearer"]);
    }
  });

  await t.step("what is wrong is told as problem details, with paths and suggestions", async () => {
    const { status, body, headers } = await admin("POST", "/admin/tenants", {
      id: "x",
      config: { backend_ur: "http://x", rate_limit: { request_per_minute: 1 } },
    });
    assert.equal(status, 422);
    assert.equal(headers.get("content-type"), "application/problem+json");
    assert.equal(body.type, "urn:checkstream:problem:invalid_tenant");
    assert.equal(body.instance, `urn:uuid:${headers.get("x-checkstream-request-id")}`);
    assert.deepEqual(body.errors, [
      {
        path: "rate_limit.request_per_minute",
        message: 'unknown key "request_per_minute"; did you mean "requests_per_minute"?',
      },
      { path: "backend_ur", message: 'unknown key "backend_ur"; did you mean "backend_url"?' },
    ]);
    assert.equal(body.error.message, body.detail);
    const cases: [method: string, path: string, body: unknown, headers: Record<string, string>, status: number, code: string][] = [
      ["POST", "/admin/tenants", "{", {}, 400, "invalid_json"],
      ["POST", "/admin/tenants", "<a/>", { "content-type": "application/xml" }, 415, "unsupported_media_type"],
      ["POST", "/admin/tenants", '{"id":"x","config":{"__proto__":{"enabled":true}}}', {}, 422, "invalid_body"],
      ["POST", "/admin/tenants", '{"id":"x","config":{"display_name":"\\u0000"}}', {}, 422, "invalid_body"],
      ["POST", "/admin/tenants", '{"id":"x","config":{"display_name":"\\ud800"}}', {}, 422, "invalid_body"],
      ["POST", "/admin/tenants", `${'{"id":"x","config":'.repeat(1)}${"[".repeat(100_000)}`, {}, 400, "invalid_json"],
      ["POST", "/admin/tenants", `{"id":"x","config":${"[".repeat(5000)}${"]".repeat(5000)}}`, {}, 422, "invalid_body"],
      ["POST", "/admin/tenants", `{"id":"${"x".repeat(2 << 20)}"}`, {}, 413, "request_too_large"],
      ["GET", "/admin/tenants?limit=0", undefined, {}, 400, "invalid_query"],
      ["GET", "/admin/tenants?limt=1", undefined, {}, 400, "invalid_query"],
      ["GET", "/admin/tenants?limit=1&limit=2", undefined, {}, 400, "invalid_request"],
      ["PUT", "/admin/tenants", {}, {}, 405, "method_not_allowed"],
      ["GET", "/admin/nothing", undefined, {}, 404, "not_found"],
      ["GET", "/admin/tenants/constructor", undefined, {}, 404, "unknown_tenant"],
      ["GET", "/audit?tenant=filed&cursor=rubbish", undefined, {}, 400, "invalid_query"],
    ];
    for (const [method, path, body, headers, status, code] of cases) {
      const told = await admin(method, path, body, headers);
      assert.deepEqual(
        [told.status, told.body.code],
        [status, code],
        `${method} ${path} ${String(body).slice(0, 60)}: ${told.text.slice(0, 300)}`,
      );
    }
  });

  await t.step("a policy as text serves at once; its versions are kept, and one step back brings the one before", async () => {
    const decides = async (word: string) => (await statusOf(ask(gateway, { "x-tenant-id": "acme" }, `some ${word}`))) === 400;
    assert.deepEqual([await decides("gold"), await decides("silver")], [true, false]);
    for (const word of ["silver", "bronze"]) {
      assert.equal((await ops("PATCH", "/admin/tenants/acme", { policy: { text: policyText(word) } })).status, 200);
    }
    assert.deepEqual([await decides("gold"), await decides("bronze")], [false, true]);
    assert.deepEqual(
      (await viewer("GET", "/admin/tenants/acme/policy/versions")).body.versions.map(({ version }: { version: number }) => version),
      [3, 2, 1],
    );
    assert.equal((await viewer("GET", "/admin/tenants/acme/policy/versions/2")).body.policy.text, policyText("silver"));
    const paged = (await viewer("GET", "/admin/tenants/acme/policy/versions?limit=2")).body;
    assert.equal(paged.next_cursor, "2");
    assert.equal((await viewer("GET", "/admin/tenants/acme/policy/versions?cursor=2")).body.versions[0].version, 1);
    const back = await ops("POST", "/admin/tenants/acme/policy/rollback");
    assert.deepEqual([back.status, back.body.version, back.body.restored_from, back.body.created_by], [200, 4, 2, "ops"]);
    assert.equal(await decides("silver"), true);
    assert.equal((await ops("POST", "/admin/tenants/acme/policy/rollback")).body.restored_from, 1);
    assert.equal(await decides("gold"), true);
    assert.deepEqual((await ops("POST", "/admin/tenants/acme/policy/rollback")).body.code, "no_policy_version");
    assert.equal((await ops("POST", "/admin/tenants/acme/policy/rollback", { version: 3 }, { "if-match": '"1"' })).status, 412);
    assert.equal((await ops("POST", "/admin/tenants/acme/policy/rollback", { version: 3 })).body.restored_from, 3);
    assert.equal(await decides("bronze"), true);
    // A broken policy is refused with its place, and the one before serves on.
    const broken = await ops("PATCH", "/admin/tenants/acme", {
      policy: { text: "policies:\n  - {name: a, trigger: {keywrds: [x]}, action: stop}\n" },
    });
    assert.equal(broken.status, 422);
    assert.match(broken.body.detail, /\(inline policy\):2:\d+: .*keywrds.*did you mean "keywords"/);
    assert.equal(await decides("bronze"), true);
    // Another spelling takes the place of the one before.
    assert.equal((await ops("PATCH", "/admin/tenants/acme", { policy_path: "./policy.yaml" })).body.config.policy, undefined);
    assert.equal((await ops("POST", "/admin/tenants/acme/policy/rollback")).status, 200);
    assert.equal(await decides("bronze"), true);
  });

  await t.step("secrets are shown masked, and what was read can be sent back without losing them", async () => {
    const shown = (await viewer("GET", "/admin/tenants/acme")).body.config;
    assert.equal(shown.headers["X-Corp-Auth"], "********");
    const kept = await ops("PATCH", "/admin/tenants/acme", { ...shown, display_name: "ACME" });
    assert.equal(kept.status, 200, kept.text);
    await statusOf(ask(gateway, { "x-tenant-id": "acme" }));
    assert.equal(llm.requests.at(-1)!.headers.get("x-corp-auth"), config.headers["X-Corp-Auth"]);
    const invented = await ops("PATCH", "/admin/tenants/filed", { headers: { Authorization: "********" } });
    assert.deepEqual([invented.status, invented.body.errors[0].path], [422, "headers.Authorization"]);
    const { body } = await viewer("GET", "/admin/tenants/acme/effective");
    assert.equal(body.config.backend.headers["X-Corp-Auth"], "********");
    assert.equal(body.origins["backend.headers.X-Corp-Auth"], "database");
    assert.equal(body.config.thresholds.safety, 0.85);
    assert.equal(body.origins["thresholds.safety"], "default");
  });

  await t.step("who may change tenants does not get at the gateway's files and variables by that", async () => {
    await Deno.symlink("/etc/passwd", `${folder}/escape.yaml`);
    const bearer = (more: object) => ({ type: "bearer", ...more });
    const cases: [path: string, patch: object][] = [
      ["auth.token_env", { auth: bearer({ token_env: "CHECKSTREAM_ADMIN_API_KEY" }) }],
      ["auth.token_env", { auth: bearer({ token_env: "OPS_KEY" }) }],
      ["backend.auth.token_env", { backend: { auth: bearer({ token_env: "checkstream_store_key" }) } }],
      ["backend.fallbacks.0.auth.token_env", { backend: { fallbacks: [{ url: llm.url, auth: bearer({ token_env: "VIEW_KEY" }) }] } }],
      ["auth.token_file", { auth: bearer({ token_file: "./data/checkstream.db.key" }) }],
      ["auth.token_file", { auth: bearer({ token_file: "/run/other/token" }) }],
      ["auth.token_file", { auth: bearer({ token_file: "./tokens/../config.yaml" }) }],
      ["backend.tls.ca_path", { backend: { tls: { ca_path: "/etc/ssl/cert.pem" } } }],
      ["policy_path", { policy_path: "/etc/passwd" }],
      ["policy_path", { policy_path: "../other/policy.yaml" }],
      ["policy.path", { policy: { path: "./escape.yaml" } }],
      ["audit.path", { audit: { path: "/tmp/elsewhere" } }],
      ["audit.path", { audit: { path: "./audit/../data" } }],
    ];
    for (const [path, patch] of cases) {
      const { status, body, text } = await ops("PATCH", "/admin/tenants/filed", patch);
      assert.deepEqual([status, body.errors[0].path], [422, path], text);
      assert.ok(!text.includes("root:"), text);
    }
    for (
      const patch of [{ auth: bearer({ token_env: "ACME_TOKEN" }) }, { auth: bearer({ token_file: "./tokens/acme" }) }, {
        audit: { path: "./audit/mine" },
      }]
    ) {
      assert.equal((await ops("PATCH", "/admin/tenants/filed", patch)).status, 200);
    }
    assert.equal((await ops("PATCH", "/admin/tenants/filed", { auth: null, audit: null })).status, 200);
    await Deno.remove(`${folder}/escape.yaml`);
  });

  await t.step("a disabled tenant is refused as such, and shown", async () => {
    const { body } = await viewer("GET", "/admin/tenants/resting");
    assert.deepEqual([body.enabled, body.source, body.version, body.policy_version], [false, "file", 0, null]);
    const refused = await ask(gateway, { "x-tenant-id": "resting" });
    assert.deepEqual([refused.status, (await refused.json()).error.code], [403, "tenant_disabled"]);
    const { key } = (await admin("POST", "/admin/tenants/acme/keys", { name: "k" })).body;
    assert.equal((await ops("PATCH", "/admin/tenants/acme", { enabled: false })).body.enabled, false);
    assert.equal(await statusOf(ask(gateway, { authorization: `Bearer ${key}` })), 403);
    assert.equal((await ops("PATCH", "/admin/tenants/acme", { enabled: true })).status, 200);
    assert.equal(await statusOf(ask(gateway, { authorization: `Bearer ${key}` })), 200);
    const filed = await ops("POST", "/admin/tenants", { id: "resting", config: { backend_url: llm.url } });
    assert.deepEqual([filed.status, filed.body.detail], [
      409,
      'There is a tenant "resting" in the configuration file; change it with PATCH',
    ]);
    const off = await ops("POST", "/admin/tenants", {
      id: "off",
      config: { backend_url: llm.url, enabled: false, policy: { text: "policies: 3" } },
    });
    assert.equal(off.status, 422);
    // A tenant of the file gets its first row with the tag that says there is none.
    assert.equal((await ops("PATCH", "/admin/tenants/resting", { enabled: true }, { "if-match": '"0"' })).etag, '"1"');
    assert.equal(await statusOf(ask(gateway, { "x-tenant-id": "resting" })), 200);
    assert.equal((await viewer("GET", "/admin/tenants/resting")).body.source, "both");
  });

  await t.step("of changes at the same time each is whole: one wins, the others are told", async () => {
    const { etag } = await viewer("GET", "/admin/tenants/acme");
    const names = Array.from({ length: 10 }, (_, i) => `name ${i}`);
    const answers = await Promise.all(
      names.map((display_name) => ops("PATCH", "/admin/tenants/acme", { display_name }, { "if-match": etag! })),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(9).fill(412)]);
    const { body } = await viewer("GET", "/admin/tenants/acme");
    assert.equal(body.display_name, answers.find(({ status }) => status === 200)!.body.display_name);
    const created = await Promise.all(names.map(() => ops("POST", "/admin/tenants", { id: "race", config: { backend_url: llm.url } })));
    assert.deepEqual(created.map(({ status }) => status).sort(), [...Array(9).fill(200), 201]);
    assert.equal((await ops("DELETE", "/admin/tenants/race")).status, 204);
    assert.equal((await admin("POST", "/admin/tenants/race/purge")).status, 204);
    // What is so already is no change.
    const again = await ops("PATCH", "/admin/tenants/acme", { display_name: body.display_name });
    assert.deepEqual([again.status, again.etag], [200, `"${body.version}"`]);
    assert.equal((await ops("PATCH", "/admin/tenants/acme", { display_name: "ACME" })).status, 200);
  });

  await t.step("lists come in pages", async () => {
    const ids: string[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const { body } = await viewer("GET", `/admin/tenants?limit=2&cursor=${cursor}`);
      assert.ok(body.tenants.length <= 2);
      ids.push(...body.tenants.map(({ id }: { id: string }) => id));
      cursor = body.next_cursor;
    }
    assert.deepEqual(ids, ["acme", "filed", "resting"]);
    const first = (await viewer("GET", "/admin/tenants/acme/keys?limit=1")).body;
    assert.equal(first.keys.length, 1);
    assert.equal((await viewer("GET", `/admin/tenants/acme/keys?cursor=${first.next_cursor}`)).body.keys.length, 1);
  });

  await t.step("keys carry their own limits and models, their maker, and hand them on when rotated", async () => {
    const wanted = {
      name: "batch",
      scopes: ["proxy"],
      allowed_models: ["demo"],
      rate_limit: { requests_per_minute: 5 },
      budget: { tokens_per_day: 1000 },
      expires_at: "2099-01-01T00:00:00+02:00",
    };
    const { status, body, headers } = await admin("POST", "/admin/tenants/acme/keys", wanted);
    assert.equal(status, 201);
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(body.expires_at, "2098-12-31T22:00:00.000Z");
    assert.equal(body.created_by, "admin");
    const next = (await admin("POST", `/admin/tenants/acme/keys/${body.id}/rotate`, { overlap_s: 60 })).body;
    for (const name of ["scopes", "allowed_models", "rate_limit", "budget"]) assert.deepEqual(next[name], body[name], name);
    // One that lasts for a time is followed by one that lasts as long.
    const lasts = ({ created_at, expires_at }: { created_at: string; expires_at: string }) =>
      Date.parse(expires_at) - Date.parse(created_at);
    assert.ok(Math.abs(lasts(next) - lasts(body)) < 5000);
    assert.equal(await statusOf(ask(gateway, { authorization: `Bearer ${body.key}` })), 200);
    assert.equal((await admin("DELETE", `/admin/tenants/acme/keys/${body.id}`)).status, 204);
    assert.equal((await admin("DELETE", `/admin/tenants/acme/keys/${body.id}`)).status, 204);
    assert.equal(await statusOf(ask(gateway, { authorization: `Bearer ${body.key}` })), 401);
    const again = await admin("POST", `/admin/tenants/acme/keys/${body.id}/rotate`);
    assert.deepEqual([again.status, again.body.code], [409, "key_revoked"]);
  });

  await t.step("a deleted tenant comes back as it was, its keys only when an admin asks; purged it is gone", async () => {
    const { key } = (await admin("POST", "/admin/tenants/acme/keys", { name: "k" })).body;
    const bearer = { authorization: `Bearer ${key}` };
    const { etag } = await viewer("GET", "/admin/tenants/acme");
    assert.equal((await ops("DELETE", "/admin/tenants/acme", undefined, { "if-match": '"1"' })).status, 412);
    assert.equal((await ops("DELETE", "/admin/tenants/acme", undefined, { "if-match": etag! })).status, 204);
    assert.equal(await statusOf(ask(gateway, bearer)), 401);
    assert.equal((await viewer("GET", "/admin/tenants/acme")).status, 404);
    const { tenants } = (await viewer("GET", "/admin/tenants?state=deleted")).body;
    assert.deepEqual(tenants.map(({ id }: { id: string }) => id), ["acme"]);
    assert.ok(tenants[0].deleted_at !== null && tenants[0].config.headers["X-Corp-Auth"] === "********");

    assert.equal((await ops("POST", "/admin/tenants/acme/restore", { keys: true })).status, 403);
    const back = await ops("POST", "/admin/tenants/acme/restore");
    assert.deepEqual([back.status, back.body.display_name], [200, "ACME"]);
    assert.ok(back.etag !== etag);
    assert.equal(await statusOf(ask(gateway, bearer)), 401);
    assert.equal((await ops("DELETE", "/admin/tenants/acme")).status, 204);
    // What the first deletion revoked stays so; nothing was alive at the second one.
    assert.equal((await admin("POST", "/admin/tenants/acme/restore", { keys: true })).status, 200);
    assert.equal(await statusOf(ask(gateway, bearer)), 401);
    const second = (await admin("POST", "/admin/tenants/acme/keys", { name: "k" })).body.key;
    assert.equal((await ops("DELETE", "/admin/tenants/acme")).status, 204);
    assert.equal((await admin("POST", "/admin/tenants/acme/restore", { keys: true })).status, 200);
    assert.equal(await statusOf(ask(gateway, { authorization: `Bearer ${second}` })), 200);

    assert.equal((await admin("POST", "/admin/tenants/acme/purge")).status, 404);
    assert.equal((await ops("DELETE", "/admin/tenants/acme")).status, 204);
    assert.equal((await ops("POST", "/admin/tenants/acme/purge")).status, 403);
    // Its audit trail has records within their retention, which can still be read.
    const { records } = (await viewer("GET", "/audit?tenant=acme")).body;
    assert.ok(records.length > 5 && records.every(({ tenant }: { tenant: string }) => tenant === "acme"));
    assert.equal((await viewer("GET", "/audit/verify?tenant=acme")).body.status, "valid");
    assert.equal((await viewer("GET", "/audit/export?tenant=acme&format=csv")).text.trim().split("\n").length, records.length + 1);
    const kept = await admin("POST", "/admin/tenants/acme/purge");
    assert.deepEqual([kept.status, kept.body.code], [409, "audit_kept"]);
    assert.match(kept.body.detail, /to be kept until \d{4}-/);
    const unaudited = { backend_url: llm.url, audit: { enabled: false } };
    assert.equal((await ops("POST", "/admin/tenants", { id: "gone", config: unaudited })).status, 201);
    assert.equal((await ops("DELETE", "/admin/tenants/gone")).status, 204);
    assert.equal((await admin("POST", "/admin/tenants/gone/purge")).status, 204);
    assert.equal((await admin("POST", "/admin/tenants/gone/restore")).status, 404);
    assert.deepEqual(
      (await viewer("GET", "/admin/log?tenant=gone")).body.entries.map((
        { action, after }: { action: string; after: unknown },
      ) => [action, after]),
      [
        ["purge", null],
        ["delete", null],
        ["create", null],
      ],
    );
  });

  await t.step("every change is logged with who, from where, before and after, without secrets", async () => {
    const { body } = await viewer("GET", "/admin/log?tenant=acme&limit=1000");
    const of = (action: string, target = /./) =>
      body.entries.find((entry: { action: string; target: string }) => entry.action === action && target.test(entry.target));
    for (const action of ["create", "update", "rollback", "delete", "restore"]) assert.ok(of(action, /^tenant acme$/), action);
    for (const action of ["create", "rotate", "revoke"]) assert.ok(of(action, /^key key_\w+ of acme$/), action);
    const update = body.entries.findLast((entry: { after: { display_name?: string } | null }) => entry.after?.display_name === "ACME");
    assert.deepEqual([update.actor, update.role, update.address], ["ops", "operator", "127.0.0.1"]);
    assert.equal(update.before.display_name, undefined);
    assert.equal(update.after.headers["X-Corp-Auth"], "********");
    assert.match(gateway.output(), new RegExp(`"request_id":"${update.request_id}"`));
    const ids = body.entries.map(({ id }: { id: number }) => id);
    assert.deepEqual(ids, [...ids].sort((a, b) => b - a));
    const paged = (await viewer("GET", "/admin/log?limit=1")).body;
    assert.equal((await viewer("GET", `/admin/log?limit=1&cursor=${paged.next_cursor}`)).body.entries[0].id, paged.entries[0].id - 1);
    assert.equal((await viewer("GET", "/admin/log?actor=dashboard")).body.entries.length, 0);
    assert.equal((await viewer("GET", "/admin/log?action=reload")).body.entries[0].target, "configuration");
    assert.equal((await viewer("GET", "/admin/log?start=2099-01-01T00:00:00Z")).body.entries.length, 0);
  });

  await t.step("after a restart all of it is as it was", async () => {
    assert.equal((await ops("POST", "/admin/tenants", { id: "beta", config })).status, 201);
    await gateway.stop();
    await using again = await start(llm.url, folder);
    await statusOf(ask(again, { "x-tenant-id": "beta" }));
    assert.equal(llm.requests.at(-1)!.headers.get("x-corp-auth"), config.headers["X-Corp-Auth"]);
    assert.equal(await statusOf(ask(again, { "x-tenant-id": "beta" }, "gold")), 400);
    // Without the key that sealed them the secrets stay shut, and that is said.
    await again.stop();
    await Deno.remove(`${folder}/data/checkstream.db.key`);
    await assert.rejects(
      start(llm.url, folder),
      /sealed with another key: set CHECKSTREAM_STORE_KEY to it, or put back .*checkstream\.db\.key/,
    );
  });
  await llm.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("without an admin key only this machine is served, and no other web page or rebound name", async () => {
  await using gateway = await startGateway({ files: { "config.yaml": `backend: {url: "http://127.0.0.1:1"}\n` } });
  const { port } = new URL(gateway.url);
  const status = async (headers: Record<string, string>) => {
    // Deno's fetch sets Host itself; a plain socket says what it likes.
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    const lines = Object.entries({ host: `127.0.0.1:${port}`, connection: "close", ...headers }).map(([name, value]) =>
      `${name}: ${value}\r\n`
    );
    await connection.write(new TextEncoder().encode(`GET /admin/tenants HTTP/1.1\r\n${lines.join("")}\r\n`));
    const text = await new Response(connection.readable).text();
    return Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
  };
  assert.equal(await status({}), 200);
  assert.equal(await status({ host: `localhost:${port}` }), 200);
  assert.equal(await status({ origin: `http://127.0.0.1:${port}` }), 200);
  assert.equal(await status({ origin: "https://evil.example" }), 401);
  assert.equal(await status({ origin: "null" }), 401);
  assert.equal(await status({ host: "rebound.example" }), 401);
  assert.equal(await status({ "sec-fetch-site": "cross-site" }), 401);
  assert.equal(await status({ "x-forwarded-for": "203.0.113.9" }), 401);
  assert.equal(await status({ forwarded: "for=203.0.113.9" }), 401);
});

Deno.test("a named admin key that is not set shuts the admin API instead of opening it to this machine", async () => {
  await using gateway = await startGateway({
    files: {
      "config.yaml": `backend: {url: "http://127.0.0.1:1"}\nadmin: {keys: [{name: ops, role: operator, key_env: NOT_SET_ANYWHERE}]}\n`,
    },
  });
  assert.match(
    gateway.output(),
    /admin\.keys\.0\.key_env: the environment variable NOT_SET_ANYWHERE is not set, so nobody can use this key/,
  );
  assert.equal((await adminClient(gateway.url, undefined)("GET", "/admin/tenants")).status, 401);
  assert.equal((await adminClient(gateway.url, "")("GET", "/admin/tenants")).status, 401);
});
