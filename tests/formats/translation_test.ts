/**
 * The conformance tables of every translation (`tests/fixtures/translation/`): requests, whole answers, streams and errors, each pair as the
 * providers document them; and streams cut in every way.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { transformJSONSchema } from "@anthropic-ai/sdk/lib/transform-json-schema";
import { BadEventError, isObject, type JsonObject } from "../../src/formats/json_value.ts";
import { RequestError } from "../../src/formats/request.ts";
import { concatBytes, SseReader } from "../../src/formats/sse.ts";
import { enforcedSchema } from "../../src/formats/translate/enforced_schema.ts";
import {
  type AnswerFacts,
  chatOverMessages,
  messagesOverChat,
  responsesOverChat,
  responsesOverMessages,
  type Translation,
} from "../../src/formats/translate/mod.ts";
import { Dropped } from "../../src/formats/translate/reading.ts";
import { brokenRules } from "../support/messages_rules.ts";
import { testRuns } from "../support/runs.ts";
import { type Answers, type Event, over, type Requests, table } from "../support/translation_tables.ts";

const FACTS: AnswerFacts = {
  id: "req-1",
  model: "asked",
  includeUsage: true,
  createdSeconds: 1_700_000_000,
  estimate: { promptTokens: 7, tokensOf: (chars) => Math.ceil(chars / 4) },
};
/** Byte by byte covers every cut; single ones at every byte come in `deno task test:deep`. */
const CUT_EVERY = testRuns(1) > 1 ? 1 : 13;
const encoder = new TextEncoder();
const bodyOf = (value: unknown) => typeof value === "string" ? value : JSON.stringify(value);

function bytesOf(events: readonly Event[], named: boolean): Uint8Array {
  return concatBytes(events.map((event) => {
    if (typeof event === "string") return encoder.encode(event.startsWith(":") ? `${event}\n\n` : `data: ${event}\n\n`);
    return encoder.encode(`${named ? `event: ${event.type}\n` : ""}data: ${JSON.stringify(event)}\n\n`);
  }));
}

function eventsOf(bytes: Uint8Array): Event[] {
  const reader = new SseReader();
  return [...reader.push(bytes), ...reader.finish()].map(({ raw, data }) => {
    if (data === undefined) return new TextDecoder().decode(raw).trim();
    return data.startsWith("{") ? JSON.parse(data) : data;
  });
}

/** What a client gets of a stream that arrives in these pieces. @throws {BadEventError} */
function translated(translation: Translation, pieces: readonly Uint8Array[], facts: AnswerFacts): Uint8Array {
  const [reader, translator] = [new SseReader(), translation.stream(facts)];
  const out: Uint8Array[] = [];
  for (const piece of pieces) for (const event of reader.push(piece)) out.push(translator.push(event));
  for (const event of reader.finish()) out.push(translator.push(event));
  return concatBytes([...out, translator.finish()]);
}

const pages: JsonObject = await table("pages");

