/** The official SDKs' own stream helpers and tool runners, on plain, redacted and stopped streams. */
import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";
import OpenAI from "openai";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { startLlmGateway, TEST_POLICY } from "../support/llm_gateway.ts";

const CASES = [
  ["Hello there", /You said: "Hello there"/, false],
  ["Show me the personal data on file", /SSN is \[REDACTED\] and.*write to \[REDACTED\] or call/, false],
  ["Please insult me", /^Honestly\? You are a stupid, Stopped\.$/, true],
] as const;
const SSN = /\d{3}-\d{2}-\d{4}/;
const NOTE = "Ask ann@example.org about it";

Deno.test("the SDKs' stream helpers finish on plain, redacted and stopped streams, with usage", async (t) => {
  const llm = startMockLlm({ pacingMs: 0 });
  await using gateway = await startLlmGateway({ backendUrl: llm.url, tenants: { acme: TEST_POLICY } });
  const openai = new OpenAI({ apiKey: "sk-client", baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  const anthropic = new Anthropic({ apiKey: "sk-client", baseURL: gateway.url, maxRetries: 0 });

  for (const [question, expected, stopped] of CASES) {
    const messages = [{ role: "user" as const, content: question }];

    await t.step(`chat.completions.stream: ${question}`, async () => {
      const stream = openai.chat.completions.stream({ model: "demo", messages, stream_options: { include_usage: true } });
      let live = "";
      stream.on("content", (delta) => live += delta);
      await stream.done();
      const { choices: [choice], usage } = await stream.finalChatCompletion();
      assert.match(choice!.message.content!, expected);
      assert.equal(live, choice!.message.content);
      assert.doesNotMatch(live, SSN);
      assert.equal(choice!.finish_reason, stopped ? "content_filter" : "stop");
      assert.ok(usage!.completion_tokens > 0 && usage!.prompt_tokens > 0 && usage!.total_tokens > usage!.prompt_tokens);
    });

    await t.step(`responses.stream: ${question}`, async () => {
      const stream = openai.responses.stream({ model: "demo", input: question });
      let live = "";
      stream.on("response.output_text.delta", ({ delta }) => live += delta);
      const final = await stream.finalResponse();
      assert.match(final.output_text, expected);
      assert.equal(live, final.output_text);
      assert.doesNotMatch(live, SSN);
      assert.equal(final.status, stopped ? "incomplete" : "completed");
      if (stopped) assert.equal(final.incomplete_details?.reason, "content_filter");
      assert.ok(final.usage!.output_tokens > 0 && final.usage!.input_tokens > 0);
    });

    await t.step(`responses.create: ${question}`, async () => {
      const answer = await openai.responses.create({ model: "demo", input: question });
      assert.match(answer.output_text, expected);
      assert.equal(answer.status, stopped ? "incomplete" : "completed");
    });

    await t.step(`completions.create, streamed and not: ${question}`, async () => {
      const answer = await openai.completions.create({ model: "demo", prompt: question });
      assert.match(answer.choices[0]!.text, expected);
      assert.equal(answer.choices[0]!.finish_reason, stopped ? "content_filter" : "stop");
      let text = "";
      for await (const chunk of await openai.completions.create({ model: "demo", prompt: question, stream: true })) {
        text += chunk.choices[0]?.text ?? "";
      }
      assert.equal(text, answer.choices[0]!.text);
    });

    await t.step(`messages.stream: ${question}`, async () => {
      const stream = anthropic.messages.stream({ model: "demo", max_tokens: 200, messages });
      let live = "";
      stream.on("text", (text) => live += text);
      const final = await stream.finalMessage();
      assert.match(live, expected);
      assert.equal(final.content.map((block) => block.type === "text" ? block.text : "").join(""), live);
      assert.doesNotMatch(live, SSN);
      assert.equal(final.stop_reason, stopped ? "refusal" : "end_turn");
      assert.ok(final.usage.input_tokens > 0 && final.usage.output_tokens > 1);
    });
  }
  await llm.close();
});

/** A backend that calls the tool `save` with an address in its arguments, and answers once it has the tool's result. */
function startToolCaller() {
  const sse = (events: readonly unknown[], named: boolean) =>
    new Response(
      events.map((data) =>
        (named ? `event: ${(data as { type: string }).type}\n` : "") + `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`
      ).join(""),
      { headers: { "content-type": "text/event-stream" } },
    );
  const args = JSON.stringify({ note: NOTE });
  const fragments = [args.slice(0, 14), args.slice(14, 20), args.slice(20)];
  const chunk = (delta: object, finish: string | null = null) => ({
    id: "c",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  const call = (fields: object) => chunk({ tool_calls: [{ index: 0, ...fields }] });
  const message = (blocks: readonly unknown[], reason: string) => [
    {
      type: "message_start",
      message: {
        id: "m",
        type: "message",
        role: "assistant",
        model: "m",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: { input_tokens: 9, output_tokens: 1 },
      },
    },
    ...blocks,
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: reason, stop_sequence: null }, usage: { output_tokens: 12 } },
    { type: "message_stop" },
  ];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const body = await request.text();
    if (new URL(request.url).pathname === "/v1/messages") {
      return body.includes("tool_result")
        ? sse(
          message([{ type: "content_block_start", index: 0, content_block: { type: "text", text: "" } }, {
            type: "content_block_delta",
            index: 0,
            delta: { type: "text_delta", text: "Saved." },
          }], "end_turn"),
          true,
        )
        : sse(
          message([
            { type: "content_block_start", index: 0, content_block: { type: "tool_use", id: "toolu_1", name: "save", input: {} } },
            ...fragments.map((partial_json) => ({
              type: "content_block_delta",
              index: 0,
              delta: { type: "input_json_delta", partial_json },
            })),
          ], "tool_use"),
          true,
        );
    }
    return body.includes('"role":"tool"')
      ? sse([chunk({ role: "assistant", content: "Saved." }), chunk({}, "stop"), "[DONE]"], false)
      : sse([
        chunk({ role: "assistant", content: null }),
        call({ id: "call_1", type: "function", function: { name: "save", arguments: "" } }),
        ...fragments.map((fragment) => call({ function: { arguments: fragment } })),
        chunk({}, "tool_calls"),
        "[DONE]",
      ], false);
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, close: () => server.shutdown() };
}

Deno.test("the SDKs' tool runners get redacted arguments that are valid JSON, and finish", async () => {
  const backend = startToolCaller();
  await using gateway = await startLlmGateway({ backendUrl: backend.url, tenants: { acme: TEST_POLICY } });
  const parameters = { type: "object" as const, properties: { note: { type: "string" as const } }, required: ["note" as const] };
  const saved: string[] = [];

  const openai = new OpenAI({ apiKey: "sk-client", baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  const runner = openai.chat.completions.runTools({
    model: "demo",
    stream: true,
    messages: [{ role: "user", content: "Save it" }],
    tools: [{
      type: "function",
      function: {
        name: "save",
        description: "Saves a note",
        parameters,
        parse: (text: string): { note: string } => JSON.parse(text),
        function: ({ note }: { note: string }) => {
          saved.push(note);
          return "ok";
        },
      },
    }],
  });
  assert.equal(await runner.finalContent(), "Saved.");

  const anthropic = new Anthropic({ apiKey: "sk-client", baseURL: gateway.url, maxRetries: 0 });
  const final = await anthropic.beta.messages.toolRunner({
    model: "demo",
    max_tokens: 100,
    stream: true,
    messages: [{ role: "user", content: "Save it" }],
    tools: [betaTool({
      name: "save",
      description: "Saves a note",
      inputSchema: parameters,
      run: ({ note }) => {
        saved.push(note);
        return "ok";
      },
    })],
  }).runUntilDone();
  assert.equal(final.content.map((block) => block.type === "text" ? block.text : "").join(""), "Saved.");
  assert.deepEqual(saved, ["Ask [REDACTED] about it", "Ask [REDACTED] about it"]);
  await backend.close();
});
