/**
 * The official SDK of one provider in front of a strict mock of the other, through the gateway: every helper finishes, on plain, redacted and
 * stopped answers, with usage, calls, structured output, thinking, errors and broken streams.
 */
import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";
import { jsonSchemaOutputFormat } from "@anthropic-ai/sdk/helpers/json-schema";
import OpenAI from "openai";
import { ResponsesToolRunner } from "openai/helpers/responses-tool-runner";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";
import { startLlmGateway, TEST_POLICY } from "../support/llm_gateway.ts";
import { startAnthropicMock, startOpenAiMock } from "../support/provider_mocks.ts";

/** What comes of an answer under `TEST_POLICY`, and whether a rule stops it. */
const ANSWERS = [
  ["a plain question", "Hello from the model.", false],
  ["personal data", "Her SSN is [REDACTED], write to [REDACTED] today.", false],
  ["an insult", "You are a Stopped.", true],
] as const;
const CITY = z.object({ city: z.string(), mail: z.string() });
const CITY_SCHEMA = {
  type: "object",
  properties: { city: { type: "string" }, mail: { type: "string" } },
  required: ["city", "mail"],
  additionalProperties: false,
} as const;
const REDACTED_CITY = { city: "Oslo", mail: "[REDACTED]" };
const WEATHER = { type: "object" as const, properties: { city: { type: "string" as const } }, required: ["city" as const] };
const NOTE = { type: "object" as const, properties: { note: { type: "string" as const } }, required: ["note" as const] };
const weatherIn = (city: string) => city === "Oslo" ? "4 °C" : "21 °C";

