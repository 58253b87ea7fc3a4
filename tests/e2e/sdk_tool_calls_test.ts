/** The official SDKs' stream helpers on tool calls whose arguments are redacted, and on answers that are stopped in the middle of one. */
import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { startLlmGateway, TEST_POLICY } from "../support/llm_gateway.ts";
import { anthropicStream, argumentFragments, chatChunk, response, sse } from "../support/speakers.ts";

const CASES = [
  { name: "plain", note: "Ask about it", said: "Ask about it" },
  { name: "redacted", note: "Ask ann@example.org about it", said: "Ask [REDACTED] about it" },
  { name: "stopped", note: "You are worthless, all of you", said: undefined },
] as const;

/** A backend that calls `save` in whatever API it is asked in; its argument is the prompt. */
function startToolCaller() {
  const stream = (text: string) => new Response(text, { headers: { "content-type": "text/event-stream" } });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const body = await request.json();
    const note: string = typeof body.input === "string" ? body.input : body.messages[0].content;
    const fragments = argumentFragments([...note.match(/.{1,5}/g)!]);
    const path = new URL(request.url).pathname;
    if (path === "/v1/messages") {
      return stream(
        anthropicStream(
          { type: "tool_use", id: "toolu_1", name: "save", input: {} },
          fragments.map((partial_json) => ({ type: "input_json_delta", partial_json })),
          "tool_use",
        ),
      );
    }
    if (path === "/v1/responses") {
      let number = 0;
      const event = (type: string, fields: object) => sse({ type, sequence_number: number++, ...fields }, type);
      const item = (args: string, status: string) => ({
        id: "fc_1",
        type: "function_call",
        call_id: "call_1",
        name: "save",
        arguments: args,
        status,
      });
      const at = { item_id: "fc_1", output_index: 0 };
      const args = fragments.join("");
      const usage = { input_tokens: 3, output_tokens: 5, total_tokens: 8 };
      return stream([
        event("response.created", { response: response("in_progress", []) }),
        event("response.output_item.added", { output_index: 0, item: item("", "in_progress") }),
        ...fragments.map((delta) => event("response.function_call_arguments.delta", { ...at, delta })),
        event("response.function_call_arguments.done", { ...at, name: "save", arguments: args }),
        event("response.output_item.done", { output_index: 0, item: item(args, "completed") }),
        event("response.completed", { response: response("completed", [item(args, "completed")], usage) }),
      ].join(""));
    }
    const call = (fields: object) => chatChunk({ tool_calls: [{ index: 0, ...fields }] });
    return stream([
      chatChunk({ role: "assistant", content: null }),
      call({ id: "call_1", type: "function", function: { name: "save", arguments: "" } }),
      ...fragments.map((fragment) => call({ function: { arguments: fragment } })),
      chatChunk({}, "tool_calls"),
      sse({
        id: "c",
        object: "chat.completion.chunk",
        created: 1,
        model: "m",
        choices: [],
        usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 },
      }),
      "data: [DONE]\n\n",
    ].join(""));
  });
  return { url: `http://127.0.0.1:${server.addr.port}`, close: () => server.shutdown() };
}

Deno.test("the SDKs' stream helpers finish on tool calls that are plain, redacted, and stopped in their middle, with usage", async (t) => {
  const backend = startToolCaller();
  await using gateway = await startLlmGateway({ backendUrl: backend.url, tenants: { acme: TEST_POLICY } });
  const openai = new OpenAI({ apiKey: "sk-client", baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  const anthropic = new Anthropic({ apiKey: "sk-client", baseURL: gateway.url, maxRetries: 0 });
  const schema = { type: "object" as const, properties: { note: { type: "string" as const } }, required: ["note"] };

  for (const { name, note, said } of CASES) {
    const messages = [{ role: "user" as const, content: note }];
    await t.step(`chat.completions.stream: ${name}`, async () => {
      const stream = openai.chat.completions.stream({
        model: "m",
        messages,
        stream_options: { include_usage: true },
        tools: [{ type: "function", function: { name: "save", parameters: schema } }],
      });
      await stream.done();
      const { choices: [choice], usage } = await stream.finalChatCompletion();
      const args = choice!.message.tool_calls?.[0];
      assert.equal(choice!.finish_reason, said === undefined ? "content_filter" : "tool_calls");
      if (said === undefined) {
        assert.equal(choice!.message.content, "Stopped.");
        assert.doesNotMatch(JSON.stringify(choice), /worthless/);
      } else assert.equal(JSON.parse(args?.type === "function" ? args.function.arguments : "").note, said);
      assert.ok(usage!.completion_tokens > 0);
    });

    await t.step(`responses.stream: ${name}`, async () => {
      const stream = openai.responses.stream({
        model: "m",
        input: note,
        tools: [{ type: "function", name: "save", parameters: schema, strict: false }],
      });
      let live = "";
      stream.on("response.function_call_arguments.delta", ({ delta }) => live += delta);
      const final = await stream.finalResponse();
      const item = final.output.find((each) => each.type === "function_call");
      assert.equal(final.status, said === undefined ? "incomplete" : "completed");
      if (said === undefined) {
        assert.equal(final.incomplete_details?.reason, "content_filter");
        assert.equal(final.output_text, "Stopped.");
        assert.doesNotMatch(JSON.stringify(final), /worthless/);
      } else assert.equal(JSON.parse(live).note, said);
      assert.equal(item?.arguments, live);
      assert.ok(final.usage!.output_tokens > 0);
    });

    await t.step(`messages.stream: ${name}`, async () => {
      const stream = anthropic.messages.stream({ model: "m", max_tokens: 100, messages, tools: [{ name: "save", input_schema: schema }] });
      const final = await stream.finalMessage();
      const call = final.content.find((block) => block.type === "tool_use");
      assert.equal(final.stop_reason, said === undefined ? "refusal" : "tool_use");
      if (said === undefined) {
        assert.equal(final.content.map((block) => block.type === "text" ? block.text : "").join(""), "Stopped.");
        assert.doesNotMatch(JSON.stringify(final), /worthless/);
      } else assert.deepEqual(call?.input, { note: said, n: 1 });
      assert.ok(final.usage.output_tokens > 1);
    });
  }
  await backend.close();
});