for (
  const [name, translation] of Object.entries({
    chat_over_messages: chatOverMessages,
    messages_over_chat: messagesOverChat,
    responses_over_chat: responsesOverChat,
  })
) {
  const { from, to, cases }: Requests = await table(`${name}.requests`);
  const { whole, streams, errors }: Answers = await table(`${name}.answers`);
  const unreadable = (message: string) => (error: unknown) => error instanceof BadEventError && error.message === message;

  Deno.test(`${name}: the tables hold at least 60 requests and 40 answers, each by its own name and with its pages`, () => {
    assert.ok(cases.length >= 60, String(cases.length));
    assert.ok(whole.length + streams.length >= 40, String(whole.length + streams.length));
    for (const list of [cases, whole, streams, errors]) {
      assert.equal(new Set(list.map((each) => each.name)).size, list.length);
      for (const { name: of, docs } of list) {
        assert.ok(docs?.length > 0, `${of}: name the pages that it follows`);
        for (const page of docs) assert.ok(page in pages, `${of}: ${page} is not in pages.yaml`);
      }
    }
  });

  Deno.test(`${name}: ${cases.length} requests`, () => {
    for (const each of cases) {
      const body = JSON.stringify(over(from, each.from, false));
      if (each.error !== undefined) {
        const { path, says } = each.error;
        assert.throws(
          () => translation.request(body),
          (error) => error instanceof RequestError && error.path === path && error.message === says,
          each.name,
        );
        continue;
      }
      const { body: got, dropped } = translation.request(body);
      const expected = over(to, each.to!, true);
      assert.deepEqual(JSON.parse(got), expected, each.name);
      assert.deepEqual(dropped, each.dropped ?? [], each.name);
      if (translation.backend === "anthropic-messages") assert.deepEqual(brokenRules(expected), [], each.name);
    }
  });

  Deno.test(`${name}: ${whole.length} whole answers`, () => {
    for (const each of whole) {
      const answer = () => translation.answer(bodyOf(each.from), { ...FACTS, ...each.facts });
      if (each.unreadable !== undefined) assert.throws(answer, unreadable(each.unreadable), each.name);
      else assert.deepEqual(JSON.parse(answer()), each.to, each.name);
    }
  });

  Deno.test(`${name}: ${streams.length} streams, whole, byte by byte and cut in two`, () => {
    for (const each of streams) {
      const facts = { ...FACTS, ...each.facts };
      const bytes = bytesOf(each.from ?? [], translation.backend === "anthropic-messages");
      if (each.unreadable !== undefined) {
        for (const pieces of [[bytes], [...bytes].map((byte) => Uint8Array.of(byte))]) {
          assert.throws(() => translated(translation, pieces, facts), unreadable(each.unreadable), each.name);
        }
        continue;
      }
      const got = translated(translation, [bytes], facts);
      assert.deepEqual(eventsOf(got), each.to, each.name);
      const same = (pieces: readonly Uint8Array[], where: string) =>
        assert.ok(Buffer.from(translated(translation, pieces, facts)).equals(got), `${each.name}, ${where}`);
      same([...bytes].map((byte) => Uint8Array.of(byte)), "byte by byte");
      for (let at = 1; at < bytes.length; at += CUT_EVERY) same([bytes.subarray(0, at), bytes.subarray(at)], `cut at byte ${at}`);
    }
  });

  Deno.test(`${name}: ${errors.length} errors`, () => {
    for (const each of errors) assert.deepEqual(JSON.parse(translation.error(bodyOf(each.from), each.status)), each.to, each.name);
  });
}

Deno.test("numbers past 2^53 keep their digits in every direction", () => {
  const long = "12345678901234567890";
  const chat =
    `{"model":"m","messages":[{"role":"user","content":"Go"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\\"id\\":${long}}"}}]}]}`;
  assert.match(chatOverMessages.request(chat).body, new RegExp(`"input":\\{"id":${long}\\}`));
  const messages =
    `{"model":"m","max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{"id":${long}}}]}]}`;
  assert.match(messagesOverChat.request(messages).body, new RegExp(`\\{\\\\"id\\\\":${long}\\}`));
  const answer =
    `{"id":"x","choices":[{"message":{"tool_calls":[{"id":"c","function":{"name":"f","arguments":"{\\"id\\":${long}}"}}]},"finish_reason":"tool_calls"}]}`;
  assert.match(messagesOverChat.answer(answer, FACTS), new RegExp(`"input":\\{"id":${long}\\}`));
  const events = [
    `{"type":"message_start","message":{"id":"msg_1"}}`,
    `{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"t","name":"f","input":{"id":${long}}}}`,
    `{"type":"content_block_stop","index":0}`,
  ];
  assert.match(new TextDecoder().decode(translated(chatOverMessages, [bytesOf(events, true)], FACTS)), new RegExp(`\\\\"id\\\\":${long}`));
});

