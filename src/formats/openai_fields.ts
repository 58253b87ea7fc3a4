/** Fields that OpenAI-like backends put into chunks and answers alike. */
import type { JsonPath } from "./json_nodes.ts";
import { countOf, isObject, type JsonObject, listOf, textOf } from "./json_value.ts";
import { type Slot, textSlot } from "./slots.ts";
import type { Usage } from "./types.ts";

/** Token counts as OpenAI names them. */
export function openaiUsage(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  const prompt = countOf(value.prompt_tokens), completion = countOf(value.completion_tokens), total = countOf(value.total_tokens);
  return {
    ...(prompt !== undefined && { promptTokens: prompt }),
    ...(completion !== undefined && { completionTokens: completion }),
    ...(total !== undefined && { totalTokens: total }),
  };
}

/** What the `error` member of a chunk says. */
export function errorMessage(error: unknown): string {
  if (typeof error === "string") return error;
  return (isObject(error) ? textOf(error.message) : undefined) ?? "The backend reported an error";
}

/** A string, or a list of parts (Mistral): text parts are content, thinking parts reasoning. */
export function readContent(content: unknown, index: number, path: JsonPath, slots: Slot[]): void {
  if (typeof content === "string") return void slots.push(textSlot(index, "content", content, path));
  if (!Array.isArray(content)) return;
  content.forEach((part: unknown, i) => {
    if (!isObject(part)) return;
    if (typeof part.text === "string") slots.push(textSlot(index, "content", part.text, [...path, i, "text"]));
    listOf(part.thinking).forEach((thought, k) => {
      if (isObject(thought) && typeof thought.text === "string") {
        slots.push(textSlot(index, "reasoning", thought.text, [...path, i, "thinking", k, "text"]));
      }
    });
  });
}

/** Names under which reasoning comes: DeepSeek's and vLLM's, OpenRouter's, other servers'. */
const REASONING = ["reasoning_content", "reasoning", "reasoning_text", "thinking"];

/** Lists that repeat it: OpenRouter's `reasoning_details`, LiteLLM's `thinking_blocks`. */
const REASONING_LISTS = [["reasoning_details", ["text", "summary"]], ["thinking_blocks", ["thinking"]]] as const;

/** Reasoning, wherever it stands; one slot for places that say the same. */
export function readReasoning(delta: JsonObject, index: number, base: JsonPath, slots: Slot[]): void {
  let said: Map<string, JsonPath[]> | undefined;
  const note = (text: unknown, path: () => JsonPath) => {
    if (typeof text !== "string") return;
    said ??= new Map();
    const paths = said.get(text);
    if (paths === undefined) said.set(text, [path()]);
    else paths.push(path());
  };
  for (const name of REASONING) if (delta[name] !== undefined) note(delta[name], () => [...base, name]);
  for (const [list, names] of REASONING_LISTS) {
    if (delta[list] === undefined) continue;
    listOf(delta[list]).forEach((detail, i) => {
      if (isObject(detail)) { for (const name of names) note(detail[name], () => [...base, list, i, name]); }
    });
  }
  if (said === undefined) return;
  for (const [text, paths] of said) slots.push(textSlot(index, "reasoning", text, ...paths));
}
