/**
 * What the stream helpers of the official SDKs tell, event by event, when the backend speaks the chat API: the order that the providers'
 * pages describe, on plain, redacted and stopped answers, with calls and reasoning; and clients that leave, or call what is not translated.
 */
import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import { betaZodOutputFormat, betaZodTool } from "@anthropic-ai/sdk/helpers/beta/zod";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
import { MessageStream } from "@anthropic-ai/sdk/lib/MessageStream";
import OpenAI from "openai";
import { zodResponsesFunction } from "openai/helpers/zod";
import { z } from "zod";
import { startLlmGateway, TEST_POLICY } from "../support/llm_gateway.ts";
import { startOpenAiMock } from "../support/provider_mocks.ts";

const WEATHER = { type: "object" as const, properties: { city: { type: "string" as const } }, required: ["city" as const] };
const TOOLS = {
  anthropic: [{ name: "get_weather", input_schema: WEATHER }],
  openai: [{ type: "function" as const, name: "get_weather", parameters: WEATHER, strict: false }],
};
const QUESTIONS = ["a plain question", "personal data", "an insult", "think", "the weather"] as const;

/** Letters for events, so that an order is a regular expression. */
const spelled = (types: readonly string[], letters: Readonly<Record<string, string>>) =>
  types.map((type) => letters[type] ?? assert.fail(`no letter for ${type}`)).join("");

async function startPair() {
  const backend = startOpenAiMock();
  const gateway = await startLlmGateway({
    backendUrl: backend.url,
    tenants: { acme: TEST_POLICY },
    tenantKeys: { acme: "streaming: {format: openai, responses: chat}\nbackend: {retry_attempts: 0}" },
  });
  const options = { apiKey: "sk-client", maxRetries: 0 };
  return {
    backend,
    anthropic: new Anthropic({ ...options, baseURL: gateway.url }),
    openai: new OpenAI({ ...options, baseURL: `${gateway.url}/v1` }),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await backend[Symbol.asyncDispose]();
    },
  };
}