Deno.test("responses over messages is both translations, and speaks of the client's own parameters", async () => {
  const request = (more: JsonObject) => responsesOverMessages.request(JSON.stringify({ model: "claude-opus-4-6", input: "Hi", ...more }));
  assert.deepEqual(JSON.parse(request({ instructions: "Be brief.", max_output_tokens: 100, reasoning: { effort: "low" } }).body), {
    model: "claude-opus-4-6",
    max_tokens: 100,
    system: [{ type: "text", text: "Be brief." }],
    messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
    thinking: { type: "adaptive" },
    output_config: { effort: "low" },
  });
  const tools = [{ type: "function", name: "f", parameters: { type: "object" } }];
  assert.deepEqual(
    request({
      model: "claude-sonnet-4-5",
      reasoning: { effort: "low" },
      tools,
      tool_choice: "required",
      text: { verbosity: "low" },
      temperature: 2,
    }).dropped,
    [
      "text.verbosity",
      "reasoning.effort",
      "temperature",
    ],
  );
  assert.throws(
    () =>
      request({
        input: [{ role: "user", content: [{ type: "input_file", filename: "a.zip", file_data: "data:application/zip;base64,AA==" }] }],
      }),
    (error) =>
      error instanceof RequestError && error.path === "input" && error.message.startsWith('"input" cannot be translated: only PDF'),
  );
  const audio = [{ role: "user", content: [{ type: "input_audio", input_audio: { data: "AAAA", format: "wav" } }] }];
  for (const [more, path] of [[{ tools: [{ type: "custom", name: "sql" }] }, "tools[0]"], [{ input: audio }, "input"]] as const) {
    assert.throws(
      () => request(more),
      (error) => error instanceof RequestError && error.path.startsWith(path) && /cannot be translated/.test(error.message),
    );
  }
  const facts: AnswerFacts = { ...FACTS, includeUsage: false };
  const { streams }: Answers = await table("chat_over_messages.answers");
  for (const { name, from, unreadable } of streams) {
    if (unreadable !== undefined) continue;
    const bytes = bytesOf(from ?? [], true);
    const got = translated(responsesOverMessages, [bytes], facts);
    assert.deepEqual(translated(responsesOverMessages, [...bytes].map((byte) => Uint8Array.of(byte)), facts), got, name);
    const last = eventsOf(got).findLast(isObject);
    // An answer whose reason has come is whole, though its terminator has not.
    const whole = (from ?? []).some((event) => isObject(event) && event.type === "message_delta");
    const said = (from ?? []).filter(isObject);
    const counted = said.some(({ type }) => type === "message_stop") && said.some(({ usage }) => isObject(usage));
    if (whole) assert.match(String(last?.type), /^response\.(completed|incomplete)$/, name);
    else assert.doesNotMatch(String(last?.type), /^response\.(completed|incomplete)$/, name);
    // Usage comes though the client of chat would have had to ask for it.
    if (counted) assert.ok(isObject(last?.response) && isObject(last.response.usage), name);
  }
});

Deno.test("a response repeats what its request said", () => {
  const { echo } = responsesOverChat.request(
    JSON.stringify({
      model: "m",
      input: "Hi",
      metadata: { ticket: "7" },
      temperature: 0.5,
      instructions: "Be brief.",
      text: { verbosity: "low" },
      reasoning: { effort: "low", summary: "auto" },
      safety_identifier: "s-1",
    }),
  );
  const answer = JSON.parse(
    responsesOverChat.answer(`{"id":"x","choices":[{"message":{"content":"Hi"},"finish_reason":"stop"}]}`, {
      ...FACTS,
      ...(echo !== undefined && { echo }),
    }),
  );
  assert.deepEqual([answer.metadata, answer.temperature, answer.instructions, answer.tools], [{ ticket: "7" }, 0.5, "Be brief.", []]);
  // What is in effect, not what was asked for: no summary is written.
  assert.deepEqual([answer.text, answer.reasoning], [{ format: { type: "text" }, verbosity: "low" }, { effort: "low", summary: null }]);
  assert.equal(answer.safety_identifier, "s-1");
});

