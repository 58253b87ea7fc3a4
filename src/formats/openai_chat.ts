/** OpenAI chat completions, streamed. https://platform.openai.com/docs/api-reference/chat-streaming */
import { decodeChatAnswer, rewriteChatAnswer, stopChatAnswer } from "./openai_chat_answer.ts";
import { addTo, deltaFor } from "./openai_chat_delta.ts";
import { decodeChatRequest } from "./openai_chat_request.ts";
import { errorMessage, MESSAGE, openaiUsage, readContent, readEnvelope, readMembers, readReasoning } from "./openai_fields.ts";
import { JsonEditor, type JsonPath, parseJson } from "./json_nodes.ts";
import { JsonText } from "./json_text.ts";
import { strayTokens } from "./logprobs.ts";
import { isComplete, type Repeat, RepeatedMessages } from "./repeated_message.ts";
import { countOf, isObject, type JsonObject, listOf, parseObject, textOf } from "./json_value.ts";
import { sideSlots } from "./side_texts.ts";
import { deltasOf, jsonSlot, place, type Slot, textSlot, valueSlot, written, writtenAhead } from "./slots.ts";
import { concatBytes, sseBytes, type SseEvent, withData } from "./sse.ts";
import type {
  Channel,
  ChannelRef,
  DecodedEvent,
  StopReason,
  StreamCodec,
  StreamFormat,
  StreamOptions,
  StreamProblem,
  TextDelta,
  Usage,
} from "./types.ts";

const NO_BYTES: Uint8Array = new Uint8Array(0);
const NO_SLOTS: readonly Slot[] = [];
const NO_DELTAS: readonly TextDelta[] = [];
const NO_ENDS: readonly ChannelRef[] = [];
const NO_REPEATS: readonly Repeat[] = [];

export class ChatEvent implements DecodedEvent {
  readonly deltas: readonly TextDelta[];
  ends: readonly ChannelRef[] = NO_ENDS;
  finish?: { readonly choice: number; readonly reason: string };
  usage?: Usage;
  error?: { readonly message: string };
  /** Ids, names and roles have been sent ahead. */
  headSent = false;
  /** Only usage, of a kind the client did not ask for. */
  unwanted = false;
  stray = false;
  repeats: readonly Repeat[] = NO_REPEATS;

  constructor(
    readonly source: SseEvent,
    readonly chunk: JsonObject | undefined,
    readonly slots: readonly Slot[],
    readonly kind: DecodedEvent["kind"] = "data",
  ) {
    this.deltas = slots.length === 0 ? NO_DELTAS : deltasOf(slots);
  }

  get raw(): Uint8Array {
    return this.source.raw;
  }
}

/** What chat and legacy completions do not share. */
export interface ChunkShape {
  readonly object: string;
  /** A choice of a chunk of our own, from chat's `delta`. */
  choice(index: number, delta: JsonObject, finish: string | null): JsonObject;
}

const CHAT: ChunkShape = {
  object: "chat.completion.chunk",
  choice: (index, delta, finish_reason) => ({ index, delta, logprobs: null, finish_reason }),
};

export class ChatCodec implements StreamCodec {
  /** Fields that every chunk of an answer has in common, from the last chunk seen. */
  #last: JsonObject = {};
  readonly #documents = new Map<string, JsonText>();
  readonly #channels = new Map<number, Set<Channel>>();
  readonly #repeated = new RepeatedMessages();
  /** Choices of which the client has got an event, and so the role. */
  readonly #begun = new Set<number>();
  #transcriptChanged = false;
  #usageSent = false;

  constructor(readonly options: StreamOptions, readonly shape: ChunkShape = CHAT) {}

