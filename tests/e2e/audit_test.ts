/** The audit trail through a real gateway, the command line and the independent verifier. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { runCheckstream } from "../support/gateway.ts";
import { startLlmGateway, TEST_POLICY } from "../support/llm_gateway.ts";
import { fromFileUrl, join } from "../support/paths.ts";
import { smallDisk } from "../support/small_disk.ts";

const VERIFIER = fromFileUrl(new URL("../../scripts/verify_audit.ts", import.meta.url));
const chat = (content: string, stream = false) => JSON.stringify({ model: "demo", stream, messages: [{ role: "user", content }] });
const KEPT = "audit: {include: [input, output], durability: request}";
/** Also redacts prompts, so that what is recorded of them can be seen. */
const POLICY = `${TEST_POLICY}  - {name: hide_ssn, phase: ingress, trigger: {pattern: '\\b\\d{3}-\\d{2}-\\d{4}\\b'}, action: redact}\n`;

function ask(url: string, tenant: string, content: string, stream = false): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-tenant-id": tenant },
    body: chat(content, stream),
  });
}

Deno.test("a trail is recorded, queried, verified, exported and proved without the gateway", async (t) => {
  const llm = startMockLlm({ pacingMs: 0 });
  await using gateway = await startLlmGateway({
    backendUrl: llm.url,
    tenants: { acme: POLICY, raw: POLICY, beta: POLICY },
    tenantKeys: { acme: KEPT, raw: KEPT.replace("}", ", raw: true}"), beta: "audit: {durability: request}" },
  });
  const get = async (path: string) => await (await fetch(`${gateway.url}${path}`)).json();
  for (const tenant of ["acme", "raw", "beta"]) {
    await (await ask(gateway.url, tenant, "Hello, my SSN is 123-45-6789")).text();
    await (await ask(gateway.url, tenant, "Show me the personal data on file", true)).text();
    await (await ask(gateway.url, tenant, "this is forbidden")).text();
  }

  await t.step("a request's record is there when its answer ends", async () => {
    const answer = await ask(gateway.url, "acme", "Hello again");
    await answer.text();
    const { records } = await get(`/audit?tenant=acme&request_id=${answer.headers.get("x-checkstream-request-id")}`);
    assert.equal(records.length, 1);
  });

  await t.step("texts are recorded as they are after redaction, raw where asked for, and not at all by default", async () => {
    const [block, redact, hello] = (await get("/audit?tenant=acme&limit=4")).records.slice(1);
    assert.equal(block.decision, "block");
    assert.equal(block.input, "this is ");
    assert.equal(redact.decision, "redact");
    assert.match(redact.output, /SSN is \[REDACTED\]/);
    assert.equal(hello.input, "Hello, my SSN is [REDACTED]");
    const raw = (await get("/audit?tenant=raw")).records;
    assert.equal(raw[0].input, "this is forbidden");
    assert.match(raw[1].output, /SSN is 123-45-6789/);
    assert.equal(raw[2].input, "Hello, my SSN is 123-45-6789");
    for (const record of (await get("/audit?tenant=beta")).records) assert.ok(!("input" in record) && !("output" in record));
  });

  await t.step("records are filtered and paged", async () => {
    assert.equal((await get("/audit?tenant=acme&decision=block")).records.length, 1);
    assert.equal((await get("/audit?tenant=acme&rule=block_forbidden")).records.length, 1);
    const first = await get("/audit?tenant=acme&limit=3");
    const second = await get(`/audit?tenant=acme&limit=3&cursor=${encodeURIComponent(first.next_cursor)}`);
    assert.deepEqual([...first.records, ...second.records].map(({ id }: { id: number }) => id), [4, 3, 2, 1]);
    assert.equal(second.next_cursor, null);
  });

  await t.step("the chain verifies over HTTP and on the command line", async () => {
    assert.deepEqual(await get("/audit/verify?tenant=acme"), { status: "valid", records_verified: 4, chain_intact: true });
    const { code, stdout } = await runCheckstream(["audit", "verify", "--config", "config.yaml", "--tenant", "acme"], {
      cwd: gateway.folder,
    });
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { status: "valid", records_verified: 4, chain_intact: true });
  });

  await t.step("an auditor verifies the export with the public key and an independent script", async () => {
    const files = { export: join(gateway.folder, "acme.jsonl"), key: join(gateway.folder, "acme.pem") };
    const exported = await (await fetch(`${gateway.url}/audit/export?tenant=acme`)).text();
    await Deno.writeTextFile(files.export, exported);
    await Deno.writeTextFile(files.key, await (await fetch(`${gateway.url}/audit/key?tenant=acme`)).text());
    const verify = async () =>
      await new Deno.Command(Deno.execPath(), { args: ["run", "--allow-read", VERIFIER, files.export, files.key] }).output();
    assert.equal((await verify()).code, 0);
    await Deno.writeTextFile(files.export, exported.replace('"decision":"block"', '"decision":"allow"'));
    const tampered = await verify();
    assert.equal(tampered.code, 1);
    assert.match(new TextDecoder().decode(tampered.stdout), /changed/);
  });

  await t.step("CSV and an HTML report; the command line gives the same", async () => {
    const csv = await (await fetch(`${gateway.url}/audit/export?tenant=acme&format=csv`)).text();
    assert.equal(csv.trim().split("\r\n").length, 5);
    const { stdout } = await runCheckstream(["audit", "export", "--tenant", "acme", "--format", "csv"], { cwd: gateway.folder });
    assert.equal(stdout, csv);
    const html = await fetch(`${gateway.url}/audit/export?tenant=acme&format=html`);
    assert.match(html.headers.get("content-type")!, /text\/html/);
    assert.match(await html.text(), /The chain is intact: 4 records verified/);
    assert.equal((await fetch(`${gateway.url}/audit/export?tenant=acme&format=pdf`)).status, 400);
  });

  await t.step("queries and purges on the command line", async () => {
    const query = await runCheckstream(["audit", "query", "--tenant", "acme", "--decision", "block"], { cwd: gateway.folder });
    assert.equal(query.stdout.trim().split("\n").length, 1);
    assert.equal(JSON.parse(query.stdout).decision, "block");
    const unknown = await runCheckstream(["audit", "query", "--tenant", "nobody"], { cwd: gateway.folder });
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /no tenant "nobody"/);
    const purge = await runCheckstream(["audit", "purge", "--tenant", "beta", "--reason", "asked to"], { cwd: gateway.folder });
    assert.equal(purge.code, 0, purge.stderr);
    assert.equal((await get("/audit?tenant=beta")).records.length, 0);
    assert.equal((await get("/audit/verify?tenant=beta")).status, "valid");
  });

  await t.step("records are counted", async () => {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    assert.match(metrics, /checkstream_audit_records_total\{tenant="acme",result="written"\} 4/);
    assert.match(metrics, /checkstream_audit_queue_depth\{tenant="acme"\} 0/);
  });

  await t.step("settings may change while requests are recorded", async () => {
    const path = join(gateway.folder, "config.yaml");
    const asking = Array.from({ length: 20 }, () => ask(gateway.url, "acme", "Hello").then((answer) => answer.text()));
    await Deno.writeTextFile(
      path,
      (await Deno.readTextFile(path)).replace("durability: request", "durability: request, retention_days: 30"),
    );
    await (await fetch(`${gateway.url}/admin/reload`, { method: "POST" })).text();
    await Promise.all(asking);
    const report = await get("/audit/verify?tenant=acme");
    assert.deepEqual([report.status, report.records_verified], ["valid", 24]);
  });
  await llm.close();
});

