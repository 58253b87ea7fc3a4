/** However a request of a known tenant ends, its trail holds exactly one record of it, and the record says how. */
import assert from "node:assert/strict";
import { startLlmGateway, TEST_POLICY } from "../support/llm_gateway.ts";
import { jsonAnswer, type RawAnswer, startRawBackend, STREAM_HEAD } from "../support/raw_backend.ts";

const delta = (content: string) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;
const END = `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}\n\ndata: [DONE]\n\n`;
const whole = (content: string) =>
  jsonAnswer(JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }] }));

/** What the backend does, by the model that is asked for. */
const ANSWERS: Readonly<Record<string, RawAnswer>> = {
  plain: { pieces: [whole("hello")] },
  personal: { pieces: [whole("SSN 219-09-9999")] },
  insult: { pieces: [whole("you are worthless")] },
  stream: { pieces: [STREAM_HEAD, delta("hello"), END] },
  "stream-insult": { pieces: [STREAM_HEAD, delta("you are worthless"), END] },
  breaks: { pieces: [STREAM_HEAD, delta("hello")] },
  "breaks-whole": { pieces: ["HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{"] },
  unreadable: { pieces: [jsonAnswer("<html>")] },
  refuses: { pieces: [jsonAnswer(`{"error":{"message":"no"}}`, "400 Bad Request")] },
  fails: { pieces: [jsonAnswer(`{"error":{"message":"no"}}`, "500 Internal Server Error")] },
  hangs: { pieces: [], hold: true },
  "hangs-mid": { pieces: [STREAM_HEAD, delta("hello. ")], hold: true },
  "hangs-done": { pieces: [STREAM_HEAD, delta("hello"), END], hold: true },
  "hangs-whole": { pieces: ["HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"], hold: true },
};

interface Case {
  readonly name: string;
  readonly model?: string;
  readonly content?: string;
  readonly stream?: boolean;
  readonly tenant?: string;
  readonly path?: string;
  readonly init?: RequestInit;
  /** With a key that may not call the API. */
  readonly withKey?: true;
  /** The client leaves: before the head of the answer, after its first bytes, or once it has the terminator (as SDKs do). */
  readonly leaves?: "before" | "after" | "done";
  readonly expect: { readonly decision: string; readonly outcome: string; readonly status?: number };
}

const CASES: readonly Case[] = [
  { name: "a whole answer", expect: { decision: "allow", outcome: "complete", status: 200 } },
  { name: "a redacted one", model: "personal", expect: { decision: "redact", outcome: "complete", status: 200 } },
  { name: "a stopped one", model: "insult", expect: { decision: "block", outcome: "stopped", status: 200 } },
  { name: "a stream", model: "stream", stream: true, expect: { decision: "allow", outcome: "complete", status: 200 } },
  { name: "a stopped stream", model: "stream-insult", stream: true, expect: { decision: "block", outcome: "stopped", status: 200 } },
  { name: "a blocked prompt", content: "forbidden", expect: { decision: "block", outcome: "refused", status: 400 } },
  { name: "no JSON", init: { body: "{" }, expect: { decision: "allow", outcome: "refused", status: 400 } },
  {
    name: "a content type that is not served",
    init: { headers: { "content-type": "text/plain" } },
    expect: { decision: "allow", outcome: "refused", status: 415 },
  },
  { name: "a body too large", content: "x".repeat(70_000), expect: { decision: "allow", outcome: "refused", status: 413 } },
  { name: "a model that is not allowed", model: "other", expect: { decision: "allow", outcome: "refused", status: 404 } },
  { name: "a path that is none", path: "/elsewhere", expect: { decision: "allow", outcome: "refused", status: 404 } },
  {
    name: "a key without the scope",
    withKey: true,
    expect: { decision: "allow", outcome: "refused", status: 403 },
  },
  { name: "over the limit", tenant: "limited", expect: { decision: "allow", outcome: "refused", status: 429 } },
  { name: "a guard that fails closed", tenant: "unguarded", expect: { decision: "error", outcome: "guard_failed", status: 503 } },
  { name: "a backend that cannot be reached", tenant: "nowhere", expect: { decision: "error", outcome: "backend_failed", status: 502 } },
  { name: "a backend that is too late", model: "hangs", expect: { decision: "error", outcome: "backend_failed", status: 504 } },
  { name: "a backend that refuses", model: "refuses", expect: { decision: "allow", outcome: "complete", status: 400 } },
  { name: "a backend that fails", model: "fails", expect: { decision: "error", outcome: "complete", status: 500 } },
  {
    name: "a backend that breaks off a stream",
    model: "breaks",
    stream: true,
    expect: { decision: "allow", outcome: "backend_failed", status: 200 },
  },
  {
    name: "a backend that breaks off an answer",
    model: "breaks-whole",
    expect: { decision: "error", outcome: "backend_failed", status: 502 },
  },
  { name: "an answer that cannot be read", model: "unreadable", expect: { decision: "error", outcome: "backend_failed", status: 502 } },
  {
    name: "a client that leaves before the answer",
    model: "hangs",
    leaves: "before",
    expect: { decision: "allow", outcome: "client_left" },
  },
  {
    name: "a client that leaves within a whole answer",
    model: "hangs-whole",
    leaves: "before",
    expect: { decision: "allow", outcome: "client_left" },
  },
  {
    name: "a client that leaves a stream",
    model: "hangs-mid",
    stream: true,
    leaves: "after",
    expect: { decision: "allow", outcome: "client_left", status: 200 },
  },
  {
    name: "a client that has all of a stream and does not wait for the connection's end",
    model: "hangs-done",
    stream: true,
    leaves: "done",
    expect: { decision: "allow", outcome: "complete", status: 200 },
  },
  {
    name: "a passed-through call",
    path: "/v1/models",
    init: { method: "GET" },
    expect: { decision: "allow", outcome: "complete", status: 200 },
  },
  {
    name: "an embedding",
    path: "/v1/embeddings",
    init: { body: `{"model":"plain","input":"hi"}` },
    expect: { decision: "allow", outcome: "complete", status: 200 },
  },
];

