/**
 * The recorded streams of every format: each says where it comes from, and together they hold every event type, item, delta, citation and
 * finish that the official SDKs declare. `tests/guard/fixtures_test.ts` sends each through the guard, cut at every byte.
 */
import assert from "node:assert/strict";
import { formatFor, readerFor } from "../../src/formats/mod.ts";
import { isObject, type JsonObject } from "../../src/formats/json_value.ts";
import type { Api } from "../../src/formats/types.ts";
import { fixturesOf, type StreamFixture } from "../conformance/format_conformance.ts";
import { type Declared, DeclaredTypes, unquoted } from "../support/declared_types.ts";
import { sources, STREAMS } from "../support/fixture_sources.ts";

const table = sources();

Deno.test("every recorded stream says where it comes from, and every source has one", () => {
  const folders = [...Deno.readDirSync(STREAMS)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
  const found = folders.flatMap((folder) => fixturesOf(folder).map(({ name }) => `${folder}/${name}`));
  assert.deepEqual(Object.keys(table.streams).sort(), found.sort());
  assert.deepEqual([...new Set(Object.values(table.streams).map(({ source }) => source))].sort(), Object.keys(table.sources).sort());
  for (const address of Object.values(table.sources)) assert.match(address, /^https:\/\/|^[\w-]+\/[\w.-]+ \(/);
});

const responses = await DeclaredTypes.of("openai/resources/responses/responses");
const chat = await DeclaredTypes.of("openai/resources/chat/completions/completions");
const completions = await DeclaredTypes.of("openai/resources/completions");
const messages = await DeclaredTypes.of("@anthropic-ai/sdk/resources/beta/messages/messages");

function payloadsOf(api: Exclude<Api, "custom">, { bytes }: StreamFixture): JsonObject[] {
  const reader = readerFor(formatFor(api));
  return [...reader.push(bytes), ...reader.finish()].flatMap(({ data }) => {
    const payload: unknown = data?.startsWith("{") ? JSON.parse(data) : undefined;
    return isObject(payload) ? [payload] : [];
  });
}

const all = (api: Exclude<Api, "custom">) => fixturesOf(api).flatMap((fixture) => payloadsOf(api, fixture));
/** The objects at a member of each of these, lists taken apart. */
const at = (values: readonly unknown[], key: string): unknown[] =>
  values.flatMap((value) => isObject(value) && value[key] !== undefined && value[key] !== null ? [value[key]].flat() : []);
const typesAmong = (values: readonly unknown[]) => new Set(at(values, "type"));
const keysAmong = (values: readonly unknown[]) => new Set(values.flatMap((value) => isObject(value) ? Object.keys(value) : []));
const memberOf = (types: DeclaredTypes, name: string, member: string) => types.interfaceOf(name).members.get(member)!.type;

/** `least`: how many there are now; fewer means that the declarations were not understood. */
function covers(what: string, declared: readonly string[], least: number, have: ReadonlySet<unknown>): void {
  Deno.test(`the recorded streams hold every ${what} (${declared.length})`, () => {
    assert.ok(declared.length >= least, `The SDK declares only ${declared.length}, not ${least}`);
    assert.deepEqual(declared.filter((each) => !have.has(each)), []);
  });
}

const events = all("openai-responses");
const items = [...at(events, "item"), ...at(at(events, "response"), "output")];
covers("Responses event", responses.typesIn("ResponseStreamEvent"), 59, typesAmong(events));
covers("Responses item", responses.typesIn("ResponseOutputItem"), 28, typesAmong(items));
covers(
  "Responses content part",
  responses.typesIn(memberOf(responses, "ResponseContentPartAddedEvent", "part"), "ResponseContentPartAddedEvent"),
  3,
  typesAmong(at(events, "part")),
);
covers(
  "Responses annotation",
  responses.typesIn(memberOf(responses, "ResponseOutputText", "annotations"), "ResponseOutputText"),
  4,
  typesAmong(at(events, "annotation")),
);

const blocks = all("anthropic-messages");
covers("Messages event", [...messages.typesIn("BetaRawMessageStreamEvent"), "ping", "error"], 8, typesAmong(blocks));
covers("Messages delta", messages.typesIn("BetaRawContentBlockDelta"), 6, typesAmong(at(blocks, "delta")));
covers(
  "Messages block",
  messages.typesIn(memberOf(messages, "BetaRawContentBlockStartEvent", "content_block")),
  18,
  typesAmong(at(blocks, "content_block")),
);
covers("Messages citation", messages.typesIn("BetaTextCitation"), 5, typesAmong(at(at(blocks, "delta"), "citation")));
covers(
  "Messages stop reason",
  messages.alternatives("BetaStopReason").map(unquoted),
  8,
  new Set(at(at(blocks, "delta"), "stop_reason")),
);

const chunks = all("openai-chat");
const choices = at(chunks, "choices");
const deltas = at(choices, "delta");
const calls = at(deltas, "tool_calls");
const membersOf = (types: DeclaredTypes, name: string) => [...types.interfaceOf(name).members.keys()];
const CHOICE = "ChatCompletionChunk.Choice";
covers("chat chunk member", membersOf(chat, "ChatCompletionChunk"), 10, keysAmong(chunks));
covers("chat choice member", membersOf(chat, CHOICE), 4, keysAmong(choices));
covers("chat delta member", membersOf(chat, `${CHOICE}.Delta`), 6, keysAmong(deltas));
covers("chat tool call member", membersOf(chat, `${CHOICE}.Delta.ToolCall`), 5, keysAmong(calls));
covers("chat audio member", membersOf(chat, `${CHOICE}.Delta.Audio`), 4, keysAmong(at(deltas, "audio")));
covers("chat log probability list", membersOf(chat, `${CHOICE}.Logprobs`), 2, keysAmong(at(choices, "logprobs")));
covers(
  "chat finish reason",
  chat.alternatives(memberOf(chat, CHOICE, "finish_reason")).map(unquoted),
  5,
  new Set(at(choices, "finish_reason")),
);
// No SDK declares what other backends add; their documentation does (SOURCES.yaml).
covers(
  "chat delta member of other backends",
  "annotations reasoning_content reasoning reasoning_details thinking_blocks context executed_tools reasoning_steps provider_specific_fields"
    .split(" "),
  9,
  keysAmong(deltas),
);
covers(
  "chat chunk member of other backends",
  "citations search_results prompt_filter_results prompt_annotations error provider x_groq images".split(" "),
  8,
  keysAmong(chunks),
);

const legacy = all("openai-completions");
covers("completions chunk member", membersOf(completions, "Completion"), 7, keysAmong(legacy));
covers("completions choice member", membersOf(completions, "CompletionChoice"), 4, keysAmong(at(legacy, "choices")));
covers(
  "completions log probability list",
  membersOf(completions, "CompletionChoice.Logprobs"),
  4,
  keysAmong(at(at(legacy, "choices"), "logprobs")),
);
covers(
  "completions finish reason",
  completions.alternatives(memberOf(completions, "CompletionChoice", "finish_reason")).map(unquoted),
  3,
  new Set(at(at(legacy, "choices"), "finish_reason")),
);

/** Members that a declared type requires, and the provider's own examples leave out. */
const LEFT_OUT = new Set([
  // https://platform.openai.com/docs/api-reference/responses/create prints its stream without them.
  "sequence_number",
  "logprobs",
  // Not known yet when the item is added.
  "web_search_call action",
  // https://platform.claude.com/docs/en/build-with-claude/streaming
  "text citations",
  "message_delta context_management",
  "thinking_delta estimated_tokens",
]);

function missing(what: unknown, value: unknown, declared: Declared | undefined): string[] {
  if (declared === undefined || !isObject(value)) return [];
  return [...declared.members].filter(([name, { optional }]) => !optional && value[name] === undefined)
    .filter(([name]) => !LEFT_OUT.has(name) && !LEFT_OUT.has(`${what} ${name}`)).map(([name]) => `${what} lacks ${name}`);
}

Deno.test("no recorded event, item, block or delta of OpenAI Responses and Anthropic Messages lacks what its declaration requires", () => {
  const known = {
    event: responses.byType("ResponseStreamEvent"),
    item: responses.byType("ResponseOutputItem"),
    message: messages.byType("BetaRawMessageStreamEvent"),
    block: messages.byType(memberOf(messages, "BetaRawContentBlockStartEvent", "content_block")),
    delta: messages.byType("BetaRawContentBlockDelta"),
  };
  const lacks = (values: readonly unknown[], types: ReadonlyMap<string, Declared>) =>
    values.flatMap((value) => isObject(value) ? missing(value.type, value, types.get(String(value.type))) : []);
  assert.deepEqual(lacks(events, known.event), []);
  assert.deepEqual(lacks(items, known.item), []);
  assert.deepEqual(lacks(blocks, known.message), []);
  assert.deepEqual(lacks(at(blocks, "content_block"), known.block), []);
  assert.deepEqual(lacks(at(blocks.filter(({ type }) => type === "content_block_delta"), "delta"), known.delta), []);
});

Deno.test("the declarations are read with their namespaces, unions and bases", () => {
  const types = new DeclaredTypes([
    "export interface A {",
    "    /** not: this; */",
    "    type: 'a';",
    "    b?: {",
    "        [key: string]: unknown;",
    "    } | null;",
    "}",
    "export declare namespace A {",
    "    interface In {",
    "        type: 'in' | 'out';",
    "    }",
    "}",
    "export interface B extends A {",
    "    c: string;",
    "}",
    "export type Either = A | A.In | null;",
  ].join("\n"));
  assert.deepEqual(types.typesIn("Either"), ["a", "in", "out"]);
  assert.deepEqual([...types.interfaceOf("B").members].map(([name, { optional }]) => `${name}${optional ? "?" : ""}`), ["type", "b?", "c"]);
  assert.throws(() => types.interfaceOf("C"), /Cannot find the interface C/);
  assert.deepEqual(types.alternatives("Array<In>", "A"), ["A.In"]);
});
