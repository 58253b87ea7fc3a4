/**
 * OpenAI Responses, streamed. https://platform.openai.com/docs/api-reference/responses-streaming
 *
 * Every text is said several times: in deltas, in its own `done`, in the part's, the item's and the whole response's. The codec
 * remembers what of each text came and what went out, so that all of them agree with what was released; text that no delta
 * has shown before is guarded where it first appears.
 */
import { decodeResponsesAnswer, rewriteResponsesAnswer, stopResponsesAnswer } from "./openai_responses_answer.ts";
import { decodeResponsesRequest } from "./openai_responses_request.ts";
import { JsonEditor } from "./json_nodes.ts";
import { JsonText } from "./json_text.ts";
import { countOf, isObject, type JsonObject, parseObject, textOf } from "./json_value.ts";
import { errorMessage } from "./openai_fields.ts";
import { valueAt } from "./json_path.ts";
import { strayTokens } from "./logprobs.ts";
import { type Place, placesOf } from "./openai_responses_places.ts";
import { ResponsesOutput, responsesUsage } from "./openai_responses_output.ts";
import { deltasOf, jsonSlot, type Slot, textSlot, written, writtenAhead } from "./slots.ts";
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

/** One text of the answer. */
interface TextState {
  /** What the backend has said of it, as far as decoded. */
  seen: string;
  /** What the client has got. */
  sent: string;
  document: JsonText | undefined;
  /** What went out is not what came. */
  changed: boolean;
  /** Its end was signalled. */
  ended: boolean;
  /** Its log probabilities were hidden once, so they are from then on. */
  stripped: boolean;
}

/** A place, and the slot that carries what is new in it. */
interface OpenPlace {
  readonly place: Place;
  readonly state: TextState;
  /** Index of its slot; undefined when all of its text was said before. */
  readonly slot: number | undefined;
  /** The text differs from what was said: it stands for itself. */
  readonly fresh: boolean;
  /** Its log probabilities are not of its text. */
  readonly stray: boolean;
}

class ResponsesEvent implements DecodedEvent {
  readonly deltas: readonly TextDelta[];
  ends: readonly ChannelRef[] = [];
  finish?: { readonly choice: number; readonly reason: string };
  usage?: Usage;
  error?: { readonly message: string };
  /** The beginning of a text that cannot be sent in parts. */
  lead = "";
  stray = false;

  constructor(
    readonly source: SseEvent,
    readonly payload: JsonObject,
    readonly slots: readonly Slot[],
    readonly places: readonly OpenPlace[],
    readonly kind: DecodedEvent["kind"] = "data",
  ) {
    this.deltas = deltasOf(slots);
  }

  get raw(): Uint8Array {
    return this.source.raw;
  }
}

const ENDINGS = ["response.completed", "response.incomplete", "response.failed"];

class ResponsesCodec implements StreamCodec {
  readonly #states = new Map<string, TextState>();
  readonly #output = new ResponsesOutput();
  /** Events of ours so far, and the number of the last event sent. */
  #shift = 0;
  #sequence = -1;

  constructor(readonly options: StreamOptions) {}

