/**
 * Several texts in one answer: choices, reasoning, refusals and calls that interleave. Each is guarded as if it were alone, however
 * they are mixed and cut; a stop ends its own choice and no other.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { formatFor } from "../../src/formats/mod.ts";
import type { Channel } from "../../src/formats/types.ts";
import type { GuardPlan } from "../../src/guard/plan.ts";
import { TextGuard } from "../../src/guard/text_guard.ts";
import { newReport } from "../../src/guard/types.ts";
import { cutBytes, cutText, guardWhole, midstreamOf, taken } from "../support/guarded_streams.ts";
import { randomRules, randomText } from "../support/random_policies.ts";
import { contextOf, planOf, stop, type TestRule, wordClassifier } from "../support/rules.ts";
import { testRuns } from "../support/runs.ts";
import { type Json, payloadsOf, sse } from "../support/speakers.ts";

const encoder = new TextEncoder();
const cuts = fc.array(fc.nat(5000), { maxLength: 8 });
/** Pattern rules only: where a text pauses for another one its scores are taken, and that depends on how they are mixed. */
const patternRules = (withStops: boolean) =>
  randomRules.map((rules) =>
    rules.filter(({ patterns, actions }) => patterns!.length > 0 && (withStops || actions[0]!.kind !== "stop"))
      .map(({ score: _, ...rule }): TestRule => rule)
  );

/** What the client gets of a text that is alone. */
function alone(plan: GuardPlan, text: string): string {
  const guard = new TextGuard(plan, contextOf(), { choice: 0, channel: "content" });
  guard.push(text);
  guard.end();
  return guard.edits.apply(0, guard.stop === undefined ? text : text.slice(0, guard.stop.at));
}

function run(
  api: "openai-chat" | "openai-responses" | "anthropic-messages",
  plan: GuardPlan,
  stream: string,
  networkCuts: number[],
  choices = 1,
) {
  const guard = midstreamOf(formatFor(api), plan, { choices });
  let out = "";
  for (const read of cutBytes(encoder.encode(stream), networkCuts)) {
    guard.push(read);
    out += taken(guard);
  }
  guard.finish();
  return { events: payloadsOf(out + taken(guard)), guard };
}

const said = (parts: readonly (string | null | undefined)[]) => parts.map((part) => part ?? "").join("");

/** Texts of a chat answer: where they stand in a delta, and how they are read. */
const CHAT_TEXTS: readonly [Channel, (text: string) => Json, (delta: Json) => string | undefined][] = [
  ["content", (content) => ({ content }), (delta) => delta.content],
  ["reasoning", (reasoning_content) => ({ reasoning_content }), (delta) => delta.reasoning_content],
  ["refusal", (refusal) => ({ refusal }), (delta) => delta.refusal],
  ...[0, 1].map((index): [Channel, (text: string) => Json, (delta: Json) => string | undefined] => [
    `tool:${index}`,
    (input) => ({ tool_calls: [{ index, id: "t", type: "custom", custom: { name: "f", input } }] }),
    (delta) => said((delta.tool_calls ?? []).filter((call: Json) => call.index === index).map((call: Json) => call.custom.input)),
  ]),
];

const chatTexts = fc.array(
  fc.record({ choice: fc.nat(1), channel: fc.nat(CHAT_TEXTS.length - 1), text: randomText, cuts }),
  { minLength: 2, maxLength: 5 },
).map((texts) => texts.filter(({ choice, channel }, i) => texts.findIndex((t) => t.choice === choice && t.channel === channel) === i));

Deno.test("openai-chat: texts of two choices that interleave are each guarded as if they were alone", () => {
  fc.assert(
    fc.property(chatTexts, patternRules(false), fc.infiniteStream(fc.nat(100)), cuts, (texts, rules, order, networkCuts) => {
      const plan = planOf(rules);
      const queues = texts.map(({ cuts, ...text }) => ({ ...text, pieces: cutText(text.text, cuts) }));
      const events: string[] = [];
      for (
        let left = queues.filter(({ pieces }) => pieces.length > 0);
        left.length > 0;
        left = left.filter(({ pieces }) => pieces.length > 0)
      ) {
        const { choice, channel, pieces } = left[order.next().value % left.length]!;
        events.push(sse({ choices: [{ index: choice, delta: CHAT_TEXTS[channel]![1](pieces.shift()!), finish_reason: null }] }));
      }
      for (const index of [0, 1]) events.push(sse({ choices: [{ index, delta: {}, finish_reason: "stop" }] }));
      const heard = run("openai-chat", plan, `${events.join("")}data: [DONE]\n\n`, networkCuts, 2);
      assert.equal(heard.guard.status, "ended");
      for (const { choice, channel, text } of texts) {
        const deltas = heard.events.flatMap((each) => each.choices).filter((each) => each.index === choice).map(({ delta }) => delta);
        assert.equal(said(deltas.map(CHAT_TEXTS[channel]![2])), alone(plan, text), CHAT_TEXTS[channel]![0]);
      }
    }),
    { numRuns: testRuns() },
  );
});