  decode(source: SseEvent): ChatEvent {
    const { data } = source;
    if (data === undefined) return new ChatEvent(source, undefined, NO_SLOTS, "transparent");
    if (data.startsWith("[DONE]")) return new ChatEvent(source, undefined, NO_SLOTS, "terminator");
    const chunk = parseObject(data, "an event");
    const choices = listOf(chunk.choices);
    const slots: Slot[] = [];
    let stray = false;
    let repeats: Repeat[] | undefined;
    for (let i = 0; i < choices.length; i++) {
      const choice = choices[i];
      if (!isObject(choice)) continue;
      const before = slots.length;
      const index = countOf(choice.index) ?? i;
      const isNew = !this.#channels.has(index);
      this.#readChoice(choice, i, index, data, slots);
      if (isObject(choice.logprobs)) stray ||= strayTokens(choice.logprobs, saidBy(slots, before));
      if (this.#repeated.none && choice.message === undefined) continue;
      const repeat = this.#repeated.read(choice, index, ["choices", i], slots.slice(before), isNew);
      if (repeat !== undefined) {
        (repeats ??= []).push(repeat);
        for (const [key, value] of Object.entries(repeat.message)) {
          if (!MESSAGE.has(key) && isComplete(key, value)) slots.push(...sideSlots(index, key, value, [...repeat.path, key]));
        }
      } else if (isObject(choice.delta)) slots.push(...sideSlots(index, "message", choice.message, ["choices", i, "message"]));
    }
    readEnvelope(chunk, slots);
    const event = new ChatEvent(source, chunk, slots);
    event.stray = stray;
    if (repeats !== undefined) event.repeats = repeats;
    if (chunk.error !== undefined && chunk.error !== null) {
      event.error = { message: errorMessage(chunk.error) };
      return event;
    }
    // Azure's annotations of what was said before have no id.
    if (choices.length > 0 && chunk.id !== "") this.#last = chunk;
    this.#readFinishes(event, choices);
    const usage = openaiUsage(chunk.usage);
    if (usage !== undefined) {
      event.usage = usage;
      event.unwanted = choices.length === 0 && !this.options.includeUsage && (this.options.usageAdded ?? true);
    }
    return event;
  }

  forward(event: DecodedEvent): Uint8Array {
    const own = ownEvent(event);
    if (own.unwanted) return NO_BYTES;
    this.#sends(own);
    if (own.slots.length === 0 && own.repeats.length === 0) return own.raw;
    if (!this.#transcriptChanged && this.#repeated.none && own.slots.every((slot) => slot.json === undefined)) return own.raw;
    return this.#encode(own, written(own.slots));
  }

  rewrite(event: DecodedEvent, texts: readonly string[]): Uint8Array {
    const own = ownEvent(event);
    this.#sends(own);
    return this.#encode(own, written(own.slots, texts), own.stray);
  }

  split(event: DecodedEvent, texts: readonly string[], isWhole?: (index: number) => boolean): Uint8Array {
    const own = ownEvent(event);
    const leads = writtenAhead(own.slots, texts, isWhole);
    this.#repeated.sent(own.slots, leads);
    const choices = new Map<number, Record<string, unknown>>();
    own.slots.forEach((slot, i) => {
      if (leads[i] === "" || slot.paths.length === 0) return;
      let delta = choices.get(slot.choice);
      if (delta === undefined) choices.set(slot.choice, delta = {});
      for (const path of slot.paths) addTo(delta, own, path, leads[i]!);
    });
    if (choices.size === 0) return NO_BYTES;
    own.headSent = true;
    return this.#chunk([...choices].map(([index, delta]) => this.#choice(index, delta)));
  }

  insert(choice: number, channel: Channel, text: string): Uint8Array {
    return this.#chunk([this.#choice(choice, deltaFor(channel, text))]);
  }

  stopChoice(choice: number, { message = "" }: StopReason): Uint8Array {
    const text = message === "" ? NO_BYTES : this.insert(choice, "content", message);
    return concatBytes([text, this.#chunk([this.#choice(choice, {}, "content_filter")])]);
  }

  end(usage: Usage | undefined): Uint8Array {
    const done = sseBytes("[DONE]");
    if (!this.options.includeUsage || usage === undefined || this.#usageSent) return done;
    const { promptTokens = 0, completionTokens = 0, totalTokens = promptTokens + completionTokens } = usage;
    const counts = { prompt_tokens: promptTokens, completion_tokens: completionTokens, total_tokens: totalTokens };
    return concatBytes([this.#chunk([], { usage: counts }), done]);
  }

  fail({ message, type, code }: StreamProblem): Uint8Array {
    return sseBytes(JSON.stringify({ error: { message, type, code, param: null } }));
  }

  #sends({ slots, usage }: ChatEvent): void {
    if (usage !== undefined) this.#usageSent = true;
    for (const { choice } of slots) this.#begun.add(choice);
  }

  /** A choice of ours; SDKs want to know the role by the end. */
  #choice(index: number, delta: JsonObject, finish: string | null = null): JsonObject {
    const first = !this.#begun.has(index);
    this.#begun.add(index);
    return this.shape.choice(index, first ? { role: "assistant", ...delta } : delta, finish);
  }

  #readChoice(choice: JsonObject, position: number, index: number, data: string, slots: Slot[]): void {
    // Legacy completions have their text in the choice itself.
    if (typeof choice.text === "string") {
      slots.push(textSlot(index, "content", choice.text, ["choices", position, "text"]));
      return;
    }
    // Some backends send a whole `message` where a `delta` belongs.
    const name = isObject(choice.delta) ? "delta" : "message";
    const delta = choice[name];
    if (!isObject(delta)) return;
    const before = slots.length;
    const base: JsonPath = ["choices", position, name];
    readContent(delta.content, index, [...base, "content"], slots);
    readReasoning(delta, index, base, slots);
    if (typeof delta.refusal === "string") slots.push(textSlot(index, "refusal", delta.refusal, [...base, "refusal"]));
    if (isObject(delta.audio) && typeof delta.audio.transcript === "string") {
      slots.push(textSlot(index, "content", delta.audio.transcript, [...base, "audio", "transcript"]));
    }
    if (delta.tool_calls !== undefined || delta.function_call !== undefined) this.#readTools(delta, index, base, data, slots);
    readMembers(delta, index, base, slots, before);
    if (slots.length === before) {
      // It keeps its place among its choice's events.
      if (typeof choice.finish_reason !== "string") slots.push(textSlot(index, "content", ""));
      return;
    }
    let channels = this.#channels.get(index);
    if (channels === undefined) this.#channels.set(index, channels = new Set());
    for (let i = before; i < slots.length; i++) channels.add(slots[i]!.channel);
  }

  #readTools(delta: JsonObject, index: number, base: JsonPath, data: string, slots: Slot[]): void {
    const calls = listOf(delta.tool_calls);
    for (let i = 0; i < calls.length; i++) {
      const call = calls[i];
      if (!isObject(call)) continue;
      const channel: Channel = `tool:${countOf(call.index) ?? i}`;
      if (isObject(call.custom) && typeof call.custom.input === "string") {
        slots.push(textSlot(index, channel, call.custom.input, [...base, "tool_calls", i, "custom", "input"]));
        continue;
      }
      this.#readArguments(call.function, index, channel, [...base, "tool_calls", i, "function", "arguments"], data, slots);
    }
    if (isObject(delta.function_call)) {
      this.#readArguments(delta.function_call, index, "tool:0", [...base, "function_call", "arguments"], data, slots);
    }
  }

  #readArguments(called: unknown, index: number, channel: Channel, path: JsonPath, data: string, slots: Slot[]): void {
    // Some backends send them as the object that they are, and not as a string.
    const whole = isObject(called) && isObject(called.arguments) ? valueSlot(index, channel, data, parseJson(data), path) : undefined;
    if (whole !== undefined) return void slots.push(whole);
    const fragment = isObject(called) ? textOf(called.arguments) : undefined;
    if (fragment === undefined) return void slots.push(textSlot(index, channel, ""));
    const key = `${index}/${channel}`;
    let document = this.#documents.get(key);
    if (document === undefined) this.#documents.set(key, document = new JsonText());
    slots.push(jsonSlot(index, channel, fragment, document, path));
  }

  #readFinishes(event: ChatEvent, choices: readonly unknown[]): void {
    for (let i = 0; i < choices.length; i++) {
      const choice = choices[i];
      if (!isObject(choice) || typeof choice.finish_reason !== "string") continue;
      const index = countOf(choice.index) ?? i;
      if (event.finish === undefined) event.finish = { choice: index, reason: choice.finish_reason };
      else event.ends = [...event.ends, ...[...this.#channels.get(index) ?? []].map((channel) => ({ choice: index, channel }))];
    }
  }

  /** `strip`: log probabilities go, whatever else changes. */
  #encode(event: ChatEvent, texts: readonly string[], strip = false): Uint8Array {
    const changed = event.slots.filter((slot, i) => texts[i] !== slot.source);
    this.#repeated.sent(event.slots, texts);
    const repeats = event.repeats.filter((repeat) => !this.#repeated.agrees(repeat));
    const same = changed.length === 0 && repeats.length === 0 && !strip;
    if (same && !event.headSent && !this.#transcriptChanged) return event.raw;
    if (event.source.data === undefined || event.chunk === undefined) return event.raw;
    const editor = new JsonEditor(event.source.data);
    place(editor, event.slots, texts);
    for (const { paths } of changed) {
      for (const path of paths) {
        // Log probabilities repeat the tokens, their bytes and the likeliest alternatives.
        if (path[0] === "choices") editor.set([...path.slice(0, 2), "logprobs"], null);
        if (path.at(-1) === "transcript") this.#transcriptChanged = true;
      }
    }
    for (const repeat of repeats) this.#repeated.correct(editor, repeat);
    listOf(event.chunk.choices).forEach((_, i) => {
      if (strip) editor.set(["choices", i, "logprobs"], null);
      for (const name of ["delta", "message"]) {
        // Audio would still speak what its transcript no longer says.
        if (this.#transcriptChanged) editor.set(["choices", i, name, "audio", "data"], "");
        if (event.headSent) this.#removeHeads(editor, event, ["choices", i, name]);
      }
    });
    return withData(event.source, editor.toString());
  }

  /** Clients that join fragments would join names too, were they sent twice. */
  #removeHeads(editor: JsonEditor, event: ChatEvent, base: JsonPath): void {
    for (const { paths: [path] } of event.slots) {
      if (path === undefined || path[2] !== base[2] || path[1] !== base[1]) continue;
      if (path[3] === "tool_calls") {
        editor.remove(path.slice(0, 5), "id");
        editor.remove(path.slice(0, 6), "name");
      } else if (path[3] === "function_call") editor.remove(path.slice(0, 4), "name");
    }
  }

  #chunk(choices: readonly unknown[], more: JsonObject = {}): Uint8Array {
    const { id, created, model, service_tier, system_fingerprint } = this.#last;
    return sseBytes(JSON.stringify({
      id: id ?? "chatcmpl-checkstream",
      object: this.shape.object,
      created: created ?? 0,
      model: model ?? this.options.model,
      service_tier,
      system_fingerprint,
      choices,
      ...more,
    }));
  }
}

/** What a choice's slots from `from` on say to a reader. */
function saidBy(slots: readonly Slot[], from: number): string {
  let text = "";
  for (let i = from; i < slots.length; i++) {
    const { channel, source } = slots[i]!;
    if (channel === "content" || channel === "refusal" || channel === "reasoning") text += source;
  }
  return text;
}

function ownEvent(event: DecodedEvent): ChatEvent {
  if (event instanceof ChatEvent) return event;
  throw new TypeError("The event was decoded by another format");
}

/** OpenAI chat completions: `POST /v1/chat/completions`. */
export const openaiChat: StreamFormat = {
  api: "openai-chat",
  framing: "sse",
  order: "per-channel",
  announcesEnd: true,
  open: (options) => new ChatCodec(options),
  decodeAnswer: decodeChatAnswer,
  rewriteAnswer: rewriteChatAnswer,
  stopAnswer: stopChatAnswer,
  decodeRequest: decodeChatRequest,
};
