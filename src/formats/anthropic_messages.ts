/** Anthropic messages, streamed. https://docs.anthropic.com/en/docs/build-with-claude/streaming */
import { decodeMessagesAnswer, rewriteMessagesAnswer, stopMessagesAnswer } from "./anthropic_messages_answer.ts";
import { decodeMessagesRequest } from "./anthropic_messages_request.ts";
import { anthropicUsage, channelOf, REFUSED } from "./anthropic_fields.ts";
import { JsonEditor, parseJson } from "./json_nodes.ts";
import { JsonText } from "./json_text.ts";
import { countOf, isObject, type JsonObject, parseObject, textOf } from "./json_value.ts";
import { errorMessage } from "./openai_fields.ts";
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
const CONTENT_END: readonly ChannelRef[] = [{ choice: 0, channel: "content" }];

class MessagesEvent implements DecodedEvent {
  readonly deltas: readonly TextDelta[];
  ends: readonly ChannelRef[] = [];
  finish?: { readonly choice: number; readonly reason: string };
  usage?: Usage;
  error?: { readonly message: string };
  /** A block start that went out when the beginning of its text was sent ahead. */
  startSent = false;

  constructor(
    readonly source: SseEvent,
    readonly payload: JsonObject,
    readonly slots: readonly Slot[],
    readonly kind: DecodedEvent["kind"] = "data",
  ) {
    this.deltas = deltasOf(slots);
  }

  get raw(): Uint8Array {
    return this.source.raw;
  }

  get type(): string | undefined {
    return textOf(this.payload.type);
  }
}

/** A content block as decoded. */
interface Block {
  readonly channel: Channel | undefined;
  readonly document: JsonText;
}

class MessagesCodec implements StreamCodec {
  readonly #blocks = new Map<number, Block>();
  #usage: Usage = {};
  /** The block that the client sees as open, and the index its next one has. */
  #open: { readonly index: number; readonly text: boolean; changed: boolean } | undefined;
  #nextIndex = 0;
  /** Blocks of ours before the backend's next one. */
  #shift = 0;

  constructor(readonly options: StreamOptions) {}

  decode(source: SseEvent): MessagesEvent {
    if (source.data === undefined) return new MessagesEvent(source, {}, NO_SLOTS, "transparent");
    const payload = parseObject(source.data, "an event");
    switch (payload.type) {
      case "ping":
        return new MessagesEvent(source, payload, NO_SLOTS, "transparent");
      case "content_block_start":
        return this.#blockStart(source, payload);
      case "content_block_delta":
        return this.#blockDelta(source, payload);
      case "content_block_stop": {
        const event = new MessagesEvent(source, payload, NO_SLOTS);
        const channel = this.#blocks.get(indexOf(payload))?.channel;
        // Neighbouring text blocks (cut at citations) are one text.
        if (channel !== undefined && channel !== "content") event.ends = [{ choice: 0, channel }];
        return event;
      }
      case "message_start": {
        const event = new MessagesEvent(source, payload, NO_SLOTS);
        this.#readUsage(event, isObject(payload.message) ? payload.message.usage : undefined);
        return event;
      }
      case "message_delta": {
        const details = isObject(payload.delta) ? payload.delta.stop_details : undefined;
        const event = new MessagesEvent(source, payload, sideSlots(0, "stop_details", details, ["delta", "stop_details"]));
        event.ends = CONTENT_END;
        const reason = isObject(payload.delta) ? textOf(payload.delta.stop_reason) : undefined;
        if (reason !== undefined) event.finish = { choice: 0, reason };
        this.#readUsage(event, payload.usage);
        return event;
      }
      case "message_stop":
        return new MessagesEvent(source, payload, NO_SLOTS, "terminator");
      case "error": {
        const event = new MessagesEvent(source, payload, NO_SLOTS);
        event.error = { message: errorMessage(payload.error) };
        return event;
      }
      default:
        return new MessagesEvent(source, payload, NO_SLOTS);
    }
  }