Deno.test("openai-chat: a stop in one choice changes nothing in the other", () => {
  fc.assert(
    fc.property(
      randomText,
      randomText,
      patternRules(true),
      cuts,
      cuts,
      cuts,
      fc.infiniteStream(fc.boolean()),
      (a, b, rules, ca, cb, nc, order) => {
        const plan = planOf(rules);
        const queues = [cutText(a, ca), cutText(b, cb)];
        const events: string[] = [];
        while (queues.some((queue) => queue.length > 0)) {
          const index = queues[0]!.length === 0 || (queues[1]!.length > 0 && order.next().value) ? 1 : 0;
          events.push(sse({ choices: [{ index, delta: { content: queues[index]!.shift() }, finish_reason: null }] }));
        }
        for (const index of [0, 1]) events.push(sse({ choices: [{ index, delta: {}, finish_reason: "stop" }] }));
        const heard = run("openai-chat", plan, `${events.join("")}data: [DONE]\n\n`, nc, 2);
        [a, b].forEach((text, index) => {
          const own = heard.events.flatMap((each) => each.choices).filter((each) => each.index === index);
          const stopped = heard.guard.stops.has(index);
          assert.equal(said(own.map(({ delta }) => delta.content)), alone(plan, text) + (stopped ? "stopped" : ""));
          assert.deepEqual(own.map((each) => each.finish_reason).filter(Boolean), [stopped ? "content_filter" : "stop"]);
        });
      },
    ),
    { numRuns: testRuns() },
  );
});

/** Blocks or items one after the other, no two texts of content side by side: those are one text in Anthropic's API. */
const blocks = fc.array(fc.record({ kind: fc.constantFrom("text", "thinking", "tool"), text: randomText, cuts }), {
  minLength: 1,
  maxLength: 5,
})
  .map((list) => list.filter(({ kind }, i) => kind !== "text" || list[i - 1]?.kind !== "text"));

Deno.test("anthropic-messages: blocks are each guarded as if they were alone, and keep their order and numbers", () => {
  fc.assert(
    fc.property(blocks, patternRules(false), cuts, (blocks, rules, networkCuts) => {
      const plan = planOf(rules);
      const event = (type: string, fields: Json) => sse({ type, ...fields }, type);
      const content: Json = {
        text: { type: "text", text: "" },
        thinking: { type: "thinking", thinking: "" },
        tool: { type: "tool_use", id: "t", name: "f", input: {} },
      };
      const stream = [
        event("message_start", { message: { id: "m", type: "message", role: "assistant", content: [], usage: { input_tokens: 1 } } }),
        ...blocks.flatMap(({ kind, text, cuts }, index) => [
          event("content_block_start", { index, content_block: content[kind] }),
          ...(kind === "tool"
            ? ['{"a":"', ...cutText(text, cuts).map((piece) => JSON.stringify(piece).slice(1, -1)), '"}']
            : cutText(text, cuts)).map((piece) =>
              event("content_block_delta", {
                index,
                delta: kind === "tool" ? { type: "input_json_delta", partial_json: piece } : { type: `${kind}_delta`, [kind]: piece },
              })
            ),
          event("content_block_stop", { index }),
        ]),
        event("message_delta", { delta: { stop_reason: "end_turn" }, usage: { output_tokens: 5 } }),
        event("message_stop", {}),
      ].join("");
      const { events } = run("anthropic-messages", plan, stream, networkCuts);
      blocks.forEach(({ kind, text }, index) => {
        const own = said(
          events.filter((each) => each.index === index).map(({ delta }) => delta?.[kind === "tool" ? "partial_json" : kind]),
        );
        if (kind !== "tool") assert.equal(own, alone(plan, text));
        else assert.equal(typeof JSON.parse(own), "object");
      });
      const starts = events.filter(({ type }) => type === "content_block_start").map(({ index }) => index);
      assert.deepEqual(starts, blocks.map((_, index) => index));
      assert.equal(events.at(-1)!.type, "message_stop");
    }),
    { numRuns: testRuns() },
  );
});

