/** Token counts from one API's spelling into the other's. */
import { countOf, isObject, type JsonObject } from "../json_value.ts";

/** Anthropic counts cached input apart from the rest; OpenAI's prompt tokens include it. */
export function chatUsage(usage: unknown): JsonObject {
  const { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens } = isObject(usage) ? usage : {};
  const cached = countOf(cache_read_input_tokens) ?? 0;
  const prompt = (countOf(input_tokens) ?? 0) + (countOf(cache_creation_input_tokens) ?? 0) + cached;
  const completion = countOf(output_tokens) ?? 0;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...(cached > 0 && { prompt_tokens_details: { cached_tokens: cached } }),
  };
}

export function messagesUsage(usage: unknown): JsonObject {
  const { prompt_tokens, completion_tokens, prompt_tokens_details } = isObject(usage) ? usage : {};
  const prompt = countOf(prompt_tokens) ?? 0;
  const cached = Math.min(prompt, (isObject(prompt_tokens_details) ? countOf(prompt_tokens_details.cached_tokens) : undefined) ?? 0);
  return {
    input_tokens: prompt - cached,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cached,
    output_tokens: countOf(completion_tokens) ?? 0,
  };
}

export function responsesUsage(usage: unknown): JsonObject | null {
  if (!isObject(usage)) return null;
  const { prompt_tokens, completion_tokens, total_tokens, prompt_tokens_details, completion_tokens_details } = usage;
  const [input, output] = [countOf(prompt_tokens) ?? 0, countOf(completion_tokens) ?? 0];
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: (isObject(prompt_tokens_details) ? countOf(prompt_tokens_details.cached_tokens) : undefined) ?? 0,
    },
    output_tokens: output,
    output_tokens_details: {
      reasoning_tokens: (isObject(completion_tokens_details) ? countOf(completion_tokens_details.reasoning_tokens) : undefined) ?? 0,
    },
    total_tokens: countOf(total_tokens) ?? input + output,
  };
}
