/** Backends that arrive by the admin API may not lead the gateway into its own network: not when they are set, and not when they are called. */
import assert from "node:assert/strict";
import { startGateway } from "../support/gateway.ts";
import { TEST_POLICY } from "../support/llm_gateway.ts";
import { jsonAnswer, startRawBackend } from "../support/raw_backend.ts";

const ADMIN = "admin-key-for-tests-of-backends";
const WHOLE = JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content: "fine" } }] });

Deno.test("backends by the admin API: addresses are checked when they are set, and again at every call", async (t) => {
  await using inner = await startRawBackend(() => ({ pieces: [jsonAnswer(WHOLE)] }));
  const folder = await Deno.makeTempDir();
  const start = (allow: boolean) =>
    startGateway({
      folder,
      files: {
        "policy.yaml": TEST_POLICY,
        "config.yaml": `admin: {allow_private_backends: ${allow}}
policy_path: ./policy.yaml
tenants:
  resolution: [{header: X-Tenant-ID}]
  configs:
    filed: {backend_url: "${inner.url}"}
`,
      },
      env: { CHECKSTREAM_ADMIN_API_KEY: ADMIN },
    });
  const call = async (url: string, method: string, path: string, body: unknown) => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        "x-checkstream-admin-key": ADMIN,
        "content-type": method === "PATCH" ? "application/merge-patch+json" : "application/json",
      },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: await answer.json() };
  };
  const ask = async (url: string, tenant: string) => {
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-tenant-id": tenant },
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "hi" }] }),
    });
    return { status: answer.status, body: await answer.json() };
  };

  {
    await using gateway = await start(false);
    const refused: readonly [what: string, config: object, path: string][] = [
      ["loopback", { backend_url: inner.url }, "backend_url"],
      ["metadata", { backend_url: "http://169.254.169.254/latest" }, "backend_url"],
      ["an address in other clothes", { backend_url: "http://[::ffff:10.0.0.1]/" }, "backend_url"],
      ["a target", { backend: { targets: [{ url: "http://93.184.216.34" }, { url: "http://10.0.0.1" }] } }, "backend.targets.1.url"],
      [
        "a fallback",
        { backend_url: "http://93.184.216.34", backend: { fallbacks: [{ url: "http://192.168.0.1" }] } },
        "backend.fallbacks.0.url",
      ],
      ["a name of this machine", { backend_url: "http://localhost:1" }, "backend_url"],
    ];
    for (const [what, config, path] of refused) {
      await t.step(`${what} is refused`, async () => {
        const { status, body } = await call(gateway.url, "POST", "/admin/tenants", { id: "wanted", config });
        assert.equal(status, 422, JSON.stringify(body));
        assert.deepEqual(body.errors.map((error: { path: string }) => error.path), [path]);
        assert.match(body.errors[0].message, /may not be called from here; admin\.allow_private_backends allows it/);
      });
    }
    await t.step("a tenant of the file keeps its internal backend while other things change", async () => {
      assert.equal((await call(gateway.url, "PATCH", "/admin/tenants/filed", { thresholds: { safety: 0.5 } })).status, 200);
      assert.equal((await ask(gateway.url, "filed")).status, 200);
      assert.equal((await call(gateway.url, "PATCH", "/admin/tenants/filed", { backend_url: inner.url })).status, 422);
    });
  }
  {
    await using gateway = await start(true);
    await t.step("allowed, it is served", async () => {
      const { status, body } = await call(gateway.url, "POST", "/admin/tenants", { id: "inward", config: { backend_url: inner.url } });
      assert.equal(status, 201, JSON.stringify(body));
      assert.equal((await ask(gateway.url, "inward")).status, 200);
    });
    await t.step("secrets in headers and queries of backends and fallbacks are not shown", async () => {
      const secret = (n: number) => `hidden-${n}`;
      const config = {
        backend_url: inner.url,
        backend: {
          query: { key: secret(1), sig: secret(2), "api-version": "7" },
          fallbacks: [{ url: inner.url, headers: { "x-api-key": secret(3) }, query: { code: secret(4) } }],
        },
      };
      const { status, body } = await call(gateway.url, "POST", "/admin/tenants", { id: "secretive", config });
      assert.equal(status, 201, JSON.stringify(body));
      assert.doesNotMatch(JSON.stringify(body), /hidden-\d/);
      assert.equal(body.config.backend.query["api-version"], "7");
    });
  }
  {
    await using gateway = await start(false);
    await t.step("no longer allowed, it is not called, whatever was stored", async () => {
      const before = inner.accepted;
      const { status, body } = await ask(gateway.url, "inward");
      assert.deepEqual([status, body.error.code], [502, "backend_refused"]);
      assert.match(body.error.message, /127\.0\.0\.1 is a loopback address, which may not be called from here/);
      assert.equal(inner.accepted, before);
      assert.equal((await ask(gateway.url, "filed")).status, 200);
    });
  }
  await Deno.remove(folder, { recursive: true });
});