Deno.test("a schema that the messages API enforces is what Anthropic's own SDK makes of it", () => {
  const object = (properties: JsonObject, more: JsonObject = {}) => ({ type: "object", properties, ...more });
  for (
    const schema of [
      object({ age: { type: "integer", minimum: 1, maximum: 120, description: "In years" } }, { required: ["age"] }),
      object({
        tags: { type: "array", items: { type: "string", maxLength: 9 }, minItems: 3 },
        one: { type: "array", items: { type: "number", multipleOf: 2 }, minItems: 1 },
      }),
      object({ at: { type: "string", format: "date-time" }, isbn: { type: "string", format: "isbn" } }, {
        title: "Book",
        additionalProperties: true,
      }),
      object({ pet: { oneOf: [object({ cat: { type: "boolean" } }), { $ref: "#/$defs/dog" }] } }, {
        $defs: { dog: object({ legs: { type: "number", exclusiveMinimum: 0 } }) },
      }),
      object({
        either: { anyOf: [{ type: "string", minLength: 2 }, { type: "null" }] },
        both: { allOf: [object({}), object({ x: { type: "string" } })] },
      }),
      {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        ...object({ color: { enum: ["red", null] }, kind: { const: "a" }, map: object({}, { propertyNames: { type: "string" } }) }),
      },
    ]
  ) assert.deepEqual(enforcedSchema(schema, "schema", new Dropped()), transformJSONSchema(schema));
});

Deno.test("what the provider documents of a request and no type can say is found where it is broken", () => {
  const request = { model: "claude-opus-4-6", max_tokens: 4096, messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }] };
  const turn = (...content: readonly JsonObject[]) => ({
    messages: [{ role: "assistant", content: [{ type: "text", text: "x" }] }, { role: "user", content }],
  });
  const [result, words] = [{ type: "tool_result", tool_use_id: "a" }, { type: "text", text: "Hi" }];
  const tools = [{ name: "f", input_schema: { type: "object" } }];
  const budget = { model: "claude-sonnet-4-5", thinking: { type: "enabled", budget_tokens: 2048 } };
  assert.deepEqual(brokenRules(request), []);
  const broken: readonly JsonObject[] = [
    { temperature: 0.5, top_p: 0.5 },
    { temperature: 1.5 },
    { model: "claude-opus-4-7", temperature: 0.5 },
    { model: "claude-fable-5", thinking: { type: "disabled" } },
    { model: "claude-sonnet-4-5", thinking: { type: "adaptive" } },
    { output_config: { effort: "xhigh" } },
    { model: "claude-sonnet-4-5", max_tokens: 100_000 },
    { thinking: { type: "adaptive" }, temperature: 0.5 },
    { ...budget, max_tokens: 2000 },
    { ...budget, tools, tool_choice: { type: "any" } },
    { ...budget, ...turn(result) },
    { ...budget, messages: [{ role: "assistant", content: [words] }] },
    { model: "claude-3-5-haiku-20241022", thinking: { type: "disabled" } },
    { tools: [{ name: "a b", input_schema: { type: "object" } }] },
    { tools: [{ ...tools[0], strict: true }] },
    { tool_choice: { type: "auto" } },
    { tools, tool_choice: { type: "tool", name: "g" } },
    { output_config: { format: { type: "json_schema", schema: { type: "array", items: { type: "number", minimum: 1 } } } } },
    turn(words, result),
    turn({ type: "text", text: "" }),
    turn({ ...result, tool_use_id: "a:0" }),
    turn(),
    { messages: [{ role: "user", content: [result] }] },
  ];
  for (const each of broken) assert.equal(brokenRules({ ...request, ...each }).length, 1, JSON.stringify(each));
});
