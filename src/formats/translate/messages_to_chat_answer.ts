/** Anthropic messages answers for a client that speaks OpenAI chat, whole and streamed. */
import { BadEventError, countOf, isObject, type JsonObject, listOf, parseObject, textOf } from "../json_value.ts";
import { concatBytes, sseBytes, type SseEvent } from "../sse.ts";
import { JsonSyntaxError } from "../json_nodes.ts";
import { readJson, writeJson } from "./exact_json.ts";
import { chatFinish } from "./finish_reasons.ts";
import type { AnswerFacts, StreamTranslator } from "./types.ts";
import { chatUsage } from "./usage.ts";

/** @throws {BadEventError} */
export function messageToCompletion(body: string, { id, model, createdSeconds, functions }: AnswerFacts): string {
  const message = answerOf(body);
  if (!Array.isArray(message.content)) throw new BadEventError("The backend sent an answer without content; is it an Anthropic API?");
  let content: string | null = null;
  let reasoning = "";
  const calls: JsonObject[] = [];
  for (const block of message.content) {
    if (!isObject(block)) continue;
    if (block.type === "text") content = (content ?? "") + (textOf(block.text) ?? "");
    else if (block.type === "thinking") reasoning += textOf(block.thinking) ?? "";
    else if (block.type === "tool_use") {
      calls.push({ id: block.id, type: "function", function: { name: block.name, arguments: writeJson(block.input ?? {}) } });
    }
  }
  return writeJson({
    id: message.id ?? id,
    object: "chat.completion",
    created: createdSeconds,
    model: message.model ?? model,
    choices: [{
      index: 0,
      message: {
        role: "assistant",
        content,
        refusal: explanationOf(message.stop_details) ?? null,
        ...(reasoning !== "" && { reasoning_content: reasoning }),
        ...(calls.length > 0 && (functions ? { function_call: calls[0]!.function } : { tool_calls: calls })),
      },
      logprobs: null,
      finish_reason: chatFinish(message.stop_reason, functions),
    }],
    usage: chatUsage(message.usage),
  });
}

/** A whole answer, numbers exact. @throws {BadEventError} */
export function answerOf(body: string): JsonObject {
  let value: unknown;
  try {
    value = readJson(body);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
  }
  if (isObject(value)) return value;
  throw new BadEventError("The backend sent an answer that is not a JSON object; check that backend_url points to an LLM API");
}

const DONE = sseBytes("[DONE]");
const NONE: Uint8Array = new Uint8Array();

/** One tool call under way. */
interface Call {
  readonly index: number;
  /** The input as the block's start gave it; used when no delta follows. */
  readonly input: unknown;
  wrote: boolean;
}

export class MessagesToChatStream implements StreamTranslator {
  #id: unknown;
  #model: unknown;
  /** Anthropic's block index to the tool call in it. */
  readonly #calls = new Map<number, Call>();
  #callCount = 0;
  #usage: JsonObject = {};
  #finished = false;

  constructor(readonly facts: AnswerFacts) {
    this.#model = facts.model;
    this.#id = facts.id;
  }

  push({ raw, data }: SseEvent): Uint8Array {
    if (data === undefined) return raw;
    const event = parseObject(data, "an event");
    switch (event.type) {
      case "message_start": {
        const message = isObject(event.message) ? event.message : {};
        this.#id = message.id ?? this.#id;
        this.#model = message.model ?? this.#model;
        this.#count(message.usage);
        return this.#chunk({ role: "assistant", content: "" });
      }
      case "content_block_start":
        return this.#blockStart(countOf(event.index) ?? 0, isObject(event.content_block) ? event.content_block : {}, data);
      case "content_block_delta":
        return this.#delta(countOf(event.index) ?? 0, isObject(event.delta) ? event.delta : {});
      case "content_block_stop":
        return this.#blockStop(countOf(event.index) ?? 0);
      case "message_delta":
        this.#count(event.usage);
        return isObject(event.delta) ? this.#finish(event.delta) : NONE;
      case "message_stop":
        return this.#end();
      case "error":
        return sseBytes(JSON.stringify({ error: errorOf(event.error) }));
      case "ping":
        return new TextEncoder().encode(": ping\n\n");
      default:
        // New event types are to be ignored (https://docs.anthropic.com/en/docs/build-with-claude/streaming).
        return NONE;
    }
  }

  finish(): Uint8Array {
    return NONE;
  }

