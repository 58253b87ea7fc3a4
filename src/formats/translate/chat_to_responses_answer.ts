/** OpenAI chat answers for a client that speaks the Responses API, whole and streamed. */
import { BadEventError, isObject, type JsonObject, listOf, textOf } from "../json_value.ts";
import { concatBytes, sseBytes } from "../sse.ts";
import { type ChatSink, ChatStream, contentText, type Piece } from "./chat_stream.ts";
import { writeJson } from "./exact_json.ts";
import { answerOf, firstChoice } from "./messages_to_chat_answer.ts";
import type { AnswerFacts, StreamTranslator } from "./types.ts";
import { responsesUsage } from "./usage.ts";

/** @throws {BadEventError} */
export function completionToResponse(body: string, facts: AnswerFacts): string {
  const completion = answerOf(body);
  const { message, finish } = firstChoice(completion);
  const id = textOf(completion.id) || facts.id;
  const output: JsonObject[] = [];
  const reasoning = textOf(message.reasoning_content) ?? textOf(message.reasoning);
  if (reasoning) output.push(reasoningItem(`rs_${id}_0`, reasoning));
  const content: JsonObject[] = [];
  const text = contentText(message.content);
  if (text !== "") content.push(textPart(text));
  if (textOf(message.refusal)) content.push({ type: "refusal", refusal: message.refusal });
  if (content.length > 0) output.push(messageItem(`msg_${id}_${output.length}`, content));
  for (const call of listOf(message.tool_calls)) {
    if (!isObject(call) || !isObject(call.function)) throw new BadEventError("The backend called a tool that is no function");
    output.push(callItem(`fc_${id}_${output.length}`, call.id, call.function.name, textOf(call.function.arguments) || "{}"));
  }
  const cut = output.pop();
  // The item that the answer was cut off in is incomplete as well.
  if (cut !== undefined) output.push(statusOf(finish).status === "incomplete" ? { ...cut, status: "incomplete" } : cut);
  return writeJson(envelope(id, completion.model ?? facts.model, facts, output, statusOf(finish), completion.usage));
}

interface Status {
  readonly status: "completed" | "incomplete" | "in_progress" | "failed";
  readonly reason?: string;
}

function statusOf(finish: unknown): Status {
  if (finish === "length") return { status: "incomplete", reason: "max_output_tokens" };
  return finish === "content_filter" ? { status: "incomplete", reason: "content_filter" } : { status: "completed" };
}

function envelope(
  id: string,
  model: unknown,
  { createdSeconds, echo }: AnswerFacts,
  output: readonly JsonObject[],
  { status, reason }: Status,
  usage: unknown,
  error: JsonObject | null = null,
): JsonObject {
  return {
    id: `resp_${id}`,
    object: "response",
    created_at: createdSeconds,
    status,
    error,
    incomplete_details: reason === undefined ? null : { reason },
    instructions: null,
    metadata: {},
    model,
    output,
    parallel_tool_calls: true,
    temperature: null,
    tool_choice: "auto",
    tools: [],
    top_p: null,
    usage: responsesUsage(usage),
    ...echo,
  };
}

const textPart = (text: string): JsonObject => ({ type: "output_text", text, annotations: [], logprobs: [] });
const messageItem = (id: string, content: readonly JsonObject[], status = "completed"): JsonObject => ({
  id,
  type: "message",
  status,
  role: "assistant",
  content,
});
const reasoningItem = (id: string, text: string): JsonObject => ({
  id,
  type: "reasoning",
  summary: text === "" ? [] : [{ type: "summary_text", text }],
});
const callItem = (id: string, call: unknown, name: unknown, args: string, status = "completed"): JsonObject => ({
  id,
  type: "function_call",
  status,
  call_id: call ?? id,
  name: name ?? "",
  arguments: args,
});

/** Writes the pieces of a chat stream as output items, each with its events. */
class Items implements ChatSink {
  #sequence = 0;
  #id: string;
  #model: unknown;
  readonly #output: JsonObject[] = [];
  #piece: Piece = { kind: "text" };
  #itemId = "";
  #text = "";

  constructor(readonly facts: AnswerFacts) {
    this.#model = facts.model;
    this.#id = facts.id;
  }

