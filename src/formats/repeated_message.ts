/** Some backends (Perplexity) put all of the text so far beside each delta; it must agree with what the client has got. */
import { type JsonEditor, type JsonPath } from "./json_nodes.ts";
import { isObject, type JsonObject } from "./json_value.ts";
import { MESSAGE } from "./openai_fields.ts";
import type { Slot } from "./slots.ts";

/** The `message` beside the `delta` of one choice of an event. */
export interface Repeat {
  readonly choice: number;
  readonly path: JsonPath;
  readonly message: JsonObject;
  /** Its content is exactly what the deltas have said so far. */
  readonly faithful: boolean;
  /** Members that may be other texts so far: with what is only half known of them, they do not go out. */
  readonly others: readonly string[];
}

/** What came and what went out of each choice that is repeated so. Kept only for backends that do it: it grows with the answer. */
export class RepeatedMessages {
  readonly #choices = new Map<number, { seen: string; sent: string }>();

  get none(): boolean {
    return this.#choices.size === 0;
  }

  /** A choice with its slots was decoded; returns its repeat when there is one. `isNew`: the choice has not said anything before. */
  read(choice: JsonObject, index: number, path: JsonPath, slots: readonly Slot[], isNew: boolean): Repeat | undefined {
    const repeats = isObject(choice.message) && isObject(choice.delta);
    let texts = this.#choices.get(index);
    if (texts === undefined) {
      // What comes only with the last chunk (Perplexity's concise mode) is a text of its own.
      if (!repeats || !isNew) return undefined;
      this.#choices.set(index, texts = { seen: "", sent: "" });
    }
    for (const slot of slots) if (isContent(slot, index)) texts.seen += slot.source;
    if (!repeats || !isObject(choice.message)) return undefined;
    const { content = "", role: _, ...rest } = choice.message;
    const others = Object.entries(rest).filter(([key, value]) => !isComplete(key, value)).map(([key]) => key);
    return { choice: index, path: [...path, "message"], message: choice.message, faithful: content === texts.seen, others };
  }

  /** Texts of an event go out in place of its slots. */
  sent(slots: readonly Slot[], texts: readonly string[]): void {
    if (this.none) return;
    slots.forEach((slot, i) => {
      const own = this.#choices.get(slot.choice);
      if (own !== undefined && isContent(slot, slot.choice)) own.sent += texts[i] ?? "";
    });
  }

  /** The repeat may stay: the client has got just what it says. Call after `sent`. */
  agrees({ choice, message, faithful, others }: Repeat): boolean {
    return faithful && others.length === 0 && this.#choices.get(choice)?.sent === (message.content ?? "");
  }

  /** Makes the repeat say what the client has got. */
  correct(editor: JsonEditor, { choice, path, others }: Repeat): void {
    editor.set([...path, "content"], this.#choices.get(choice)?.sent ?? "");
    for (const key of others) editor.set([...path, key], null);
  }
}

/** Nothing, or what is guarded by itself (search results, reasoning steps). */
export function isComplete(key: string, value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0) || (typeof value === "object" && !MESSAGE.has(key));
}

function isContent({ choice, channel }: Slot, index: number): boolean {
  return choice === index && channel === "content";
}
