/** OpenAI Responses, whole. https://platform.openai.com/docs/api-reference/responses/object */
import { cutTexts, entriesKept, ownAnswer, parseAnswer, rewriteSlots, SlotAnswer, withTexts } from "./answer.ts";
import { JsonText } from "./json_text.ts";
import { isObject, type JsonObject, listOf } from "./json_value.ts";
import { responsesUsage } from "./openai_responses_output.ts";
import { itemPlaces } from "./openai_responses_places.ts";
import { jsonSlot, textSlot } from "./slots.ts";
import type { DecodedAnswer, StopReason } from "./types.ts";

/** @throws {BadEventError} when the body is not a JSON object. */
export function decodeResponsesAnswer(body: string): DecodedAnswer {
  const root = parseAnswer(body);
  const slots = listOf(root.output).flatMap((item, i) => itemPlaces(item, i, ["output", i], true))
    .map(({ channel, json, text, path }) => json ? jsonSlot(0, channel, text, new JsonText(), path) : textSlot(0, channel, text, path));
  // Some backends put the whole text beside the items; where it is another one it is guarded by itself.
  if (typeof root.output_text === "string" && root.output_text !== outputText(root)) {
    slots.push(textSlot(0, "other:content", root.output_text, ["output_text"]));
  }
  return new SlotAnswer(body, root, slots, responsesUsage(root.usage), () => true);
}

export function rewriteResponsesAnswer(answer: DecodedAnswer, texts: readonly string[]): string {
  const { root, slots } = ownAnswer(answer);
  return rewriteSlots(answer, texts, (editor, { paths: [path] }, now) => {
    if (path === undefined || path[0] !== "output") return;
    editor.set([...path.slice(0, -1), "logprobs"], []);
    if (slots.some(({ paths: [other] }) => other?.[0] === "output_text")) return;
    editor.set(["output_text"], outputText(withTexts(root, slots, now)));
  });
}

export function stopResponsesAnswer(answer: DecodedAnswer, texts: readonly string[], stopped: ReadonlyMap<number, StopReason>): string {
  const own = ownAnswer(answer);
  const reason = stopped.get(0);
  if (reason === undefined) return rewriteResponsesAnswer(answer, texts);
  const kept = entriesKept(own, texts, false);
  const root = withTexts(own.root, own.slots, cutTexts(own, texts, stopped));
  if (!isObject(root)) return own.body;
  const items = listOf(root.output).slice(0, kept).map((item) => isObject(item) ? withoutLogprobs(item) : item);
  const output = reason.message ? withMessage(items, reason.message) : items;
  const more = typeof root.output_text === "string" ? { output_text: outputText({ output }) } : {};
  return JSON.stringify({ ...root, ...more, status: "incomplete", incomplete_details: { reason: "content_filter" }, output });
}

/** The items with a last text: in the last message when that is what was being said, else in a message of its own. */
function withMessage(items: readonly unknown[], text: string): unknown[] {
  const part = { type: "output_text", text, annotations: [], logprobs: [] };
  const last = items.at(-1);
  if (isObject(last) && last.type === "message") {
    return [...items.slice(0, -1), { ...last, status: "incomplete", content: [...listOf(last.content), part] }];
  }
  const item = { id: `msg_checkstream_${items.length}`, type: "message", role: "assistant", status: "incomplete", content: [part] };
  return [...items, item];
}

function withoutLogprobs(item: JsonObject): JsonObject {
  if (!Array.isArray(item.content)) return item;
  return { ...item, content: item.content.map((part: unknown) => isObject(part) && "logprobs" in part ? { ...part, logprobs: [] } : part) };
}

function outputText(root: unknown): string {
  const items = isObject(root) ? listOf(root.output) : [];
  return items.flatMap((item) => isObject(item) && item.type === "message" ? listOf(item.content) : [])
    .map((part) => isObject(part) && part.type === "output_text" ? part.text : "").join("");
}