Deno.test("openai-responses: items are each guarded as if they were alone, and everything that repeats them agrees", () => {
  fc.assert(
    fc.property(blocks, patternRules(false), cuts, fc.boolean(), (blocks, rules, networkCuts, withDeltas) => {
      const plan = planOf(rules);
      let number = 0;
      const event = (type: string, fields: Json) => sse({ type, sequence_number: number++, ...fields }, type);
      const item = ({ kind, text }: { kind: string; text: string }, i: number): Json =>
        kind === "text"
          ? {
            id: `i${i}`,
            type: "message",
            role: "assistant",
            status: "completed",
            content: [{ type: "output_text", text, annotations: [] }],
          }
          : kind === "thinking"
          ? { id: `i${i}`, type: "reasoning", summary: [{ type: "summary_text", text }] }
          : { id: `i${i}`, type: "custom_tool_call", call_id: "c", name: "f", input: text };
      const deltaOf: Json = {
        text: "response.output_text",
        thinking: "response.reasoning_summary_text",
        tool: "response.custom_tool_call_input",
      };
      const output = blocks.map(item);
      const response = { id: "r", object: "response", model: "m", status: "completed", output, usage: null };
      const stream = [
        event("response.created", { response: { ...response, status: "in_progress", output: [] } }),
        ...blocks.flatMap(({ kind, text, cuts }, i) => {
          const at = {
            item_id: `i${i}`,
            output_index: i,
            ...(kind === "text" ? { content_index: 0 } : kind === "thinking" ? { summary_index: 0 } : {}),
          };
          const empty = kind === "tool" ? { ...output[i], input: "" } : { ...output[i], content: [], summary: [] };
          return [
            event("response.output_item.added", { output_index: i, item: empty }),
            ...(withDeltas ? cutText(text, cuts).map((delta) => event(`${deltaOf[kind]}.delta`, { ...at, delta })) : []),
            event(`${deltaOf[kind]}.done`, { ...at, [kind === "tool" ? "input" : "text"]: text }),
            event("response.output_item.done", { output_index: i, item: output[i] }),
          ];
        }),
        event("response.completed", { response }),
      ].join("");
      const { events } = run("openai-responses", plan, stream, networkCuts);
      const textOf = (each: Json) => each.content?.[0]?.text ?? each.summary?.[0]?.text ?? each.input;
      const last = events.at(-1)!;
      assert.equal(last.type, "response.completed");
      blocks.forEach(({ kind, text }, i) => {
        const expected = alone(plan, text);
        const own = events.filter((each) => each.output_index === i);
        if (withDeltas) assert.equal(said(own.map(({ delta }) => delta)), expected);
        const done = own.find((each) => each.type === `${deltaOf[kind]}.done`)!;
        assert.equal(done.text ?? done.input, expected);
        assert.equal(textOf(own.find((each) => each.type === "response.output_item.done")!.item), expected);
        assert.equal(textOf(last.response.output[i]), expected);
      });
      assert.deepEqual(events.map(({ sequence_number }) => sequence_number), events.map((_, i) => i));
    }),
    { numRuns: testRuns() },
  );
});

/** A classifier whose answers come when the test lets them. */
function heldClassifier() {
  const waiting: (() => void)[] = [];
  return {
    waiting,
    classifier: {
      name: "c",
      tier: "B" as const,
      labels: [],
      open: () => ({
        push: (segment: string) =>
          new Promise<{ score: number }>((resolve) => waiting.push(() => resolve({ score: segment.split(/\s+/).includes("ab") ? 1 : 0 }))),
      }),
    },
  };
}

