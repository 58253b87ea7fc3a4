/**
 * What the formats room shows: bytes → events with guarded text, and back. One file per wire format implements `StreamFormat`.
 */
import type { SseEvent } from "./sse.ts";

/** The wire API a client called or a backend speaks. */
export type Api = "openai-chat" | "openai-completions" | "openai-responses" | "anthropic-messages" | "custom";

/**
 * A kind of text within one choice, guarded on its own.
 * `tool:N` is the decoded text of tool call N's arguments (JSON escapes resolved, see `TextDelta.json`). `extra:` is a text in fragments
 * under a name that is not known, `other:` what stands beside the answer.
 */
export type Channel = "content" | "reasoning" | "refusal" | `tool:${number}` | `extra:${string}` | `other:${string}`;

/** A piece of guarded text carried by one event. */
export interface TextDelta {
  readonly choice: number;
  readonly channel: Channel;
  readonly text: string;
  /** The text is a fragment of a JSON document (tool arguments): replacements must keep that document valid. */
  readonly json?: boolean;
  /** Half of an escape follows in the event, whose character comes with the next piece: only then is this one decided. */
  readonly half?: boolean;
  /** The text is complete with this piece; what follows on the same channel, even in the same event, is another text. */
  readonly ends?: boolean;
}

export interface ChannelRef {
  readonly choice: number;
  readonly channel: Channel;
}

/** Token counts as the backend reports them; fields it did not give are undefined. */
export interface Usage {
  readonly promptTokens?: number;
  readonly completionTokens?: number;
  readonly totalTokens?: number;
}

/** One event of a stream, understood as far as guarding needs it. */
export interface DecodedEvent {
  /** The very bytes that came, blank line included. */
  readonly raw: Uint8Array;
  /**
   * New text, in the order of the event. An event that belongs to a channel without adding text (the start of a tool call) carries an
   * empty delta for it, so that it keeps its place among that channel's events and waits for no other channel.
   */
  readonly deltas: readonly TextDelta[];
  /** Channels whose text is complete once this event's own deltas are read (block stop, finish of a choice). */
  readonly ends: readonly ChannelRef[];
  /** Set when this event finishes a choice. */
  readonly finish?: { readonly choice: number; readonly reason: string };
  readonly usage?: Usage;
  /**
   * It repeats text of another event (tokens of log probabilities): where its text is guarded at all it must be rewritten, with the
   * same texts if they are unchanged.
   */
  readonly stray?: boolean;
  /** The backend's own error inside the stream. */
  readonly error?: { readonly message: string };
  /** `terminator`: `[DONE]`, `message_stop`, `response.completed` and the like. `transparent`: comments and pings, which may overtake held text. */
  readonly kind: "data" | "transparent" | "terminator";
}

/** Why the gateway ends a stream itself. */
export interface StopReason {
  /** Sent as the last text before the end when set. */
  readonly message?: string;
  readonly rule: string;
  /** Whole answers: how many of the answer's texts are complete before the stop; the next one may have a beginning left. @default all */
  readonly wholeTexts?: number;
}

/** A problem that ends a stream with an in-format error event. */
export interface StreamProblem {
  readonly message: string;
  readonly type: string;
  readonly code: string;
}

/**
 * State of one stream in one format. Decoding sees the events in order and may run ahead; the encoding calls follow in the order in
 * which the client gets the events. Every event that is not dropped and not transparent passes through `forward` or `rewrite`.
 */
