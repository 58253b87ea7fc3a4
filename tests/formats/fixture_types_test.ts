/** Every event of the recorded streams against the types of the providers' own SDKs: no invented member, no wrong type, however deep. */
import assert from "node:assert/strict";
import { formatFor, readerFor } from "../../src/formats/mod.ts";
import { fixturesOf } from "../conformance/format_conformance.ts";
import { sources } from "../support/fixture_sources.ts";
import { type Literal, typeErrors } from "../support/sdk_literals.ts";

/** Which members must be there, `fixture_sources_test.ts` says: examples of the documentation leave some out that the SDKs require. */
const TYPES = `
import type Anthropic from "@anthropic-ai/sdk";
import type OpenAI from "openai";

/** Its members, none of them needed, and any of them null; the \`type\` says which member of a union it is. */
type Loose<T> = T extends readonly (infer U)[] ? Loose<U>[]
  : T extends { type: infer K } ? { [P in keyof T as P extends "type" ? never : P]?: Loose<T[P]> | null } & { type: K }
  : T extends object ? { [P in keyof T]?: Loose<T[P]> | null }
  : T;

/** In the reference and not in the SDK: an item's \`status\`, padding of deltas, the function's name, the response of a sound, \`store\`. */
type Documented<T> = T extends { response: OpenAI.Responses.Response } ? Loose<Omit<T, "response">> & { response: Response }
  : T extends { item: OpenAI.Responses.ResponseOutputItem } ? Loose<Omit<T, "item">> & { item: Item }
  : T extends { type: \`response.audio\${string}\` } ? Loose<T> & { response_id?: string }
  : T extends OpenAI.Responses.ResponseFunctionCallArgumentsDoneEvent ? Loose<T> & { name?: string }
  : T extends { logprobs: unknown } ? Loose<Omit<T, "logprobs">> & { logprobs?: LogProb[]; obfuscation?: string }
  : T extends { delta: string } ? Loose<T> & { obfuscation?: string }
  : Loose<T>;
/** Deltas have the bytes that whole texts have. */
type LogProb = Loose<OpenAI.Responses.ResponseOutputText.Logprob>;
type WithStatus<T> = T extends { type: "custom_tool_call" } ? Loose<T> & { status?: "in_progress" | "completed" } : Loose<T>;
type Item = WithStatus<OpenAI.Responses.ResponseOutputItem>;
type Response = Loose<Omit<OpenAI.Responses.Response, "output">> & { output: Item[]; store?: boolean };
type Failure = { error: Partial<OpenAI.ErrorObject> };

export type ResponsesEvent = Documented<OpenAI.Responses.ResponseStreamEvent>;
export type MessagesEvent = Loose<Anthropic.Beta.BetaRawMessageStreamEvent> | { type: "ping" } | {
  type: "error";
  error: { type: Anthropic.ErrorType; message: string };
};
export type ChatChunk = Loose<OpenAI.ChatCompletionChunk> | Failure;
export type CompletionsChunk = Loose<OpenAI.Completion> | Failure;

// An invented member is an error however deep it lies, or all this would prove nothing.
export const known: ResponsesEvent = { type: "response.output_item.done", output_index: 0, item: { type: "program", code: "" } };
// @ts-expect-error
export const inEvent: ResponsesEvent = { type: "response.output_text.delta", delta: "", invented: 1 };
// @ts-expect-error
export const inItem: ResponsesEvent = { type: "response.output_item.done", output_index: 0, item: { type: "program", code: "", invented: 1 } };
// @ts-expect-error
export const inOutput: ResponsesEvent = { type: "response.completed", response: { output: [{ type: "program", invented: 1 }] } };
// @ts-expect-error
export const wrongType: MessagesEvent = { type: "content_block_start", index: "0", content_block: { type: "text", text: "" } };
// @ts-expect-error
export const inBlock: MessagesEvent = { type: "content_block_start", index: 0, content_block: { type: "text", text: "", invented: 1 } };
// @ts-expect-error
export const inDelta: ChatChunk = { choices: [{ index: 0, delta: { invented: 1 } }] };
`;

const FOLDERS = {
  "openai-chat": "ChatChunk",
  "openai-completions": "CompletionsChunk",
  "openai-responses": "ResponsesEvent",
  "anthropic-messages": "MessagesEvent",
} as const;

/** Streams of the APIs' own providers; those of others, and those made to be difficult, have members that no SDK declares. */
function isOwn(path: string): boolean {
  const { shape, source } = sources().streams[path]!;
  return shape !== "made" && /^(openai|anthropic)/.test(source);
}

Deno.test("every event of every recorded stream has the type that the provider's own SDK gives it", async () => {
  const literals = (Object.keys(FOLDERS) as (keyof typeof FOLDERS)[]).flatMap((folder) =>
    fixturesOf(folder).filter(({ name }) => isOwn(`${folder}/${name}`)).flatMap(({ name, bytes }) => {
      const reader = readerFor(formatFor(folder));
      return [...reader.push(bytes), ...reader.finish()].flatMap(({ data }, at): Literal[] =>
        data?.startsWith("{") ? [[`${folder}/${name} (event ${at + 1})`, FOLDERS[folder], JSON.parse(data)]] : []
      );
    })
  );
  assert.ok(literals.length > 500, `${literals.length}`);
  assert.equal(await typeErrors(TYPES, literals), "");
});
