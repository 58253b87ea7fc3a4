/** Fields that OpenAI-like backends put into chunks and answers alike. */
import type { JsonPath } from "./json_nodes.ts";
import { countOf, isObject, type JsonObject, listOf, textOf } from "./json_value.ts";
import { sideSlots } from "./side_texts.ts";
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
export const REASONING_LISTS = [["reasoning_details", ["text", "summary"]], ["thinking_blocks", ["thinking"]]] as const;

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

/** Members of a chunk or answer that carry no text, or are read elsewhere. */
const ENVELOPE = new Set(
  ("id,object,created,model,choices,usage,system_fingerprint,service_tier,provider,obfuscation,error,moderation,prompt_filter_results," +
    "prompt_annotations,x_groq").split(","),
);

/** The same of a `delta` or `message`. */
export const MESSAGE: ReadonlySet<string> = new Set(
  ("role,content,refusal,tool_calls,function_call,audio,reasoning_content,reasoning,reasoning_text,thinking,reasoning_details," +
    "thinking_blocks,name,id,tool_call_id").split(","),
);

/** What backends add beside the choices: sources and search results (Perplexity, xAI). */
export function readEnvelope(root: JsonObject, slots: Slot[]): void {
  for (const key in root) {
    if (ENVELOPE.has(key)) continue;
    for (const slot of sideSlots(0, key, root[key], [key])) addSide(slot, slots, 0);
  }
}

/**
 * What backends add to a message: annotations, retrieved documents (Azure's `context`), tools that ran there (Groq's `executed_tools`).
 * A string is taken for a text in fragments; one that says what one of `slots` from `from` on says goes with it.
 */
export function readMembers(message: JsonObject, index: number, base: JsonPath, slots: Slot[], from: number): void {
  for (const key in message) {
    if (MESSAGE.has(key)) continue;
    const value = message[key];
    if (typeof value === "string") slots.push(textSlot(index, `extra:${key}`, value, [...base, key]));
    else if (typeof value === "object" && value !== null) {
      for (const slot of sideSlots(index, key, value, [...base, key])) addSide(slot, slots, from);
    }
  }
}

/** Some servers (LiteLLM, llama.cpp) repeat a fragment of the text itself among what they add. */
function addSide(slot: Slot, slots: Slot[], from: number): void {
  const name = slot.paths[0]?.at(-1);
  const at = !REPEATED.has(String(name))
    ? -1
    : slots.findIndex(({ source, json, channel }, i) =>
      i >= from && source === slot.source && json === undefined && !channel.startsWith("other:")
    );
  if (at < 0) slots.push(slot);
  else slots[at] = { ...slots[at]!, paths: [...slots[at]!.paths, ...slot.paths] };
}

const REPEATED = new Set([...REASONING, "content", "text", "reasoningContent"]);
