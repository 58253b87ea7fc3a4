/** What streamed and whole Anthropic messages have in common. */
import { countOf, isObject, type JsonObject } from "./json_value.ts";
import type { Channel, Usage } from "./types.ts";

/** Prompt tokens count cached ones, as the other APIs do. */
export function anthropicUsage(value: unknown, earlier: Usage = {}): Usage | undefined {
  if (!isObject(value)) return undefined;
  const cached = (countOf(value.cache_creation_input_tokens) ?? 0) + (countOf(value.cache_read_input_tokens) ?? 0);
  const input = countOf(value.input_tokens);
  const promptTokens = input === undefined ? earlier.promptTokens : input + cached;
  const completionTokens = countOf(value.output_tokens) ?? earlier.completionTokens;
  return { ...(promptTokens !== undefined && { promptTokens }), ...(completionTokens !== undefined && { completionTokens }) };
}

/** The end of an answer that was stopped here: nobody at the provider has more to say of it. */
export const REFUSED: JsonObject = { stop_reason: "refusal", stop_sequence: null, stop_details: null };

/** Which text a block carries; undefined for blocks without text of the model's own. */
export function channelOf(block: JsonObject, index: number): Channel | undefined {
  switch (block.type) {
    case "text":
      return "content";
    case "thinking":
      return "reasoning";
    default:
      return typeof block.type === "string" && block.type.endsWith("tool_use") ? `tool:${index}` : undefined;
  }
}
