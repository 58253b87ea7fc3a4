/** Every fixture stream of every format through the guard, cut at every byte: the same bytes for the client, and no secret in them. */
import assert from "node:assert/strict";
import { formatFor } from "../../src/formats/mod.ts";
import type { StreamFormat } from "../../src/formats/types.ts";
import { fixturesOf, type StreamFixture } from "../conformance/format_conformance.ts";
import { type GuardedStream, guardStream } from "../support/guarded_streams.ts";
import { planOf, redact, stop, wordClassifier } from "../support/rules.ts";
import { testRuns } from "../support/runs.ts";
import { payloadsOf } from "../support/speakers.ts";

const EMAIL = /[a-z0-9.]+@[a-z0-9-]+\.[a-z]{2,}/;
const SSN = /\d{3}-\d{2}-\d{4}/;
const PII = { name: "pii", patterns: [EMAIL, SSN].map(({ source }) => ({ source })), actions: [redact()] };
const SCORED = { name: "scored", score: { classifier: "c", min: 0.5 }, actions: [redact("#")] };
const scored = (late: boolean) =>
  planOf([PII, SCORED], { classifierList: [wordClassifier("c", "the", late)], tokenHoldback: 4, contextChunks: 1 });
const PLANS = {
  "patterns and scores": scored(false),
  "late scores": scored(true),
  "a stop": planOf([PII, { name: "halt", patterns: [{ source: "[aeiou][a-z]" }], actions: [stop("No.")] }]),
};
/** A rule that nothing in any stream is touched by. */
const QUIET = planOf([{ name: "quiet", patterns: [{ source: "☃+x" }], actions: [redact()] }]);
/** Streams that a guard changes in any case: tokens ahead of their text, what just stops in the middle, a second `[DONE]`. */
const NEVER_ALIKE = ["done_doubled_then_bytes.sse", "vllm_logprobs_ahead.sse", "cut_off.sse", "cut_off.ndjson"];

const FOLDERS: Readonly<Record<string, StreamFormat>> = {
  "openai-chat": formatFor("openai-chat"),
  "openai-completions": formatFor("openai-completions"),
  "openai-responses": formatFor("openai-responses"),
  "anthropic-messages": formatFor("anthropic-messages"),
  "custom-sse": formatFor("custom", { contentPath: "$.out[0].text", finishPath: "$.end", doneMarker: "<END>", event: "token" }),
  "custom-sse-cohere": formatFor("custom", { contentPath: "$.delta.message.content.text", finishPath: "$.delta.finish_reason" }),
  "custom-ndjson": formatFor("custom", { contentPath: "$.message.content", finishPath: "$.done" }, "ndjson"),
  "custom-ndjson-generate": formatFor("custom", { contentPath: "$.response", finishPath: "$.done" }, "ndjson"),
};

/** In two parts a stream is cut at every byte in `task test:deep`, at some 300 of them otherwise; byte by byte it always comes, too. */
const MOST_CUTS = testRuns() > 300 ? Infinity : 300;
const tally = { streams: 0, bytes: 0, cuts: 0 };

/** The fixture as a guard hears it when it is cut in two at `at`. */
function cutAt({ bytes }: StreamFixture, at: number): Uint8Array[] {
  return [bytes.subarray(0, at), bytes.subarray(at)].filter((part) => part.length > 0);
}

for (const [folder, format] of Object.entries(FOLDERS)) {
  for (const fixture of fixturesOf(folder)) {
    Deno.test(`${folder}/${fixture.name}: the same bytes and decisions wherever the network cuts, and no secret`, async () => {
      tally.streams++;
      tally.bytes += fixture.bytes.length;
      for (const [kind, plan] of Object.entries(PLANS)) {
        const whole: GuardedStream = await guardStream(format, plan, [fixture.bytes]);
        assert.doesNotMatch(whole.bytes, EMAIL, kind);
        assert.doesNotMatch(whole.bytes, SSN, kind);
        assert.deepEqual(await guardStream(format, plan, Array.from(fixture.bytes, (byte) => Uint8Array.of(byte))), whole, kind);
        if (kind !== "patterns and scores") continue;
        const step = Math.max(1, Math.ceil(fixture.bytes.length / MOST_CUTS));
        for (let at = 1; at < fixture.bytes.length; at += step) {
          tally.cuts++;
          assert.deepEqual(await guardStream(format, plan, cutAt(fixture, at)), whole, `cut at ${at}`);
        }
      }
    });
  }
}

Deno.test("no folder of recorded streams is left out", () => {
  const folders = [...Deno.readDirSync(new URL("../fixtures/streams/", import.meta.url))].filter(({ isDirectory }) => isDirectory);
  assert.deepEqual(folders.map(({ name }) => name).sort(), Object.keys(FOLDERS).sort());
  const { streams, bytes, cuts } = tally;
  console.log(`${streams} streams of ${bytes} bytes, each whole, byte by byte and in two at ${cuts} places in all`);
});

for (const [folder, format] of Object.entries(FOLDERS)) {
  Deno.test(`${folder}: where no rule touches anything, the very bytes come out, cut at every byte`, async () => {
    for (const { name, bytes } of fixturesOf(folder)) {
      if (NEVER_ALIKE.includes(name)) continue;
      const guarded = await guardStream(format, QUIET, Array.from(bytes, (byte) => Uint8Array.of(byte)));
      assert.equal(guarded.bytes, new TextDecoder().decode(bytes), name);
      assert.deepEqual(guarded.findings, [], name);
    }
  });
}

const chat = async (name: string, plan = PLANS["patterns and scores"]) => {
  const fixture = fixturesOf("openai-chat").find((each) => each.name === name)!;
  const { bytes } = await guardStream(FOLDERS["openai-chat"]!, plan, [fixture.bytes]);
  return { bytes, choices: payloadsOf(bytes).flatMap((each) => each.choices) };
};

