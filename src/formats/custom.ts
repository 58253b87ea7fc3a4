/** Formats described by JSON paths in the configuration, as server-sent events or newline-delimited JSON. */
import { ownAnswer, parseAnswer, rewriteSlots, SlotAnswer, withTexts } from "./answer.ts";
import { JsonEditor, type JsonPath } from "./json_nodes.ts";
import { parseJsonPath, valueAt, withValueAt } from "./json_path.ts";
import { isObject, type JsonObject, parseObject } from "./json_value.ts";
import { lineBytes } from "./ndjson.ts";
import { readChatMessages } from "./openai_chat_request.ts";
import { errorMessage } from "./openai_fields.ts";
import { RequestReader } from "./request.ts";
import { type Slot, textSlot } from "./slots.ts";
import { concatBytes, sseBytes, type SseEvent, withData } from "./sse.ts";
import type {
  Channel,
  DecodedAnswer,
  DecodedEvent,
  DecodedRequest,
  StopReason,
  StreamCodec,
  StreamFormat,
  StreamOptions,
  StreamProblem,
  TextDelta,
} from "./types.ts";

/** `streaming.custom` of the configuration. */
export interface CustomPaths {
  /** Where an event has its text, e.g. `$.message.content`. */
  readonly contentPath: string;
  /** Where the last event has its reason (a string) or a `true`. */
  readonly finishPath?: string;
  readonly idPath?: string;
  /** Payload of the event that ends the stream, e.g. `[DONE]`; without it the finish event does. */
  readonly doneMarker?: string;
  /** Only server-sent events of this name carry text. */
  readonly event?: string;
}

interface Paths {
  readonly content: JsonPath;
  readonly finish: JsonPath | undefined;
  readonly id: JsonPath | undefined;
  readonly doneMarker: string | undefined;
  readonly event: string | undefined;
}

class CustomEvent implements DecodedEvent {
  readonly deltas: readonly TextDelta[];
  readonly ends = [];
  finish?: { readonly choice: number; readonly reason: string };
  error?: { readonly message: string };

  constructor(readonly source: SseEvent, readonly payload: JsonObject, text: string | undefined, readonly kind: DecodedEvent["kind"]) {
    this.deltas = text === undefined ? [] : [{ choice: 0, channel: "content", text }];
  }

  get raw(): Uint8Array {
    return this.source.raw;
  }
}

class CustomCodec implements StreamCodec {
  /** The last event with text that went out, for events of our own to look like; later ones may hold what is not to be said. */
  #model: JsonObject = {};
  #finishKind: "string" | "boolean" = "string";

  constructor(readonly paths: Paths, readonly framing: StreamFormat["framing"], readonly options: StreamOptions) {}

  decode(source: SseEvent): CustomEvent {
    const { paths } = this;
    if (source.data === undefined) return new CustomEvent(source, {}, undefined, "transparent");
    if (paths.doneMarker !== undefined && source.data.trim() === paths.doneMarker) {
      return new CustomEvent(source, {}, undefined, "terminator");
    }
    // Other events may carry anything, and not even JSON.
    if (paths.event !== undefined && source.event !== paths.event && source.event !== "error") {
      return new CustomEvent(source, {}, undefined, "data");
    }
    const payload = parseObject(source.data, "an event");
    const text = valueAt(payload, paths.content);
    const finish = paths.finish === undefined ? undefined : valueAt(payload, paths.finish);
    if (typeof finish === "boolean") this.#finishKind = "boolean";
    const finished = finish === true || (typeof finish === "string" && finish !== "");
    const kind = finished && paths.doneMarker === undefined ? "terminator" : "data";
    const event = new CustomEvent(source, payload, typeof text === "string" ? text : undefined, kind);
    if (finished) event.finish = { choice: 0, reason: finish === true ? "stop" : String(finish) };
    if (payload.error !== undefined && payload.error !== null) event.error = { message: errorMessage(payload.error) };
    return event;
  }

  forward(event: DecodedEvent): Uint8Array {
    this.#sent(ownEvent(event));
    return event.raw;
  }

  rewrite(event: DecodedEvent, [text]: readonly string[]): Uint8Array {
    const own = ownEvent(event);
    const { source, deltas } = own;
    this.#sent(own);
    if (text === undefined || source.data === undefined || text === deltas[0]?.text) return source.raw;
    const editor = new JsonEditor(source.data);
    editor.set(this.paths.content, text);
    return this.framing === "ndjson" ? lineBytes(editor.toString()) : withData(source, editor.toString());
  }

  split(event: DecodedEvent, [text = ""]: readonly string[]): Uint8Array {
    const { payload, finish } = ownEvent(event);
    if (text === "") return new Uint8Array(0);
    return this.#event(withValueAt(finish === undefined ? payload : this.#model, this.paths.content, text));
  }

  insert(_choice: number, _channel: Channel, text: string): Uint8Array {
    return this.#event(withValueAt(this.#model, this.paths.content, text));
  }

