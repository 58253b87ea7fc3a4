import assert from "node:assert/strict";
import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { startLlmGateway, TEST_POLICY } from "../support/llm_gateway.ts";

const PERSONAL = "Show me the personal data on file";
const INSULT = "Please insult me";
const PLAIN = "Hello there";
const SSN = /\d{3}-\d{2}-\d{4}/;

Deno.test("the official SDKs work unmodified through the gateway", async (t) => {
  const llm = startMockLlm({ pacingMs: 0 });
  await using gateway = await startLlmGateway({ backendUrl: llm.url, tenants: { acme: TEST_POLICY } });
  const openai = new OpenAI({ apiKey: "sk-client", baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  const anthropic = new Anthropic({ apiKey: "sk-client", baseURL: gateway.url, maxRetries: 0 });
  const chat = (content: string) => ({ model: "demo", messages: [{ role: "user" as const, content }] });
  const message = (content: string) => ({ ...chat(content), max_tokens: 200 });

  await t.step("openai, not streamed: plain, redacted, stopped", async () => {
    const plain = await openai.chat.completions.create(chat(PLAIN));
    assert.match(plain.choices[0]!.message.content!, /You said: "Hello there"/);
    assert.equal(plain.choices[0]!.finish_reason, "stop");
    const redacted = await openai.chat.completions.create(chat(PERSONAL));
    assert.match(redacted.choices[0]!.message.content!, /SSN is \[REDACTED\] and.*write to \[REDACTED\] or call/);
    assert.doesNotMatch(redacted.choices[0]!.message.content!, SSN);
    const stopped = await openai.chat.completions.create(chat(INSULT));
    assert.equal(stopped.choices[0]!.message.content, "Honestly? You are a stupid, Stopped.");
    assert.equal(stopped.choices[0]!.finish_reason, "content_filter");
  });

  await t.step("openai, streamed: plain, redacted, stopped, with usage", async () => {
    for (
      const [question, expected, finish] of [[PLAIN, /You said: "Hello there"/, "stop"], [PERSONAL, /SSN is \[REDACTED\] and/, "stop"], [
        INSULT,
        /^Honestly\? You are a stupid, Stopped\.$/,
        "content_filter",
      ]] as const
    ) {
      const stream = await openai.chat.completions.create({ ...chat(question), stream: true, stream_options: { include_usage: true } });
      let text = "", reason: string | null = null, usage: number | undefined;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? "";
        reason = chunk.choices[0]?.finish_reason ?? reason;
        usage = chunk.usage?.completion_tokens ?? usage;
      }
      assert.match(text, expected);
      assert.doesNotMatch(text, SSN);
      assert.equal(reason, finish);
      if (finish === "stop") assert.ok(usage! > 0);
    }
  });

  await t.step("openai's stream helper finishes on plain and redacted streams", async () => {
    for (const question of [PLAIN, PERSONAL]) {
      const final = await openai.chat.completions.stream(chat(question)).finalChatCompletion();
      assert.doesNotMatch(final.choices[0]!.message.content!, SSN);
    }
  });

  await t.step("openai: a blocked prompt is a BadRequestError with our code, and never reaches the backend", async () => {
    const before = llm.requests.length;
    for (const stream of [false, true]) {
      await assert.rejects(
        () => openai.chat.completions.create({ ...chat("this is forbidden"), stream }),
        (error) =>
          error instanceof OpenAI.BadRequestError && error.code === "POLICY_BLOCK" && error.type === "safety_violation" &&
          error.message.includes("This prompt is forbidden"),
      );
    }
    assert.equal(llm.requests.length, before);
  });

  await t.step("anthropic, not streamed: plain, redacted, stopped", async () => {
    const textOf = (answer: Anthropic.Message) => answer.content.map((block) => block.type === "text" ? block.text : "").join("");
    assert.match(textOf(await anthropic.messages.create(message(PLAIN))), /You said/);
    const redacted = textOf(await anthropic.messages.create(message(PERSONAL)));
    assert.match(redacted, /SSN is \[REDACTED\] and/);
    assert.doesNotMatch(redacted, SSN);
    const stopped = await anthropic.messages.create(message(INSULT));
    assert.equal(textOf(stopped), "Honestly? You are a stupid, Stopped.");
    assert.equal(stopped.stop_reason, "refusal");
  });

  await t.step("anthropic, streamed with its helper: plain, redacted, stopped", async () => {
    for (
      const [question, expected, reason] of [[PLAIN, /You said/, "end_turn"], [PERSONAL, /SSN is \[REDACTED\] and/, "end_turn"], [
        INSULT,
        /^Honestly\? You are a stupid, Stopped\.$/,
        "refusal",
      ]] as const
    ) {
      const stream = anthropic.messages.stream(message(question));
      let live = "";
      stream.on("text", (text) => live += text);
      const final = await stream.finalMessage();
      const text = final.content.map((block) => block.type === "text" ? block.text : "").join("");
      assert.match(text, expected);
      assert.equal(live, text);
      assert.doesNotMatch(text, SSN);
      assert.equal(final.stop_reason, reason);
    }
  });

  await t.step("anthropic: a blocked prompt is a BadRequestError", async () => {
    await assert.rejects(
      () => anthropic.messages.create(message("this is forbidden")),
      (error) => error instanceof Anthropic.BadRequestError && error.message.includes("This prompt is forbidden"),
    );
  });

  await llm.close();
});
