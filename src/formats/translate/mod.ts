/** Which translation a client and a backend need. One pair of files per direction; another provider (Gemini, Bedrock) is one more pair. */
import { RequestError } from "../request.ts";
import { concatBytes, SseReader } from "../sse.ts";
import type { Api } from "../types.ts";
import { chatToMessagesStream, completionToMessage } from "./chat_to_messages_answer.ts";
import { chatToMessages } from "./chat_to_messages_request.ts";
import { chatToResponsesStream, completionToResponse } from "./chat_to_responses_answer.ts";
import { translateError } from "./errors.ts";
import { MessagesToChatStream, messageToCompletion } from "./messages_to_chat_answer.ts";
import { messagesToChat } from "./messages_to_chat_request.ts";
import { responsesPath, responsesToChat } from "./responses_to_chat_request.ts";
import { renamed } from "./reading.ts";
import type { StreamTranslator, Translation } from "./types.ts";

const CHAT_PATH = "/v1/chat/completions";
const MESSAGES_PATH = "/v1/messages";

/** The client speaks OpenAI chat, the backend Anthropic messages. */
export const chatOverMessages: Translation = {
  client: "openai-chat",
  backend: "anthropic-messages",
  path: MESSAGES_PATH,
  request: chatToMessages,
  answer: messageToCompletion,
  stream: (facts) => new MessagesToChatStream(facts),
  error: (body, status) => translateError("openai-chat", body, status),
};

/** The client speaks Anthropic messages, the backend OpenAI chat. */
export const messagesOverChat: Translation = {
  client: "anthropic-messages",
  backend: "openai-chat",
  path: CHAT_PATH,
  request: messagesToChat,
  answer: completionToMessage,
  stream: chatToMessagesStream,
  error: (body, status) => translateError("anthropic-messages", body, status),
};

/** The client speaks the Responses API, the backend OpenAI chat. */
export const responsesOverChat: Translation = {
  client: "openai-responses",
  backend: "openai-chat",
  path: CHAT_PATH,
  request: responsesToChat,
  answer: completionToResponse,
  stream: chatToResponsesStream,
  error: (body, status) => translateError("openai-responses", body, status),
  clientPath: responsesPath,
};

/** `outer` on top of `inner`: the client of one is the backend of the other. */
export function compose(outer: Translation, inner: Translation): Translation {
  return {
    client: outer.client,
    backend: inner.backend,
    path: inner.path,
    request(body) {
      const first = outer.request(body);
      const named = outer.clientPath ?? ((path: string) => path);
      try {
        const second = inner.request(first.body);
        return { ...first, body: second.body, dropped: [...new Set([...first.dropped, ...second.dropped.map(named)])] };
      } catch (error) {
        throw error instanceof RequestError ? renamed(error, named) : error;
      }
    },
    answer: (body, facts) => outer.answer(inner.answer(body, facts), facts),
    stream(facts) {
      const [near, far] = [outer.stream(facts), inner.stream({ ...facts, includeUsage: true })];
      const reader = new SseReader();
      const through = (bytes: Uint8Array) => reader.push(bytes).map((event) => near.push(event));
      const both: StreamTranslator = {
        push: (event) => concatBytes(through(far.push(event))),
        finish: () => concatBytes([...through(far.finish()), near.finish()]),
      };
      return both;
    },
    error: outer.error,
  };
}

/** The client speaks the Responses API, the backend Anthropic messages. */
export const responsesOverMessages: Translation = compose(responsesOverChat, chatOverMessages);

/**
 * The translation between what the client called and what the backend speaks; undefined when none is needed.
 * @param responses how a backend of the OpenAI format serves the Responses API.
 */
export function translationFor(
  client: Api,
  backend: "auto" | "openai" | "anthropic" | "custom",
  responses: "native" | "chat",
): Translation | undefined {
  if (backend === "anthropic") {
    return client === "openai-chat" ? chatOverMessages : client === "openai-responses" ? responsesOverMessages : undefined;
  }
  if (backend === "openai" && client === "anthropic-messages") return messagesOverChat;
  return backend !== "custom" && client === "openai-responses" && responses === "chat" ? responsesOverChat : undefined;
}

export type { AnswerFacts, StreamTranslator, TranslatedRequest, Translation } from "./types.ts";