Deno.test("Anthropic's SDK over chat completions: streams tell everything in the documented order", async (t) => {
  await using pair = await startPair();
  const { messages } = pair.anthropic;
  const ask = (content: string) => ({
    model: "gpt-4o",
    max_tokens: 3000,
    messages: [{ role: "user" as const, content }],
    ...(content.includes("weather") && { tools: TOOLS.anthropic }),
    ...(content === "think" && { thinking: { type: "enabled" as const, budget_tokens: 1024 } }),
  });

  for (const question of QUESTIONS) {
    await t.step(question, async () => {
      const stream = messages.stream(ask(question));
      const heard: Record<string, number> = {};
      const count = (name: string) => heard[name] = (heard[name] ?? 0) + 1;
      let [text, thinking, input] = ["", "", ""];
      const types: string[] = [];
      stream.on("connect", () => count("connect"))
        .on("streamEvent", ({ type }) => types.push(type))
        .on("text", (delta, snapshot) => assert.equal(text += delta, snapshot))
        .on("thinking", (delta, snapshot) => assert.equal(thinking += delta, snapshot))
        .on("inputJson", (delta) => input += delta)
        .on("contentBlock", () => count("contentBlock"))
        .on("message", () => count("message"))
        .on("finalMessage", () => count("finalMessage"))
        .on("error", () => count("error"))
        .on("end", () => count("end"));
      const final = await stream.finalMessage();
      await stream.done();
      assert.equal(stream.request_id, "provider-id");
      const letters = {
        message_start: "m",
        content_block_start: "b",
        content_block_delta: ".",
        content_block_stop: "e",
        message_delta: "d",
        message_stop: "M",
        ping: "p",
      };
      assert.match(spelled(types, letters).replaceAll("p", ""), /^m(b\.*e)+dM$/);
      assert.deepEqual(heard, { connect: 1, contentBlock: final.content.length, message: 1, finalMessage: 1, end: 1 });
      assert.equal(final.content.map((block) => block.type === "text" ? block.text : "").join(""), text);
      assert.equal(final.content.map((block) => block.type === "thinking" ? block.thinking : "").join(""), thinking);
      assert.equal(final.content.map((block) => block.type === "tool_use" ? JSON.stringify(block.input) : "").join(""), input);
      // Members that may be null are there, as typed clients expect.
      assert.deepEqual([final.stop_details, final.stop_sequence], [null, null]);
      assert.equal(final.usage.output_tokens_details, null);
      // A stopped stream has no counts of the backend's; it cost something all the same.
      assert.ok(final.usage.input_tokens > 0 && final.usage.output_tokens > 0);

      const whole = await messages.create(ask(question));
      // The same but for ids, and for a stop's message, which is a block of its own in a whole answer.
      const said = (content: typeof whole.content) =>
        content.map((block) => block.type === "text" ? block.text : block.type === "tool_use" ? { ...block, id: "" } : block)
          .reduce<unknown[]>(
            (all, each) =>
              typeof each === "string" && typeof all.at(-1) === "string" ? [...all.slice(0, -1), all.at(-1) + each] : [...all, each],
            [],
          );
      assert.deepEqual([said(final.content), final.stop_reason], [said(whole.content), whole.stop_reason]);
      const keys = (message: object) => Object.keys(message).filter((key) => !/^(_request_id|parsed_output)$/.test(key)).toSorted();
      assert.deepEqual(keys(final), keys(whole));

      const again = MessageStream.fromReadableStream(messages.stream(ask(question)).toReadableStream());
      assert.deepEqual(said((await again.finalMessage()).content), said(final.content));
      const iterated: string[] = [];
      for await (const { type } of messages.stream(ask(question))) iterated.push(type);
      assert.match(spelled(iterated, letters).replaceAll("p", ""), /^m(b\.*e)+dM$/);
      const beta = await pair.anthropic.beta.messages.stream(ask(question)).finalMessage();
      assert.deepEqual([final.content.length, beta.stop_reason], [beta.content.length, whole.stop_reason]);
    });
  }

  await t.step("finalText()", async () => {
    assert.equal(await messages.stream(ask("personal data")).finalText(), "Her SSN is [REDACTED], write to [REDACTED] today.");
  });

  await t.step("a client that leaves takes its backend's stream with it", async () => {
    const stream = messages.stream(ask("nothing but hangs"));
    stream.on("text", () => stream.abort());
    await assert.rejects(stream.finalMessage(), Anthropic.APIUserAbortError);
    assert.ok(stream.aborted);
    await pair.backend.left;
  });

  await t.step("schemas written with zod: parse(), beta.parse() and a tool of the tool runner", async () => {
    const city = z.object({ city: z.string(), mail: z.string() });
    const expected = { city: "Oslo", mail: "[REDACTED]" };
    assert.deepEqual(
      (await messages.parse({ ...ask("a city"), output_config: { format: zodOutputFormat(city) } })).parsed_output,
      expected,
    );
    const { beta } = pair.anthropic;
    const format = betaZodOutputFormat(city);
    assert.deepEqual((await beta.messages.parse({ ...ask("a city"), output_config: { format } })).parsed_output, expected);
    const saved: string[] = [];
    const tools = [betaZodTool({
      name: "save_note",
      description: "Saves a note",
      inputSchema: z.object({ note: z.string() }),
      run: ({ note }) => {
        saved.push(note);
        return "saved";
      },
    })];
    for await (const message of beta.messages.toolRunner({ ...ask("save it"), tools })) assert.equal(message.type, "message");
    assert.deepEqual(saved, ["Ask [REDACTED] about it"]);
  });

  await t.step("a thread sends the whole conversation where the backend keeps none", async () => {
    const params = { model: "gpt-4o", max_tokens: 300 };
    await assert.rejects(
      async () => await pair.anthropic.beta.messages.thread(params).send({ role: "user", content: "a plain question" }),
      (error) => error instanceof Anthropic.BadRequestError && error.errorCode === "thread_unsupported_request",
    );
    const thread = pair.anthropic.beta.messages.thread({ ...params, unsupportedRequestBehavior: "continue_unthreaded" });
    const texts: string[] = [];
    for (const content of ["a plain question", "personal data"]) {
      const { content: said } = await thread.send({ role: "user", content });
      texts.push(said.map((block) => block.type === "text" ? block.text : "").join(""));
    }
    const last = await thread.stream({ role: "user", content: "a plain question" }).finalText();
    assert.deepEqual([...texts, last], [
      "Hello from the model.",
      "Her SSN is [REDACTED], write to [REDACTED] today.",
      "Hello from the model.",
    ]);
    assert.deepEqual(pair.backend.bodies.at(-1)!.messages.map(({ role }) => role), ["user", "assistant", "user", "assistant", "user"]);
  });

  await t.step("errors with a class of their own", async () => {
    await assert.rejects(
      () => messages.create(ask("status 409")),
      (error) => error instanceof Anthropic.ConflictError && error.type === "conflict_error",
    );
    await assert.rejects(
      () => messages.create({ ...ask(""), messages: [{ role: "user", content: "a plain question" }, { role: "assistant", content: "{" }] }),
      (error) => error instanceof Anthropic.BadRequestError && /assistant message prefill/.test(error.message),
    );
  });

  await t.step("tokens are not counted for a backend of another API: the call passes and fails there", async () => {
    await assert.rejects(
      () => messages.countTokens({ model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] }),
      (error) => error instanceof Anthropic.NotFoundError && /There is no \/v1\/messages\/count_tokens/.test(error.message),
    );
  });
});

