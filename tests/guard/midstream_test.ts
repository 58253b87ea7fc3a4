import assert from "node:assert/strict";
import { anthropicMessages, openaiChat } from "../../src/formats/mod.ts";
import { newReport } from "../../src/guard/types.ts";
import { guardStream, midstreamOf, taken } from "../support/guarded_streams.ts";
import { contextOf, planOf, redact, stop, type TestRule, wordClassifier } from "../support/rules.ts";
import { payloadsOf, SPEAKERS } from "../support/speakers.ts";

const PII: TestRule = {
  name: "pii",
  patterns: [{ source: "\\b\\d{3}-\\d{2}-\\d{4}\\b" }, { source: "[a-z0-9.]+@[a-z0-9-]+\\.[a-z]{2,}" }, {
    source: "\\b(?:\\d[ -]?){13,16}\\b",
  }, { source: "sk-live-[a-z0-9]{12}" }],
  actions: [redact()],
};
const encoder = new TextEncoder();
const CHAT = SPEAKERS[0]!;
const CHAT_END = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';

Deno.test("a beginning that is decided is sent ahead when the backend pauses in the middle of an event", () => {
  const guard = midstreamOf(openaiChat, planOf([PII]));
  const { speak, hear } = CHAT;
  const [first] = speak(["My SSN is 219-09-"]).split("data: [DONE]");
  guard.push(
    encoder.encode(
      first!.slice(0, first!.indexOf('data: {"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{},')),
    ),
  );
  const text = () => hear(taken(guard)).text;
  assert.equal(text(), "");
  assert.equal(guard.splittable, true);
  guard.splitHeld();
  assert.equal(text(), "My SSN is ");
  guard.push(encoder.encode('data: {"choices":[{"index":0,"delta":{"content":"9999 ok"}}]}\n\n'));
  assert.equal(text(), "[REDACTED]");
});

Deno.test("comments and pings overtake text that waits", () => {
  const guard = midstreamOf(openaiChat, planOf([PII]));
  guard.push(encoder.encode('data: {"choices":[{"index":0,"delta":{"content":"219-09-"}}]}\n\n: ping\n\n'));
  assert.equal(taken(guard), ": ping\n\n");
});

Deno.test("a stream that just stops was broken off, and the client is told", async () => {
  for (const { format, speak } of SPEAKERS.filter(({ format }) => format.announcesEnd)) {
    const whole = new TextEncoder().encode(speak(["Hello ", "there"]));
    const broken = whole.subarray(0, new TextDecoder().decode(whole).indexOf("there") + 10);
    const run = await guardStream(format, planOf([]), [broken]);
    assert.equal(run.status, "failed");
    assert.match(run.bytes, /broke off/);
    assert.equal((await guardStream(format, planOf([]), [whole])).status, "ended");
  }
});

Deno.test("choices are guarded each on their own: one is stopped, the other goes on", () => {
  const plan = planOf([{ name: "halt", patterns: [{ source: "bad" }], actions: [stop("No.")] }]);
  const chunk = (index: number, delta: unknown, finish: string | null = null) =>
    `data: ${JSON.stringify({ choices: [{ index, delta, finish_reason: finish }] })}\n\n`;
  const stream = [
    chunk(0, { content: "one bad" }),
    chunk(1, { content: "two good" }),
    chunk(0, { content: " thing" }),
    chunk(1, { content: " things" }),
    chunk(0, {}, "stop"),
    chunk(1, {}, "stop"),
    "data: [DONE]\n\n",
  ].join("");
  const report = newReport();
  const guard = midstreamOf(openaiChat, plan, { context: contextOf(report), choices: 2 });
  guard.push(encoder.encode(stream));
  guard.finish();
  const chunks = payloadsOf(taken(guard)).map(({ choices }) => choices[0]);
  const said = (index: number) => chunks.filter((choice) => choice.index === index);
  assert.equal(said(0).map(({ delta }) => delta.content ?? "").join(""), "one No.");
  assert.equal(said(0).at(-1).finish_reason, "content_filter");
  assert.equal(said(1).map(({ delta }) => delta.content ?? "").join(""), "two good things");
  assert.equal(said(1).at(-1).finish_reason, "stop");
});

