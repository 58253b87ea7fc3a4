/** Who may ask for which trail, what a wrong question is answered with, and where the command line finds a tenant's trail. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { runCheckstream } from "../support/gateway.ts";
import { startLlmGateway, TEST_POLICY } from "../support/llm_gateway.ts";
import { join } from "../support/paths.ts";

const ADMIN = { "x-checkstream-admin-key": "operator" };

Deno.test("a trail is the operator's to read, one tenant at a time, and wrong questions are told", async (t) => {
  const llm = startMockLlm({ pacingMs: 0 });
  await using gateway = await startLlmGateway({
    backendUrl: llm.url,
    tenants: { acme: TEST_POLICY, beta: TEST_POLICY },
    tenantKeys: { acme: "audit: {durability: request}", beta: "audit: {durability: request}" },
    more: "admin: {allow_private_backends: true}\n",
    env: { CHECKSTREAM_ADMIN_API_KEY: "operator" },
  });
  const admin = async (path: string, init: RequestInit = {}) =>
    await fetch(`${gateway.url}${path}`, { ...init, headers: { ...ADMIN, "content-type": "application/json", ...init.headers } });
  const ask = async (tenant: string, key?: string) =>
    await (await fetch(`${gateway.url}/tenant/${tenant}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(key !== undefined && { "x-api-key": key }) },
      body: JSON.stringify({ model: `model-of-${tenant}`, messages: [{ role: "user", content: "hi" }] }),
    })).text();
  const { id: keyId, key } = await (await admin("/admin/tenants/acme/keys", { method: "POST", body: `{"name":"app"}` })).json();
  await ask("acme", key);
  await ask("beta");

  await t.step("nobody without the admin key reads a trail, a tenant's own key neither", async () => {
    for (const path of ["/audit", "/audit/verify", "/audit/export", "/audit/key"]) {
      for (
        const headers of [[], [["x-api-key", key]], [["authorization", `Bearer ${key}`]], [["x-tenant-id", "acme"]]] as [string, string][][]
      ) {
        const answer = await fetch(`${gateway.url}${path}?tenant=acme`, { headers });
        assert.equal(answer.status, 401, path);
        assert.ok(!(await answer.text()).includes("model-of-"));
      }
    }
  });

  await t.step("every answer is about the tenant that was asked for, whatever else is filtered by", async () => {
    for (const [tenant, other] of [["acme", "beta"], ["beta", "acme"]] as const) {
      for (const more of ["", "&decision=allow", `&model=model-of-${other}`, "&limit=1000", "&start=2000-01-01T00:00:00Z"]) {
        const text = await (await admin(`/audit?tenant=${tenant}${more}`)).text();
        assert.ok(!text.includes(`"model":"model-of-${other}"`), text);
      }
      for (const format of ["jsonl", "csv", "html"]) {
        const text = await (await admin(`/audit/export?tenant=${tenant}&format=${format}`)).text();
        if (format !== "html") assert.ok(text.includes(`model-of-${tenant}`));
        assert.ok(!text.includes(other), text);
      }
    }
    const [mine] = (await (await admin(`/audit?tenant=acme&key_id=${keyId}`)).json()).records;
    assert.equal(mine.model, "model-of-acme");
    const { next_cursor } = await (await admin("/audit?tenant=acme&limit=1")).json();
    const other = await (await admin(`/audit?tenant=beta&cursor=${next_cursor ?? btoa("9999999999999.9")}`)).text();
    assert.ok(!other.includes("model-of-acme"), "a cursor is a place in time, not a key to another trail");
  });

  await t.step("wrong questions are told", async () => {
    const questions: readonly (readonly [path: string, status: number, said: RegExp])[] = [
      ["/audit?tenant=nobody", 404, /no tenant \\"nobody\\"/],
      ["/audit?tenant=acme&cursor=zzz", 400, /Cannot read the cursor/],
      ["/audit?tenant=acme&limit=0", 400, /1 to 1000/],
      ["/audit?tenant=acme&start=yesterday", 400, /RFC 3339/],
      ["/audit?tenant=acme&desicion=block", 400, /unknown key \\"desicion\\"; did you mean \\"decision\\"/],
      ["/audit?tenant=acme&tenant=beta", 400, /2 times/],
      ["/audit/verify?tenant=acme&rule=x", 400, /unknown key \\"rule\\"/],
      ["/audit/key?tenant=acme&x=1", 400, /unknown key \\"x\\"/],
      ["/audit/export?tenant=acme&format=pdf", 400, /jsonl, csv, html/],
    ];
    for (const [path, status, said] of questions) {
      const answer = await admin(path);
      assert.equal(answer.status, status, path);
      assert.match(await answer.text(), said);
    }
  });

  await t.step("the command line finds the trail of a tenant that only the database knows, and of one that is gone", async () => {
    const config = { backend_url: llm.url, policy_path: "./policies/acme.yaml", audit: { durability: "request", legal_hold: true } };
    const made = await admin("/admin/tenants", { method: "POST", body: JSON.stringify({ id: "late", config }) });
    assert.equal(made.status, 201, await made.text());
    await ask("late");
    const run = async (...args: string[]) =>
      await runCheckstream(["audit", ...args], { cwd: gateway.folder, env: { CHECKSTREAM_ADMIN_API_KEY: "operator" } });
    const verified = await run("verify", "--tenant", "late");
    assert.deepEqual([verified.code, JSON.parse(verified.stdout).records_verified], [0, 1], verified.stderr);
    const purged = await run("purge", "--tenant", "late", "--reason", "x");
    assert.equal(purged.code, 1);
    assert.match(purged.stderr, /a legal hold is set/);
    assert.equal((await admin("/admin/tenants/late", { method: "DELETE" })).status, 204);
    const gone = await run("verify", "--tenant", "late");
    assert.equal(gone.code, 2);
    assert.match(gone.stderr, /no tenant "late".*--path/);
    const there = await run("query", "--tenant", "late", "--path", join(gateway.folder, "audit", "late"));
    assert.equal(JSON.parse(there.stdout).model, "model-of-late", there.stderr);
  });
  await llm.close();
});