  #finish({ stop_reason, stop_details }: JsonObject): Uint8Array {
    if (typeof stop_reason !== "string" || this.#finished) return NONE;
    this.#finished = true;
    const refusal = explanationOf(stop_details);
    const end = this.#chunk({}, chatFinish(stop_reason, this.facts.functions));
    return refusal === undefined ? end : concatBytes([this.#chunk({ refusal }), end]);
  }

  #blockStart(index: number, block: JsonObject, data: string): Uint8Array {
    if (block.type === "text") return block.text === "" || block.text === undefined ? NONE : this.#chunk({ content: block.text });
    if (block.type === "thinking") return block.thinking ? this.#chunk({ reasoning_content: block.thinking }) : NONE;
    if (block.type !== "tool_use") return NONE;
    const call = { index: this.#callCount++, input: inputOf(block, data), wrote: false };
    this.#calls.set(index, call);
    return this.#call(call, { name: block.name, arguments: "" }, { id: block.id, type: "function" });
  }

  #delta(index: number, delta: JsonObject): Uint8Array {
    switch (delta.type) {
      case "text_delta":
        return this.#chunk({ content: delta.text });
      case "thinking_delta":
        return this.#chunk({ reasoning_content: delta.thinking });
      case "input_json_delta": {
        const call = this.#calls.get(index);
        if (call === undefined || delta.partial_json === "") return NONE;
        call.wrote = true;
        return this.#call(call, { arguments: delta.partial_json });
      }
      default:
        return NONE;
    }
  }

  /** A call whose input came with its start, or that has none, still needs its arguments said. */
  #blockStop(index: number): Uint8Array {
    const call = this.#calls.get(index);
    if (call === undefined || call.wrote) return NONE;
    call.wrote = true;
    return this.#call(call, { arguments: writeJson(call.input ?? {}) });
  }

  /** A piece of a call; who speaks of functions gets one call only. */
  #call({ index }: Call, said: JsonObject, head: JsonObject = {}): Uint8Array {
    if (!this.facts.functions) return this.#chunk({ tool_calls: [{ index, ...head, function: said }] });
    return index === 0 ? this.#chunk({ function_call: said }) : NONE;
  }

  #end(): Uint8Array {
    const usage = chatUsage(this.#usage);
    if (!this.facts.includeUsage || usage === undefined) return DONE;
    return concatBytes([sseBytes(writeJson({ ...this.#head(), choices: [], usage })), DONE]);
  }

  /** Counts of later events replace earlier ones: they are cumulative. */
  #count(usage: unknown): void {
    if (!isObject(usage)) return;
    this.#usage = { ...this.#usage, ...Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null)) };
  }

  #chunk(delta: JsonObject, finish: string | null = null): Uint8Array {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }];
    // Who asked for usage finds it in every chunk, null before the last (https://platform.openai.com/docs/api-reference/chat/create).
    const asked = this.facts.includeUsage && !this.facts.usageAdded;
    return sseBytes(writeJson({ ...this.#head(), choices, ...(asked && { usage: null }) }));
  }

  #head(): JsonObject {
    return { id: this.#id, object: "chat.completion.chunk", created: this.facts.createdSeconds, model: this.#model };
  }
}

/** A call's input as its start gives it; read anew where it holds something, so that long numbers keep their digits. */
function inputOf(block: JsonObject, data: string): unknown {
  if (!isObject(block.input) || Object.keys(block.input).length === 0) return {};
  const event = readJson(data);
  return isObject(event) && isObject(event.content_block) ? event.content_block.input : {};
}

/** What the provider says about a refusal, in the place where OpenAI says it. */
function explanationOf(details: unknown): string | undefined {
  return isObject(details) && details.type === "refusal" ? textOf(details.explanation) : undefined;
}

function errorOf(error: unknown): JsonObject {
  const { message, type } = isObject(error) ? error : {};
  return {
    message: textOf(message) ?? "The backend failed",
    type: textOf(type) ?? "backend_error",
    code: textOf(type) ?? null,
    param: null,
  };
}

/** Reads the first choice of a chat answer, for the translations from chat. @throws {BadEventError} */
export function firstChoice(
  answer: JsonObject,
): { readonly message: JsonObject; readonly finish: unknown; readonly stopped: string | undefined } {
  const choice = listOf(answer.choices)[0];
  if (!isObject(choice) || !isObject(choice.message)) {
    throw new BadEventError("The backend sent an answer without choices; is it an OpenAI chat API?");
  }
  return { message: choice.message, finish: choice.finish_reason, stopped: textOf(choice.stop_reason) };
}