  forward(event: DecodedEvent): Uint8Array {
    const own = ownEvent(event);
    return this.#encode(own, own.slots.length === 0 ? [] : written(own.slots));
  }

  rewrite(event: DecodedEvent, texts: readonly string[]): Uint8Array {
    const own = ownEvent(event);
    return this.#encode(own, written(own.slots, texts));
  }

  split(event: DecodedEvent, texts: readonly string[], isWhole?: (index: number) => boolean): Uint8Array {
    const own = ownEvent(event);
    const [lead = ""] = writtenAhead(own.slots, texts, isWhole);
    if (lead === "") return NO_BYTES;
    if (own.type === "content_block_start" && !own.startSent) {
      const start = this.#encode(own, own.slots.map((slot) => slot.json === undefined ? lead : "{}"));
      own.startSent = true;
      return start;
    }
    return this.#delta(own, lead);
  }

  insert(_choice: number, channel: Channel, text: string): Uint8Array {
    const tool = channel.startsWith("tool:");
    if (this.#open !== undefined && (this.#open.text ? channel === "content" : tool)) {
      return blockDelta(this.#open.index, tool ? { type: "input_json_delta", partial_json: text } : { type: "text_delta", text });
    }
    const closed = this.#close();
    const index = this.#nextIndex++;
    this.#shift++;
    return concatBytes([
      closed,
      event({ type: "content_block_start", index, content_block: { type: "text", text: "", citations: null } }),
      blockDelta(index, { type: "text_delta", text }),
      event({ type: "content_block_stop", index }),
    ]);
  }

  stopChoice(choice: number, { message = "" }: StopReason): Uint8Array {
    const text = message === "" ? NO_BYTES : this.insert(choice, "content", message);
    return concatBytes([text, this.#close()]);
  }

  end(usage: Usage | undefined): Uint8Array {
    const tokens = usage?.completionTokens ?? this.#usage.completionTokens ?? 0;
    return concatBytes([
      event({ type: "message_delta", delta: REFUSED, usage: { output_tokens: tokens } }),
      event({ type: "message_stop" }),
    ]);
  }

  fail({ message, type }: StreamProblem): Uint8Array {
    return event({ type: "error", error: { type, message } });
  }

  #close(): Uint8Array {
    if (this.#open === undefined) return NO_BYTES;
    const { index } = this.#open;
    this.#open = undefined;
    return event({ type: "content_block_stop", index });
  }

  #readUsage(event: MessagesEvent, value: unknown): void {
    const usage = anthropicUsage(value, this.#usage);
    if (usage !== undefined) event.usage = this.#usage = usage;
  }

  #blockStart(source: SseEvent, payload: JsonObject): MessagesEvent {
    const index = indexOf(payload);
    const block = isObject(payload.content_block) ? payload.content_block : {};
    const channel = channelOf(block, index);
    const document = new JsonText();
    this.#blocks.set(index, { channel, document });
    const slots: Slot[] = [];
    if (channel === "content") {
      slots.push(textSlot(0, channel, textOf(block.text) ?? "", ["content_block", "text"]));
      slots.push(...sideSlots(0, "citation", block.citations, ["content_block", "citations"]));
    } else if (channel === "reasoning") slots.push(textSlot(0, channel, textOf(block.thinking) ?? "", ["content_block", "thinking"]));
    else if (channel !== undefined) {
      // The input is empty here and comes in deltas, but may stand here in full.
      const full = isObject(block.input) && Object.keys(block.input).length > 0 && source.data !== undefined
        ? valueSlot(0, channel, source.data, parseJson(source.data), ["content_block", "input"])
        : undefined;
      slots.push(full ?? textSlot(0, channel, ""));
    } // Results of tools that ran at the provider, and kinds of blocks to come.
    else slots.push(...sideSlots(0, "block", block, ["content_block"]));
    const event = new MessagesEvent(source, payload, slots);
    if (channel !== "content") event.ends = CONTENT_END;
    return event;
  }

  #blockDelta(source: SseEvent, payload: JsonObject): MessagesEvent {
    const delta = isObject(payload.delta) ? payload.delta : {};
    const index = indexOf(payload);
    switch (delta.type) {
      case "text_delta":
        return new MessagesEvent(source, payload, [textSlot(0, "content", textOf(delta.text) ?? "", ["delta", "text"])]);
      case "thinking_delta":
        return new MessagesEvent(source, payload, [textSlot(0, "reasoning", textOf(delta.thinking) ?? "", ["delta", "thinking"])]);
      case "input_json_delta": {
        let block = this.#blocks.get(index);
        if (block === undefined) this.#blocks.set(index, block = { channel: `tool:${index}`, document: new JsonText() });
        const fragment = textOf(delta.partial_json) ?? "";
        return new MessagesEvent(source, payload, [jsonSlot(0, `tool:${index}`, fragment, block.document, ["delta", "partial_json"])]);
      }
      case "citations_delta":
        return new MessagesEvent(source, payload, sideSlots(0, "citation", delta.citation, ["delta", "citation"]));
      default:
        return new MessagesEvent(source, payload, sideSlots(0, "delta", delta, ["delta"]));
    }
  }

  /** The event with these texts; keeps track of what the client has seen. */
  #encode(own: MessagesEvent, texts: readonly string[]): Uint8Array {
    const { type, payload, source, slots } = own;
    const changed = slots.some((slot, i) => texts[i] !== slot.source);
    if (type === "content_block_start") {
      if (own.startSent) return texts[0] === "" || texts[0] === undefined ? NO_BYTES : this.#delta(own, texts[0]);
      const index = indexOf(payload) + this.#shift;
      this.#open = { index, text: slots[0]?.channel === "content", changed: false };
      this.#nextIndex = index + 1;
    } else if (type === "content_block_stop") this.#open = undefined;
    if (changed && this.#open !== undefined) this.#open.changed = true;
    // A changed thinking block no longer matches its signature, and its client must not believe that it does.
    if (this.#open?.changed && isObject(payload.delta) && payload.delta.type === "signature_delta") return NO_BYTES;
    if ((!changed && this.#shift === 0) || source.data === undefined) return own.raw;
    const editor = new JsonEditor(source.data);
    place(editor, slots, texts);
    if (this.#shift > 0 && countOf(payload.index) !== undefined) editor.set(["index"], indexOf(payload) + this.#shift);
    return withData(source, editor.toString());
  }

  #delta(own: MessagesEvent, text: string): Uint8Array {
    const index = indexOf(own.payload) + this.#shift;
    const channel = own.slots[0]?.channel ?? "content";
    if (channel === "content") return blockDelta(index, { type: "text_delta", text });
    if (channel === "reasoning") {
      if (this.#open !== undefined) this.#open.changed = true;
      return blockDelta(index, { type: "thinking_delta", thinking: text });
    }
    return channel.startsWith("tool:") ? blockDelta(index, { type: "input_json_delta", partial_json: text }) : NO_BYTES;
  }
}

function indexOf(payload: JsonObject): number {
  return countOf(payload.index) ?? 0;
}

function event(payload: JsonObject & { readonly type: string }): Uint8Array {
  return sseBytes(JSON.stringify(payload), payload.type);
}

function blockDelta(index: number, delta: JsonObject): Uint8Array {
  return event({ type: "content_block_delta", index, delta });
}

function ownEvent(decoded: DecodedEvent): MessagesEvent {
  if (decoded instanceof MessagesEvent) return decoded;
  throw new TypeError("The event was decoded by another format");
}

/** Anthropic messages: `POST /v1/messages`. */
export const anthropicMessages: StreamFormat = {
  api: "anthropic-messages",
  framing: "sse",
  order: "strict",
  announcesEnd: true,
  open: (options) => new MessagesCodec(options),
  decodeAnswer: decodeMessagesAnswer,
  rewriteAnswer: rewriteMessagesAnswer,
  stopAnswer: stopMessagesAnswer,
  decodeRequest: decodeMessagesRequest,
};
