import assert from "node:assert/strict";
import fc from "fast-check";
import { anthropicMessages, openaiChat, readerFor } from "../../src/formats/mod.ts";
import type { StreamFormat } from "../../src/formats/types.ts";
import { MidstreamGuard } from "../../src/guard/midstream.ts";
import type { GuardPlan } from "../../src/guard/plan.ts";
import { newReport } from "../../src/guard/types.ts";
import { contextOf, planOf, redact, stop, type TestRule, wordClassifier } from "../support/rules.ts";
import { testRuns } from "../support/runs.ts";

/** How a model could have said `pieces` in one of the formats. */
const SPEAKERS: Readonly<
  Record<
    string,
    {
      format: StreamFormat;
      speak: (pieces: readonly string[]) => string;
      hear: (bytes: string) => { text: string; finish: string | undefined };
    }
  >
> = {
  "openai-chat": {
    format: openaiChat,
    speak: (pieces) => {
      const chunk = (delta: unknown, finish: string | null = null) =>
        `data: ${
          JSON.stringify({ id: "c", object: "chat.completion.chunk", model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })
        }\n\n`;
      return [
        chunk({ role: "assistant", content: "" }),
        ...pieces.map((content) => chunk({ content })),
        chunk({}, "stop"),
        "data: [DONE]\n\n",
      ].join("");
    },
    hear: (bytes) => {
      const chunks = dataOf(bytes).filter((data) => data !== "[DONE]").map((data) => JSON.parse(data));
      return {
        text: chunks.map((each) => each.choices?.[0]?.delta?.content ?? "").join(""),
        finish: chunks.map((each) => each.choices?.[0]?.finish_reason).find((reason) => reason),
      };
    },
  },
  "anthropic-messages": {
    format: anthropicMessages,
    speak: (pieces) => {
      const event = (type: string, fields: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
      return [
        event("message_start", {
          message: { id: "m", type: "message", role: "assistant", content: [], model: "m", usage: { input_tokens: 1, output_tokens: 1 } },
        }),
        event("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
        ...pieces.map((text) => event("content_block_delta", { index: 0, delta: { type: "text_delta", text } })),
        event("content_block_stop", { index: 0 }),
        event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 5 } }),
        event("message_stop", {}),
      ].join("");
    },
    hear: (bytes) => {
      const events = dataOf(bytes).map((data) => JSON.parse(data));
      return {
        text: events.map((each) => each.delta?.text ?? each.content_block?.text ?? "").join(""),
        finish: events.map((each) => each.delta?.stop_reason).find((reason) => reason),
      };
    },
  },
};

function dataOf(bytes: string): string[] {
  return bytes.split("\n").filter((line) => line.startsWith("data: ")).map((line) => line.slice(6));
}

interface Run {
  readonly bytes: string;
  readonly findings: readonly string[];
  readonly status: string;
}

/** Sends `reads` through a guard, as the network could have cut them. */
async function guard(format: StreamFormat, plan: GuardPlan, reads: readonly Uint8Array[], splitting = false): Promise<Run> {
  const report = newReport();
  let ring = () => {};
  const codec = format.open({ model: "m", includeUsage: true });
  const guard = new MidstreamGuard({
    format,
    codec,
    reader: readerFor(format),
    plan,
    context: contextOf(report, () => ring()),
    guards: () => true,
    choices: 1,
    egress: undefined,
    onText: () => {},
  });
  const decoder = new TextDecoder();
  let bytes = "";
  const take = () => {
    for (const part of guard.take()) bytes += decoder.decode(part, { stream: true });
  };
  for (const read of reads) {
    guard.push(read);
    take();
    if (splitting) guard.splitHeld();
    take();
  }
  guard.finish();
  take();
  while (guard.status === "open") {
    await new Promise<void>((resolve) => ring = resolve);
    guard.advance();
    take();
  }
  return { bytes, findings: report.findings.map(({ rule, from, to }) => `${rule.name}@${from}-${to}`), status: guard.status };
}