  decode(source: SseEvent): ResponsesEvent {
    if (source.data === undefined) return new ResponsesEvent(source, {}, [], [], "transparent");
    if (source.data.startsWith("[DONE]")) return new ResponsesEvent(source, {}, [], [], "terminator");
    const payload = parseObject(source.data, "an event");
    const type = textOf(payload.type) ?? "";
    if (type === "keepalive") return new ResponsesEvent(source, payload, [], [], "transparent");
    const slots: Slot[] = [];
    const places = placesOf(payload).map((place) => {
      const stray = strayTokens(valueAt(payload, [...place.path.slice(0, -1), "logprobs"]), place.text);
      return { ...this.#open(place, slots), stray };
    });
    const event = new ResponsesEvent(source, payload, slots, places, ENDINGS.includes(type) ? "terminator" : "data");
    event.stray = places.some(({ stray }) => stray);
    event.ends = places.flatMap(({ place, slot, state }) => {
      if (slot !== undefined || !place.ends || state.ended) return [];
      state.ended = true;
      return [{ choice: 0, channel: place.channel }];
    });
    if (isObject(payload.response)) readResponse(event, payload.response);
    if (type === "error" || (payload.error !== undefined && payload.error !== null)) {
      event.error = { message: errorMessage(payload.error ?? payload) };
    }
    return event;
  }

  forward(event: DecodedEvent): Uint8Array {
    const own = ownEvent(event);
    return this.#encode(own, own.slots.length === 0 ? [] : written(own.slots), false);
  }

  rewrite(event: DecodedEvent, texts: readonly string[]): Uint8Array {
    const own = ownEvent(event);
    const [first = "", ...rest] = written(own.slots, texts);
    if (own.stray) { for (const { state } of own.places) state.stripped = true; }
    return this.#encode(own, [own.lead + first, ...rest], own.deltas.some(({ text }, i) => texts[i] !== text));
  }

  split(event: DecodedEvent, texts: readonly string[], isWhole?: (index: number) => boolean): Uint8Array {
    const own = ownEvent(event);
    const [lead = ""] = writtenAhead(own.slots, texts, isWhole);
    const [open] = own.places;
    if (lead === "" || open === undefined) return new Uint8Array(0);
    if (open.place.kind !== "delta") {
      own.lead += lead;
      return new Uint8Array(0);
    }
    open.state.sent += lead;
    const { obfuscation: _, ...payload } = own.payload;
    const logprobs = payload.logprobs === undefined ? {} : { logprobs: [] };
    return this.#event({ ...payload, delta: lead, ...logprobs });
  }

  insert(_choice: number, channel: Channel, text: string): Uint8Array {
    const open = channel === "content" ? this.#output.openText() : undefined;
    if (open === undefined) return this.#emit(this.#output.message(text));
    const state = this.#states.get(`${open.output_index}/text/${open.content_index}`);
    if (state !== undefined) {
      state.sent += text;
      state.changed = true;
    }
    return this.#emit([{ type: "response.output_text.delta", ...open, delta: text, logprobs: [] }]);
  }

  stopChoice(choice: number, { message = "" }: StopReason): Uint8Array {
    const text = message === "" ? new Uint8Array(0) : this.insert(choice, "content", message);
    return concatBytes([text, this.#emit(this.#output.close((key) => this.#states.get(key)?.sent ?? ""))]);
  }

  end(usage: Usage | undefined): Uint8Array {
    return this.#emit([{ type: "response.incomplete", response: this.#output.incomplete(usage, this.options.model) }]);
  }

  fail({ message, code }: StreamProblem): Uint8Array {
    return this.#emit([{ type: "error", code, message, param: null }]);
  }

  #open(place: Place, slots: Slot[]): Omit<OpenPlace, "stray"> {
    let state = this.#states.get(place.key);
    if (state === undefined) {
      state = { seen: "", sent: "", document: place.json ? new JsonText() : undefined, changed: false, ended: false, stripped: false };
      this.#states.set(place.key, state);
    }
    let text = place.text;
    let fresh = false;
    if (place.kind === "delta") state.seen += text;
    else {
      // Said before, wholly or in part; a `done` without text before it, with another one or with more than a whole one, is new text.
      if (state.seen.startsWith(text)) return { place, state, slot: undefined, fresh: false };
      fresh = state.seen !== "" && (state.ended || !text.startsWith(state.seen));
      if (fresh && state.document !== undefined) state.document = new JsonText();
      if (!fresh) text = text.slice(state.seen.length);
      state.seen = place.text;
    }
    // What replaces a text is another one, to be guarded from its beginning.
    const channel: Channel = fresh ? `other:${place.channel}` : place.channel;
    const slot = state.document === undefined
      ? textSlot(0, channel, text, place.path)
      : jsonSlot(0, channel, text, state.document, place.path);
    slots.push(place.ends || fresh ? { ...slot, ends: true } : slot);
    if (place.ends) state.ended = true;
    return { place, state, slot: slots.length - 1, fresh };
  }

  /** The event with these texts for its slots; what it says again is what the client has got. */
  #encode(event: ResponsesEvent, texts: readonly string[], touched: boolean): Uint8Array {
    const { source, payload, places } = event;
    const now = places.map(({ place, state, slot, fresh }) => {
      const said = slot === undefined ? "" : texts[slot]!;
      state.sent = fresh ? said : state.sent + said;
      state.changed ||= touched && slot !== undefined;
      if (place.kind === "delta") return said;
      return state.changed ? state.sent + (state.document?.writer.finish() ?? "") : place.text;
    });
    const isChanged = (i: number) => now[i] !== places[i]!.place.text;
    this.#output.note(payload, places.flatMap(({ place: { path } }, i) => isChanged(i) ? [{ path, text: now[i]! }] : []));
    const sequence = countOf(payload.sequence_number);
    if (sequence !== undefined) this.#sequence = sequence + this.#shift;
    const same = !places.some(({ state }, i) => isChanged(i) || state.stripped) && !this.#changesOutput(event);
    if ((same && this.#shift === 0) || source.data === undefined) return event.raw;
    if (event.kind === "terminator" && payload.type === undefined) return event.raw;
    const editor = new JsonEditor(source.data);
    places.forEach(({ place: { path }, state }, i) => {
      if (isChanged(i)) editor.set(path, now[i]);
      else if (!state.stripped) return;
      // Log probabilities repeat the tokens, their bytes and the likeliest alternatives.
      editor.set([...path.slice(0, -1), "logprobs"], []);
    });
    if (sequence !== undefined && this.#shift > 0) editor.set(["sequence_number"], this.#sequence);
    if (event.kind === "terminator") this.#completeOutput(editor, payload);
    return withData(source, editor.toString());
  }

  /** The whole response has items of ours, or says the text of its items once more and otherwise than the client got it. */
  #changesOutput({ kind, payload: { response } }: ResponsesEvent): boolean {
    if (kind !== "terminator" || !isObject(response)) return false;
    return this.#output.inserted.length > 0 ||
      (typeof response.output_text === "string" && response.output_text !== this.#output.texts().join(""));
  }

  #completeOutput(editor: JsonEditor, { response }: JsonObject): void {
    if (!isObject(response)) return;
    editor.append(["response", "output"], this.#output.inserted);
    if (typeof response.output_text === "string") editor.set(["response", "output_text"], this.#output.texts().join(""));
  }

  #emit(payloads: readonly JsonObject[]): Uint8Array {
    return concatBytes(payloads.map((payload) => {
      this.#output.note(payload, []);
      return this.#event(payload);
    }));
  }

  /** An event that the backend did not send; later ones are numbered behind it. */
  #event(payload: JsonObject): Uint8Array {
    this.#shift++;
    this.#sequence++;
    return sseBytes(JSON.stringify({ ...payload, sequence_number: this.#sequence }), textOf(payload.type));
  }
}

function readResponse(event: ResponsesEvent, response: JsonObject): void {
  const usage = responsesUsage(response.usage);
  if (usage !== undefined) event.usage = usage;
  if (event.kind !== "terminator") return;
  if (response.status === "failed") {
    event.error = { message: errorMessage(response.error) };
    return;
  }
  const details = isObject(response.incomplete_details) ? textOf(response.incomplete_details.reason) : undefined;
  event.finish = { choice: 0, reason: details ?? textOf(response.status) ?? "completed" };
}

function ownEvent(event: DecodedEvent): ResponsesEvent {
  if (event instanceof ResponsesEvent) return event;
  throw new TypeError("The event was decoded by another format");
}

/** OpenAI Responses: `POST /v1/responses`. */
export const openaiResponses: StreamFormat = {
  api: "openai-responses",
  framing: "sse",
  order: "strict",
  announcesEnd: true,
  open: (options) => new ResponsesCodec(options),
  decodeAnswer: decodeResponsesAnswer,
  rewriteAnswer: rewriteResponsesAnswer,
  stopAnswer: stopResponsesAnswer,
  decodeRequest: decodeResponsesRequest,
};
