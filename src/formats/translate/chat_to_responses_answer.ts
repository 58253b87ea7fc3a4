/** OpenAI chat answers for a client that speaks the Responses API, whole and streamed. */
import { BadEventError, isObject, type JsonObject, listOf, textOf } from "../json_value.ts";
import { concatBytes, sseBytes } from "../sse.ts";
import { type ChatSink, ChatStream, contentText, type EndFacts, type Piece } from "./chat_stream.ts";
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
  if (reasoning) output.push(reasoningItem(`rs_${id}_0`, [reasoningPart(reasoning)]));
  const content: JsonObject[] = [];
  const text = contentText(message.content);
  if (text !== "") content.push(textPart(text));
  if (textOf(message.refusal)) content.push({ type: "refusal", refusal: message.refusal });
  if (content.length > 0) output.push(messageItem(`msg_${id}_${output.length}`, content));
  for (const call of listOf(message.tool_calls)) {
    if (isObject(call) && isObject(call.function)) {
      output.push(callItem(`fc_${id}_${output.length}`, call.id, call.function.name, textOf(call.function.arguments) || "{}"));
    } else if (isObject(call) && isObject(call.custom)) {
      output.push(customItem(`ctc_${id}_${output.length}`, call.id, call.custom.name, textOf(call.custom.input) ?? ""));
    } else throw new BadEventError("The backend called a tool that is neither a function nor a custom tool");
  }
  const cut = output.pop();
  // The item that the answer was cut off in is incomplete as well.
  if (cut !== undefined) output.push("status" in cut ? { ...cut, status: statusOf(finish).status } : cut);
  const { usage, service_tier: serviceTier } = completion;
  return writeJson(envelope(id, completion.model ?? facts.model, facts, output, statusOf(finish), { usage, serviceTier }));
}

interface Status {
  readonly status: "completed" | "incomplete" | "in_progress";
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
  { usage, serviceTier }: EndFacts,
): JsonObject {
  return {
    id: `resp_${id}`,
    object: "response",
    created_at: createdSeconds,
    status,
    background: false,
    error: null,
    incomplete_details: reason === undefined ? null : { reason },
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    model,
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    temperature: null,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: [],
    top_p: null,
    truncation: "disabled",
    // While an answer is made its usage is null; of one that nobody counted it is not there.
    usage: status === "in_progress" ? null : responsesUsage(usage),
    access_programs: null,
    ...echo,
    // The tier that answered, whichever was asked for.
    ...(typeof serviceTier === "string" && { service_tier: serviceTier }),
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
/** The chat APIs give the reasoning itself, which is an item's content; nobody wrote a summary of it. */
const reasoningPart = (text: string): JsonObject => ({ type: "reasoning_text", text });
const reasoningItem = (id: string, content: readonly JsonObject[], status = "completed"): JsonObject => ({
  id,
  type: "reasoning",
  status,
  summary: [],
  content,
});
const callItem = (id: string, call: unknown, name: unknown, args: string, status = "completed"): JsonObject => ({
  id,
  type: "function_call",
  status,
  call_id: call ?? id,
  name: name ?? "",
  arguments: args,
});

const customItem = (id: string, call: unknown, name: unknown, input: string): JsonObject => ({
  id,
  type: "custom_tool_call",
  call_id: call ?? id,
  name: name ?? "",
  input,
});

/** What the ids of items begin with. */
const PREFIXES = { text: "msg", refusal: "msg", reasoning: "rs", tool: "fc", custom: "ctc" } as const;
/** What their texts are called in the events. */
const TEXTS = {
  text: "output_text",
  refusal: "refusal",
  reasoning: "reasoning_text",
  tool: "function_call_arguments",
  custom: "custom_tool_call_input",
} as const;
const isCall = ({ kind }: Piece): boolean => kind === "tool" || kind === "custom";
const NOTHING_YET: EndFacts = { usage: undefined, serviceTier: undefined };

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
    const response = this.#response({ status: "in_progress" }, NOTHING_YET);
    return concatBytes([this.#event("response.created", { response }), this.#event("response.in_progress", { response })]);
  }

  open(piece: Piece): Uint8Array {
    this.#piece = piece;
    this.#text = "";
    const index = this.#output.length;
    this.#itemId = `${PREFIXES[piece.kind]}_${this.#id}_${index}`;
    const added = this.#event("response.output_item.added", { output_index: index, item: this.#item([], "", "in_progress") });
    return isCall(piece) ? added : concatBytes([added, this.#event("response.content_part.added", { ...this.#at(), part: this.#part() })]);
  }

  text(delta: string): Uint8Array {
    this.#text += delta;
    const logprobs = this.#piece.kind === "text" ? { logprobs: [] } : {};
    return this.#event(`response.${TEXTS[this.#piece.kind]}.delta`, { ...this.#at(), delta, ...logprobs });
  }

  close(finish?: string): Uint8Array {
    const text = this.#piece.kind === "tool" ? this.#text || "{}" : this.#text;
    const part = this.#part();
    const item = this.#item([part], text, statusOf(finish).status);
    const events = [this.#event(`response.${TEXTS[this.#piece.kind]}.done`, { ...this.#at(), ...this.#whole(text) })];
    if (!isCall(this.#piece)) events.push(this.#event("response.content_part.done", { ...this.#at(), part }));
    events.push(this.#event("response.output_item.done", { output_index: this.#output.length, item }));
    this.#output.push(item);
    return concatBytes(events);
  }

  end(finish: string, _refused: boolean, facts: EndFacts): Uint8Array {
    const status = statusOf(finish);
    return this.#event(`response.${status.status}`, { response: this.#response(status, facts) });
  }

  fail(message: string, type: string, code: string | undefined): Uint8Array {
    return this.#event("error", { code: code ?? type, message, param: null });
  }

  /** The open item. @param text a call's arguments or input. */
  #item(content: readonly JsonObject[], text: string, status: string): JsonObject {
    const { kind, id, name } = this.#piece;
    switch (kind) {
      case "tool":
        return callItem(this.#itemId, id, name, text, status);
      case "custom":
        return customItem(this.#itemId, id, name, text);
      case "reasoning":
        return reasoningItem(this.#itemId, content, status);
      default:
        return messageItem(this.#itemId, content, status);
    }
  }

  /** What a `done` event says of the whole text. */
  #whole(text: string): JsonObject {
    switch (this.#piece.kind) {
      case "tool":
        return { name: this.#piece.name ?? "", arguments: text };
      case "custom":
        return { input: text };
      case "refusal":
        return { refusal: text };
      case "reasoning":
        return { text };
      case "text":
        return { text, logprobs: [] };
    }
  }

  /** Where the open item's events stand. */
  #at(): JsonObject {
    return { item_id: this.#itemId, output_index: this.#output.length, ...(!isCall(this.#piece) && { content_index: 0 }) };
  }

  #part(): JsonObject {
    const { kind } = this.#piece;
    return kind === "refusal"
      ? { type: "refusal", refusal: this.#text }
      : kind === "reasoning"
      ? reasoningPart(this.#text)
      : textPart(this.#text);
  }

  #response(status: Status, facts: EndFacts): JsonObject {
    return envelope(this.#id, this.#model, this.facts, this.#output, status, facts);
  }

  #event(type: string, fields: JsonObject): Uint8Array {
    return sseBytes(writeJson({ type, sequence_number: this.#sequence++, ...fields }), type);
  }
}

/** The translator of one stream. */
export function chatToResponsesStream(facts: AnswerFacts): StreamTranslator {
  return new ChatStream(new Items(facts));
}
