/** Why an answer ended, in either spelling. A reason we do not know ended the answer all the same. */

const CHAT: Readonly<Record<string, string>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  refusal: "content_filter",
};

const MESSAGES: Readonly<Record<string, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  function_call: "tool_use",
  content_filter: "refusal",
};

/** @param functions the client speaks of functions. */
export function chatFinish(stopReason: unknown, functions = false): string {
  const reason = (typeof stopReason === "string" ? CHAT[stopReason] : undefined) ?? "stop";
  return functions && reason === "tool_calls" ? "function_call" : reason;
}

/** @param called the answer calls tools: OpenAI says `stop` where the request named the function, and some backends always do. */
export function messagesStop(finishReason: unknown, called: boolean): string {
  if (called && (finishReason === "stop" || finishReason === null)) return "tool_use";
  return (typeof finishReason === "string" ? MESSAGES[finishReason] : undefined) ?? "end_turn";
}
