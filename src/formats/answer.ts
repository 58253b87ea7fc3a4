/** What the whole (not streamed) answers of all formats have in common. */
import { JsonEditor } from "./json_nodes.ts";
import { isObject, type JsonObject, parseObject } from "./json_value.ts";
import { deltasOf, place, type Slot, written, writtenAhead } from "./slots.ts";
import type { AnswerText, DecodedAnswer, StopReason, Usage } from "./types.ts";

/** An answer body and where its text stands. */
export class SlotAnswer implements DecodedAnswer {
  readonly texts: readonly AnswerText[];

  /** `endsChannel`: this slot's channel ends after it although it goes on later; the last of each channel ends it anyway. */
  constructor(
    readonly body: string,
    readonly root: JsonObject,
    readonly slots: readonly Slot[],
    readonly usage: Usage | undefined,
    endsChannel: (slot: Slot) => boolean = () => false,
  ) {
    const texts: AnswerText[] = [];
    for (const slot of slots) {
      const deltas = deltasOf([slot]);
      deltas.forEach((delta, i) => texts.push({ ...delta, ends: delta.ends === true || (i === deltas.length - 1 && endsChannel(slot)) }));
    }
    const ended = new Set<string>();
    for (let i = texts.length - 1; i >= 0; i--) {
      const text = texts[i]!;
      const key = `${text.choice}/${text.channel}`;
      if (!ended.has(key)) texts[i] = { ...text, ends: true };
      ended.add(key);
    }
    this.texts = texts;
  }
}

/** @throws {BadEventError} when the body is not a JSON object. */
export function parseAnswer(body: string): JsonObject {
  return parseObject(body, "an answer");
}

/** The answer, when it was decoded by a format of this kind. */
export function ownAnswer(answer: DecodedAnswer): SlotAnswer {
  if (answer instanceof SlotAnswer) return answer;
  throw new TypeError("The answer was decoded by another format");
}

/** What each slot reads now; the rest of an escape that was cut off stays as it came. */
export function answerTexts({ slots }: SlotAnswer, texts: readonly string[]): string[] {
  return written(slots, texts).map((text, i) => {
    const { json } = slots[i]!;
    return json === undefined ? text : text + json.document.writer.finish() + json.document.reader.partial;
  });
}

/** The body with other texts; `onChange` edits what else depends on a changed slot, `now` being what each slot reads. */
export function rewriteSlots(
  answer: DecodedAnswer,
  texts: readonly string[],
  onChange: (editor: JsonEditor, slot: Slot, now: readonly string[]) => void,
): string {
  const own = ownAnswer(answer);
  const editor = new JsonEditor(own.body);
  const now = answerTexts(own, texts);
  place(editor, own.slots, now);
  own.slots.forEach((slot, i) => {
    if (now[i] !== slot.source) onChange(editor, slot, now);
  });
  return editor.toString();
}

/** Like `answerTexts`, but JSON documents of stopped choices end where their text ends, as they do in a stream. */
export function cutTexts({ slots }: SlotAnswer, texts: readonly string[], stopped: ReadonlyMap<number, StopReason>): string[] {
  const before = (choice: number) => stopped.get(choice)?.wholeTexts ?? texts.length;
  const lengths = slots.map(({ json }) => Math.max(json?.runs.length ?? 1, 1));
  let end = 0;
  return writtenAhead(slots, texts, (index, choice) => index < before(choice)).map((text, i) => {
    const { json, choice } = slots[i]!;
    end += lengths[i]!;
    return json === undefined || end > before(choice) ? text : text + json.document.writer.finish() + json.document.reader.partial;
  });
}

/**
 * How many content entries (`path[1]`) are left after a stop: up to the last of which some text is left. `wholeCalls`: a JSON
 * document whose end is cut off does not count.
 */
export function entriesKept(own: SlotAnswer, texts: readonly string[], wholeCalls: boolean): number {
  let next = 0;
  let kept = 0;
  for (const { paths: [path], json } of own.slots) {
    const count = json === undefined ? 1 : Math.max(json.runs.length, 1);
    const left = texts.slice(wholeCalls ? next + count - 1 : next, next + count).some((text) => text !== "");
    next += count;
    const entry = path?.[1];
    if (left && typeof entry === "number") kept = Math.max(kept, entry + 1);
  }
  return kept;
}

/** A copy of a parsed JSON value with strings replaced at the slots' places. */
export function withTexts(
  value: unknown,
  slots: readonly Slot[],
  texts: readonly string[],
  path: readonly (string | number)[] = [],
): unknown {
  const here = slots.findIndex(({ paths }) => paths.some((candidate) => samePath(candidate, path)));
  if (here >= 0) return typeof value === "number" && String(value) === texts[here] ? value : texts[here];
  if (Array.isArray(value)) return value.map((item: unknown, i) => withTexts(item, slots, texts, [...path, i]));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withTexts(item, slots, texts, [...path, key])]));
}

function samePath(a: readonly (string | number)[], b: readonly (string | number)[]): boolean {
  return a.length === b.length && a.every((step, i) => step === b[i]);
}