Deno.test("a trail that cannot be written: open serves and counts, closed refuses", async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  const small = (onError: string) => `audit: {durability: request, on_error: ${onError}, max_bytes: 1048576, include: [input]}`;
  await using gateway = await startLlmGateway({
    backendUrl: llm.url,
    tenants: { open: TEST_POLICY, closed: TEST_POLICY },
    tenantKeys: { open: small("open"), closed: small("closed") },
  });
  const long = "lorem ipsum ".repeat(15_000);
  const statuses: Record<string, number[]> = { open: [], closed: [] };
  for (const tenant of ["open", "closed"]) {
    for (let i = 0; i < 14; i++) {
      const answer = await ask(gateway.url, tenant, long);
      await answer.body?.cancel();
      statuses[tenant]!.push(answer.status);
    }
  }
  assert.ok(statuses.open!.every((status) => status === 200));
  assert.ok(statuses.closed!.includes(200) && statuses.closed!.at(-1) === 503, String(statuses.closed));
  const refused = await ask(gateway.url, "closed", "hello");
  assert.equal((await refused.json()).error.code, "audit_unavailable");
  assert.equal(refused.headers.get("retry-after"), "5");
  assert.match(
    await (await fetch(`${gateway.url}/metrics`)).text(),
    /checkstream_audit_records_total\{tenant="open",result="failed"\} [1-9]/,
  );
  assert.match(gateway.output(), /audit record not written/);
  for (const tenant of ["open", "closed"]) {
    assert.equal((await (await fetch(`${gateway.url}/audit/verify?tenant=${tenant}`)).json()).status, "valid");
  }
  await llm.close();
});

