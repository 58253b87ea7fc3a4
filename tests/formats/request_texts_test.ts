/** What clients send back of earlier answers: every text of a history is found and can be replaced where it stands. */
import assert from "node:assert/strict";
import { formatFor, readerFor } from "../../src/formats/mod.ts";
import { isObject, type JsonObject, listOf } from "../../src/formats/json_value.ts";
import type { Api } from "../../src/formats/types.ts";
import { fixturesOf } from "../conformance/format_conformance.ts";
import { type JsonStringPath, stringsIn, withString } from "../support/json_strings.ts";

const SECRET = "§42§";
/** Where arguments stand as JSON in a string, they stay JSON. */
const withSecret = (value: unknown, path: JsonStringPath) =>
  withString(value, path, (before) => typeof before === "string" && before.startsWith("{") ? JSON.stringify({ a: SECRET }) : SECRET);

/** Keys of the strings in `history` that no text of the request is. */
function unread(api: Api, request: (history: unknown) => JsonObject, history: unknown): Set<string> {
  const keys = new Set<string>();
  for (const path of stringsIn(history)) {
    const decoded = formatFor(api).decodeRequest(JSON.stringify(request(withSecret(history, path))));
    const found = decoded.texts.some(({ text }) => text.includes(SECRET));
    if (!found) keys.add(String(path.findLast((step) => typeof step === "string")));
    else assert.ok(!decoded.rewrite(decoded.texts.map(({ text }) => text.replaceAll(SECRET, "-"))).includes(SECRET), path.join("."));
  }
  return keys;
}

/** Payloads of the recorded streams. */
const payloads = (api: Exclude<Api, "custom">) =>
  fixturesOf(api).flatMap(({ bytes }) => {
    const reader = readerFor(formatFor(api));
    return [...reader.push(bytes), ...reader.finish()].flatMap(({ data }): JsonObject[] => {
      const payload: unknown = data?.startsWith("{") ? JSON.parse(data) : undefined;
      return isObject(payload) ? [payload] : [];
    });
  });

Deno.test("openai-responses: every text of an answer's items is read when they come back as input", () => {
  const keys = new Set<string>();
  for (const { response } of payloads("openai-responses")) {
    for (const item of isObject(response) ? listOf(response.output) : []) {
      const input = (items: unknown) => ({ model: "m", input: [items] });
      for (const key of unread("openai-responses", input, item)) keys.add(key);
    }
  }
  // `result`, `image_url`: images. `token`: of log probabilities.
  assert.deepEqual(
    [...keys].sort().join(" "),
    "approval_request_id call_id container_id encrypted_content execution file_id fingerprint id image_url name result role server_label " +
      "status token type",
  );
});

Deno.test("anthropic-messages: every text of an answer's blocks is read when they come back as a message", () => {
  const keys = new Set<string>();
  const citations = payloads("anthropic-messages").flatMap(({ delta }) =>
    isObject(delta) && isObject(delta.citation) ? [delta.citation] : []
  );
  const blocks = payloads("anthropic-messages").flatMap(({ content_block }) => isObject(content_block) ? [content_block] : []);
  const inputs = blocks.map((block) => "input" in block ? { ...block, input: { to: "text", list: ["text"] } } : block);
  for (const block of [...inputs, { type: "text", text: "cited", citations }]) {
    const request = (content: unknown) => ({ model: "m", max_tokens: 1, messages: [{ role: "assistant", content: [content] }] });
    for (const key of unread("anthropic-messages", request, block)) keys.add(key);
  }
  // `data`: base64.
  assert.deepEqual(
    [...keys].sort().join(" "),
    "data encrypted_content encrypted_index error_code file_id file_type id mcp_server_name media_type model name retrieved_at server_name " +
      "signature stop_reason tool_name tool_use_id type",
  );
});

Deno.test("openai-chat: arguments and reasoning of earlier messages are read in every form", () => {
  const message = {
    role: "assistant",
    content: [{ type: "text", text: "part" }],
    refusal: "no",
    annotations: [{ type: "url_citation", url_citation: { title: "Page", url: "https://example.com" } }],
    context: { citations: [{ content: "text", title: "Page" }], intent: "to know" },
    reasoning_content: "hm",
    reasoning_details: [{ type: "reasoning.text", text: "hm", format: "f", signature: "s" }, { type: "reasoning.summary", summary: "so" }],
    thinking_blocks: [{ type: "thinking", thinking: "hm", signature: "s" }],
    tool_calls: [
      { id: "t", type: "function", function: { name: "f", arguments: '{"a":"b"}' } },
      { id: "t", type: "function", function: { name: "f", arguments: { a: "b", c: ["d"] } } },
      { id: "t", type: "custom", custom: { name: "f", input: "in" } },
    ],
    function_call: { name: "f", arguments: { a: "b" } },
  };
  const keys = unread("openai-chat", (each) => ({ model: "m", messages: [{ ...Object(each), role: "assistant" }] }), message);
  assert.deepEqual([...keys].sort().join(" "), "format id name role signature type");
});