Deno.test("a message that repeats all of the text so far says what the client has got", async () => {
  const { choices } = await chat("perplexity_message_so_far.sse");
  assert.equal(choices.map(({ delta }) => delta.content).join(""), "Write to [REDACTED] today.");
  let said = "";
  for (const { delta, message } of choices) assert.equal(message.content, said += delta.content);
});

Deno.test("tokens that come before their text are not sent where text is guarded, and are where it is not", async () => {
  const plan = planOf([{ name: "ssn", patterns: [SSN].map(({ source }) => ({ source })), actions: [redact()] }]);
  const { bytes, choices } = await chat("vllm_logprobs_ahead.sse", plan);
  assert.doesNotMatch(bytes, /6789|3-45-/);
  assert.equal(choices.map(({ delta }) => delta.content ?? "").join(""), "My SSN is [REDACTED]");
  assert.match((await chat("vllm_logprobs_ahead.sse", planOf([]))).bytes, /"token":"3-45-"/);
});

Deno.test("arguments that come as an object stay one", async () => {
  const { choices } = await chat("object_arguments.sse");
  assert.deepEqual(choices[0].delta.tool_calls[0].function.arguments, { note: "Ask [REDACTED]", n: 12.5, list: ["a", true, null] });
});

/** Chat chunks with these deltas. */
const chunks = (deltas: readonly object[], beside: object = {}) =>
  new TextEncoder().encode(
    deltas.map((delta) => `data: ${JSON.stringify({ id: "c", choices: [{ index: 0, delta, finish_reason: null }], ...beside })}\n\n`).join(
      "",
    ) +
      "data: [DONE]\n\n",
  );

Deno.test("search results that come with every chunk are judged once, and changed in each", async () => {
  const beside = {
    citations: ["https://example.com/?m=ann@example.org"],
    search_results: [{ title: "the page", snippet: "SSN 123-45-6789" }],
  };
  for (const [kind, plan] of Object.entries(PLANS)) {
    if (kind === "a stop") continue;
    const reads = [chunks(["We", " wrote", " it."].map((content) => ({ content })), beside)];
    const { bytes, findings } = await guardStream(FOLDERS["openai-chat"]!, plan, reads);
    const events = payloadsOf(bytes);
    assert.equal(events.length, 3);
    for (const { citations, search_results } of events) {
      assert.deepEqual(citations, ["https://example.com/?m=[REDACTED]"]);
      assert.deepEqual(search_results, [{ title: "#", snippet: "SSN [REDACTED]" }]);
    }
    assert.deepEqual(findings.map((each) => each.split("@")[0]).sort(), ["pii", "pii", "scored"], kind);
  }
});

Deno.test("a fragment that a server repeats beside the choices goes with the fragment", async () => {
  const reads = ["My SSN is 123", "-45-", "6789 now"].map((content) => {
    const chunk = { id: "c", choices: [{ index: 0, delta: { content }, finish_reason: null }], __verbose: { content, prompt: "hi" } };
    return new TextEncoder().encode(`data: ${JSON.stringify(chunk)}\n\n`);
  });
  const { bytes } = await guardStream(FOLDERS["openai-chat"]!, PLANS["patterns and scores"], [
    ...reads,
    new TextEncoder().encode("data: [DONE]\n\n"),
  ]);
  const events = payloadsOf(bytes).filter(({ choices }) => choices !== undefined);
  assert.equal(events.map(({ choices }) => choices[0].delta.content).join(""), "My SSN is [REDACTED] now");
  for (const { choices, __verbose } of events) assert.equal(__verbose.content, choices[0].delta.content);
});

Deno.test("a text in fragments under a name that nobody knows is guarded as one", async () => {
  const reads = [chunks(["My SSN is 123", "-45-", "6789 now"].map((musing) => ({ musing })))];
  const { bytes } = await guardStream(FOLDERS["openai-chat"]!, PLANS["patterns and scores"], reads);
  assert.equal(payloadsOf(bytes).map(({ choices }) => choices[0].delta.musing ?? "").join(""), "My SSN is [REDACTED] now");
});

Deno.test("the chunks of Perplexity's concise mode keep their reasoning steps, and its last message says what the client has got", async () => {
  const { choices } = await chat("perplexity_concise.sse");
  assert.equal(choices.map(({ delta }) => delta.content).join(""), "Write to [REDACTED] today.");
  assert.equal(choices.at(-1)!.message.content, "Write to [REDACTED] today.");
  assert.equal(choices.at(-1)!.message.reasoning_steps[0].thought, "Look up who [REDACTED] is");
});

Deno.test("events of ours take id and model from the answer, and not from an annotation without them", async () => {
  const { bytes } = await chat(
    "azure_async_filter.sse",
    planOf([{ name: "halt", patterns: [{ source: "today" }], actions: [stop("No.")] }]),
  );
  for (const { id, model } of payloadsOf(bytes).slice(-2)) assert.deepEqual([id, model], ["chatcmpl-az1", "gpt-35-turbo"]);
});

Deno.test("an item that says more when it is done than when it was added is judged whole", async () => {
  const event = (type: string, item: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: 0, output_index: 0, item })}\n\n`;
  const item = (query: string) => ({ id: "ws_1", type: "web_search_call", status: "completed", action: { type: "search", query } });
  const bytes = event("response.output_item.added", item("mail of ann@exam")) +
    event("response.output_item.done", item("mail of ann@example.org"));
  const out = await guardStream(FOLDERS["openai-responses"]!, PLANS["patterns and scores"], [new TextEncoder().encode(bytes)]);
  assert.doesNotMatch(out.bytes, /ann@|ple\.org/);
});
