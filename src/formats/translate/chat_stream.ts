/**
 * An OpenAI chat stream read as pieces that come one after the other, for APIs in which only one block is open at a time. Calls that
 * the backend interleaves wait until the one before them is whole.
 */
import { BadEventError, countOf, isObject, type JsonObject, listOf, parseObject, textOf } from "../json_value.ts";
import { concatBytes, type SseEvent } from "../sse.ts";
import type { StreamTranslator } from "./types.ts";

/** A text, a reasoning or a call, open for as long as it grows. */
export interface Piece {
  readonly kind: "text" | "refusal" | "reasoning" | "tool" | "custom";
  /** The backend's index of a call. */
  readonly call?: number;
  readonly id?: unknown;
  readonly name?: unknown;
}

/** What the chunks said beside the answer itself. */
export interface EndFacts {
  readonly usage: unknown;
  readonly serviceTier: unknown;
  /** The stop sequence that ended the answer, where the backend names it (vLLM's `stop_reason`). */
  readonly stopped?: string | undefined;
}

/** Writes pieces in the client's API. `open`, `text` and `close` follow each other in this order. */
export interface ChatSink {
  /** @param usage what the first chunk counted, if it did. */
  start(id: unknown, model: unknown, usage: unknown): Uint8Array;
  open(piece: Piece): Uint8Array;
  text(text: string): Uint8Array;
  /** @param finish the answer's finish reason, when the piece was the last to end. */
  close(finish?: string): Uint8Array;
  end(finish: string, refused: boolean, facts: EndFacts): Uint8Array;
  fail(message: string, type: string, code: string | undefined): Uint8Array;
}

/** Most characters of interleaved calls that wait. */
const MAX_WAITING_CHARS = 4 * 1024 * 1024;

interface Waiting {
  readonly piece: Piece;
  text: string;
}

export class ChatStream implements StreamTranslator {
  #started = false;
  #over = false;
  #finish: string | undefined;
  #refused = false;
  #usage: unknown;
  #serviceTier: unknown;
  #stopped: string | undefined;
  /** Pieces in the order they began; the first is open at the client, the others wait. */
  readonly #pieces: Waiting[] = [];
  #waitingChars = 0;

  constructor(readonly sink: ChatSink) {}

  push({ raw, data }: SseEvent): Uint8Array {
    if (data === undefined) return raw;
    if (this.#over) return concatBytes([]);
    if (data.trim() === "[DONE]") return this.#end();
    const chunk = parseObject(data, "an event");
    const out: Uint8Array[] = [];
    if (chunk.error !== undefined && chunk.error !== null) {
      this.#over = true;
      const error = isObject(chunk.error) ? chunk.error : {};
      const message = textOf(error.message) ?? textOf(chunk.error) ?? "The backend failed";
      const code = textOf(error.code);
      return this.sink.fail(message, textOf(error.type) ?? code ?? "api_error", code);
    }
    if (isObject(chunk.usage)) this.#usage = chunk.usage;
    // Azure begins with a chunk that names nothing yet and holds no choice.
    if (!this.#started && listOf(chunk.choices).length > 0) {
      this.#started = true;
      out.push(this.sink.start(chunk.id, chunk.model, this.#usage));
    }
    this.#serviceTier = chunk.service_tier ?? this.#serviceTier;
    for (const choice of listOf(chunk.choices)) {
      // One answer was asked for; another choice has no place in the client's API.
      if (!isObject(choice) || (countOf(choice.index) ?? 0) !== 0) continue;
      if (isObject(choice.delta)) this.#delta(choice.delta, out);
      if (typeof choice.finish_reason === "string") this.#finish = choice.finish_reason;
      this.#stopped = textOf(choice.stop_reason) ?? this.#stopped;
    }
    return concatBytes(out);
  }

  /** Many servers leave `[DONE]` out; a stream without a finish reason broke off. */
  finish(): Uint8Array {
    return this.#over || this.#finish === undefined ? concatBytes([]) : this.#end();
  }

  #delta(delta: JsonObject, out: Uint8Array[]): void {
    const reasoning = textOf(delta.reasoning_content) ?? textOf(delta.reasoning);
    if (reasoning) this.#add({ kind: "reasoning" }, reasoning, out);
    const content = contentText(delta.content);
    if (content !== "") this.#add({ kind: "text" }, content, out);
    if (typeof delta.refusal === "string" && delta.refusal !== "") {
      this.#refused = true;
      this.#add({ kind: "refusal" }, delta.refusal, out);
    }
    for (const call of listOf(delta.tool_calls)) {
      if (!isObject(call)) continue;
      const { custom, id } = call;
      const [kind, called] = isObject(custom)
        ? ["custom" as const, custom]
        : ["tool" as const, isObject(call.function) ? call.function : {}];
      const piece = { kind, call: countOf(call.index) ?? 0, id, name: called.name };
      this.#add(piece, textOf(kind === "custom" ? called.input : called.arguments) ?? "", out);
    }
  }

  #add(piece: Piece, text: string, out: Uint8Array[]): void {
    const known = this.#pieces.find((each) => same(each.piece, piece));
    // Texts do not come back once something else began, so they end at once; a call may.
    if (known === undefined) {
      if (this.#pieces.length > 0 && this.#pieces[0]!.piece.call === undefined) this.#closeFirst(out);
      this.#pieces.push({ piece, text: "" });
      if (this.#pieces.length === 1) out.push(this.sink.open(piece));
    }
    const own = known ?? this.#pieces.at(-1)!;
    if (text === "") return;
    if (own === this.#pieces[0]) return void out.push(this.sink.text(text));
    this.#waitingChars += text.length;
    if (this.#waitingChars > MAX_WAITING_CHARS) throw new BadEventError("The backend interleaves calls that are too large to reorder");
    own.text += text;
  }

  #closeFirst(out: Uint8Array[], finish?: string): void {
    out.push(this.sink.close(finish));
    this.#pieces.shift();
    const next = this.#pieces[0];
    if (next === undefined) return;
    out.push(this.sink.open(next.piece));
    if (next.text !== "") out.push(this.sink.text(next.text));
    this.#waitingChars -= next.text.length;
    next.text = "";
  }

  #end(): Uint8Array {
    this.#over = true;
    // Nothing was said and nothing ended: the stream broke off before it began.
    if (!this.#started || this.#finish === undefined) return concatBytes([]);
    const out: Uint8Array[] = [];
    while (this.#pieces.length > 0) this.#closeFirst(out, this.#pieces.length === 1 ? this.#finish : undefined);
    out.push(this.sink.end(this.#finish, this.#refused, { usage: this.#usage, serviceTier: this.#serviceTier, stopped: this.#stopped }));
    return concatBytes(out);
  }
}

function same(a: Piece, b: Piece): boolean {
  return a.kind === b.kind && a.call === b.call;
}

/** Content as a string or, as Mistral writes it, a list of parts. */
export function contentText(content: unknown): string {
  if (typeof content === "string") return content;
  return listOf(content).map((part) => isObject(part) ? textOf(part.text) ?? "" : "").join("");
}