  start(id: unknown, model: unknown): Uint8Array {
    this.#id = textOf(id) || this.facts.id;
    this.#model = model ?? this.#model;
    const response = this.#response({ status: "in_progress" }, undefined);
    return concatBytes([this.#event("response.created", { response }), this.#event("response.in_progress", { response })]);
  }

  open(piece: Piece): Uint8Array {
    this.#piece = piece;
    this.#text = "";
    const index = this.#output.length;
    const prefix = piece.kind === "tool" ? "fc" : piece.kind === "reasoning" ? "rs" : "msg";
    this.#itemId = `${prefix}_${this.#id}_${index}`;
    const item = piece.kind === "tool"
      ? callItem(this.#itemId, piece.id, piece.name, "", "in_progress")
      : piece.kind === "reasoning"
      ? reasoningItem(this.#itemId, "")
      : messageItem(this.#itemId, [], "in_progress");
    const added = this.#event("response.output_item.added", { output_index: index, item });
    if (piece.kind === "tool") return added;
    if (piece.kind === "reasoning") {
      return concatBytes([
        added,
        this.#event("response.reasoning_summary_part.added", { ...this.#at(), part: { type: "summary_text", text: "" } }),
      ]);
    }
    return concatBytes([added, this.#event("response.content_part.added", { ...this.#at(), part: this.#part() })]);
  }

  text(delta: string): Uint8Array {
    this.#text += delta;
    switch (this.#piece.kind) {
      case "tool":
        return this.#event("response.function_call_arguments.delta", { ...this.#at(), delta });
      case "reasoning":
        return this.#event("response.reasoning_summary_text.delta", { ...this.#at(), delta });
      case "refusal":
        return this.#event("response.refusal.delta", { ...this.#at(), delta });
      case "text":
        return this.#event("response.output_text.delta", { ...this.#at(), delta, logprobs: [] });
    }
  }

  close(finish?: string): Uint8Array {
    const { kind, id, name } = this.#piece;
    const text = kind === "tool" ? this.#text || "{}" : this.#text;
    const { status } = statusOf(finish);
    const item = kind === "tool"
      ? callItem(this.#itemId, id, name, text, status)
      : kind === "reasoning"
      ? reasoningItem(this.#itemId, text)
      : messageItem(this.#itemId, [this.#part()], status);
    const events: Uint8Array[] = [];
    if (kind === "tool") {
      events.push(this.#event("response.function_call_arguments.done", { ...this.#at(), name: name ?? "", arguments: text }));
    } else if (kind === "reasoning") {
      events.push(
        this.#event("response.reasoning_summary_text.done", { ...this.#at(), text }),
        this.#event("response.reasoning_summary_part.done", { ...this.#at(), part: { type: "summary_text", text } }),
      );
    } else {
      events.push(
        kind === "text"
          ? this.#event("response.output_text.done", { ...this.#at(), text, logprobs: [] })
          : this.#event("response.refusal.done", { ...this.#at(), refusal: text }),
        this.#event("response.content_part.done", { ...this.#at(), part: this.#part() }),
      );
    }
    events.push(this.#event("response.output_item.done", { output_index: this.#output.length, item }));
    this.#output.push(item);
    return concatBytes(events);
  }

  end(finish: string, _refused: boolean, usage: unknown): Uint8Array {
    const status = statusOf(finish);
    return this.#event(`response.${status.status}`, { response: this.#response(status, usage) });
  }

  fail(message: string, type: string): Uint8Array {
    return this.#event("error", { code: type, message, param: null });
  }

  /** Where the open item's events stand. */
  #at(): JsonObject {
    const { kind } = this.#piece;
    return {
      item_id: this.#itemId,
      output_index: this.#output.length,
      ...(kind === "reasoning" ? { summary_index: 0 } : kind === "tool" ? {} : { content_index: 0 }),
    };
  }

  #part(): JsonObject {
    return this.#piece.kind === "refusal" ? { type: "refusal", refusal: this.#text } : textPart(this.#text);
  }

  #response(status: Status, usage: unknown): JsonObject {
    return envelope(this.#id, this.#model, this.facts, this.#output, status, usage);
  }

  #event(type: string, fields: JsonObject): Uint8Array {
    return sseBytes(writeJson({ type, sequence_number: this.#sequence++, ...fields }), type);
  }
}

/** The translator of one stream. */
export function chatToResponsesStream(facts: AnswerFacts): StreamTranslator {
  return new ChatStream(new Items(facts));
}