export interface StreamCodec {
  /** @throws {BadEventError} when the payload is not an event of this format. */
  decode(event: SseEvent): DecodedEvent;
  /**
   * An event whose own text is unchanged: `raw`, unless something sent earlier makes other bytes necessary (text that is said
   * again later, numbering after an insertion, the signature of changed text, a usage chunk the client did not ask for: no bytes).
   */
  forward(event: DecodedEvent): Uint8Array;
  /**
   * The same event with other text: `texts` stand for `deltas` in that order. Log probabilities and byte lists of changed text
   * are removed; everything else stays (ids, usage, finish, unknown fields).
   */
  rewrite(event: DecodedEvent, texts: readonly string[]): Uint8Array;
  /**
   * An event that carries only the given leading parts of `event`'s delta texts: no finish, usage or log probabilities.
   * Used when upstream pauses in the middle of an event; the rest follows by `rewrite`. Never asked of `other:` channels.
   * `isWhole`: this delta is complete with its text, even if that is empty; used when a stop cuts the event, and nothing follows.
   */
  split(event: DecodedEvent, texts: readonly string[], isWhole?: (index: number) => boolean): Uint8Array;
  /** An event of its own that adds `text` to a channel right after what was sent so far (inject, stop messages). */
  insert(choice: number, channel: Channel, text: string): Uint8Array;
  /** Ends one choice as official SDKs expect a content filter to: its message, the block/choice end. Other choices may go on. */
  stopChoice(choice: number, reason: StopReason): Uint8Array;
  /** Ends the whole stream after `stopChoice`: usage if the client asked for it, terminator. `usage` is our own count where the backend gave none. */
  end(usage: Usage | undefined): Uint8Array;
  /** An in-format error event; the stream ends broken, not clean. */
  fail(problem: StreamProblem): Uint8Array;
}

export interface StreamOptions {
  readonly model: string;
  /** The client asked for a usage chunk (`stream_options.include_usage`); else one the gateway asked for is swallowed. */
  readonly includeUsage: boolean;
  /** The gateway asked for it in the client's place. @default {!includeUsage} */
  readonly usageAdded?: boolean;
}

/** A piece of text in a whole (not streamed) answer, in reading order, with the same channel names as the stream's deltas. */
export interface AnswerText {
  readonly choice: number;
  readonly channel: Channel;
  readonly text: string;
  readonly json?: boolean;
  /** The channel's text ends after this piece. */
  readonly ends: boolean;
}

/** A parsed answer body with its guarded text. */
export interface DecodedAnswer {
  readonly texts: readonly AnswerText[];
  readonly usage?: Usage;
}

/** Role a prompt text speaks with; `tool` is a tool's result, `tool_definition` its description. */
export type PromptRole = "system" | "user" | "assistant" | "tool" | "tool_definition";

/** One text a client put into its request, with where it stands. */
export interface PromptText {
  readonly role: PromptRole;
  readonly text: string;
  /** JSON path for humans and audit, e.g. `messages[2].content[0].text`. */
  readonly path: string;
}

/** A request body, understood as far as guarding and limits need it. */
export interface DecodedRequest {
  readonly model: string;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** `n`, at least 1. */
  readonly choices: number;
  /** The most tokens the client allows to be generated, if it says. */
  readonly maxTokens?: number;
  readonly texts: readonly PromptText[];
  /** The body with other texts (same order and count as `texts`), or with changes to top-level fields. */
  rewrite(texts: readonly string[]): string;
}

/** One wire format: how it streams, how it answers whole, how its requests look. */
export interface StreamFormat {
  readonly api: Api;
  /** Bytes to events: `sse`, or one JSON document per line. */
  readonly framing: "sse" | "ndjson";
  /**
   * `strict`: events build on each other (block and sequence numbers), so none may overtake another. `per-channel`: only the events of
   * one choice × channel keep their order; an event that names no channel waits for all before it.
   */
  readonly order: "strict" | "per-channel";
  /** Every whole stream says that it ends (a finish reason or a terminator), so one that just stops was broken off. */
  readonly announcesEnd: boolean;
  open(options: StreamOptions): StreamCodec;
  /** @throws {BadEventError} when the body is not an answer of this API. */
  decodeAnswer(body: string): DecodedAnswer;
  /** The answer with other texts (same order and count as `DecodedAnswer.texts`). */
  rewriteAnswer(answer: DecodedAnswer, texts: readonly string[]): string;
  /** The answer cut by a stop in `choice`: `texts` are what was released, the finish reason says content filter. */
  stopAnswer(answer: DecodedAnswer, texts: readonly string[], stopped: ReadonlyMap<number, StopReason>): string;
  /** @throws {RequestError} with the path and what was expected when the body is not a request of this API. */
  decodeRequest(body: string): DecodedRequest;
}