function cut(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [...new Set(cuts.map((each) => each % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length)).filter((part) => part.length > 0);
}

const SECRETS = ["219-09-9999", "ann@example.org", "4111 1111 1111 1111", "sk-live-abcdef123456"];
const PII: TestRule = {
  name: "pii",
  patterns: [{ source: "\\b\\d{3}-\\d{2}-\\d{4}\\b" }, { source: "[a-z0-9.]+@[a-z0-9-]+\\.[a-z]{2,}" }, {
    source: "\\b(?:\\d[ -]?){13,16}\\b",
  }, { source: "sk-live-[a-z0-9]{12}" }],
  actions: [redact()],
};
const filler = fc.constantFrom("hello", " ", "the number is ", "ü", "😀", ". ", "\n", '"quoted"', "123", "-45", "a@", "\\", "bad ");
const secretText = fc.array(
  fc.oneof({ weight: 3, arbitrary: filler }, { weight: 1, arbitrary: fc.constantFrom(...SECRETS).map((secret) => ` ${secret} `) }),
  { maxLength: 25 },
).map((parts) => parts.join(""));
const cutsOf = fc.array(fc.nat(5000), { maxLength: 30 });

function pieces(text: string, cuts: readonly number[]): string[] {
  const at = [...new Set(cuts.map((each) => each % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, i) => text.slice(from, at[i] ?? text.length));
}

const encoder = new TextEncoder();

for (const [name, { format, speak, hear }] of Object.entries(SPEAKERS)) {
  Deno.test(`${name}: a text with secrets, cut anywhere, gives the same client text and never a secret`, async () => {
    const scored: TestRule = { name: "bad", score: { classifier: "c", min: 0.5 }, actions: [redact("#")] };
    await fc.assert(
      fc.asyncProperty(
        secretText,
        cutsOf,
        cutsOf,
        fc.constantFrom("patterns", "scores", "late scores", "stop"),
        fc.boolean(),
        async (text, modelCuts, networkCuts, kind, splitting) => {
          const rules = kind === "patterns"
            ? [PII]
            : kind === "stop"
            ? [PII, { name: "halt", patterns: [{ source: "bad" }], actions: [stop("No.")] }]
            : [PII, scored];
          const plan = planOf(rules, { classifierList: [wordClassifier("c", "bad", kind === "late scores")], tokenHoldback: 4 });
          const whole = await guard(format, plan, [encoder.encode(speak([text]))]);
          const expected = hear(whole.bytes);
          for (const secret of SECRETS) assert.ok(!expected.text.includes(secret), `${secret} in ${expected.text}`);
          const stream = encoder.encode(speak(pieces(text, modelCuts)));
          for (const reads of [cut(stream, networkCuts), [...stream].map((byte) => Uint8Array.of(byte))]) {
            const run = await guard(format, plan, reads, splitting);
            assert.deepEqual(hear(run.bytes), expected);
            assert.deepEqual(run.findings, whole.findings);
            assert.equal(run.status, whole.status);
          }
        },
      ),
      { numRuns: testRuns(150) },
    );
  });

  Deno.test(`${name}: events that no rule touches are forwarded byte for byte`, async () => {
    const plan = planOf([PII], {});
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", maxLength: 80 }), cutsOf, cutsOf, async (text, modelCuts, networkCuts) => {
        const safe = text.replace(/[@\d]/g, "x");
        const stream = speak(pieces(safe, modelCuts));
        const run = await guard(format, plan, cut(encoder.encode(stream), networkCuts));
        assert.equal(run.bytes, stream);
        assert.deepEqual(run.findings, []);
      }),
      { numRuns: testRuns() },
    );
  });
}

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
  });
  const { speak, hear } = SPEAKERS["openai-chat"]!;
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
  });
  guard.push(encoder.encode('data: {"choices":[{"index":0,"delta":{"content":"219-09-"}}]}\n\n: ping\n\n'));
  assert.equal(guard.take().map((part) => new TextDecoder().decode(part)).join(""), ": ping\n\n");
});

Deno.test("a stream that just stops was broken off, and the client is told", async () => {
  for (const { format, speak } of Object.values(SPEAKERS)) {
    const whole = new TextEncoder().encode(speak(["Hello ", "there"]));
    const broken = whole.subarray(0, new TextDecoder().decode(whole).indexOf("there") + 10);
    const run = await guard(format, planOf([]), [broken]);
    assert.equal(run.status, "failed");
    assert.match(run.bytes, /broke off/);
    assert.equal((await guard(format, planOf([]), [whole])).status, "ended");
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
  });
  guard.push(encoder.encode(stream));
  guard.finish();
  const chunks = dataOf(guard.take().map((part) => new TextDecoder().decode(part)).join("")).filter((data) => data !== "[DONE]").map((
    data,
  ) => JSON.parse(data).choices[0]);
  const said = (index: number) => chunks.filter((choice) => choice.index === index);
  assert.equal(said(0).map(({ delta }) => delta.content ?? "").join(""), "one No.");
  assert.equal(said(0).at(-1).finish_reason, "content_filter");
  assert.equal(said(1).map(({ delta }) => delta.content ?? "").join(""), "two good things");
  assert.equal(said(1).at(-1).finish_reason, "stop");
});
