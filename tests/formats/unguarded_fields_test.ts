/** A secret put into any one string of any event of any fixture: it comes out only where ids, names and other labels stand. */
import assert from "node:assert/strict";
import { formatFor, readerFor } from "../../src/formats/mod.ts";
import { sseBytes } from "../../src/formats/sse.ts";
import type { Api, StreamFormat } from "../../src/formats/types.ts";
import { fixturesOf } from "../conformance/format_conformance.ts";
import { guardStream, guardWhole } from "../support/guarded_streams.ts";
import { planOf, redact } from "../support/rules.ts";
import { type JsonStringPath, stringsIn, withString } from "../support/json_strings.ts";

const SECRET = "§42§";
const PLAN = planOf([{ name: "pii", patterns: [{ source: "§\\d+§" }], actions: [redact()] }]);

/** Keys of strings that pass as they are: labels, errors of the backend, and what is no text. */
const LABELS: Readonly<Record<Exclude<Api, "custom">, string>> = {
  // `data`: audio, or sealed reasoning. `top_logprobs`: alternatives that the model did not say; they go when their own text is changed.
  // `code`: of an error. `violence`: a kind of input that was moderated.
  "openai-chat": "chunk_id code data finish_reason id message model name native_finish_reason obfuscation object provider role " +
    "search_context_size service_tier severity signature system_fingerprint top_logprobs type violence",
  "openai-completions": "finish_reason id message model object system_fingerprint type",
  // `delta`: audio. `result`, `partial_image_b64`: images. `instructions`: the client's own. `obfuscation`: random padding.
  // `code`, `message`, `reason`: of an error or an incomplete response.
  "openai-responses":
    "approval_request_id call_id code container_id delta encrypted_content execution file_id fingerprint id instructions " +
    "item_id message model name obfuscation object partial_image_b64 reason response_id result role server_label status tool_choice truncation type",
  // `stop_sequence`: one of the client's own.
  "anthropic-messages": "data encrypted_content encrypted_index error_code file_id file_type id inference_geo mcp_server_name media_type " +
    "message model name retrieved_at role server_name service_tier signature stop_reason stop_sequence tool_name tool_use_id type",
};

const withSecret = (value: unknown, path: JsonStringPath) => withString(value, path, () => SECRET);

const isKey = (step: string | number) => typeof step === "string";

/** Keys behind which a secret came out. */
async function leaksOf(format: StreamFormat, bytes: Uint8Array): Promise<Set<string>> {
  const leaks = new Set<string>();
  const reader = readerFor(format);
  const events = [...reader.push(bytes), ...reader.finish()];
  for (const [at, { data, event }] of events.entries()) {
    if (data === undefined || !data.startsWith("{")) continue;
    const payload: unknown = JSON.parse(data);
    for (const path of stringsIn(payload)) {
      const reads = events.map(({ raw }, i) => i === at ? sseBytes(JSON.stringify(withSecret(payload, path)), event) : raw);
      const { bytes: out } = await guardStream(format, PLAN, reads);
      if (out.includes(SECRET)) leaks.add(path.includes("top_logprobs") ? "top_logprobs" : String(path.findLast(isKey)));
    }
  }
  return leaks;
}

for (const api of Object.keys(LABELS) as (keyof typeof LABELS)[]) {
  Deno.test(`${api}: every string of every event is guarded, but for labels`, async () => {
    const leaks = new Set<string>();
    for (const { bytes } of fixturesOf(api)) for (const key of await leaksOf(formatFor(api), bytes)) leaks.add(key);
    assert.deepEqual([...leaks].sort().join(" "), LABELS[api]);
  });
}

/** Whole answers with as many kinds of text as there are. */
const ANSWERS: Readonly<Record<keyof typeof LABELS, readonly unknown[]>> = {
  "openai-chat": [{
    id: "c",
    object: "chat.completion",
    model: "m",
    choices: [{
      index: 0,
      finish_reason: "stop",
      message: {
        role: "assistant",
        content: "text",
        refusal: "no",
        reasoning_content: "hm",
        thinking_blocks: [{ type: "thinking", thinking: "hm", signature: "s" }],
        reasoning_details: [{ type: "reasoning.summary", summary: "so" }],
        audio: { id: "a", data: "UklGRg==", transcript: "hi" },
        annotations: [{ type: "url_citation", url_citation: { title: "Page", url: "https://example.com" } }],
        context: { citations: [{ content: "text", title: "Page", filepath: "a/b", chunk_id: "0" }], intent: "to know" },
        executed_tools: [{ index: 0, type: "search", arguments: '{"q":"a"}', output: "found" }],
        provider_specific_fields: { citations: [[{ cited_text: "cited" }]] },
        musing: "hm",
        function_call: { name: "f", arguments: '{"a":"b"}' },
        tool_calls: [
          { id: "t", type: "function", function: { name: "f", arguments: '{"a":"b"}' } },
          { id: "t", type: "function", function: { name: "f", arguments: { a: "b" } } },
          { id: "t", type: "custom", custom: { name: "f", input: "in" } },
        ],
      },
    }, { index: 1, finish_reason: "stop", message: { role: "assistant", content: [{ type: "text", text: "part" }] } }],
    citations: ["https://example.com"],
    search_results: [{ title: "Page", url: "https://example.com", snippet: "text", date: "2025-01-01" }],
    related_questions: ["And then?"],
  }],
  "openai-completions": [{ id: "c", object: "text_completion", model: "m", choices: [{ index: 0, text: "text", finish_reason: "stop" }] }],
  "openai-responses": fixturesOf("openai-responses").flatMap(({ bytes }) =>
    readerFor(formatFor("openai-responses")).push(bytes).flatMap(({ data }) => {
      const payload = data === undefined ? {} : JSON.parse(data);
      return payload.type === "response.completed" ? [payload.response] : [];
    })
  ),
  "anthropic-messages": [{
    id: "m",
    type: "message",
    role: "assistant",
    model: "m",
    stop_reason: "refusal",
    stop_details: { type: "refusal", category: "cyber", explanation: "why" },
    content: [
      { type: "thinking", thinking: "hm", signature: "s" },
      { type: "text", text: "text", citations: [{ type: "char_location", cited_text: "cited", document_title: "Facts" }] },
      { type: "tool_use", id: "t", name: "f", input: { a: "b", c: ["d"] } },
      { type: "mcp_tool_result", tool_use_id: "t", content: [{ type: "text", text: "result" }] },
      { type: "code_execution_tool_result", tool_use_id: "t", content: { type: "code_execution_result", stdout: "out", stderr: "err" } },
      { type: "compaction", content: "so far" },
      { type: "mcp_tool_listing", mcp_server_name: "s", tools: [{ name: "f", description: "does", input_schema: { type: "object" } }] },
      { type: "advisor_tool_result", tool_use_id: "t", content: { type: "advisor_result", text: "advice", stop_reason: null } },
    ],
  }],
};

for (const api of Object.keys(ANSWERS) as (keyof typeof LABELS)[]) {
  Deno.test(`${api}: every string of a whole answer is guarded, but for labels`, async () => {
    const labels = new Set(LABELS[api].split(" "));
    for (const answer of ANSWERS[api]) {
      for (const path of stringsIn(answer)) {
        const { body } = await guardWhole(formatFor(api), PLAN, JSON.stringify(withSecret(answer, path)));
        // Tokens of text that is not changed stay.
        const leaked = body.includes(SECRET) && !path.includes("logprobs");
        assert.ok(!leaked || labels.has(String(path.findLast(isKey))), path.join("."));
      }
    }
  });
}