  stopChoice(choice: number, { message = "" }: StopReason): Uint8Array {
    const { finish, content } = this.paths;
    const parts = message === "" ? [] : [this.insert(choice, "content", message)];
    if (finish !== undefined) {
      const reason = this.#finishKind === "boolean" ? true : "content_filter";
      parts.push(this.#event(withValueAt(withValueAt(this.#model, content, ""), finish, reason)));
    }
    return concatBytes(parts);
  }

  end(): Uint8Array {
    const { doneMarker } = this.paths;
    if (doneMarker === undefined) return new Uint8Array(0);
    return this.framing === "ndjson" ? lineBytes(doneMarker) : sseBytes(doneMarker);
  }

  fail({ message, type, code }: StreamProblem): Uint8Array {
    const data = JSON.stringify({ error: { message, type, code } });
    return this.framing === "ndjson" ? lineBytes(data) : sseBytes(data, "error");
  }

  #sent({ deltas, finish, payload }: CustomEvent): void {
    if (deltas.length > 0 && finish === undefined) this.#model = payload;
  }

  #event(payload: unknown): Uint8Array {
    const data = JSON.stringify(payload);
    return this.framing === "ndjson" ? lineBytes(data) : sseBytes(data, this.paths.event);
  }
}

function ownEvent(event: DecodedEvent): CustomEvent {
  if (event instanceof CustomEvent) return event;
  throw new TypeError("The event was decoded by another format");
}

/** The text at the content path; an answer without one is guarded string by string, so that nothing passes unseen. */
function decodeAnswer(body: string, content: JsonPath): DecodedAnswer {
  const root = parseAnswer(body);
  const text = valueAt(root, content);
  const slots = typeof text === "string" ? [textSlot(0, "content", text, content)] : strings(root, []);
  return new SlotAnswer(body, root, slots, undefined, () => true);
}

function strings(value: unknown, path: JsonPath): Slot[] {
  if (typeof value === "string") return [textSlot(0, "content", value, path)];
  if (Array.isArray(value)) return value.flatMap((item: unknown, i) => strings(item, [...path, i]));
  return isObject(value) ? Object.entries(value).flatMap(([key, item]) => strings(item, [...path, key])) : [];
}

function stopAnswer(answer: DecodedAnswer, texts: readonly string[], stopped: ReadonlyMap<number, StopReason>, paths: Paths): string {
  const own = ownAnswer(answer);
  const message = stopped.get(0)?.message ?? "";
  const root = withTexts(own.root, own.slots, texts);
  const said = valueAt(root, paths.content);
  const ended = withValueAt(root, paths.content, (typeof said === "string" ? said : "") + message);
  const finish = paths.finish === undefined ? undefined : valueAt(root, paths.finish);
  return JSON.stringify(
    paths.finish === undefined || typeof finish === "boolean" ? ended : withValueAt(ended, paths.finish, "content_filter"),
  );
}

/** Every text of a request whose API is not known: chat messages by role, all other strings as the user's. */
function decodeRequest(body: string): DecodedRequest {
  const reader = new RequestReader(body);
  const { root } = reader;
  if (root.kind !== "object") return reader.request({ model: "", stream: false, includeUsage: false, choices: 1 });
  for (const { key, value } of root.members) {
    if (key === "messages" && value.kind === "array") readChatMessages(reader, value.items);
    else if (key === "system") reader.leaves("system", value, key);
    else if (key === "tools") reader.definition(value, key);
    else if (value.kind !== "number" && key !== "model") reader.leaves("user", value, key);
  }
  const model = reader.string(root, "model", "") ?? "";
  const maxTokens = reader.count("max_tokens", 0);
  const stream = reader.member(root, "stream", "");
  return reader.request({
    model,
    stream: stream?.kind === "boolean" && stream.value === true,
    includeUsage: true,
    choices: 1,
    ...(maxTokens !== undefined && { maxTokens }),
  });
}

/** The format that these paths describe. @throws {SyntaxError} when one is not a path. */
export function customFormat(custom: CustomPaths, framing: StreamFormat["framing"]): StreamFormat {
  const paths: Paths = {
    content: parseJsonPath(custom.contentPath),
    finish: custom.finishPath === undefined ? undefined : parseJsonPath(custom.finishPath),
    id: custom.idPath === undefined ? undefined : parseJsonPath(custom.idPath),
    doneMarker: custom.doneMarker,
    event: custom.event,
  };
  return {
    api: "custom",
    framing,
    order: "per-channel",
    announcesEnd: false,
    open: (options) => new CustomCodec(paths, framing, options),
    decodeAnswer: (body) => decodeAnswer(body, paths.content),
    rewriteAnswer: (answer, texts) => rewriteSlots(answer, texts, () => {}),
    stopAnswer: (answer, texts, stopped) => stopAnswer(answer, texts, stopped, paths),
    decodeRequest,
  };
}
