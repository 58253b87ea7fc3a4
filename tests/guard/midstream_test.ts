import assert from "node:assert/strict";
import { openaiChat, readerFor } from "../../src/formats/mod.ts";
import { MidstreamGuard } from "../../src/guard/midstream.ts";
import { newReport } from "../../src/guard/types.ts";
import { guardStream } from "../support/guarded_streams.ts";
import { contextOf, planOf, redact, stop, type TestRule } from "../support/rules.ts";
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

Deno.test("a beginning that is decided is sent ahead when the backend pauses in the middle of an event", () => {
  const plan = planOf([PII]);
  const codec = openaiChat.open({ model: "m", includeUsage: false });
  const guard = new MidstreamGuard({
    format: openaiChat,
    codec,
    reader: readerFor(openaiChat),
    plan,
    context: contextOf(),
    guards: () => true,
    choices: 1,
    egress: undefined,
    onText: () => {},
    countUsage: () => ({}),
  });
  const { speak, hear } = CHAT;
  const [first] = speak(["My SSN is 219-09-"]).split("data: [DONE]");
  guard.push(
    encoder.encode(
      first!.slice(0, first!.indexOf('data: {"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{},')),
    ),
  );
  const text = () => hear(guard.take().map((part) => new TextDecoder().decode(part)).join("")).text;
  assert.equal(text(), "");
  assert.equal(guard.splittable, true);
  guard.splitHeld();
  assert.equal(text(), "My SSN is ");
  guard.push(encoder.encode('data: {"choices":[{"index":0,"delta":{"content":"9999 ok"}}]}\n\n'));
  assert.equal(text(), "[REDACTED]");
});

Deno.test("comments and pings overtake text that waits", () => {
  const plan = planOf([PII]);
  const guard = new MidstreamGuard({
    format: openaiChat,
    codec: openaiChat.open({ model: "m", includeUsage: false }),
    reader: readerFor(openaiChat),
    plan,
    context: contextOf(),
    guards: () => true,
    choices: 1,
    egress: undefined,
    onText: () => {},
    countUsage: () => ({}),
  });
  guard.push(encoder.encode('data: {"choices":[{"index":0,"delta":{"content":"219-09-"}}]}\n\n: ping\n\n'));
  assert.equal(guard.take().map((part) => new TextDecoder().decode(part)).join(""), ": ping\n\n");
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
  const guard = new MidstreamGuard({
    format: openaiChat,
    codec: openaiChat.open({ model: "m", includeUsage: false }),
    reader: readerFor(openaiChat),
    plan,
    context: contextOf(report),
    guards: () => true,
    choices: 2,
    egress: undefined,
    onText: () => {},
    countUsage: () => ({}),
  });
  guard.push(encoder.encode(stream));
  guard.finish();
  const bytes = guard.take().map((part) => new TextDecoder().decode(part)).join("");
  const chunks = payloadsOf(bytes).map(({ choices }) => choices[0]);
  const said = (index: number) => chunks.filter((choice) => choice.index === index);
  assert.equal(said(0).map(({ delta }) => delta.content ?? "").join(""), "one No.");
  assert.equal(said(0).at(-1).finish_reason, "content_filter");
  assert.equal(said(1).map(({ delta }) => delta.content ?? "").join(""), "two good things");
  assert.equal(said(1).at(-1).finish_reason, "stop");
});
