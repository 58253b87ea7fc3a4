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

/** `reasoning_content` (DeepSeek, vLLM), `reasoning` and `reasoning_details` (OpenRouter), which may all say the same. */
export function readReasoning(delta: JsonObject, index: number, base: JsonPath, slots: Slot[]): void {
  const said = new Map<string, JsonPath[]>();
  for (const name of ["reasoning_content", "reasoning"]) {
    const text = delta[name];
    if (typeof text === "string") said.set(text, [...said.get(text) ?? [], [...base, name]]);
  }
  if (Array.isArray(delta.reasoning_details)) {
    delta.reasoning_details.forEach((detail: unknown, i) => {
      if (!isObject(detail)) return;
      for (const name of ["text", "summary"]) {
        const text = detail[name];
        if (typeof text === "string") said.set(text, [...said.get(text) ?? [], [...base, "reasoning_details", i, name]]);
      }
    });
  }
  for (const [text, paths] of said) slots.push(textSlot(index, "reasoning", text, ...paths));
}
