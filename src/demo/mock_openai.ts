/** OpenAI's wire formats, as its API reference documents them (https://platform.openai.com/docs/api-reference). */
import type { Prompt } from "./mock_llm.ts";

const CREATED = 1_700_000_000;

function usage({ promptTokens, tokens, choices }: Prompt) {
  const completionTokens = tokens.length * choices;
  return { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens: promptTokens + completionTokens };
}

function sse(data: unknown, event?: string): string {
  return `${event === undefined ? "" : `event: ${event}\n`}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

export function chatCompletion(prompt: Prompt) {
  const content = prompt.tokens.join("");
  return {
    id: "chatcmpl-demo",
    object: "chat.completion",
    created: CREATED,
    model: prompt.model,
    choices: Array.from(
      { length: prompt.choices },
      (_, index) => ({ index, message: { role: "assistant", content, refusal: null }, logprobs: null, finish_reason: "stop" }),
    ),
    usage: usage(prompt),
  };
}

export function* chatStream(prompt: Prompt): Generator<string> {
  const chunk = (index: number, delta: unknown, finish: string | null = null) =>
    sse({
      id: "chatcmpl-demo",
      object: "chat.completion.chunk",
      created: CREATED,
      model: prompt.model,
      choices: [{ index, delta, logprobs: null, finish_reason: finish }],
    });
  const all = Array.from({ length: prompt.choices }, (_, index) => index);
  for (const index of all) yield chunk(index, { role: "assistant", content: "" });
  for (const content of prompt.tokens) for (const index of all) yield chunk(index, { content });
  for (const index of all) yield chunk(index, {}, "stop");
  if (prompt.includeUsage) {
    yield sse({
      id: "chatcmpl-demo",
      object: "chat.completion.chunk",
      created: CREATED,
      model: prompt.model,
      choices: [],
      usage: usage(prompt),
    });
  }
  yield sse("[DONE]");
}

export function completion(prompt: Prompt) {
  const choices = Array.from(
    { length: prompt.choices },
    (_, index) => ({ index, text: prompt.tokens.join(""), logprobs: null, finish_reason: "stop" }),
  );
  return { id: "cmpl-demo", object: "text_completion", created: CREATED, model: prompt.model, choices, usage: usage(prompt) };
}

export function* completionStream(prompt: Prompt): Generator<string> {
  const chunk = (text: string, finish: string | null) =>
    sse({
      id: "cmpl-demo",
      object: "text_completion",
      created: CREATED,
      model: prompt.model,
      choices: [{ index: 0, text, logprobs: null, finish_reason: finish }],
    });
  for (const text of prompt.tokens) yield chunk(text, null);
  yield chunk("", "stop");
  yield sse("[DONE]");
}

function response(prompt: Prompt, status: "in_progress" | "completed") {
  const done = status === "completed";
  const text = prompt.tokens.join("");
  const { prompt_tokens: input_tokens, completion_tokens: output_tokens, total_tokens } = usage(prompt);
  return {
    id: "resp_demo",
    object: "response",
    created_at: CREATED,
    status,
    error: null,
    incomplete_details: null,
    instructions: null,
    model: prompt.model,
    output: done
      ? [{ id: "msg_demo", type: "message", status, role: "assistant", content: [{ type: "output_text", text, annotations: [] }] }]
      : [],
    parallel_tool_calls: true,
    tool_choice: "auto",
    tools: [],
    usage: done
      ? {
        input_tokens,
        output_tokens,
        total_tokens,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens_details: { reasoning_tokens: 0 },
      }
      : null,
  };
}

export function responsesAnswer(prompt: Prompt) {
  return response(prompt, "completed");
}

export function* responsesStream(prompt: Prompt): Generator<string> {
  let sequence_number = 0;
  const event = (type: string, fields: Record<string, unknown>) => sse({ type, sequence_number: sequence_number++, ...fields }, type);
  const at = { item_id: "msg_demo", output_index: 0, content_index: 0 };
  const text = prompt.tokens.join("");
  const part = { type: "output_text", text, annotations: [] };
  yield event("response.created", { response: response(prompt, "in_progress") });
  yield event("response.in_progress", { response: response(prompt, "in_progress") });
  yield event("response.output_item.added", {
    output_index: 0,
    item: { id: "msg_demo", type: "message", status: "in_progress", role: "assistant", content: [] },
  });
  yield event("response.content_part.added", { ...at, part: { type: "output_text", text: "", annotations: [] } });
  for (const delta of prompt.tokens) yield event("response.output_text.delta", { ...at, delta, logprobs: [] });
  yield event("response.output_text.done", { ...at, text, logprobs: [] });
  yield event("response.content_part.done", { ...at, part });
  yield event("response.output_item.done", {
    output_index: 0,
    item: { id: "msg_demo", type: "message", status: "completed", role: "assistant", content: [part] },
  });
  yield event("response.completed", { response: response(prompt, "completed") });
}