Deno.test("openai-chat: when late scores come, and how the network cuts, changes no text and no decision", async () => {
  await fc.assert(
    fc.asyncProperty(chatTexts, randomRules, fc.infiniteStream(fc.nat(100)), cuts, async (texts, rules, order, networkCuts) => {
      const queues = texts.map(({ cuts, ...text }) => ({ ...text, pieces: cutText(text.text, cuts) }));
      const events: string[] = [];
      for (
        let left = queues.filter(({ pieces }) => pieces.length > 0);
        left.length > 0;
        left = left.filter(({ pieces }) => pieces.length > 0)
      ) {
        const { choice, channel, pieces } = left[order.next().value % left.length]!;
        events.push(sse({ choices: [{ index: choice, delta: CHAT_TEXTS[channel]![1](pieces.shift()!), finish_reason: null }] }));
      }
      for (const index of [0, 1]) events.push(sse({ choices: [{ index, delta: {}, finish_reason: "stop" }] }));
      const stream = encoder.encode(`${events.join("")}data: [DONE]\n\n`);
      const outcome = async (reads: readonly Uint8Array[], patient: boolean) => {
        const { waiting, classifier } = heldClassifier();
        const report = newReport();
        const plan = planOf(rules, { classifierList: [classifier], tokenHoldback: 4, timeoutMs: 60_000 });
        const guard = midstreamOf(formatFor("openai-chat"), plan, { choices: 2, context: contextOf(report) });
        const answerSome = async (all: boolean) => {
          while (waiting.length > 0 && (all || order.next().value % 2 === 0)) {
            waiting.splice(all ? 0 : order.next().value % waiting.length, 1)[0]!();
            await Promise.resolve();
            await Promise.resolve();
            guard.advance();
          }
        };
        for (const read of reads) {
          guard.push(read);
          await answerSome(patient);
        }
        guard.finish();
        while (guard.status === "open") {
          assert.ok(waiting.length > 0, "nothing is awaited, and yet it does not end");
          await answerSome(true);
        }
        const deltas = payloadsOf(taken(guard)).flatMap((each) => each.choices);
        return {
          texts: texts.map(({ choice, channel }) =>
            said(deltas.filter(({ index }) => index === choice).map(({ delta }) => CHAT_TEXTS[channel]![2](delta)))
          ),
          finishes: [0, 1].map((choice) => deltas.filter(({ index, finish_reason }) => index === choice && finish_reason !== null).length),
          stops: [...guard.stops].map(([choice, { rule }]) => `${choice}:${rule.name}`).sort(),
          findings: report.findings.map(({ choice, channel, rule, from, to }) => `${choice}/${channel} ${rule.name}@${from}-${to}`).sort(),
        };
      };
      assert.deepEqual(await outcome(cutBytes(stream, networkCuts), false), await outcome([stream], true));
    }),
    { numRuns: testRuns() },
  );
});

Deno.test("whole answers of several texts: each is judged as if it were alone, and a stop in one ends its choice", async () => {
  const messages = fc.array(
    fc.record({ content: randomText, reasoning_content: randomText, refusal: randomText, input: randomText }),
    { minLength: 1, maxLength: 2 },
  );
  await fc.assert(
    fc.asyncProperty(messages, randomRules, fc.boolean(), async (messages, rules, late) => {
      const planned = (late: boolean) => planOf(rules, { classifierList: [wordClassifier("c", "ab", late)], tokenHoldback: 4 });
      const plan = planned(false);
      const choices = messages.map(({ input, ...message }, index) => ({
        index,
        message: { role: "assistant", ...message, tool_calls: [{ id: "t", type: "custom", custom: { name: "f", input } }] },
        finish_reason: "stop",
      }));
      const { body } = await guardWhole(formatFor("openai-chat"), planned(late), JSON.stringify({ choices }));
      JSON.parse(body).choices.forEach(({ message, finish_reason }: Json, index: number) => {
        if (finish_reason === "content_filter") return;
        const own = messages[index]!;
        for (const name of ["content", "reasoning_content", "refusal"] as const) assert.equal(message[name], alone(plan, own[name]));
        assert.equal(message.tool_calls[0].custom.input, alone(plan, own.input));
      });
    }),
    { numRuns: testRuns() },
  );
});

Deno.test("a text that goes on after another one was stopped is not waited for", async () => {
  const plan = planOf([{ name: "halt", patterns: [{ source: "bad" }], actions: [stop("No.")] }]);
  const content = [{ type: "text", text: "one" }, { type: "thinking", thinking: [{ type: "text", text: "bad" }] }, {
    type: "text",
    text: "two",
  }];
  const answer = { choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }] };
  const { body } = await guardWhole(formatFor("openai-chat"), plan, JSON.stringify(answer));
  assert.deepEqual(JSON.parse(body).choices[0].message.content.map(({ text }: Json) => text), ["one", undefined, "", "No."]);
});
