/** What backends do on the wire that a streaming gateway gets wrong at first; each trap named, against a real process. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { startLlmGateway, TEST_POLICY } from "../support/llm_gateway.ts";
import { jsonAnswer, type RawAnswer, type RawRequest, startRawBackend, STREAM_HEAD } from "../support/raw_backend.ts";
import { payloadsOf } from "../support/speakers.ts";

const encoder = new TextEncoder();
const SSN = "219-09-9999";
const chunk = (delta: object, finish: string | null = null, more: object = {}) =>
  `data: ${
    JSON.stringify({
      id: "c",
      object: "chat.completion.chunk",
      created: 1,
      model: "m",
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...more,
    })
  }\n\n`;
const say = (content: string) => chunk({ content });
const END = chunk({}, "stop") + "data: [DONE]\n\n";

Deno.test("traps of streamed answers", async (t) => {
  const answers = new Map<string, RawAnswer>();
  await using backend = await startRawBackend(({ body }: RawRequest) => answers.get(/"model":"([^"]+)"/.exec(body)?.[1] ?? "")!);
  await using gateway = await startLlmGateway({
    backendUrl: backend.url,
    tenants: { acme: TEST_POLICY, counted: TEST_POLICY },
    tenantKeys: { counted: "rate_limit: {tokens_per_minute: 100000}" },
    more: "server: {keep_alive_ms: 150}\n",
  });
  let scenario = 0;

  /** What the client receives when the backend sends `pieces` after the head of an event stream. */
  async function streamed(
    pieces: readonly (string | Uint8Array)[],
    options: { path?: string; tenant?: string; body?: object; head?: string; pauseMs?: number } = {},
  ): Promise<{ text: string; events: ReturnType<typeof payloadsOf>; status: number; headers: Headers }> {
    const model = `trap-${scenario++}`;
    answers.set(model, {
      pieces: [options.head ?? STREAM_HEAD, ...pieces],
      ...(options.pauseMs !== undefined && { pauseMs: options.pauseMs }),
    });
    const answer = await fetch(`${gateway.url}/tenant/${options.tenant ?? "acme"}${options.path ?? "/v1/chat/completions"}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "hi" }], ...options.body }),
    });
    const text = await answer.text();
    return { text, events: text.includes("data: {") ? payloadsOf(text) : [], status: answer.status, headers: answer.headers };
  }
  const content = (events: ReturnType<typeof payloadsOf>, index = 0) =>
    events.flatMap((each) => each.choices ?? []).filter((choice) => choice.index === index).map((choice) => choice.delta.content ?? "")
      .join("");

  await t.step("trap 1: CR, LF and CRLF mixed, a CRLF cut in two, a BOM", async () => {
    const { events } = await streamed([
      "\uFEFF" + say("one ").replace("\n\n", "\r"),
      "\n\r",
      "\n" + say("two ").replace("\n\n", "\r\r"),
      say(SSN).replace("\n\n", "\r\n\n"),
      END,
    ]);
    assert.equal(content(events), "one two [REDACTED]");
  });

  await t.step("trap 2: data without a space, in several lines, comments and unknown fields", async () => {
    const lines = `: a comment\nfoo: bar\ndata:{"choices":[{"index":0,\ndata:"delta":{"content":"plain"},"finish_reason":null}]}\n\n`;
    const { text } = await streamed([lines, END]);
    assert.ok(text.startsWith(lines));
  });

  await t.step("trap 3: a UTF-8 character, an escape pair and a surrogate pair cut between reads and deltas", async () => {
    const bytes = encoder.encode(say("grin 😀 "));
    const at = bytes.indexOf(0xf0) + 2;
    const { events } = await streamed([
      bytes.subarray(0, at),
      bytes.subarray(at),
      `data: {"choices":[{"index":0,"delta":{"content":"\\ud83d`,
      `\\ude00 "},"finish_reason":null}]}\n\n`,
      `data: {"choices":[{"index":0,"delta":{"content":"\\ud83d"}}]}\n\n`,
      `data: {"choices":[{"index":0,"delta":{"content":"\\ude00"}}]}\n\n`,
      END,
    ]);
    assert.equal(content(events), "grin 😀 😀 😀");
  });

  await t.step("trap 4: no blank line at the end, [DONE] missing, doubled, or followed by bytes", async () => {
    for (const end of [END.trimEnd(), chunk({}, "stop"), `${END}data: [DONE]\n\n`, `${END}garbage`]) {
      const { events, text } = await streamed([say(`My SSN is ${SSN}`), end]);
      assert.equal(content(events), "My SSN is [REDACTED]");
      assert.doesNotMatch(text, /"error"/);
      assert.match(text, /: checkstream decision=redact/);
    }
  });

  await t.step("trap 5: pings are not held back, and a silent backend does not let the line go dead", async () => {
    const { text } = await streamed([say("219-09-"), ": ping\n\n", say("9999"), END], { pauseMs: 400 });
    assert.ok(text.indexOf(": ping") < text.indexOf("[REDACTED]"));
    assert.match(text, /: keep-alive\n\n/);
    assert.doesNotMatch(text, /219-09/);
  });

  await t.step("trap 6: a compressed answer is read, and the length is the new one", async () => {
    const body = JSON.stringify({
      id: "c",
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content: `SSN ${SSN}` }, finish_reason: "stop" }],
    });
    const zipped = gzipSync(body);
    const head =
      `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: ${zipped.length}\r\nConnection: close\r\n\r\n`;
    const { text, headers } = await streamed([zipped], { head });
    assert.equal(JSON.parse(text).choices[0].message.content, "SSN [REDACTED]");
    assert.equal(headers.get("content-encoding"), null);
    assert.equal(Number(headers.get("content-length")), encoder.encode(text).length);
  });

  await t.step("trap 7: a first delta with a role and empty text, null content, several keys", async () => {
    const first = chunk({ role: "assistant", content: "" }) + chunk({ role: "assistant", content: null, refusal: null });
    const { text, events } = await streamed([first, say(SSN), END]);
    assert.ok(text.startsWith(first));
    assert.equal(content(events), "[REDACTED]");
  });

  await t.step("trap 8: choices interleave, each guarded and finished on its own", async () => {
    const of = (index: number, text: string, finish: string | null = null) =>
      `data: ${JSON.stringify({ choices: [{ index, delta: text === "" ? {} : { content: text }, finish_reason: finish }] })}\n\n`;
    const { events } = await streamed([
      of(0, "219-"),
      of(1, "219 and "),
      of(0, "09-"),
      of(1, "09 "),
      of(0, "9999"),
      of(0, "", "stop"),
      of(1, "ok"),
      of(1, "", "length"),
      "data: [DONE]\n\n",
    ], { body: { n: 2 } });
    assert.equal(content(events), "[REDACTED]");
    assert.equal(content(events, 1), "219 and 09 ok");
    assert.deepEqual(events.flatMap(({ choices }) => choices).map((choice) => choice.finish_reason).filter(Boolean), ["stop", "length"]);
  });

  await t.step("trap 9: a finish reason together with the last text waits for that text", async () => {
    const { events } = await streamed([say("219-09-"), chunk({ content: "9999" }, "stop"), "data: [DONE]\n\n"]);
    assert.equal(content(events), "[REDACTED]");
    assert.equal(events.at(-1)!.choices[0].finish_reason, "stop");
  });

  await t.step("trap 10: usage on every chunk, on the finish, or in a chunk without choices", async () => {
    const usage = { usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 } };
    const last = `data: ${JSON.stringify({ choices: [], ...usage })}\n\n`;
    const { text } = await streamed([chunk({ content: "a" }, null, usage), chunk({}, "stop", usage), last, "data: [DONE]\n\n"], {
      body: { stream_options: { include_usage: true } },
    });
    assert.ok(text.includes(last));
    assert.ok(text.indexOf(last) < text.indexOf("[DONE]"));
  });

  await t.step("trap 11: log probabilities repeat the tokens, and go with them", async () => {
    const logprobs = (token: string) => ({ content: [{ token, logprob: -0.1, bytes: [...encoder.encode(token)], top_logprobs: [] }] });
    const event = (text: string) =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: text }, logprobs: logprobs(text), finish_reason: null }] })}\n\n`;
    const { text } = await streamed([event("ok "), event("219-09-"), event("9999"), END]);
    assert.ok(text.startsWith(event("ok ")));
    assert.doesNotMatch(text, /219-09|9999|57,57,57,57/);
  });

  await t.step("trap 12: tool arguments in fragments and escapes, in parallel, and the older function call", async () => {
    const call = (index: number, args: string) => chunk({ tool_calls: [{ index, function: { arguments: args } }] });
    const { events } = await streamed([
      chunk({ tool_calls: [{ index: 0, id: "a", type: "function", function: { name: "f", arguments: "" } }] }),
      chunk({ tool_calls: [{ index: 1, id: "b", type: "function", function: { name: "g", arguments: "" } }] }),
      call(0, '{"to":"ann\\u0040exa'),
      call(1, '{"n":"219-'),
      call(0, 'mple.org"}'),
      call(1, '09-9999"}'),
      chunk({}, "tool_calls"),
      "data: [DONE]\n\n",
    ]);
    const calls = events.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    const args = (index: number) => calls.filter((each) => each.index === index).map((each) => each.function.arguments).join("");
    assert.deepEqual(JSON.parse(args(0)), { to: "[REDACTED]" });
    assert.deepEqual(JSON.parse(args(1)), { n: "[REDACTED]" });
    const older = await streamed([chunk({ function_call: { name: "f", arguments: `{"n":"${SSN}"}` } }), END]);
    assert.doesNotMatch(older.text, /219-09/);
  });

  await t.step("trap 13: refusals, reasoning and transcripts carry text as well", async () => {
    for (const delta of [{ refusal: SSN }, { reasoning_content: SSN }, { reasoning: SSN }, { audio: { transcript: SSN } }]) {
      const { text } = await streamed([chunk(delta), END]);
      assert.doesNotMatch(text, /219-09/);
      assert.match(text, /\[REDACTED\]/);
    }
  });

  await t.step("trap 14: Azure's first chunk has no choices, and its filter results pass", async () => {
    const first = `data: ${
      JSON.stringify({ choices: [], prompt_filter_results: [{ prompt_index: 0, content_filter_results: { hate: { filtered: false } } }] })
    }\n\n`;
    assert.ok((await streamed([first, say("fine"), END])).text.startsWith(first + say("fine")));
  });

  await t.step("trap 15: an error after a 200, JSON or HTML instead of a stream", async () => {
    const error = `data: {"error":{"message":"overloaded","type":"server_error"}}\n\n`;
    assert.match((await streamed([say("partial"), error])).text, /overloaded/);
    const json = JSON.stringify({ choices: [{ index: 0, message: { role: "assistant", content: SSN }, finish_reason: "stop" }] });
    const whole = await streamed([], { head: jsonAnswer(json) });
    assert.equal(JSON.parse(whole.text).choices[0].message.content, "[REDACTED]");
    const page = "<html>Bad gateway</html>";
    const html = await streamed([], {
      head: `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${page.length}\r\nConnection: close\r\n\r\n${page}`,
    });
    assert.equal(html.status, 502);
    assert.equal(JSON.parse(html.text).error.type, "backend_error");
  });

  await t.step("trap 16: the usage chunk that only the gateway asked for stays hidden", async () => {
    const usage = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 } })}\n\n`;
    const { text } = await streamed([say("hi"), chunk({}, "stop"), usage, "data: [DONE]\n\n"], { tenant: "counted" });
    assert.match(backend.requests.at(-1)!.body, /"include_usage":true/);
    assert.doesNotMatch(text, /"usage"/);
    assert.match(text, /\[DONE\]/);
  });

  await t.step("trap 17: structured output stays JSON, and a stop ends as a content filter", async () => {
    const pieces = [...JSON.stringify({ name: "Ann", ssn: SSN, note: 'a "quote"' })];
    const { events } = await streamed([...pieces.map(say), END]);
    assert.deepEqual(JSON.parse(content(events)), { name: "Ann", ssn: "[REDACTED]", note: 'a "quote"' });
    const stopped = await streamed([say('{"a":"worth'), say('less"}'), END]);
    assert.equal(stopped.events.map((each) => each.choices[0].finish_reason).find(Boolean), "content_filter");
  });

  for (
    const [trap, file, secrets] of [
      ["trap 18: Responses repeat the text in five places, and all agree", "openai-responses/text.sse", /anna@example\.com/],
      ["trap 19: code, arguments and queries have events of their own", "openai-responses/builtin_tools.sse", /[a-z]+@example\.(com|org)/],
    ] as const
  ) {
    await t.step(trap, async () => {
      const bytes = await Deno.readFile(new URL(`../fixtures/streams/${file}`, import.meta.url));
      const { text, events } = await streamed([bytes], { path: "/v1/responses", body: { input: "hi" } });
      assert.doesNotMatch(text, secrets);
      const delta = events.filter(({ type }) => type === "response.output_text.delta").map((each) => each.delta).join("");
      for (const done of events.filter(({ type }) => type === "response.output_text.done")) assert.ok(delta.includes(done.text));
      assert.equal(events.at(-1)!.type, "response.completed");
    });
  }

  await t.step("trap 20: a stopped Responses stream is incomplete because of a content filter", async () => {
    const bytes = new TextDecoder().decode(await Deno.readFile(new URL("../fixtures/streams/openai-responses/text.sse", import.meta.url)));
    const { events } = await streamed([bytes.replaceAll("Hi", "worthless")], { path: "/v1/responses", body: { input: "hi" } });
    const last = events.at(-1)!;
    assert.equal(last.type, "response.incomplete");
    assert.equal(last.response.incomplete_details.reason, "content_filter");
    const numbers = events.map(({ sequence_number }) => sequence_number);
    assert.deepEqual(numbers, numbers.map((_, i) => i));
  });

  const anthropic = (type: string, fields: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  const started = anthropic("message_start", {
    message: {
      id: "m",
      type: "message",
      role: "assistant",
      model: "m",
      content: [],
      stop_reason: null,
      usage: { input_tokens: 11, output_tokens: 1 },
    },
  });
  const ended = (tokens: number) =>
    anthropic("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: tokens } }) +
    anthropic("message_stop", {});
  const messages = (pieces: readonly string[]) => streamed(pieces, { path: "/v1/messages", body: { max_tokens: 100 } });

  await t.step("trap 22: a stop closes the open Anthropic block, then the message", async () => {
    const { events } = await messages([
      started,
      anthropic("ping", {}),
      anthropic("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
      anthropic("content_block_delta", { index: 0, delta: { type: "text_delta", text: "You are worthless." } }),
      anthropic("content_block_stop", { index: 0 }),
      ended(9),
    ]);
    const types = events.map(({ type }) => type);
    assert.deepEqual(types.slice(-3), ["content_block_stop", "message_delta", "message_stop"]);
    assert.equal(events.at(-2)!.delta.stop_reason, "refusal");
    assert.ok(types.includes("ping"));
  });

  await t.step("trap 23: the signature of a changed thinking block does not pass", async () => {
    const thinking = (text: string) => [
      started,
      anthropic("content_block_start", { index: 0, content_block: { type: "thinking", thinking: "", signature: "" } }),
      anthropic("content_block_delta", { index: 0, delta: { type: "thinking_delta", thinking: text } }),
      anthropic("content_block_delta", { index: 0, delta: { type: "signature_delta", signature: "c2lnbmVk" } }),
      anthropic("content_block_stop", { index: 0 }),
      ended(9),
    ];
    assert.match((await messages(thinking("plain"))).text, /c2lnbmVk/);
    const changed = await messages(thinking(`SSN ${SSN}`));
    assert.doesNotMatch(changed.text, /c2lnbmVk|219-09/);
  });

  await t.step("trap 24: a block may begin with text, and usage is cumulative", async () => {
    const { text, events } = await messages([
      started,
      anthropic("content_block_start", { index: 0, content_block: { type: "text", text: "219-09-" } }),
      anthropic("content_block_delta", { index: 0, delta: { type: "text_delta", text: "9999" } }),
      anthropic("content_block_stop", { index: 0 }),
      ended(7),
    ]);
    assert.doesNotMatch(text, /219-09/);
    assert.equal(events.find(({ type }) => type === "message_delta")!.usage.output_tokens, 7);
  });

  await t.step("trap 38: a replacement is not matched again, and overlapping redactions are one", async () => {
    const { events } = await streamed([say(`a${SSN}@example.org and ${SSN} ${SSN}`), END]);
    assert.equal(content(events), "[REDACTED] and [REDACTED] [REDACTED]");
  });
});