Deno.test("every request of a known tenant leaves exactly one record, however it ends", async (t) => {
  await using backend = await startRawBackend(({ body }) => ANSWERS[/"model":"([^"]+)"/.exec(body)?.[1] ?? "plain"] ?? ANSWERS.plain!);
  const kept = "audit: {durability: request}\nbackend: {timeout_ms: 4000, retry_attempts: 0}";
  await using gateway = await startLlmGateway({
    backendUrl: backend.url,
    backendUrls: { nowhere: "http://127.0.0.1:1" },
    tenants: {
      acme: TEST_POLICY,
      limited: TEST_POLICY,
      nowhere: TEST_POLICY,
      unguarded:
        `version: "1.0"\nname: p\npolicies:\n  - {name: r, phase: ingress, trigger: {classifier: gone, threshold: 0.5}, action: stop}\n`,
    },
    tenantKeys: {
      acme: `${kept}\nallowed_models: [${Object.keys(ANSWERS).join(", ")}]`,
      limited: `${kept}\nrate_limit: {requests_per_minute: 1}`,
      nowhere: kept,
      unguarded: `${kept}\npipeline: {ingress: {on_error: closed, timeout_ms: 200}}`,
    },
    more: `server: {max_body_bytes: 65536}\nclassifiers:\n  gone: {tier: B, type: http, url: "http://127.0.0.1:1/"}\n`,
  });
  await fetch(`${gateway.url}/tenant/limited/v1/models`).then((answer) => answer.body?.cancel());
  const { key: reader } = await (await fetch(`${gateway.url}/admin/tenants/acme/keys`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "reader", scopes: ["tenant:read"] }),
  })).json();
  /** Records so far of a tenant, newest first, once there are `least`. */
  const records = async (tenant: string, least: number) => {
    for (let tries = 0;; tries++) {
      const { records } = await (await fetch(`${gateway.url}/audit?tenant=${tenant}&limit=1000`)).json();
      if (records.length >= least || tries > 400) return records;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  for (const { name, model = "plain", content = "hi", stream = false, tenant = "acme", path, init, withKey, leaves, expect } of CASES) {
    await t.step(name, async () => {
      const before = (await records(tenant, 0)).length;
      const left = new AbortController();
      const asked = fetch(`${gateway.url}/tenant/${tenant}${path ?? "/v1/chat/completions"}`, {
        method: "POST",
        signal: left.signal,
        ...(init?.method === "GET" ? {} : { body: JSON.stringify({ model, stream, messages: [{ role: "user", content }] }) }),
        ...init,
        headers: { "content-type": "application/json", ...init?.headers, ...(withKey === true && { "x-api-key": reader }) },
      });
      let requestId: string | null = null;
      if (leaves === "before") {
        const arrived = backend.requests.length;
        for (let tries = 0; backend.requests.length === arrived && tries < 2000; tries++) {
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        left.abort();
        await assert.rejects(asked);
      } else {
        const answer = await asked;
        requestId = answer.headers.get("x-checkstream-request-id");
        if (leaves === "after") {
          await answer.body!.getReader().read();
          left.abort();
        } else if (leaves === "done") {
          let seen = "";
          for await (const text of answer.body!.pipeThrough(new TextDecoderStream())) {
            if ((seen += text).includes("[DONE]\n\n")) break;
          }
          left.abort();
        } else await answer.text().catch(() => "");
      }
      const now = await records(tenant, before + 1);
      assert.equal(now.length, before + 1);
      const [{ request_id, decision, outcome, status }] = now;
      if (requestId !== null) assert.equal(request_id, requestId);
      assert.deepEqual({ decision, outcome, ...(expect.status !== undefined && { status }) }, expect);
    });
  }
  await t.step("a client that leaves while it sends", async () => {
    const before = (await records("acme", 0)).length;
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(gateway.url).port) });
    const head =
      "POST /tenant/acme/v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{";
    await connection.write(new TextEncoder().encode(head));
    const begun = async () => /^checkstream_connections_active\S* 1$/m.test(await (await fetch(`${gateway.url}/metrics`)).text());
    for (let tries = 0; !await begun(); tries++) assert.ok(tries < 1000, "the request does not begin");
    connection.close();
    const now = await records("acme", before + 1);
    assert.equal(now.length, before + 1);
    assert.deepEqual([now[0].outcome, now[0].status], ["client_left", 499]);
  });
  for (const tenant of ["acme", "limited", "nowhere", "unguarded"]) {
    assert.equal((await (await fetch(`${gateway.url}/audit/verify?tenant=${tenant}`)).json()).status, "valid");
  }
});
