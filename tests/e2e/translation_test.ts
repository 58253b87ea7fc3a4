/** The official SDK of one provider against a backend that speaks the other's API: every pair, streamed and not, guarded as ever. */
import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { startLlmGateway, TEST_POLICY } from "../support/llm_gateway.ts";

const PERSONAL = "Show me the personal data on file";
const INSULT = "Please insult me";
const SSN = /\d{3}-\d{2}-\d{4}/;

Deno.test("official SDKs drive backends of the other API, guarded in their own format", async (t) => {
  const llm = startMockLlm({ pacingMs: 0 });
  await using gateway = await startLlmGateway({
    backendUrl: llm.url,
    tenants: { claude: TEST_POLICY, gpt: TEST_POLICY, narrow: TEST_POLICY },
    tenantKeys: {
      claude: "streaming_format: anthropic",
      gpt: 'streaming: { format: openai, responses: chat }\nmodel_aliases: { house-model: "demo-large" }',
      narrow: 'streaming_format: openai\nallowed_models: [house-model]\nmodel_aliases: { house-model: "demo-large" }',
    },
  });
  const openai = (tenant: string) =>
    new OpenAI({ apiKey: "sk-client", baseURL: `${gateway.url}/v1`, maxRetries: 0, defaultHeaders: { "x-tenant-id": tenant } });
  const anthropic = (tenant: string) =>
    new Anthropic({ apiKey: "sk-client", baseURL: gateway.url, maxRetries: 0, defaultHeaders: { "x-tenant-id": tenant } });
  const chat = (content: string) => ({ model: "demo", messages: [{ role: "user" as const, content }] });
  const message = (content: string) => ({ ...chat(content), max_tokens: 200 });

  await t.step("openai chat over anthropic messages, whole", async () => {
    const plain = await openai("claude").chat.completions.create(chat("Hello there"));
    assert.match(plain.choices[0]!.message.content!, /You said: "Hello there"/);
    assert.equal(plain.choices[0]!.finish_reason, "stop");
    assert.ok(plain.usage!.completion_tokens > 0);
    const seen = llm.requests.at(-1)!;
    assert.equal(seen.path, "/v1/messages");
    assert.equal(seen.headers.get("x-api-key"), "sk-client");
    assert.equal(seen.headers.get("authorization"), null);
    assert.equal(seen.headers.get("anthropic-version"), "2023-06-01");
    const redacted = await openai("claude").chat.completions.create(chat(PERSONAL));
    assert.match(redacted.choices[0]!.message.content!, /SSN is \[REDACTED\] and/);
    const stopped = await openai("claude").chat.completions.create(chat(INSULT));
    assert.equal(stopped.choices[0]!.message.content, "Honestly? You are a stupid, Stopped.");
    assert.equal(stopped.choices[0]!.finish_reason, "content_filter");
  });

  await t.step("openai chat over anthropic messages, streamed through the SDK's helper", async () => {
    for (const question of ["Hello there", PERSONAL]) {
      const stream = openai("claude").chat.completions.stream({ ...chat(question), stream_options: { include_usage: true } });
      const final = await stream.finalChatCompletion();
      assert.doesNotMatch(final.choices[0]!.message.content!, SSN);
      assert.equal(final.choices[0]!.finish_reason, "stop");
      assert.ok(final.usage!.prompt_tokens > 0);
    }
    let text = "", finish: string | null = null;
    for await (const chunk of await openai("claude").chat.completions.create({ ...chat(INSULT), stream: true })) {
      text += chunk.choices[0]?.delta.content ?? "";
      finish = chunk.choices[0]?.finish_reason ?? finish;
      assert.equal(chunk.usage ?? undefined, undefined, "no usage chunk was asked for");
    }
    assert.deepEqual([text, finish], ["Honestly? You are a stupid, Stopped.", "content_filter"]);
  });

  await t.step("anthropic messages over openai chat, whole and streamed", async () => {
    const whole = await anthropic("gpt").messages.create(message(PERSONAL));
    assert.match(JSON.stringify(whole.content), /SSN is \[REDACTED\] and/);
    const seen = llm.requests.at(-1)!;
    assert.equal(seen.path, "/v1/chat/completions");
    assert.equal(seen.headers.get("authorization"), "Bearer sk-client");
    assert.equal(seen.headers.get("anthropic-version"), null);
    for (const [question, reason] of [["Hello there", "end_turn"], [PERSONAL, "end_turn"], [INSULT, "refusal"]] as const) {
      const stream = anthropic("gpt").messages.stream(message(question));
      let live = "";
      stream.on("text", (piece) => live += piece);
      const final = await stream.finalMessage();
      assert.equal(final.content.map((block) => block.type === "text" ? block.text : "").join(""), live);
      assert.doesNotMatch(live, SSN);
      assert.equal(final.stop_reason, reason);
    }
  });

  await t.step("openai responses over chat completions and over anthropic messages", async () => {
    for (const [tenant, path] of [["gpt", "/v1/chat/completions"], ["claude", "/v1/messages"]] as const) {
      const whole = await openai(tenant).responses.create({ model: "demo", input: PERSONAL });
      assert.match(whole.output_text, /SSN is \[REDACTED\] and/);
      assert.equal(llm.requests.at(-1)!.path, path);
      const stream = openai(tenant).responses.stream({ model: "demo", input: PERSONAL });
      const final = await stream.finalResponse();
      assert.match(final.output_text, /SSN is \[REDACTED\] and/);
      assert.ok(final.usage!.output_tokens > 0);
    }
  });

  await t.step("what is left out is named in a header; what cannot be said is an error that says so", async () => {
    const { response } = await openai("claude").chat.completions.create({ ...chat("Hi"), seed: 7, logit_bias: { "50256": -100 } })
      .withResponse();
    assert.equal(response.headers.get("x-checkstream-translation-dropped"), "seed, logit_bias");
    await assert.rejects(
      () => openai("claude").chat.completions.create({ ...chat("Hi"), n: 2 }),
      (error) => error instanceof OpenAI.BadRequestError && error.param === "n" && /cannot be translated/.test(error.message),
    );
    const legacy = await fetch(`${gateway.url}/v1/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-tenant-id": "claude" },
      body: JSON.stringify({ model: "demo", prompt: "Hi" }),
    });
    assert.equal(legacy.status, 404);
    assert.match(await legacy.text(), /speaks Anthropic messages/);
  });

  await t.step("model aliases reach the backend, and allowed models are the names clients use", async () => {
    await anthropic("gpt").messages.create({ ...message("Hi"), model: "house-model" });
    assert.equal(JSON.parse(llm.requests.at(-1)!.body).model, "demo-large");
    await openai("narrow").chat.completions.create({ ...chat("Hi"), model: "house-model" });
    assert.equal(JSON.parse(llm.requests.at(-1)!.body).model, "demo-large");
    await assert.rejects(
      () => openai("narrow").chat.completions.create({ ...chat("Hi"), model: "demo-large" }),
      (error) => error instanceof OpenAI.NotFoundError && error.code === "model_not_found",
    );
  });
  await llm.close();
});

Deno.test("a call that no translation covers reaches the backend with the credential where its API looks", async () => {
  const seen: Headers[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ headers }) => {
    seen.push(headers);
    return Response.json({ data: [{ id: "a-model", type: "model", object: "model" }], has_more: false, first_id: null, last_id: null });
  });
  await using gateway = await startLlmGateway({
    backendUrl: `http://127.0.0.1:${server.addr.port}`,
    tenants: { claude: TEST_POLICY, gpt: TEST_POLICY, auto: TEST_POLICY },
    tenantKeys: { claude: "streaming_format: anthropic", gpt: "streaming_format: openai" },
  });
  for (const tenant of ["claude", "gpt", "auto"]) {
    const options = { apiKey: "sk-client", maxRetries: 0, defaultHeaders: { "x-tenant-id": tenant } };
    assert.equal((await new OpenAI({ ...options, baseURL: `${gateway.url}/v1` }).models.list()).data[0]!.id, "a-model");
    assert.equal((await new Anthropic({ ...options, baseURL: gateway.url }).models.list()).data[0]!.id, "a-model");
  }
  const sent = seen.map((headers) => [headers.get("authorization") ?? headers.get("x-api-key"), headers.has("anthropic-version")]);
  const [moved, own, plain] = [["sk-client", true], ["Bearer sk-client", true], ["Bearer sk-client", false]];
  assert.deepEqual(sent, [moved, own, plain, plain, plain, own]);
  await server.shutdown();
});
