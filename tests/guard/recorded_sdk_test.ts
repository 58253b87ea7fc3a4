/** The official SDKs read what the guard makes of every recorded stream as they read the stream itself. */
import Anthropic from "@anthropic-ai/sdk";
import assert from "node:assert/strict";
import OpenAI from "openai";
import { formatFor } from "../../src/formats/mod.ts";
import type { StreamFormat } from "../../src/formats/types.ts";
import { fixturesOf } from "../conformance/format_conformance.ts";
import { guardStream } from "../support/guarded_streams.ts";
import { planOf, redact, stop } from "../support/rules.ts";

const EMAIL = /[a-z0-9.]+@[a-z0-9-]+\.[a-z]{2,}/;
const PLAN = planOf([{ name: "pii", patterns: [{ source: EMAIL.source }], actions: [redact()] }]);
const HALT = planOf([{ name: "halt", patterns: [{ source: "[aeiou][a-z]" }], actions: [stop("No.")] }]);

/** A `fetch` whose answer is this stream. */
const answering = (stream: string) => () => Promise.resolve(new Response(stream, { headers: { "content-type": "text/event-stream" } }));
const openai = (stream: string) => new OpenAI({ apiKey: "k", baseURL: "http://localhost/v1", maxRetries: 0, fetch: answering(stream) });
const anthropic = (stream: string) => new Anthropic({ apiKey: "k", baseURL: "http://localhost", maxRetries: 0, fetch: answering(stream) });

interface Reader {
  readonly format: StreamFormat;
  /** What the SDK's own helper makes of the stream. */
  read(stream: string): Promise<unknown>;
  /** Streams that end in an error of the SDK, and why. */
  readonly failing: readonly string[];
}

const READERS: Readonly<Record<string, Reader>> = {
  "openai-chat": {
    format: formatFor("openai-chat"),
    read: (stream) => openai(stream).chat.completions.stream({ model: "m", messages: [] }).finalChatCompletion(),
    // Error events.
    failing: ["error_after_200.sse", "openrouter_error.sse"],
  },
  "openai-responses": {
    format: formatFor("openai-responses"),
    read: (stream) => openai(stream).responses.stream({ model: "m", input: "hi" }).finalResponse(),
    // An error event; events that OpenAI's SDK does not know.
    failing: ["error.sse", "kinds_to_come.sse", "perplexity_reasoning.sse"],
  },
  "anthropic-messages": {
    format: formatFor("anthropic-messages"),
    read: (stream) => anthropic(stream).beta.messages.stream({ model: "m", max_tokens: 1, messages: [] }).finalMessage(),
    // An error event; a message without its end.
    failing: ["error.sse", "no_block_stop.sse"],
  },
};

/** The message that the SDK ends with, or the kind of its error. */
async function outcome(reader: Reader, stream: string): Promise<{ readonly message: string } | { readonly error: string }> {
  try {
    return { message: JSON.stringify(await reader.read(stream)) };
  } catch (error) {
    return { error: error instanceof Error ? error.constructor.name : String(error) };
  }
}

for (const [folder, reader] of Object.entries(READERS)) {
  Deno.test(`${folder}: the official SDK reads every recorded stream alike before and after the guard`, async () => {
    const failed: string[] = [];
    for (const { name, bytes } of fixturesOf(folder)) {
      const raw = await outcome(reader, new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
      const stream = await guardStream(reader.format, PLAN, [bytes]);
      const guarded = await outcome(reader, stream.bytes);
      // What just stops was broken off, which the guard says.
      if (name === "cut_off.sse") {
        assert.deepEqual(guarded, { error: "APIError" });
        continue;
      }
      if ("error" in raw) {
        assert.deepEqual(guarded, raw, name);
        failed.push(name);
        continue;
      }
      assert.ok("message" in guarded, `${name}: ${JSON.stringify(guarded)}`);
      assert.doesNotMatch(guarded.message, EMAIL, name);
      // Tokens that come ahead of their text do not pass.
      if (stream.findings.length === 0 && name !== "vllm_logprobs_ahead.sse") assert.equal(guarded.message, raw.message, name);
    }
    assert.deepEqual(failed, reader.failing);
  });
  Deno.test(`${folder}: the official SDK reads every recorded stream to its end when it is stopped`, async () => {
    let stopped = 0;
    for (const { name, bytes } of fixturesOf(folder)) {
      const { bytes: stream, status } = await guardStream(reader.format, HALT, [bytes]);
      // Two choices are asked for with `n: 2`, and this guard was asked for one.
      if (status !== "stopped" || name === "n2.sse") continue;
      const ended = await outcome(reader, stream);
      // What its helper cannot read does not come to the stop.
      if ("error" in ended) {
        assert.ok(reader.failing.includes(name), `${name}: ${ended.error}`);
        continue;
      }
      assert.match(ended.message, /"(finish_reason|reason|stop_reason)":"(content_filter|refusal)"/, name);
      stopped++;
    }
    assert.ok(stopped > fixturesOf(folder).length / 2, `${stopped}`);
  });
}
