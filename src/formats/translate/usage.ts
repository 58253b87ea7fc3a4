/** Token counts from one API's spelling into the other's. */
import { countOf, isObject, type JsonObject } from "../json_value.ts";
import type { AnswerFacts } from "./types.ts";

/** The counts, or undefined where the backend gave none: zeros would be believed. */
function counted(usage: unknown, names: readonly string[]): JsonObject | undefined {
  return isObject(usage) && names.some((name) => countOf(usage[name]) !== undefined) ? usage : undefined;
}

/** Anthropic counts input that was read from or written to its cache apart from the rest; OpenAI's prompt tokens include both. */
export function chatUsage(counts: unknown): JsonObject | undefined {
  const usage = counted(counts, ["input_tokens", "output_tokens"]);
  if (usage === undefined) return undefined;
  const { input_tokens, output_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens_details } = usage;
  const cached = countOf(cache_read_input_tokens) ?? 0;
  const written = countOf(cache_creation_input_tokens) ?? 0;
  const prompt = (countOf(input_tokens) ?? 0) + written + cached;
  const completion = countOf(output_tokens) ?? 0;
  const reasoning = detail(output_tokens_details, "thinking_tokens");
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    ...((cached > 0 || written > 0) && {
      prompt_tokens_details: { cached_tokens: cached, ...(written > 0 && { cache_write_tokens: written }) },
    }),
    ...(reasoning > 0 && { completion_tokens_details: { reasoning_tokens: reasoning } }),
  };
}

/** What a whole message counts beside the tokens: whoever asks gets null, not undefined. */
export const MESSAGE_USAGE: JsonObject = { cache_creation: null, inference_geo: null, service_tier: null, speed: null };

/**
 * The counts of `message_delta`. The messages API always counts, so what the backend does not say is estimated from the answer's characters.
 */
export function messagesUsage(counts: unknown, { promptTokens, tokensOf }: AnswerFacts["estimate"], chars: number): JsonObject {
  const usage = counted(counts, ["prompt_tokens", "completion_tokens"]);
  const { prompt_tokens, completion_tokens, prompt_tokens_details, completion_tokens_details } = usage ??
    { prompt_tokens: promptTokens, completion_tokens: tokensOf(chars) };
  const prompt = countOf(prompt_tokens) ?? 0;
  const cached = Math.min(prompt, detail(prompt_tokens_details, "cached_tokens"));
  const written = Math.min(prompt - cached, detail(prompt_tokens_details, "cache_write_tokens"));
  const reasoning = detail(completion_tokens_details, "reasoning_tokens");
  return {
    input_tokens: prompt - cached - written,
    cache_creation_input_tokens: written,
    cache_read_input_tokens: cached,
    output_tokens: countOf(completion_tokens) ?? 0,
    output_tokens_details: reasoning > 0 ? { thinking_tokens: reasoning } : null,
    server_tool_use: null,
  };
}

export function responsesUsage(counts: unknown): JsonObject | undefined {
  const usage = counted(counts, ["prompt_tokens", "completion_tokens"]);
  if (usage === undefined) return undefined;
  const { prompt_tokens, completion_tokens, total_tokens, prompt_tokens_details, completion_tokens_details } = usage;
  const [input, output] = [countOf(prompt_tokens) ?? 0, countOf(completion_tokens) ?? 0];
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: detail(prompt_tokens_details, "cached_tokens"),
      cache_write_tokens: detail(prompt_tokens_details, "cache_write_tokens"),
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: detail(completion_tokens_details, "reasoning_tokens") },
    total_tokens: countOf(total_tokens) ?? input + output,
  };
}

function detail(details: unknown, name: string): number {
  return (isObject(details) ? countOf(details[name]) : undefined) ?? 0;
}
