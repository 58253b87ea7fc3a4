/** Lives that end in the middle: a client that leaves, a tenant deleted and a key revoked under an open stream. */
import assert from "node:assert/strict";
import { eventually } from "../support/eventually.ts";
import { startGateway } from "../support/gateway.ts";
import { TEST_POLICY } from "../support/llm_gateway.ts";
import { rawRequest } from "../support/raw_backend.ts";

const ADMIN = { "x-checkstream-admin-key": "admin-key-for-tests", "content-type": "application/json" };
const encoder = new TextEncoder();
const BODY = JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "hi" }] });
const say = (content: string, finish: string | null = null) =>
  encoder.encode(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`);

/** A backend whose streams say their beginning at once and the rest when they are released. */
function startBackend() {
  const releases: (() => void)[] = [];
  let cancelled = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    await request.text();
    const released = Promise.withResolvers<void>();
    releases.push(() => released.resolve());
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        controller.enqueue(say("My SSN is 219-"));
        await released.promise;
        try {
          controller.enqueue(say("09-9999."));
          controller.enqueue(say("", "stop"));
          controller.enqueue(encoder.encode("data: [DONE]\n\n"));
          controller.close();
        } catch {
          // It was cancelled.
        }
      },
      cancel() {
        cancelled++;
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    release: () => releases.splice(0).forEach((release) => release()),
    get waiting() {
      return releases.length;
    },
    get cancelled() {
      return cancelled;
    },
    close: () => server.shutdown(),
  };
}

Deno.test("traps of lives that end in the middle", async (t) => {
  const backend = startBackend();
  await using gateway = await startGateway({
    files: {
      "config.yaml": `admin: {allow_private_backends: true}
tenants:
  resolution: [{header: X-Tenant-ID}, {api_key_mapping: true}]
  configs:
    narrow: {backend_url: "${backend.url}", policy_path: ./policy.yaml, rate_limit: {concurrent_requests: 1}}
`,
      "policy.yaml": TEST_POLICY,
    },
    env: { CHECKSTREAM_ADMIN_API_KEY: ADMIN["x-checkstream-admin-key"], CHECKSTREAM_KEY_PEPPER: "a pepper" },
  });
  const admin = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`${gateway.url}${path}`, {
      method,
      headers: ADMIN,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === "" ? undefined : JSON.parse(text) };
  };
  const records = async (tenant: string): Promise<Record<string, unknown>[]> =>
    (await admin("GET", `/audit?tenant=${tenant}`)).body.records;
  const ask = (headers: Record<string, string>, init: RequestInit = {}) =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: BODY,
      ...init,
    });

  await t.step("trap 27: a client that disconnects ends the backend's request, frees its place and is recorded", async () => {
    const leave = new AbortController();
    const open = await ask({ "x-tenant-id": "narrow" }, { signal: leave.signal });
    await open.body!.getReader().read();
    const refused = await ask({ "x-tenant-id": "narrow" });
    assert.equal(refused.status, 429);
    await refused.body?.cancel();
    leave.abort();
    await eventually(() => assert.equal(backend.cancelled, 1));
    await eventually(async () => assert.ok((await records("narrow")).some((each) => each.outcome === "client_left")));
    const next = await ask({ "x-tenant-id": "narrow" });
    assert.equal(next.status, 200);
    backend.release();
    assert.match(await next.text(), /\[DONE\]/);
  });

  await t.step("trap 27: a client that closes its sending side is taken for one that left, and recorded as such", async () => {
    const request =
      `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nX-Tenant-ID: narrow\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\nConnection: close\r\n\r\n${BODY}`;
    assert.doesNotMatch(await rawRequest(gateway.url, request, true), /219-/);
    await eventually(async () => assert.equal((await records("narrow")).filter((each) => each.outcome === "client_left").length, 2));
    backend.release();
  });

  await t.step("trap 43: a tenant that is deleted and a key that is revoked under a stream let it end as it began", async () => {
    const config = { backend_url: backend.url, policy_path: "./policy.yaml" };
    assert.equal((await admin("POST", "/admin/tenants", { id: "passing", config })).status, 201);
    const { key, id } = (await admin("POST", "/admin/tenants/passing/keys", { name: "k" })).body;
    const open = await ask({ authorization: `Bearer ${key}` });
    const version = open.headers.get("x-checkstream-policy-version");
    const requestId = open.headers.get("x-checkstream-request-id");
    assert.equal((await admin("DELETE", `/admin/tenants/passing/keys/${id}`)).status, 204);
    const late = await ask({ authorization: `Bearer ${key}` });
    assert.equal(late.status, 401);
    await late.body?.cancel();
    await Deno.writeTextFile(`${gateway.folder}/policy.yaml`, TEST_POLICY.replace("action: redact", "action: log"));
    const reloaded = await admin("POST", "/admin/reload");
    assert.equal(reloaded.status, 200);
    assert.equal((await admin("DELETE", "/admin/tenants/passing")).status, 204);
    backend.release();
    const text = await open.text();
    assert.match(text, /My SSN is/);
    assert.match(text, /\[REDACTED\]/);
    assert.doesNotMatch(text, /219-|9999/);
    assert.match(text, /data: \[DONE\]/);
    // Its trail outlives it: the same tenant, made again, finds its record.
    assert.equal((await admin("POST", "/admin/tenants", { id: "passing", config })).status, 201);
    const record = await eventually(async () => {
      const found = (await records("passing")).find((each) => each.request_id === requestId);
      assert.ok(found !== undefined);
      return found;
    });
    assert.equal(record.policy_version, version);
    assert.equal(record.decision, "redact");
  });
  await backend.close();
});
