/**
 * The expected sides of every conformance table against types that are not ours: the providers' own SDKs'. One `deno check` reads all of them
 * as literals, so that a field that no provider documents, or one that is missing, is an error.
 */
import assert from "node:assert/strict";
import { type Literal, typeErrors } from "../support/sdk_literals.ts";
import { type Answers, over, type Requests, table } from "../support/translation_tables.ts";

/** The types of the wire, and the fields that are documented elsewhere than in the SDKs. */
const TYPES = `
import type Anthropic from "@anthropic-ai/sdk";
import type OpenAI from "openai";

/** Version 2026-10-21, which the SDK speaks, has no sampling parameters; 2023-06-01, which the gateway asks for, has. */
export type MessagesRequest = Anthropic.MessageCreateParams & { temperature?: number; top_p?: number; top_k?: number };
export type Message = Anthropic.Message;
/** The page on errors has request_too_large too, and no request id within a stream; the gateway adds its own code, the id is in a header. */
export type ErrorType = Anthropic.ErrorType | "request_too_large";
export type MessagesEvent = Anthropic.RawMessageStreamEvent | { type: "ping" } | { type: "error"; error: { type: ErrorType; message: string } };
export type MessagesError = { type: "error"; error: { type: ErrorType; message: string; code: string } };

/** DeepSeek's, vLLM's and others' field for the text of the reasoning. */
export type Reasoning = { reasoning_content?: string };
export type With<T, K extends keyof T, V> = Omit<T, K> & { [k in K]: V };
export type Choice = OpenAI.ChatCompletion.Choice;
export type ChunkChoice = OpenAI.ChatCompletionChunk.Choice;
export type ChatRequest = OpenAI.ChatCompletionCreateParams;
export type Chat = With<OpenAI.ChatCompletion, "choices", With<Choice, "message", Choice["message"] & Reasoning>[]>;
export type ChatError = { error: OpenAI.ErrorObject };
export type ChatEvent = With<OpenAI.ChatCompletionChunk, "choices", With<ChunkChoice, "delta", ChunkChoice["delta"] & Reasoning>[]> | ChatError;

/** The reference's examples have usage null while an answer is made; \`output_text\` is the SDK's own; \`name\` is in the reference only. */
export type Response = Omit<OpenAI.Responses.Response, "output_text">;
export type EventOf<T> = T extends OpenAI.Responses.ResponseCreatedEvent | OpenAI.Responses.ResponseInProgressEvent ? With<T, "response", With<Response, "usage", null>>
  : T extends { response: OpenAI.Responses.Response } ? With<T, "response", Response>
  : T extends OpenAI.Responses.ResponseFunctionCallArgumentsDoneEvent ? T & { name: string }
  : T;
export type ResponseEvent = EventOf<OpenAI.Responses.ResponseStreamEvent>;

// An invented field is an error however deep it lies, or this whole check would prove nothing.
const choice = { index: 0, logprobs: null } as const;
const chat = { id: "1", object: "chat.completion", created: 1, model: "m" } as const;
export const whole: Chat = { ...chat, choices: [{ ...choice, message: { role: "assistant", content: "", refusal: null }, finish_reason: "stop" }] };
// @ts-expect-error
export const topLevel: Chat = { ...chat, choices: [], invented: 1 };
// @ts-expect-error
export const inMessage: Chat = { ...chat, choices: [{ ...choice, message: { role: "assistant", content: "", refusal: null, invented: 1 }, finish_reason: "stop" }] };
// @ts-expect-error
export const inDelta: ChatEvent = { ...chat, object: "chat.completion.chunk", choices: [{ ...choice, delta: { invented: 1 }, finish_reason: null }] };
// @ts-expect-error
export const inUsage: ChatEvent = { ...chat, object: "chat.completion.chunk", choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, invented: 1 } };
// @ts-expect-error
export const inBlock: MessagesRequest = { model: "m", max_tokens: 1, messages: [{ role: "user", content: [{ type: "text", text: "", invented: 1 }] }] };
// @ts-expect-error
export const inTool: MessagesRequest = { model: "m", max_tokens: 1, messages: [], tools: [{ name: "f", input_schema: { type: "object" }, invented: 1 }] };
// @ts-expect-error
export const inChatMessage: ChatRequest = { model: "m", messages: [{ role: "user", content: [{ type: "text", text: "", invented: 1 }] }] };
// @ts-expect-error
export const inStart: MessagesEvent = { type: "content_block_start", index: 0, content_block: { type: "text", text: "", citations: null, invented: 1 } };
// @ts-expect-error
export const inItem: ResponseEvent = { type: "response.output_item.added", sequence_number: 0, output_index: 0, item: { id: "i", type: "function_call", call_id: "c", name: "f", arguments: "", invented: 1 } };
// @ts-expect-error
export const missing: ResponseEvent = { type: "response.output_text.done", sequence_number: 0, item_id: "i", output_index: 0, content_index: 0, text: "" };
`;

const TABLES = {
  chat_over_messages: { request: "MessagesRequest", answer: "Chat", event: "ChatEvent", error: "ChatError" },
  messages_over_chat: { request: "ChatRequest", answer: "Message", event: "MessagesEvent", error: "MessagesError" },
  responses_over_chat: { request: "ChatRequest", answer: "Response", event: "ResponseEvent", error: "ChatError" },
};

async function literalsOf(name: string, types: typeof TABLES.chat_over_messages): Promise<Literal[]> {
  const { to, cases }: Requests = await table(`${name}.requests`);
  const { whole, streams, errors }: Answers = await table(`${name}.answers`);
  return [
    ...cases.flatMap((each): Literal[] => each.to ? [[`${each.name} (request)`, types.request, over(to, each.to, true)]] : []),
    ...whole.flatMap((each): Literal[] => each.to ? [[`${each.name} (answer)`, types.answer, each.to]] : []),
    ...streams.flatMap((each) =>
      (each.to ?? []).flatMap((event, at): Literal[] =>
        typeof event === "string" ? [] : [[`${each.name} (event ${at + 1})`, types.event, event]]
      )
    ),
    ...errors.map((each): Literal => [`${each.name} (error)`, types.error, each.to]),
  ].map(([where, type, value]) => [`${name}: ${where}`, type, value]);
}

Deno.test("every expected request, answer, event and error has the type that the provider's own SDK gives it", async () => {
  const lists = await Promise.all(Object.entries(TABLES).map(([name, types]) => literalsOf(name, types)));
  assert.equal(await typeErrors(TYPES, lists.flat()), "");
});
