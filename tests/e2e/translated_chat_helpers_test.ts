/**
 * What else OpenAI's SDK can do with chat completions, over a strict mock of Anthropic's messages: schemas with constraints, answers that are
 * refused, cut off or stopped, events of a stream, usage, strict tools, and clients that leave.
 */
import assert from "node:assert/strict";
import OpenAI from "openai";
import { ContentFilterFinishReasonError, LengthFinishReasonError } from "openai/core/error";
import { zodFunction, zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";
import { startLlmGateway, TEST_POLICY } from "../support/llm_gateway.ts";
import { startAnthropicMock } from "../support/provider_mocks.ts";

const REFUSAL = "This request was declined because it could enable cyber harm.";
/** Lengths are what the messages API does not enforce. */
const CITY = z.object({ city: z.string().min(2).max(40), mail: z.string() });
const dropped = (response: Response) => response.headers.get("x-checkstream-translation-dropped");

Deno.test("OpenAI's SDK over Anthropic's messages: the other helpers", async (t) => {
  await using backend = startAnthropicMock();
  await using gateway = await startLlmGateway({
    backendUrl: backend.url,
    tenants: { acme: TEST_POLICY, counted: TEST_POLICY },
    tenantKeys: {
      acme: "streaming_format: anthropic\nbackend: {retry_attempts: 0}",
      counted: "streaming_format: anthropic\nrate_limit: {tokens_per_minute: 100000}",
    },
  });
  const { completions } = new OpenAI({ apiKey: "sk-client", baseURL: `${gateway.url}/v1`, maxRetries: 0 }).chat;
  const ask = (content: string) => ({ model: "claude-opus-4-6", messages: [{ role: "user" as const, content }] });

  await t.step("usage is in the last chunk of who asked for it, null in the others, and nowhere else", async () => {
    for (const question of ["a plain question", "personal data"]) {
      const usages: unknown[] = [];
      for await (const chunk of await completions.create({ ...ask(question), stream: true, stream_options: { include_usage: true } })) {
        usages.push(chunk.usage);
      }
      assert.deepEqual(usages.pop(), {
        prompt_tokens: 15,
        completion_tokens: 7,
        total_tokens: 22,
        prompt_tokens_details: { cached_tokens: 4 },
      });
      assert.ok(usages.length > 2 && usages.every((usage) => usage === null), question);
      for await (const chunk of await completions.create({ ...ask(question), stream: true })) assert.ok(!("usage" in chunk), question);
    }
  });

  await t.step("usage that the gateway counts by is nowhere either, for who did not ask", async () => {
    const counted = new OpenAI({
      apiKey: "sk-client",
      baseURL: `${gateway.url}/v1`,
      maxRetries: 0,
      defaultHeaders: { "x-tenant-id": "counted" },
    });
    for await (const chunk of await counted.chat.completions.create({ ...ask("a plain question"), stream: true })) {
      assert.ok(!("usage" in chunk));
    }
  });

  await t.step("a schema with constraints is parsed, and the client is told that the model only reads them", async () => {
    const response_format = zodResponseFormat(CITY, "city");
    const { data, response } = await completions.parse({ ...ask("a city"), response_format }).withResponse();
    assert.deepEqual(data.choices[0]!.message.parsed, { city: "Oslo", mail: "[REDACTED]" });
    assert.equal(dropped(response), "response_format.json_schema.schema.minLength, response_format.json_schema.schema.maxLength");
    assert.match(JSON.stringify(backend.bodies.at(-1)!.output_config?.format), /\{minLength: 2, maxLength: 40\}/);
    const { choices } = await completions.stream({ ...ask("a city"), response_format }).finalChatCompletion();
    assert.deepEqual(choices[0]!.message.parsed, { city: "Oslo", mail: "[REDACTED]" });
  });

  await t.step("parse() and stream() tell what was cut off, stopped or refused by the SDK's own errors", async () => {
    const response_format = zodResponseFormat(CITY, "city");
    for (
      const [question, kind] of [
        ["the limit", LengthFinishReasonError],
        ["a town", ContentFilterFinishReasonError],
        ["refuse it", ContentFilterFinishReasonError],
      ] as const
    ) {
      await assert.rejects(completions.parse({ ...ask(question), response_format }), kind, question);
      await assert.rejects(completions.stream({ ...ask(question), response_format }).finalChatCompletion(), kind, question);
    }
  });

  await t.step("a refusal says why, whole and streamed", async () => {
    const { finish_reason, message } = (await completions.create(ask("refuse it"))).choices[0]!;
    assert.deepEqual([finish_reason, message.content, message.refusal], ["content_filter", null, REFUSAL]);
    const stream = completions.stream(ask("refuse it"));
    let live = "";
    stream.on("refusal.delta", ({ delta }) => live += delta);
    const choice = (await stream.finalChatCompletion()).choices[0]!;
    assert.deepEqual([live, choice.message.refusal, choice.finish_reason], [REFUSAL, REFUSAL, "content_filter"]);
  });

  await t.step("a limit cuts an answer off, whole and streamed", async () => {
    const response_format = { type: "json_schema" as const, json_schema: { name: "a", schema: { type: "object" } } };
    const { message, finish_reason } = (await completions.create({ ...ask("the limit"), response_format })).choices[0]!;
    assert.deepEqual([message.content, finish_reason], ['{"city":"Os', "length"]);
    let text = "";
    const ends: unknown[] = [];
    for await (const { choices } of await completions.create({ ...ask("the limit"), response_format, stream: true })) {
      text += choices[0]?.delta.content ?? "";
      ends.push(choices[0]?.finish_reason);
    }
    assert.deepEqual([text, ends.at(-1)], ['{"city":"Os', "length"]);
  });

  await t.step("strict tools of zod: parsed arguments, and runTools(), streamed and not", async () => {
    const cities: string[] = [];
    const tool = zodFunction({
      name: "get_weather",
      parameters: z.object({ city: z.string().min(1) }),
      function: ({ city }) => {
        cities.push(city);
        return city === "Oslo" ? "4 °C" : "21 °C";
      },
    });
    const { data, response } = await completions.parse({ ...ask("the weather"), tools: [tool] }).withResponse();
    assert.deepEqual(data.choices[0]!.message.tool_calls!.map((call) => call.type === "function" && call.function.parsed_arguments), [
      { city: "Oslo" },
      { city: "Rome" },
    ]);
    assert.equal(dropped(response), "tools[0].function.parameters.minLength");
    assert.equal(backend.bodies.at(-1)!.tools![0]!.strict, true);
    for (const stream of [false, true] as const) {
      const runner = stream
        ? completions.runTools({ ...ask("the weather"), tools: [tool], stream })
        : completions.runTools({ ...ask("the weather"), tools: [tool] });
      assert.equal(await runner.finalContent(), "The tools said: 4 °C and 21 °C.");
      assert.deepEqual(runner.messages.map(({ role }) => role), ["user", "assistant", "tool", "tool", "assistant"]);
    }
    assert.deepEqual(cities, ["Oslo", "Rome", "Oslo", "Rome"]);
  });

  await t.step("runTools() ends a conversation that a rule stopped by the SDK's own error, after the text that was released", async () => {
    const parameters = { type: "object", properties: {} };
    const tools = [{
      type: "function" as const,
      function: { name: "get_time", description: "The time", parameters, function: () => "noon" },
    }];
    await assert.rejects(completions.runTools({ ...ask("an insult"), tools }).finalContent(), ContentFilterFinishReasonError);
    const runner = completions.runTools({ ...ask("an insult"), tools, stream: true });
    let live = "";
    runner.on("content", (delta) => live += delta);
    await assert.rejects(runner.finalContent(), ContentFilterFinishReasonError);
    assert.equal(live, "You are a Stopped.");
  });

  await t.step("a forced tool goes with reasoning, and its events come in order", async () => {
    const tools = [{ type: "function" as const, function: { name: "get_weather", parameters: { type: "object", properties: {} } } }];
    const stream = completions.stream({
      ...ask("the weather"),
      tools,
      tool_choice: "required",
      reasoning_effort: "low",
      parallel_tool_calls: true,
    });
    const done: string[] = [];
    let live = "";
    stream.on("tool_calls.function.arguments.delta", ({ index, arguments_delta }) => live += index === 0 ? arguments_delta : "");
    stream.on("tool_calls.function.arguments.done", ({ name, arguments: said }) => done.push(`${name} ${said}`));
    const { tool_calls } = (await stream.finalChatCompletion()).choices[0]!.message;
    assert.deepEqual(done, ['get_weather {"city":"Oslo"}', 'get_weather {"city":"Rome"}']);
    assert.equal(live, '{"city":"Oslo"}');
    assert.equal(tool_calls?.length, 2);
    const { thinking, tool_choice } = backend.bodies.at(-1)!;
    assert.deepEqual([thinking, tool_choice], [{ type: "adaptive" }, { type: "any" }]);
  });

  await t.step(
    "a client that speaks of functions, as OpenAI's older examples do, gets a function_call, and its result goes on",
    async () => {
      const functions = [{ name: "save_note", parameters: { type: "object", properties: { note: { type: "string" } } } }];
      const { finish_reason, message } = (await completions.create({ ...ask("save it"), functions })).choices[0]!;
      const called = { name: "save_note", arguments: '{"note":"Ask [REDACTED] about it"}' };
      assert.deepEqual([finish_reason, message.function_call, message.tool_calls], ["function_call", called, undefined]);
      const streamed = (await completions.stream({ ...ask("save it"), functions }).finalChatCompletion()).choices[0]!;
      assert.deepEqual([streamed.finish_reason, streamed.message.function_call], ["function_call", called]);
      const messages = [...ask("save it").messages, message, { role: "function" as const, name: "save_note", content: "saved" }];
      assert.equal((await completions.create({ ...ask(""), messages, functions })).choices[0]!.message.content, "The tools said: saved.");
    },
  );

  await t.step("what a model does not take is left out and told", async () => {
    const request = { ...ask("a plain question"), model: "claude-opus-4-7", temperature: 0.2, top_p: 0.9, seed: 7 };
    const { response } = await completions.create(request).withResponse();
    assert.equal(dropped(response), "seed, temperature, top_p");
    const { temperature, top_p } = backend.bodies.at(-1)!;
    assert.deepEqual([temperature, top_p], [undefined, undefined]);
  });

  await t.step("errors keep what the provider says of them", async () => {
    for (
      const [status, kind, type] of [
        [409, OpenAI.ConflictError, "invalid_request_error"],
        [429, OpenAI.RateLimitError, "rate_limit_error"],
        [529, OpenAI.InternalServerError, "overloaded_error"],
      ] as const
    ) {
      await assert.rejects(
        completions.parse(ask(`status ${status}`)),
        (error) => error instanceof kind && error.type === type && error.code === type,
      );
    }
  });
});

Deno.test("a client of OpenAI's SDK that aborts has left a backend of Anthropic's messages too", async () => {
  await using stream = startAnthropicMock();
  await using helper = startAnthropicMock();
  await using signal = startAnthropicMock();
  const backends = { stream, helper, signal };
  await using gateway = await startLlmGateway({
    backendUrl: stream.url,
    backendUrls: { helper: helper.url, signal: signal.url },
    tenants: { stream: TEST_POLICY, helper: TEST_POLICY, signal: TEST_POLICY },
    tenantKeys: Object.fromEntries(Object.keys(backends).map((tenant) => [tenant, "streaming_format: anthropic"])),
  });
  const ask = { model: "claude-opus-4-6", messages: [{ role: "user" as const, content: "it hangs" }] };
  for (const [tenant, backend] of Object.entries(backends)) {
    const defaultHeaders = { "x-tenant-id": tenant };
    const { completions } = new OpenAI({ apiKey: "sk-client", baseURL: `${gateway.url}/v1`, maxRetries: 0, defaultHeaders }).chat;
    if (backend === helper) {
      const runner = completions.stream(ask);
      runner.once("content", () => runner.abort());
      await assert.rejects(runner.finalChatCompletion(), OpenAI.APIUserAbortError);
    } else {
      const client = new AbortController();
      const stream = await completions.create({ ...ask, stream: true }, { signal: client.signal });
      let text = "";
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? "";
        if (text !== "") (backend === signal ? client : stream.controller).abort();
      }
      assert.match(text, /^This/);
    }
    await backend.left;
  }
});