Deno.test("OpenAI's SDK over chat completions: streamed responses tell everything in the documented order", async (t) => {
  await using pair = await startPair();
  const { responses } = pair.openai;
  const ask = (input: string) => ({
    model: "gpt-4o",
    input,
    ...(input.includes("weather") && { tools: TOOLS.openai }),
  });

  for (const question of QUESTIONS) {
    await t.step(question, async () => {
      const stream = responses.stream(ask(question));
      const events: OpenAI.Responses.ResponseStreamEvent[] = [];
      stream.on("event", (event) => void events.push(event));
      const final = await stream.finalResponse();
      assert.deepEqual(events.map((event) => event.sequence_number), events.map((_, n) => n));
      const letters = {
        "response.created": "c",
        "response.in_progress": "p",
        "response.output_item.added": "i",
        "response.content_part.added": "a",
        "response.output_text.delta": "t",
        "response.output_text.done": "T",
        "response.reasoning_text.delta": "r",
        "response.reasoning_text.done": "R",
        "response.function_call_arguments.delta": "f",
        "response.function_call_arguments.done": "F",
        "response.content_part.done": "A",
        "response.output_item.done": "I",
        "response.completed": "C",
        "response.incomplete": "N",
      };
      assert.match(spelled(events.map(({ type }) => type), letters), /^cp(i(a(t*T|r*R)A|f*F)I)+[CN]$/);
      // Every event of an item names it, and the texts of its events are those of the item.
      for (const [index, item] of final.output.entries()) {
        const own = events.filter((event) => "output_index" in event && event.output_index === index);
        assert.ok(own.every((event) => ("item_id" in event ? event.item_id : "item" in event ? event.item.id : item.id) === item.id));
        const deltas = own.flatMap((event) => "delta" in event && typeof event.delta === "string" ? [event.delta] : []).join("");
        const wholes = own.flatMap((event) =>
          event.type === "response.output_text.done" || event.type === "response.reasoning_text.done"
            ? [event.text]
            : event.type === "response.function_call_arguments.done"
            ? [event.arguments]
            : []
        );
        assert.deepEqual([deltas], wholes);
        const said = item.type === "function_call"
          ? item.arguments
          : item.type === "message" || item.type === "reasoning"
          ? item.content?.map((part) => "text" in part ? part.text : "").join("")
          : undefined;
        assert.equal(said, deltas);
      }
      const whole = await responses.create(ask(question));
      // The same but for ids, and for a stop's message, which is a part of its own in a whole answer.
      const shape = ({ output, output_text, status, incomplete_details }: typeof whole) => {
        const items = output.map((item) => [item.type, "status" in item && item.status, item.type === "function_call" && item.arguments]);
        return { items, output_text, status, incomplete_details };
      };
      assert.deepEqual(shape(final), shape(whole));
      assert.ok(final.usage!.output_tokens > 0);
      assert.equal(final.usage!.input_tokens_details.cache_write_tokens, 0);
    });
  }

  await t.step("parse() and stream() read the arguments of a schema's function", async () => {
    const tools = [zodResponsesFunction({ name: "get_weather", parameters: z.object({ city: z.string() }) })];
    for (
      const { output } of [
        await responses.parse({ ...ask("the weather"), tools }),
        await responses.stream({ ...ask("the weather"), tools }).finalResponse(),
      ]
    ) {
      const read = output.flatMap((item) => item.type === "function_call" ? [item.parsed_arguments] : []);
      assert.deepEqual(read, [{ city: "Oslo" }, { city: "Rome" }]);
    }
    const [tool] = pair.backend.bodies.at(-1)!.tools!;
    assert.ok(tool?.type === "function" && tool.function.strict === true);
  });

  await t.step("a custom tool is called, its input redacted, and answered", async () => {
    const tools = [{
      type: "custom" as const,
      name: "sql",
      format: { type: "grammar" as const, syntax: "regex" as const, definition: "select .*" },
    }];
    for (const streamed of [false, true]) {
      const input: OpenAI.Responses.ResponseInputItem[] = [{ role: "user", content: "a query" }];
      const next = async () => {
        const request = { model: "gpt-4o", input, tools };
        return streamed ? await responses.stream(request).finalResponse() : await responses.create(request);
      };
      const { output } = await next();
      const [call] = output;
      assert.ok(call?.type === "custom_tool_call" && call.id !== undefined);
      assert.equal(call.input, "select * from people where mail = '[REDACTED]'");
      input.push(call, { type: "custom_tool_call_output", call_id: call.call_id, output: "none" });
      assert.equal((await next()).output_text, "The tools said: none.");
    }
  });

  await t.step("a file that the backend stores", async () => {
    await responses.create({
      model: "gpt-4o",
      input: [{ role: "user", content: [{ type: "input_file", file_id: "file-1" }, { type: "input_text", text: "a plain question" }] }],
    });
    const { content } = pair.backend.bodies.at(-1)!.messages[0]!;
    assert.deepEqual(content, [{ type: "file", file: { file_id: "file-1" } }, { type: "text", text: "a plain question" }]);
  });

  await t.step("a client that leaves takes its backend's stream with it", async () => {
    const stream = responses.stream(ask("nothing but hangs"));
    stream.on("response.output_text.delta", () => stream.abort());
    await assert.rejects(stream.finalResponse(), OpenAI.APIUserAbortError);
    await pair.backend.left;
  });

  await t.step("errors with a class of their own, and what is not translated", async () => {
    await assert.rejects(() => responses.create(ask("status 409")), OpenAI.ConflictError);
    await assert.rejects(
      () => responses.create({ ...ask("a plain question"), tools: [{ type: "web_search" }] }),
      (error) => error instanceof OpenAI.BadRequestError && error.param === "tools[0]",
    );
    await assert.rejects(() => responses.retrieve("resp_1"), OpenAI.NotFoundError);
    await assert.rejects(() => responses.inputTokens.count({ model: "gpt-4o", input: "Hi" }), OpenAI.NotFoundError);
  });
});
