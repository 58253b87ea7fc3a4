/** Anthropic's messages format, as its API reference documents it (https://docs.anthropic.com/en/api/messages-streaming). */
import type { Prompt } from "./mock_llm.ts";

export function anthropicMessage({ model, tokens, promptTokens }: Prompt) {
  return {
    id: "msg_demo",
    type: "message",
    role: "assistant",
    model,
    content: [{ type: "text", text: tokens.join("") }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { input_tokens: promptTokens, output_tokens: tokens.length },
  };
}

export function* anthropicStream({ model, tokens, promptTokens }: Prompt): Generator<string> {
  const event = (type: string, fields: Record<string, unknown>) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  const message = { id: "msg_demo", type: "message", role: "assistant", model, content: [], stop_reason: null, stop_sequence: null };
  yield event("message_start", { message: { ...message, usage: { input_tokens: promptTokens, output_tokens: 1 } } });
  yield event("content_block_start", { index: 0, content_block: { type: "text", text: "" } });
  yield event("ping", {});
  for (const text of tokens) yield event("content_block_delta", { index: 0, delta: { type: "text_delta", text } });
  yield event("content_block_stop", { index: 0 });
  yield event("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: tokens.length } });
  yield event("message_stop", {});
}