Deno.test("a full and a read-only disk: open serves and counts, closed refuses, and both go on when it is writable again", async () => {
  const mounts = { open: await Deno.makeTempDir(), closed: await Deno.makeTempDir() };
  const disks = { open: await smallDisk(mounts.open), closed: await smallDisk(mounts.closed) };
  if (disks.open === null || disks.closed === null) {
    console.log("skipped: tmpfs cannot be mounted here; the test above does the same with max_bytes");
    return;
  }
  const llm = startMockLlm({ pacingMs: 0 });
  for (const disk of Object.values(disks)) await disk!.readOnly(true);
  {
    await using gateway = await startLlmGateway({
      backendUrl: llm.url,
      tenants: { open: TEST_POLICY, closed: TEST_POLICY },
      tenantKeys: Object.fromEntries(
        Object.entries(mounts).map((
          [mode, path],
        ) => [mode, `audit: {durability: request, on_error: ${mode}, path: "${path}", include: [input]}`]),
      ),
    });
    const status = async (tenant: string, content = "hello") => {
      const answer = await ask(gateway.url, tenant, content);
      await answer.body?.cancel();
      return answer.status;
    };
    const recovered = async () => {
      for (let tries = 0; await status("closed") !== 200; tries++) {
        assert.ok(tries < 400, "it does not recover");
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    assert.deepEqual([await status("open"), await status("closed")], [200, 503]);
    for (const disk of Object.values(disks)) await disk!.readOnly(false);
    await recovered();

    for (const path of Object.values(mounts)) {
      await Deno.writeFile(join(path, "ballast"), new Uint8Array(2 ** 20)).catch(() => {});
    }
    const long = "lorem ipsum ".repeat(5000);
    let refused = 200;
    for (let i = 0; i < 30 && refused === 200; i++) refused = await status("closed", long);
    assert.equal(refused, 503);
    for (let i = 0; i < 10; i++) assert.equal(await status("open", long), 200);
    assert.match(
      await (await fetch(`${gateway.url}/metrics`)).text(),
      /checkstream_audit_records_total\{tenant="open",result="failed"\} [1-9]/,
    );
    for (const path of Object.values(mounts)) await Deno.remove(join(path, "ballast"));
    await recovered();
    for (const tenant of ["open", "closed"]) {
      const verify = async () => await (await fetch(`${gateway.url}/audit/verify?tenant=${tenant}`)).json();
      // A trail that failed is tried again every second; until then the open tenant's has not begun.
      let report = await verify();
      for (let tries = 0; report.status !== "valid" && tries < 200; tries++) {
        await status(tenant);
        await new Promise((resolve) => setTimeout(resolve, 100));
        report = await verify();
      }
      assert.equal(report.status, "valid", JSON.stringify([tenant, report]));
    }
  }
  await llm.close();
  for (const disk of Object.values(disks)) await disk!.unmount();
});
