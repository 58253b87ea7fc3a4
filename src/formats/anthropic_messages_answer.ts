/** Anthropic messages, whole. https://docs.anthropic.com/en/api/messages */
import { answerTexts, entriesKept, ownAnswer, parseAnswer, SlotAnswer } from "./answer.ts";
import { anthropicUsage, channelOf, REFUSED } from "./anthropic_fields.ts";
import { JsonEditor, parseJson } from "./json_nodes.ts";
import { isObject, listOf, textOf } from "./json_value.ts";
import { sideSlots } from "./side_texts.ts";
import { place, type Slot, textSlot, valueSlot } from "./slots.ts";
import type { DecodedAnswer, StopReason } from "./types.ts";

/** @throws {BadEventError} when the body is not a JSON object. */
export function decodeMessagesAnswer(body: string): DecodedAnswer {
  const root = parseAnswer(body);
  const nodes = parseJson(body);
  const slots: Slot[] = [];
  const ends = new Set<Slot>();
  listOf(root.content).forEach((block, i) => {
    if (!isObject(block)) return;
    const channel = channelOf(block, i);
    const last = slots.findLast((slot) => slot.channel === "content");
    if (channel !== "content" && last !== undefined) ends.add(last);
    const slot = channel === "content"
      ? textSlot(0, channel, textOf(block.text) ?? "", ["content", i, "text"])
      : channel === "reasoning"
      ? textSlot(0, channel, textOf(block.thinking) ?? "", ["content", i, "thinking"])
      : channel === undefined
      ? undefined
      : valueSlot(0, channel, body, nodes, ["content", i, "input"]);
    if (slot !== undefined) slots.push(slot);
    if (slot !== undefined && channel !== "content") ends.add(slot);
    const side = channel === undefined
      ? sideSlots(0, "block", block, ["content", i])
      : listOf(block.citations).flatMap((citation, k) => sideSlots(0, "citation", citation, ["content", i, "citations", k]));
    slots.push(...side);
    for (const each of side) ends.add(each);
  });
  slots.push(...sideSlots(0, "stop_details", root.stop_details, ["stop_details"]));
  return new SlotAnswer(body, root, slots, anthropicUsage(root.usage), (slot) => ends.has(slot));
}

export function rewriteMessagesAnswer(answer: DecodedAnswer, texts: readonly string[]): string {
  const own = ownAnswer(answer);
  return edited(own, answerTexts(own, texts)).toString();
}

export function stopMessagesAnswer(answer: DecodedAnswer, texts: readonly string[], stopped: ReadonlyMap<number, StopReason>): string {
  const own = ownAnswer(answer);
  const reason = stopped.get(0);
  const body = edited(own, answerTexts(own, texts)).toString();
  if (reason === undefined) return body;
  const root = parseAnswer(body);
  const kept = listOf(root.content).slice(0, entriesKept(own, texts, true));
  const content = reason.message ? [...kept, { type: "text", text: reason.message, citations: null }] : kept;
  return JSON.stringify({ ...root, content, ...REFUSED });
}

function edited(own: SlotAnswer, now: readonly string[]): JsonEditor {
  const editor = new JsonEditor(own.body);
  place(editor, own.slots, now);
  own.slots.forEach(({ source, paths: [path] }, i) => {
    // A changed thinking block no longer matches its signature.
    if (now[i] !== source && path?.at(-1) === "thinking") editor.set([...path.slice(0, -1), "signature"], "");
  });
  return editor;
}
