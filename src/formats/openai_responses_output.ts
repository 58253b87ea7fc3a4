/** What a client has got of a streamed response: needed to end it in the middle, or to add to it. */
import type { JsonPath } from "./json_nodes.ts";
import { countOf, isObject, type JsonObject, listOf, textOf } from "./json_value.ts";
import type { Usage } from "./types.ts";

interface PlacedText {
  readonly path: JsonPath;
  readonly text: string;
}

interface SentItem {
  item: JsonObject;
  texts: readonly PlacedText[];
  done: boolean;
  /** Kinds and indexes of content or summary parts that were opened. */
  readonly parts: Map<string, { readonly part: JsonObject; done: boolean }>;
}

/** Token counts as the Responses API names them. */
export function responsesUsage(value: unknown): Usage | undefined {
  if (!isObject(value)) return undefined;
  const prompt = countOf(value.input_tokens), completion = countOf(value.output_tokens), total = countOf(value.total_tokens);
  return {
    ...(prompt !== undefined && { promptTokens: prompt }),
    ...(completion !== undefined && { completionTokens: completion }),
    ...(total !== undefined && { totalTokens: total }),
  };
}

export class ResponsesOutput {
  /** Items of our own, whole. */
  readonly inserted: JsonObject[] = [];
  readonly #items = new Map<number, SentItem>();
  #response: JsonObject = {};

  /** An event went out; `texts` are what stands at its places. */
  note(payload: JsonObject, texts: readonly PlacedText[]): void {
    if (isObject(payload.response)) this.#response = payload.response;
    const index = countOf(payload.output_index);
    if (index === undefined) return;
    if (isObject(payload.item)) {
      const known = this.#items.get(index);
      const done = payload.type === "response.output_item.done";
      const placed = texts.map(({ path, text }) => ({ path: path.slice(1), text }));
      if (known === undefined) this.#items.set(index, { item: payload.item, texts: placed, done, parts: new Map() });
      else Object.assign(known, { item: payload.item, texts: placed, done: known.done || done });
      return;
    }
    const parts = this.#items.get(index)?.parts;
    if (parts === undefined || !isObject(payload.part)) return;
    const summary = countOf(payload.summary_index);
    const key = summary === undefined ? `content/${countOf(payload.content_index) ?? 0}` : `summary/${summary}`;
    parts.set(key, { part: payload.part, done: textOf(payload.type)?.endsWith(".done") ?? false });
  }

  /** The output text that is being said, as its delta events name it. */
  openText(): { item_id: string; output_index: number; content_index: number } | undefined {
    for (const [output_index, { item, done, parts }] of this.#items) {
      if (done || item.type !== "message") continue;
      for (const [key, { part, done }] of parts) {
        if (done || part.type !== "output_text") continue;
        return { item_id: textOf(item.id) ?? "", output_index, content_index: Number(key.slice(key.indexOf("/") + 1)) };
      }
    }
    return undefined;
  }

  /** The events of a message of our own. */
  message(text: string): JsonObject[] {
    const output_index = this.#items.size === 0 ? 0 : Math.max(...this.#items.keys()) + 1;
    const item_id = `msg_checkstream_${output_index}`;
    const part = { type: "output_text", text, annotations: [], logprobs: [] };
    const item = { id: item_id, type: "message", role: "assistant", status: "completed", content: [part] };
    const at = { item_id, output_index, content_index: 0 };
    this.inserted.push(item);
    return [
      { type: "response.output_item.added", output_index, item: { ...item, status: "in_progress", content: [] } },
      { type: "response.content_part.added", ...at, part: { ...part, text: "" } },
      { type: "response.output_text.delta", ...at, delta: text, logprobs: [] },
      { type: "response.output_text.done", ...at, text, logprobs: [] },
      { type: "response.content_part.done", ...at, part },
      { type: "response.output_item.done", output_index, item },
    ];
  }

  /** The events that close what is open; `textOfKey` is what went out of a text (`output index/kind/index`). */
  close(textOfKey: (key: string) => string): JsonObject[] {
    const events: JsonObject[] = [];
    for (const [output_index, sent] of this.#items) {
      if (sent.done) continue;
      const content: JsonObject[] = [];
      const summary: JsonObject[] = [];
      for (const [key, { part, done }] of sent.parts) {
        const [kind, index] = key.split("/");
        const closed = closedPart(part, (name) => textOfKey(`${output_index}/${kind === "summary" ? "summary" : name}/${index}`));
        (kind === "summary" ? summary : content).push(closed);
        if (done) continue;
        const at = { item_id: sent.item.id, output_index, [kind === "summary" ? "summary_index" : "content_index"]: Number(index) };
        const text = closed.text ?? closed.refusal;
        const name = kind === "summary" ? "reasoning_summary_text" : closed.type === "output_text" ? "output_text" : textOf(closed.type);
        const member = closed.type === "refusal" ? "refusal" : "text";
        events.push({ type: `response.${name}.done`, ...at, [member]: text, ...(name === "output_text" && { logprobs: [] }) });
        events.push({
          type: kind === "summary" ? "response.reasoning_summary_part.done" : "response.content_part.done",
          ...at,
          part: closed,
        });
      }
      const member = ["arguments", "input", "code"].find((name) => typeof sent.item[name] === "string");
      const item = {
        ...sent.item,
        status: "incomplete",
        ...(content.length > 0 && { content }),
        ...(summary.length > 0 && { summary }),
        ...(member !== undefined && { [member]: textOfKey(`${output_index}/${member}/0`) }),
      };
      events.push({ type: "response.output_item.done", output_index, item });
    }
    return events;
  }

  /** The texts of all messages, in order. */
  texts(): string[] {
    return this.#sorted().flatMap((item) => item.type === "message" ? listOf(item.content) : [])
      .flatMap((part) => isObject(part) && typeof part.text === "string" ? [part.text] : []);
  }

  /** The response object of a stream that the gateway ended. */
  incomplete(usage: Usage | undefined, model: string): JsonObject {
    // Items keep their indexes: a call that was cut stays, marked incomplete, as the SDKs parse nothing of an incomplete response.
    const output = this.#sorted();
    const { promptTokens = 0, completionTokens = 0, totalTokens = promptTokens + completionTokens } = usage ?? {};
    const counts = {
      input_tokens: promptTokens,
      input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
      output_tokens: completionTokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: totalTokens,
    };
    return {
      id: "resp_checkstream",
      object: "response",
      created_at: 0,
      model,
      ...this.#response,
      status: "incomplete",
      incomplete_details: { reason: "content_filter" },
      error: null,
      output,
      usage: usage === undefined ? null : counts,
    };
  }

  #sorted(): JsonObject[] {
    return [...this.#items].sort(([a], [b]) => a - b).map(([, { item, texts }]) => {
      const now = texts.reduce<unknown>((value, { path, text }) => withText(value, path, text), item);
      return isObject(now) ? now : item;
    });
  }
}

function closedPart(part: JsonObject, textFor: (name: string) => string): JsonObject {
  switch (part.type) {
    case "refusal":
      return { ...part, refusal: textFor("refusal") };
    case "reasoning_text":
      return { ...part, text: textFor("reasoning") };
    case "output_text":
      return { ...part, text: textFor("text"), logprobs: [] };
    default:
      return { ...part, text: textFor("summary") };
  }
}

function withText(value: unknown, [step, ...rest]: JsonPath, text: string): unknown {
  if (step === undefined) return text;
  if (Array.isArray(value)) return value.map((item: unknown, i) => i === step ? withText(item, rest, text) : item);
  return isObject(value) ? { ...value, [step]: withText(value[step], rest, text) } : value;
}
