/** What clients, proxies and policies do that a gateway gets wrong at first; each trap named, against a real process. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { startLlmGateway, TEST_POLICY } from "../support/llm_gateway.ts";
import { jsonAnswer, type RawAnswer, type RawRequest, rawRequest, startRawBackend, STREAM_HEAD } from "../support/raw_backend.ts";

const SSN = "123-45-6789";
const ANSWER = jsonAnswer(
  JSON.stringify({ id: "c", object: "chat.completion", choices: [{ index: 0, message: { role: "assistant", content: "fine" } }] }),
);
const STREAM: RawAnswer = {
  pieces: [
    STREAM_HEAD,
    ...["one ", "two ", "three"].map((content) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`),
    `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`,
  ],
};

const HARD = `version: "1.0"
name: hard
policies:
  - {name: no_forbidden, phase: ingress, trigger: {keywords: [forbidden]}, action: stop, message: 'You said: \${input}'}
  - {name: street, phase: midstream, trigger: {pattern: 'straße|ı{2}', case_insensitive: true}, action: redact}
  - {name: pii, phase: midstream, trigger: {classifier: pii_detector, entities: [ssn, email], threshold: 0.5}, action: [redact, audit]}
`;

Deno.test("traps of requests", async (t) => {
  let answer: (request: RawRequest) => RawAnswer = () => ({ pieces: [ANSWER] });
  await using backend = await startRawBackend((request) => answer(request));
  await using gateway = await startLlmGateway({
    backendUrl: backend.url,
    tenants: { acme: TEST_POLICY, hard: HARD, wary: HARD },
    tenantKeys: {
      acme: "backend: {retry_attempts: 0}",
      wary: "pipeline: {ingress: {roles: [system, user, assistant, tool, tool_definition]}}",
      hard: "headers: {x-team: hard}\nbackend: {retry_attempts: 1, retry_delay_ms: 10}",
    },
    more: "server: {cors: {origins: ['https://app.example.com']}, max_body_bytes: 65536}\n",
  });
  const send = (body: object | string, init: { path?: string; headers?: Record<string, string>; method?: string } = {}) =>
    fetch(`${gateway.url}${init.path ?? "/tenant/hard/v1/chat/completions"}`, {
      method: init.method ?? "POST",
      headers: { "content-type": "application/json", ...init.headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  const chat = (content: string, more: object = {}) => ({ model: "m", messages: [{ role: "user", content }], ...more });
  const request = (path: string, body: string, headers = "", version = "1.1") =>
    `POST ${path} HTTP/${version}\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n` +
    `Connection: close\r\n${headers}\r\n${body}`;

  const places: readonly [string, string, object][] = [
    ["trap 21: Responses, input as a string", "/v1/responses", { model: "m", input: "forbidden" }],
    ["trap 21: Responses, input as items with parts", "/v1/responses", {
      model: "m",
      input: [{ role: "user", content: [{ type: "input_text", text: "forbidden" }] }],
    }],
    ["trap 21: Responses, a function's output", "/v1/responses", {
      model: "m",
      input: [{ type: "function_call_output", call_id: "c", output: "forbidden" }],
    }],
    ["trap 21: Responses, instructions", "/v1/responses", { model: "m", input: "hi", instructions: "forbidden" }],
    ["trap 25: Anthropic, system as a string", "/v1/messages", {
      model: "m",
      max_tokens: 5,
      system: "forbidden",
      messages: [{ role: "user", content: "hi" }],
    }],
    ["trap 25: Anthropic, system as blocks", "/v1/messages", {
      model: "m",
      max_tokens: 5,
      system: [{ type: "text", text: "forbidden" }],
      messages: [{ role: "user", content: "hi" }],
    }],
    ["trap 25: Anthropic, a tool's result in blocks", "/v1/messages", {
      model: "m",
      max_tokens: 5,
      messages: [{
        role: "user",
        content: [{ type: "tool_result", tool_use_id: "t", content: [{ type: "text", text: "forbidden" }] }],
      }],
    }],
    ["trap 25: Anthropic, a document's text", "/v1/messages", {
      model: "m",
      max_tokens: 5,
      messages: [{
        role: "user",
        content: [{ type: "document", source: { type: "text", media_type: "text/plain", data: "forbidden" } }],
      }],
    }],
    ["trap 39: an earlier turn", "/v1/chat/completions", {
      model: "m",
      messages: [{ role: "user", content: "forbidden" }, { role: "assistant", content: "no" }, { role: "user", content: "hi" }],
    }],
    ["trap 39: a tool's result", "/v1/chat/completions", {
      model: "m",
      messages: [{ role: "user", content: "hi" }, { role: "tool", tool_call_id: "c", content: "forbidden" }],
    }],
    ["trap 39: a tool's description", "/v1/chat/completions", {
      ...chat("hi"),
      tools: [{ type: "function", function: { name: "f", description: "forbidden", parameters: {} } }],
    }],
    ["trap 39: a part of a message", "/v1/chat/completions", {
      model: "m",
      messages: [{ role: "user", content: [{ type: "text", text: "hi" }, { type: "text", text: "forbidden" }] }],
    }],
    ["trap 39: completions' prompts", "/v1/completions", { model: "m", prompt: ["hi", "forbidden"] }],
    ["trap 39: texts to embed", "/v1/embeddings", { model: "m", input: ["hi", "forbidden"] }],
  ];
  for (const [name, path, body] of places) {
    await t.step(name, async () => {
      const before = backend.requests.length;
      const blocked = await send(body, { path: `/tenant/wary${path}` });
      assert.equal(blocked.status, 400);
      assert.match(await blocked.text(), /You said/);
      assert.equal(backend.requests.length, before);
    });
  }

  await t.step("trap 26: Anthropic's headers go on, its own errors and 529 come back as they are", async () => {
    answer = () => ({
      pieces: [
        jsonAnswer('{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', "529 Overloaded", "Retry-After: 7\r\n"),
      ],
    });
    const refused = await send({ model: "m", max_tokens: 5, messages: [{ role: "user", content: "hi" }] }, {
      path: "/tenant/acme/v1/messages",
      headers: { "x-api-key": "sk-ant-client", "anthropic-version": "2023-06-01", "anthropic-beta": "a,b" },
    });
    assert.equal(refused.status, 529);
    assert.equal(refused.headers.get("retry-after"), "7");
    assert.equal((await refused.json()).error.type, "overloaded_error");
    const { head } = backend.requests.at(-1)!;
    assert.match(head, /anthropic-version: 2023-06-01/i);
    assert.match(head, /anthropic-beta: a,b/i);
    assert.match(head, /x-api-key: sk-ant-client/i);
    answer = () => ({ pieces: [ANSWER] });
  });

  await t.step("trap 28: HEAD, CORS preflight, double and trailing slashes, an encoded slash, an absolute target, Expect", async () => {
    assert.equal((await fetch(`${gateway.url}/health`, { method: "HEAD" })).status, 200);
    const preflight = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "OPTIONS",
      headers: { origin: "https://app.example.com", "access-control-request-method": "POST" },
    });
    assert.equal(preflight.headers.get("access-control-allow-origin"), "https://app.example.com");
    await preflight.body?.cancel();
    for (const path of ["/tenant/hard//v1//chat/completions", "/tenant/hard/v1/chat/completions/"]) {
      assert.equal((await send(chat("forbidden"), { path })).status, 400);
    }
    assert.equal((await send(chat("hi"), { path: "/tenant/ac%2Fme/v1/chat/completions" })).status, 400);
    const body = JSON.stringify(chat("hi"));
    const absolute = await rawRequest(gateway.url, request("http://gateway/tenant/hard/v1/chat/completions", body));
    assert.match(absolute, /^HTTP\/1\.1 200/);
    const expecting = await rawRequest(gateway.url, request("/tenant/hard/v1/chat/completions", body, "Expect: 100-continue\r\n"));
    assert.match(expecting, /HTTP\/1\.1 200/);
    assert.doesNotMatch(backend.requests.at(-1)!.head, /expect:/i);
  });

  await t.step("trap 29: hop-by-hop headers stay on their hop, and two credentials are an error", async () => {
    const body = JSON.stringify(chat("hi"));
    const headers = "TE: trailers\r\nProxy-Authorization: Basic x\r\nX-Private: 1\r\nKeep-Alive: 5\r\nX-Tenant-ID: hard\r\n";
    const text = request("/v1/chat/completions", body, headers).replace("Connection: close", "Connection: close, X-Private");
    assert.match(await rawRequest(gateway.url, text), /^HTTP\/1\.1 200/);
    const { head } = backend.requests.at(-1)!;
    assert.doesNotMatch(head, /\r\n(te|proxy-authorization|x-private|keep-alive|x-tenant-id|transfer-encoding):/i);
    assert.match(head, new RegExp(`\r\nhost: ${new URL(backend.url).host}`, "i"));
    assert.match(head, /\r\nx-team: hard/i);
    const two = await rawRequest(
      gateway.url,
      request("/v1/chat/completions", body, "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"),
    );
    assert.match(two, /^HTTP\/1\.1 400/);
  });

  await t.step("trap 30: two lengths, compressed bodies and bombs, duplicate keys, __proto__, large numbers, lone surrogates", async () => {
    const body = JSON.stringify(chat("hi"));
    const both = await rawRequest(
      gateway.url,
      request("/tenant/hard/v1/chat/completions", body).replace("Connection", "Transfer-Encoding: chunked\r\nConnection"),
    );
    assert.match(both, /^HTTP\/1\.1 4\d\d|^$/);
    const zipped = await fetch(`${gateway.url}/tenant/hard/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
      body: new Uint8Array(gzipSync(JSON.stringify(chat("forbidden")))),
    });
    assert.equal(zipped.status, 400);
    const bomb = await fetch(`${gateway.url}/tenant/hard/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
      body: new Uint8Array(gzipSync(" ".repeat(5_000_000))),
    });
    assert.equal(bomb.status, 413);
    assert.equal((await send('{"model":"m","messages":[],"messages":[{"role":"user","content":"forbidden"}]}')).status, 400);
    const odd = '{"model":"m","__proto__":{"x":1},"seed":9007199254740993,"user":"\\ud800","messages":[{"role":"user","content":"hi"}]}';
    assert.equal((await send(odd)).status, 200);
    assert.equal(backend.requests.at(-1)!.body, odd);
  });

  await t.step("trap 31: a 429's headers are passed on", async () => {
    answer = () => ({
      pieces: [jsonAnswer('{"error":{"message":"slow down"}}', "429 Too Many", "Retry-After: 3\r\nx-ratelimit-reset-requests: 6m0s\r\n")],
    });
    const limited = await send(chat("hi"), { path: "/tenant/acme/v1/chat/completions" });
    assert.equal(limited.status, 429);
    assert.equal(limited.headers.get("retry-after"), "3");
    assert.equal(limited.headers.get("x-ratelimit-reset-requests"), "6m0s");
    await limited.body?.cancel();
    answer = () => ({ pieces: [ANSWER] });
  });

  await t.step("trap 33: proxies are told not to buffer, and an HTTP/1.0 client gets no chunks", async () => {
    answer = () => STREAM;
    const streamed = await send(chat("hi", { stream: true }));
    assert.equal(streamed.headers.get("x-accel-buffering"), "no");
    assert.match(streamed.headers.get("cache-control")!, /no-transform/);
    await streamed.body?.cancel();
    const old = await rawRequest(
      gateway.url,
      request("/tenant/hard/v1/chat/completions", JSON.stringify(chat("hi", { stream: true })), "", "1.0"),
    );
    assert.doesNotMatch(old.split("\r\n\r\n")[0]!, /transfer-encoding/i);
    assert.match(old, /\r\n\r\ndata: /);
    assert.match(old, /\[DONE\]/);
  });

  await t.step("trap 34: a kept connection that the backend has just closed is tried anew", async () => {
    const length = ANSWER.replace("Connection: close", "Connection: keep-alive");
    let served = 0;
    answer = () => ({ pieces: served++ === 0 ? [length] : [ANSWER] });
    assert.equal((await send(chat("hi"))).status, 200);
    assert.equal((await send(chat("hi"))).status, 200);
    answer = () => ({ pieces: [ANSWER] });
  });

  const said = (text: string) => jsonAnswer(JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content: text } }] }));
  const heard = async (text: string) => {
    answer = () => ({ pieces: [said(text)] });
    return (await (await send(chat("hi"))).json()).choices[0].message.content;
  };

  await t.step("trap 35: zero-width characters and full-width digits do not hide a match; neither does a code fence", async () => {
    assert.equal(await heard("It is 123\u200b-45-\u200b6789."), "It is [REDACTED].");
    assert.equal(await heard("It is １２３-４５-６７８９."), "It is [REDACTED].");
    assert.equal(await heard("```\n" + SSN + "\n```"), "```\n[REDACTED]\n```");
  });

  await t.step("trap 36: offsets are UTF-16 units", async () => {
    answer = () => ({ pieces: [said(`😀 ${SSN}`)] });
    const told = await send(chat("hi"));
    await told.body?.cancel();
    const query = `${gateway.url}/audit?tenant=hard&request_id=${told.headers.get("x-checkstream-request-id")}`;
    // Batched records are there within a second.
    let [record] = (await (await fetch(query)).json()).records;
    for (let tries = 0; record === undefined && tries < 400; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      [record] = (await (await fetch(query)).json()).records;
    }
    const { from, to } = record.actions.find((action: { rule: string }) => action.rule === "pii");
    assert.deepEqual([from, to], [3, 14]);
  });

  await t.step("trap 37: case folding that changes a length moves no span", async () => {
    assert.equal(await heard(`İİ HAUPTSTRASSE Straße ${SSN} ß`), "İİ HAUPTSTRASSE [REDACTED] [REDACTED] ß");
  });

  await t.step("trap 40: a message that echoes the prompt is cut, and never in a header", async () => {
    const blocked = await send(chat(`forbidden\r\nX-Evil: 1 ${"long ".repeat(3000)}`));
    assert.equal(blocked.headers.get("x-evil"), null);
    const { error } = await blocked.json();
    assert.match(error.message, /^You said: forbidden/);
    assert.ok(error.message.length < 5000);
    for (const [, value] of blocked.headers) assert.ok(!value.includes("Evil"));
  });

  await t.step("trap 41: no label is made of what a client sends", async () => {
    await (await send(chat("hi", { model: "planted-model" }), { path: "/v1/chat/completions", headers: { "x-tenant-id": "planted" } }))
      .text();
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    assert.doesNotMatch(metrics, /planted/);
  });

  await t.step("trap 42: header names in any case; a list, or an id that is none, is an error", async () => {
    for (const [value, status] of [["hard", 200], ["hard, acme", 400], ["Hard", 400], ["..", 400], ["nobody", 404]] as const) {
      answer = () => ({ pieces: [ANSWER] });
      const told = await send(chat("hi"), { path: "/v1/chat/completions", headers: { "X-TENANT-id": value } });
      assert.equal(told.status, status, value);
      await told.body?.cancel();
    }
  });
});

Deno.test("trap 32: the first byte may take longer than a silence later on", async () => {
  let firstMs = 0;
  const paused: RawAnswer = { ...STREAM, pauseMs: 400 };
  await using backend = await startRawBackend(() => ({ ...paused, pauseMs: firstMs }));
  await using gateway = await startLlmGateway({
    backendUrl: backend.url,
    tenants: { acme: TEST_POLICY },
    tenantKeys: { acme: "backend: {first_byte_timeout_ms: 5000, idle_timeout_ms: 300}" },
  });
  const ask = () =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "hi" }] }),
    });
  firstMs = 50;
  assert.match(await (await ask()).text(), /\[DONE\]/);
  firstMs = 1000;
  assert.match(await (await ask()).text(), /sent nothing for 300 ms/);
});