Deno.test("OpenAI's SDK over Anthropic's messages: chat completions", async (t) => {
  await using backend = startAnthropicMock();
  await using gateway = await startLlmGateway({
    backendUrl: backend.url,
    tenants: { acme: TEST_POLICY },
    tenantKeys: { acme: "streaming_format: anthropic\nbackend: {retry_attempts: 0}" },
  });
  const { completions } = new OpenAI({ apiKey: "sk-client", baseURL: `${gateway.url}/v1`, maxRetries: 0 }).chat;
  const ask = (content: string) => ({ model: "claude-opus-4-6", messages: [{ role: "user" as const, content }] });

  for (const [question, expected, stopped] of ANSWERS) {
    await t.step(`create, whole and streamed, and stream(): ${question}`, async () => {
      const whole = await completions.create(ask(question));
      assert.equal(whole._request_id, "provider-id");
      assert.equal(whole.choices[0]!.message.content, expected);
      assert.equal(whole.choices[0]!.finish_reason, stopped ? "content_filter" : "stop");
      assert.deepEqual(whole.usage, {
        prompt_tokens: 15,
        completion_tokens: 7,
        total_tokens: 22,
        prompt_tokens_details: { cached_tokens: 4 },
      });
      let text = "";
      for await (const chunk of await completions.create({ ...ask(question), stream: true })) text += chunk.choices[0]?.delta.content ?? "";
      assert.equal(text, expected);
      const stream = completions.stream({ ...ask(question), stream_options: { include_usage: true } });
      let live = "";
      stream.on("content", (delta) => live += delta);
      const final = await stream.finalChatCompletion();
      assert.equal(live, expected);
      assert.equal(final.choices[0]!.message.content, expected);
      assert.equal(final.choices[0]!.finish_reason, stopped ? "content_filter" : "stop");
      assert.ok(final.usage!.prompt_tokens > 0 && final.usage!.completion_tokens > 0);
    });
  }

  await t.step("parse(), and stream() with a schema", async () => {
    const response_format = zodResponseFormat(CITY, "city");
    const whole = await completions.parse({ ...ask("a city"), response_format });
    assert.deepEqual(whole.choices[0]!.message.parsed, REDACTED_CITY);
    const final = await completions.stream({ ...ask("a city"), response_format }).finalChatCompletion();
    assert.deepEqual(final.choices[0]!.message.parsed, REDACTED_CITY);
    assert.equal(backend.bodies.at(-1)!.output_config?.format?.type, "json_schema");
  });

  await t.step("runTools(), streamed and not: parallel calls, then redacted arguments", async () => {
    const saved: string[] = [];
    const tools = [{
      type: "function" as const,
      function: {
        name: "get_weather",
        description: "Current weather",
        parameters: WEATHER,
        parse: (text: string): { city: string } => JSON.parse(text),
        function: ({ city }: { city: string }) => weatherIn(city),
      },
    }, {
      type: "function" as const,
      function: {
        name: "save_note",
        description: "Saves a note",
        parameters: NOTE,
        parse: (text: string): { note: string } => JSON.parse(text),
        function: ({ note }: { note: string }) => {
          saved.push(note);
          return "saved";
        },
      },
    }] as const;
    for (const question of ["the weather", "save it"]) {
      const said = `The tools said: ${question === "save it" ? "saved" : "4 °C and 21 °C"}.`;
      assert.equal(await completions.runTools({ ...ask(question), tools: [...tools], reasoning_effort: "low" }).finalContent(), said);
      assert.equal(await completions.runTools({ ...ask(question), stream: true, tools: [...tools] }).finalContent(), said);
    }
    assert.deepEqual(saved, ["Ask [REDACTED] about it", "Ask [REDACTED] about it"]);
  });

  await t.step("reasoning arrives beside the text", async () => {
    const { message } = (await completions.create({ ...ask("think"), reasoning_effort: "high" })).choices[0]!;
    assert.deepEqual([message.content, "reasoning_content" in message && message.reasoning_content], [
      "Here it is.",
      "They want a thought.",
    ]);
    assert.deepEqual(backend.bodies.at(-1)!.thinking, { type: "adaptive" });
    const { choices } = await completions.stream({ ...ask("think"), reasoning_effort: "high" }).finalChatCompletion();
    assert.equal(choices[0]!.message.content, "Here it is.");
  });

  await t.step("images and files", async () => {
    const content = [
      { type: "text" as const, text: "a plain question" },
      { type: "image_url" as const, image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
      { type: "file" as const, file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0=" } },
    ];
    await completions.create({ ...ask(""), messages: [{ role: "user", content }] });
    assert.deepEqual(backend.bodies.at(-1)!.messages[0]!.content.map(({ type }) => type), ["text", "image", "document"]);
  });

  await t.step("errors are the SDK's own", async () => {
    for (
      const [status, kind] of [
        [400, OpenAI.BadRequestError],
        [401, OpenAI.AuthenticationError],
        [403, OpenAI.PermissionDeniedError],
        [404, OpenAI.NotFoundError],
        [422, OpenAI.UnprocessableEntityError],
        [429, OpenAI.RateLimitError],
        [500, OpenAI.InternalServerError],
        [529, OpenAI.InternalServerError],
      ] as const
    ) {
      for (const stream of [false, true]) {
        await assert.rejects(
          async () => await completions.create({ ...ask(`status ${status}`), stream }),
          (error) => error instanceof kind && error.status === status && error.message.includes(`Said ${status}`),
        );
      }
    }
    await assert.rejects(
      async () => await completions.create(ask("status 429")),
      (error) => error instanceof OpenAI.APIError && error.headers?.get("retry-after") === "7",
    );
  });

  await t.step("a stream that breaks off, or tells of an error, is an error and no clean end", async () => {
    for (const question of ["it breaks", "it errors"]) {
      let text = "";
      await assert.rejects(async () => {
        for await (const chunk of await completions.create({ ...ask(question), stream: true })) {
          text += chunk.choices[0]?.delta.content ?? "";
        }
      }, OpenAI.APIError);
      assert.ok("This will not".startsWith(text));
      await assert.rejects(completions.stream(ask(question)).finalChatCompletion());
    }
  });
});

Deno.test("OpenAI's SDK over Anthropic's messages and over chat completions: responses", async (t) => {
  await using claude = startAnthropicMock();
  await using gpt = startOpenAiMock();
  await using gateway = await startLlmGateway({
    backendUrl: claude.url,
    backendUrls: { gpt: gpt.url },
    tenants: { claude: TEST_POLICY, gpt: TEST_POLICY },
    tenantKeys: {
      claude: "streaming_format: anthropic\nbackend: {retry_attempts: 0}",
      gpt: "streaming: {format: openai, responses: chat}\nbackend: {retry_attempts: 0}",
    },
  });
  for (const tenant of ["claude", "gpt"]) {
    const client = new OpenAI({
      apiKey: "sk-client",
      baseURL: `${gateway.url}/v1`,
      maxRetries: 0,
      defaultHeaders: { "x-tenant-id": tenant },
    });
    const { responses } = client;
    const ask = (input: string) => ({ model: "claude-opus-4-6", input });

    for (const [question, expected, stopped] of ANSWERS) {
      await t.step(`${tenant}: create, whole and streamed, and stream(): ${question}`, async () => {
        const check = (answer: OpenAI.Responses.Response) => {
          assert.equal(answer.output_text, expected);
          assert.equal(answer.status, stopped ? "incomplete" : "completed");
          assert.ok(answer.usage!.input_tokens > 0 && answer.usage!.output_tokens > 0);
        };
        check(await responses.create({ ...ask(question), metadata: { ticket: "7" } }));
        let text = "";
        for await (const event of await responses.create({ ...ask(question), stream: true })) {
          if (event.type === "response.output_text.delta") text += event.delta;
        }
        assert.equal(text, expected);
        check(await responses.stream(ask(question)).finalResponse());
      });
    }

    await t.step(`${tenant}: parse(), and stream() with a schema`, async () => {
      const text = { format: zodTextFormat(CITY, "city") };
      assert.deepEqual((await responses.parse({ ...ask("a city"), text })).output_parsed, REDACTED_CITY);
      assert.deepEqual((await responses.stream({ ...ask("a city"), text }).finalResponse()).output_parsed, REDACTED_CITY);
    });

    await t.step(`${tenant}: a loop of calls and their outputs, streamed and not`, async () => {
      const tools = [
        { type: "function" as const, name: "get_weather", parameters: WEATHER, strict: false },
        { type: "function" as const, name: "save_note", parameters: NOTE, strict: false },
      ];
      for (const question of ["the weather", "save it"]) {
        for (const streamed of [false, true]) {
          const input: OpenAI.Responses.ResponseInputItem[] = [{ role: "user", content: question }];
          const next = async () => {
            const request = { model: "claude-opus-4-6", input, tools };
            return streamed ? await responses.stream(request).finalResponse() : await responses.create(request);
          };
          const called = await next();
          const notes: string[] = [];
          input.push(...called.output.flatMap((item) => item.type === "function_call" || item.type === "message" ? [item] : []));
          for (const item of called.output) {
            if (item.type !== "function_call") continue;
            const args: { city?: string; note?: string } = JSON.parse(item.arguments);
            if (args.note !== undefined) notes.push(args.note);
            input.push({
              type: "function_call_output",
              call_id: item.call_id,
              output: args.city === undefined ? "saved" : weatherIn(args.city),
            });
          }
          assert.deepEqual(notes, question === "save it" ? ["Ask [REDACTED] about it"] : []);
          assert.equal((await next()).output_text, `The tools said: ${question === "save it" ? "saved" : "4 °C and 21 °C"}.`);
        }
      }
    });

    await t.step(`${tenant}: the tool runner, streamed and not`, async () => {
      const saved: unknown[] = [];
      const functions = [
        {
          tool: { type: "function" as const, name: "get_weather", parameters: WEATHER, strict: false },
          execute: ({ city }: Record<string, unknown>) => weatherIn(String(city)),
        },
        {
          tool: { type: "function" as const, name: "save_note", parameters: NOTE, strict: false },
          execute: ({ note }: Record<string, unknown>) => {
            saved.push(note);
            return "saved";
          },
        },
      ];
      for (const question of ["the weather", "save it"]) {
        for (const stream of [false, true]) {
          const final = await new ResponsesToolRunner({ functions }).run(client, ask(question), { stream });
          assert.equal(final.output_text, `The tools said: ${question === "save it" ? "saved" : "4 °C and 21 °C"}.`);
        }
      }
      assert.deepEqual(saved, ["Ask [REDACTED] about it", "Ask [REDACTED] about it"]);
    });

    await t.step(`${tenant}: reasoning is an item before the text`, async () => {
      const { output } = await responses.create({ ...ask("think"), reasoning: { effort: "high" } });
      assert.deepEqual(output.map(({ type }) => type), ["reasoning", "message"]);
      const streamed = await responses.stream({ ...ask("think"), reasoning: { effort: "high" } }).finalResponse();
      assert.deepEqual(streamed.output.map(({ type }) => type), ["reasoning", "message"]);
    });

    await t.step(`${tenant}: errors and broken streams`, async () => {
      await assert.rejects(() => responses.create(ask("status 429")), OpenAI.RateLimitError);
      await assert.rejects(() => responses.create({ ...ask("a plain question"), previous_response_id: "resp_1" }), /previous_response_id/);
      for (const question of ["it breaks", "it errors"]) await assert.rejects(responses.stream(ask(question)).finalResponse(), question);
    });
  }
});

Deno.test("Anthropic's SDK over chat completions: messages", async (t) => {
  await using backend = startOpenAiMock();
  await using gateway = await startLlmGateway({
    backendUrl: backend.url,
    tenants: { acme: TEST_POLICY },
    tenantKeys: { acme: "streaming_format: openai\nbackend: {retry_attempts: 0}" },
  });
  const client = new Anthropic({ apiKey: "sk-client", baseURL: gateway.url, maxRetries: 0 });
  const ask = (content: string) => ({ model: "gpt-4o", max_tokens: 300, messages: [{ role: "user" as const, content }] });
  const textOf = (content: readonly { readonly type: string; readonly text?: string }[]) =>
    content.map((block) => block.type === "text" ? block.text : "").join("");

  for (const [question, expected, stopped] of ANSWERS) {
    await t.step(`create, whole and streamed, and stream(): ${question}`, async () => {
      const whole = await client.messages.create(ask(question));
      assert.equal(whole._request_id, "provider-id");
      assert.equal(textOf(whole.content), expected);
      assert.equal(whole.stop_reason, stopped ? "refusal" : "end_turn");
      assert.deepEqual([whole.usage.input_tokens, whole.usage.cache_read_input_tokens, whole.usage.output_tokens], [11, 4, 7]);
      let text = "";
      for await (const event of await client.messages.create({ ...ask(question), stream: true })) {
        if (event.type === "content_block_delta" && event.delta.type === "text_delta") text += event.delta.text;
      }
      assert.equal(text, expected);
      const stream = client.messages.stream(ask(question));
      let live = "";
      stream.on("text", (delta) => live += delta);
      const final = await stream.finalMessage();
      assert.equal(live, expected);
      assert.equal(textOf(final.content), expected);
      assert.equal(final.stop_reason, stopped ? "refusal" : "end_turn");
      assert.ok(final.usage.output_tokens > 0);
      if (!stopped) assert.deepEqual([final.usage.input_tokens, final.usage.cache_read_input_tokens], [11, 4]);
    });
  }

  await t.step("parse(), and stream() with a schema", async () => {
    const output_config = { format: jsonSchemaOutputFormat(CITY_SCHEMA) };
    assert.deepEqual((await client.messages.parse({ ...ask("a city"), output_config })).parsed_output, REDACTED_CITY);
    const final = await client.messages.stream({ ...ask("a city"), output_config }).finalMessage();
    assert.deepEqual(JSON.parse(textOf(final.content)), REDACTED_CITY);
    assert.equal(backend.bodies.at(-1)!.response_format?.type, "json_schema");
  });

  await t.step("the tool runner, streamed and not: parallel calls, then redacted arguments", async () => {
    const saved: string[] = [];
    const tools = [
      betaTool({ name: "get_weather", description: "Current weather", inputSchema: WEATHER, run: ({ city }) => weatherIn(city) }),
      betaTool({
        name: "save_note",
        description: "Saves a note",
        inputSchema: NOTE,
        run: ({ note }) => {
          saved.push(note);
          return "saved";
        },
      }),
    ];
    for (const question of ["the weather", "save it"]) {
      for (const stream of [false, true]) {
        const final = await client.beta.messages.toolRunner({ ...ask(question), tools, stream }).runUntilDone();
        assert.equal(textOf(final.content), `The tools said: ${question === "save it" ? "saved" : "4 °C and 21 °C"}.`);
      }
    }
    assert.deepEqual(saved, ["Ask [REDACTED] about it", "Ask [REDACTED] about it"]);
  });

  await t.step("a failed tool, an image in its result, and thinking sent back", async () => {
    const first = await client.messages.create({ ...ask("think"), max_tokens: 3000, thinking: { type: "enabled", budget_tokens: 1024 } });
    assert.deepEqual(first.content.map(({ type }) => type), ["thinking", "text"]);
    const image = { type: "image" as const, source: { type: "base64" as const, media_type: "image/png" as const, data: "iVBORw0KGgo=" } };
    const answer = await client.messages.create({
      ...ask(""),
      messages: [
        { role: "user", content: "think" },
        { role: "assistant", content: first.content },
        { role: "user", content: "the weather" },
        { role: "assistant", content: [{ type: "tool_use", id: "toolu_1", name: "get_weather", input: { city: "Oslo" } }] },
        {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: "toolu_1", is_error: true, content: [{ type: "text", text: "no map" }, image] }],
        },
      ],
    });
    assert.equal(textOf(answer.content), "The tools said: Error: no map.");
    assert.deepEqual(backend.bodies.at(-1)!.messages.map(({ role }) => role), ["user", "assistant", "user", "assistant", "tool", "user"]);
  });

  await t.step("errors are the SDK's own", async () => {
    for (
      const [status, kind] of [
        [400, Anthropic.BadRequestError],
        [401, Anthropic.AuthenticationError],
        [403, Anthropic.PermissionDeniedError],
        [404, Anthropic.NotFoundError],
        [422, Anthropic.UnprocessableEntityError],
        [429, Anthropic.RateLimitError],
        [500, Anthropic.InternalServerError],
        [503, Anthropic.InternalServerError],
      ] as const
    ) {
      for (const stream of [false, true]) {
        await assert.rejects(
          async () => await client.messages.create({ ...ask(`status ${status}`), stream }),
          (error) => error instanceof kind && error.status === status && error.message.includes(`Said ${status}`),
        );
      }
    }
  });

  await t.step("a stream that breaks off, or tells of an error, is an error and no clean end", async () => {
    for (const question of ["it breaks", "it errors"]) await assert.rejects(client.messages.stream(ask(question)).finalMessage(), question);
  });
});
