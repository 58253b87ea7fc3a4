/** OpenAI chat completions, whole. https://platform.openai.com/docs/api-reference/chat/object */
import { cutTexts, ownAnswer, parseAnswer, rewriteSlots, SlotAnswer, withTexts } from "./answer.ts";
import { type JsonPath, parseJson } from "./json_nodes.ts";
import { JsonText } from "./json_text.ts";
import { countOf, isObject, type JsonObject, listOf, textOf } from "./json_value.ts";
import { openaiUsage, readContent, readEnvelope, readMembers, readReasoning } from "./openai_fields.ts";
import { jsonSlot, type Slot, textSlot, valueSlot } from "./slots.ts";
import type { Channel, DecodedAnswer, StopReason } from "./types.ts";

/** @throws {BadEventError} when the body is not a JSON object. */
export function decodeChatAnswer(body: string): DecodedAnswer {
  const root = parseAnswer(body);
  const slots: Slot[] = [];
  listOf(root.choices).forEach((choice, i) => readMessage(choice, i, body, slots));
  readEnvelope(root, slots);
  return new SlotAnswer(body, root, slots, openaiUsage(root.usage));
}

export function rewriteChatAnswer(answer: DecodedAnswer, texts: readonly string[]): string {
  return rewriteSlots(answer, texts, (editor, { paths }) => {
    for (const path of paths) {
      editor.set([...path.slice(0, 2), "logprobs"], null);
      // Audio would still speak what its transcript no longer says.
      if (path.at(-1) === "transcript") editor.set([...path.slice(0, -1), "data"], "");
    }
  });
}

export function stopChatAnswer(answer: DecodedAnswer, texts: readonly string[], stopped: ReadonlyMap<number, StopReason>): string {
  const own = ownAnswer(answer);
  const now = cutTexts(own, texts, stopped);
  const rewritten = withTexts(own.root, own.slots, now);
  if (!isObject(rewritten)) return own.body;
  const choices = listOf(rewritten.choices).map((choice, i) => {
    const reason = isObject(choice) ? stopped.get(countOf(choice.index) ?? i) : undefined;
    return isObject(choice) && reason !== undefined ? stoppedChoice(choice, reason) : choice;
  });
  return JSON.stringify({ ...rewritten, choices });
}

function stoppedChoice(choice: JsonObject, { message: last }: StopReason): JsonObject {
  const message = isObject(choice.message) ? choice.message : {};
  const content = Array.isArray(message.content) && last !== undefined
    ? [...message.content, { type: "text", text: last }]
    : last === undefined
    ? message.content
    : (textOf(message.content) ?? "") + last;
  // A call of which nothing is left was never made.
  const calls = listOf(message.tool_calls).filter((call) => !isObject(call) || !isObject(call.function) || call.function.arguments !== "");
  const { tool_calls, audio, ...rest } = message;
  return {
    ...choice,
    message: {
      ...rest,
      content,
      ...(tool_calls !== undefined && calls.length > 0 && { tool_calls: calls }),
      // The sound says more than its transcript now.
      ...(isObject(audio) && { audio: { ...audio, data: "" } }),
    },
    logprobs: null,
    finish_reason: "content_filter",
  };
}

function readMessage(choice: unknown, position: number, body: string, slots: Slot[]): void {
  if (!isObject(choice) || !isObject(choice.message)) return;
  const { message } = choice;
  const index = countOf(choice.index) ?? position;
  const base: JsonPath = ["choices", position, "message"];
  const before = slots.length;
  readReasoning(message, index, base, slots);
  readContent(message.content, index, [...base, "content"], slots);
  if (typeof message.refusal === "string") slots.push(textSlot(index, "refusal", message.refusal, [...base, "refusal"]));
  if (isObject(message.audio) && typeof message.audio.transcript === "string") {
    slots.push(textSlot(index, "content", message.audio.transcript, [...base, "audio", "transcript"]));
  }
  listOf(message.tool_calls).forEach((call, i) => {
    if (!isObject(call)) return;
    const channel: Channel = `tool:${i}`;
    if (isObject(call.custom) && typeof call.custom.input === "string") {
      slots.push(textSlot(index, channel, call.custom.input, [...base, "tool_calls", i, "custom", "input"]));
    } else readArguments(call.function, index, channel, [...base, "tool_calls", i, "function", "arguments"], body, slots);
  });
  readArguments(message.function_call, index, "tool:0", [...base, "function_call", "arguments"], body, slots);
  readMembers(message, index, base, slots, before);
}

/** A string that holds JSON; some backends send the object itself. */
function readArguments(called: unknown, index: number, channel: Channel, path: JsonPath, body: string, slots: Slot[]): void {
  if (!isObject(called)) return;
  if (typeof called.arguments === "string") slots.push(jsonSlot(index, channel, called.arguments, new JsonText(), path));
  else if (isObject(called.arguments)) {
    const slot = valueSlot(index, channel, body, parseJson(body), path);
    if (slot !== undefined) slots.push(slot);
  }
}
