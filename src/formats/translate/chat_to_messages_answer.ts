/** OpenAI chat answers for a client that speaks Anthropic messages, whole and streamed. */
import { JsonSyntaxError } from "../json_nodes.ts";
import { BadEventError, isObject, type JsonObject, listOf, textOf } from "../json_value.ts";
import { concatBytes, sseBytes } from "../sse.ts";
import { type ChatSink, ChatStream, contentText, type EndFacts, type Piece } from "./chat_stream.ts";
import { readJson, writeJson } from "./exact_json.ts";
import { anthropicType } from "./errors.ts";
import { messagesStop } from "./finish_reasons.ts";
import { answerOf, firstChoice } from "./messages_to_chat_answer.ts";
import type { AnswerFacts, StreamTranslator } from "./types.ts";
import { MESSAGE_USAGE, messagesUsage } from "./usage.ts";

/** @throws {BadEventError} */
export function completionToMessage(body: string, { id, model, estimate }: AnswerFacts): string {
  const completion = answerOf(body);
  const { message, finish, stopped } = firstChoice(completion);
  const content: JsonObject[] = [];
  const reasoning = textOf(message.reasoning_content) ?? textOf(message.reasoning);
  if (reasoning) content.push({ type: "thinking", thinking: reasoning, signature: "" });
  const text = contentText(message.content) + (textOf(message.refusal) ?? "");
  if (text !== "") content.push({ type: "text", text, citations: null });
  for (const call of listOf(message.tool_calls)) {
    if (!isObject(call) || !isObject(call.function)) throw new BadEventError(NO_FUNCTION);
    content.push({ type: "tool_use", id: call.id, name: call.function.name, input: inputOf(call.function.arguments), caller: CALLER });
  }
  const chars = content.reduce((sum, block) => sum + (textOf(block.text) ?? textOf(block.thinking) ?? writeJson(block.input)).length, 0);
  return writeJson({
    ...messageOf(textOf(completion.id) || id, completion.model ?? model),
    content,
    ...endOf(finish, Boolean(textOf(message.refusal)), content.some(({ type }) => type === "tool_use"), stopped),
    usage: { ...messagesUsage(completion.usage, estimate, chars), ...MESSAGE_USAGE },
  });
}

const NO_FUNCTION = "The backend called a tool that is no function";
/** The model called the tool itself, not code that the provider runs. */
const CALLER: JsonObject = { type: "direct" };
/** What the message API says of every end, whether or not there is something to say. */
const NO_DETAILS: JsonObject = { stop_sequence: null, stop_details: null, container: null };

/** Why a message ended. @param stopped the stop sequence, where the backend named it. */
function endOf(finish: unknown, refused: boolean, called: boolean, stopped: string | undefined): JsonObject {
  const reason = refused ? "refusal" : messagesStop(finish, called);
  return reason === "end_turn" && stopped ? { stop_reason: "stop_sequence", stop_sequence: stopped } : { stop_reason: reason };
}

/** A message that is still empty. Members that may be null are there: typed clients read them. */
function messageOf(id: string, model: unknown): JsonObject {
  return { id, type: "message", role: "assistant", model, content: [], stop_reason: null, ...NO_DETAILS, diagnostics: null };
}

function inputOf(source: unknown): unknown {
  if (source === undefined || source === null || source === "") return {};
  try {
    const input = readJson(String(source));
    if (isObject(input)) return input;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
  }
  throw new BadEventError("The backend called a tool with arguments that are not a JSON object");
}

/** Writes the pieces of a chat stream as content blocks, which come one after the other. */
class Blocks implements ChatSink {
  #index = -1;
  #open: "text" | "thinking" | "tool_use" | undefined;
  #chars = 0;
  #called = false;

  constructor(readonly facts: AnswerFacts) {}

  start(id: unknown, model: unknown, usage: unknown): Uint8Array {
    return event("message_start", {
      message: {
        ...messageOf(textOf(id) || this.facts.id, model ?? this.facts.model),
        // The chat API counts at the end, so the prompt is estimated, lest a stream that is cut short seem to cost nothing; the true figures
        // come with message_delta.
        usage: { ...messagesUsage(usage, this.facts.estimate, 0), ...MESSAGE_USAGE },
      },
    });
  }

  /** @throws {BadEventError} for a call of a custom tool: its input is no JSON, and a request could not have named it. */
  open(piece: Piece): Uint8Array {
    if (piece.kind === "custom") throw new BadEventError(NO_FUNCTION);
    this.#index++;
    this.#called ||= piece.kind === "tool";
    this.#open = piece.kind === "reasoning" ? "thinking" : piece.kind === "tool" ? "tool_use" : "text";
    const block = piece.kind === "tool"
      ? { type: "tool_use", id: piece.id ?? `call_${this.#index}`, name: piece.name ?? "", input: {}, caller: CALLER }
      : piece.kind === "reasoning"
      ? { type: "thinking", thinking: "", signature: "" }
      : { type: "text", text: "", citations: null };
    return event("content_block_start", { index: this.#index, content_block: block });
  }

  text(text: string): Uint8Array {
    this.#chars += text.length;
    const delta = this.#open === "tool_use"
      ? { type: "input_json_delta", partial_json: text }
      : this.#open === "thinking"
      ? { type: "thinking_delta", thinking: text }
      : { type: "text_delta", text };
    return event("content_block_delta", { index: this.#index, delta });
  }

  close(): Uint8Array {
    return event("content_block_stop", { index: this.#index });
  }

  end(finish: string, refused: boolean, { usage, stopped }: EndFacts): Uint8Array {
    const delta = { ...NO_DETAILS, ...endOf(finish, refused, this.#called, stopped) };
    return concatBytes([
      event("message_delta", { delta, usage: messagesUsage(usage, this.facts.estimate, this.#chars) }),
      event("message_stop", {}),
    ]);
  }

  fail(message: string, type: string): Uint8Array {
    return event("error", { error: { type: anthropicType(type), message } });
  }
}

/** The translator of one stream. */
export function chatToMessagesStream(facts: AnswerFacts): StreamTranslator {
  return new ChatStream(new Blocks(facts));
}

function event(type: string, fields: JsonObject): Uint8Array {
  return sseBytes(writeJson({ type, ...fields }), type);
}