Deno.test("empty content beside reasoning is no change of subject: how the reasoning is cut does not matter", async () => {
  const plan = planOf([{ name: "bad", score: { classifier: "c", min: 0.5 }, actions: [redact("#")] }], {
    classifierList: [wordClassifier("c", "bad")],
    tokenHoldback: 4,
  });
  const heard = async (pieces: readonly string[]) => {
    const stream = pieces.map((reasoning) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: "", reasoning } }] })}\n\n`);
    const { bytes, findings } = await guardStream(openaiChat, plan, [encoder.encode(`${stream.join("")}${CHAT_END}`)]);
    return { text: payloadsOf(bytes).map(({ choices }) => choices[0].delta.reasoning ?? "").join(""), findings };
  };
  const text = "one bad two three four five bad. Six bad";
  assert.deepEqual(await heard([...text]), await heard([text]));
});

Deno.test("an event that cannot be rewritten ends the stream with an error, and nothing is said twice", () => {
  const deep = `${"[".repeat(200)}1${"]".repeat(200)}`;
  const event = (content: string, more = "") => `data: {"choices":[{"index":0,"delta":{"content":"${content}"}}]${more}}\n\n`;
  const guard = midstreamOf(openaiChat, planOf([PII]));
  guard.push(encoder.encode(event("one ") + event("219-") + event("09-9999", `,"deep":${deep}`)));
  assert.throws(() => guard.push(encoder.encode(event(" x"))));
  guard.fail({ message: "unreadable", type: "backend_error", code: "backend_error" });
  const said = taken(guard);
  assert.equal(said.split("one ").length, 2);
  assert.doesNotMatch(said, /219|9999/);
  assert.equal(guard.status, "failed");
});

Deno.test("events without a payload are heartbeats", async () => {
  for (const { format, speak } of SPEAKERS.filter(({ format }) => format.framing === "sse")) {
    const stream = `data:\n\n${speak(["Hello"])}`;
    assert.equal((await guardStream(format, planOf([PII]), [encoder.encode(stream)])).bytes, stream);
  }
});

Deno.test("a text that ends before its late scores are in is released when they come, though another has begun on its channel", async () => {
  const plan = planOf([{ name: "bad", score: { classifier: "c", min: 0.5 }, actions: [redact("#")] }], {
    classifierList: [wordClassifier("c", "bad", true)],
  });
  const block = (index: number, type: "text" | "thinking", text: string) => [
    { type: "content_block_start", index, content_block: { type, [type]: "" } },
    { type: "content_block_delta", index, delta: { type: `${type}_delta`, [type]: text } },
    { type: "content_block_stop", index },
  ];
  const stream = [
    {
      type: "message_start",
      message: { id: "m", type: "message", role: "assistant", content: [], model: "m", usage: { input_tokens: 1 } },
    },
    ...block(0, "thinking", "one bad"),
    ...block(1, "thinking", "two"),
    ...block(2, "text", "three"),
    ...block(3, "thinking", "four bad"),
    ...block(4, "text", "five"),
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 5 } },
    { type: "message_stop" },
  ].map((payload) => `event: ${payload.type}\ndata: ${JSON.stringify(payload)}\n\n`).join("");
  const { bytes, status } = await guardStream(anthropicMessages, plan, [encoder.encode(stream)]);
  assert.equal(status, "ended");
  const said = payloadsOf(bytes).map(({ delta }) => delta?.thinking ?? delta?.text).filter((text) => text !== undefined);
  assert.deepEqual(said, ["#", "two", "three", "#", "five"]);
});
