/**
 * Puts a translation between the gateway and its backend: the request goes out in the backend's API, and its answer arrives as if the
 * backend spoke the client's. Guards therefore see one text, in the client's format, whatever the pair.
 */
import { SseReader } from "../formats/sse.ts";
import type { AnswerFacts, Translation } from "../formats/translate/mod.ts";
import type { Api } from "../formats/types.ts";
import { ANTHROPIC_VERSION } from "../upstream/target.ts";
import { type BackendAnswer, BackendError, type ByteSource, type TargetApi } from "../upstream/types.ts";

/** Headers that belong to one provider's API or its SDK. */
const OF_ONE_API = /^(anthropic-|openai-|x-stainless-)/;

/** The client's headers for a backend of another API: its credential moves to where that API looks for it. */
export function translatedHeaders(headers: Headers, { backend }: Pick<Translation, "backend">): Headers {
  const out = movedHeaders(headers, backend);
  out.set("content-type", "application/json");
  return out;
}

/**
 * The headers of a call that no translation covers (models, files) for a target of a known format: a client of the other API, told by the
 * version that Anthropic's always send, has its credential moved.
 */
export function throughHeaders(headers: Headers, format: TargetApi["format"]): Headers {
  const ofAnthropic = headers.has("anthropic-version");
  if (format === "openai" && ofAnthropic) return movedHeaders(headers, "openai-chat");
  if (format !== "anthropic" || ofAnthropic) return headers;
  const out = movedHeaders(headers, "anthropic-messages");
  out.set("anthropic-version", ANTHROPIC_VERSION);
  return out;
}

function movedHeaders(headers: Headers, backend: Api): Headers {
  const out = new Headers();
  for (const [name, value] of headers) if (!OF_ONE_API.test(name)) out.set(name, value);
  const bearer = /^bearer\s+(.+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  const key = headers.get("x-api-key");
  if (backend === "anthropic-messages" && bearer !== undefined && key === null) {
    out.delete("authorization");
    out.set("x-api-key", bearer);
  } else if (backend !== "anthropic-messages" && key !== null && bearer === undefined) {
    out.delete("x-api-key");
    out.set("authorization", `Bearer ${key}`);
  }
  return out;
}

export interface TranslationLimits {
  /** Largest answer in one piece; bytes. */
  readonly maxAnswerBytes: number;
  /** Largest event of a stream; bytes. */
  readonly maxEventBytes: number;
}

/** The answer in the client's API. What cannot be read breaks the answer off, never passes through. */
export function translatedAnswer(
  answer: BackendAnswer,
  translation: Translation,
  facts: AnswerFacts,
  limits: TranslationLimits,
): BackendAnswer {
  const headers = new Map(answer.headers);
  headers.delete("content-length");
  // Each SDK reads the provider's id of the request, which its support asks for, from a header of its own.
  const [own, theirs] = translation.client === "anthropic-messages" ? ["request-id", "x-request-id"] : ["x-request-id", "request-id"];
  const id = headers.get(theirs);
  if (id !== undefined && !headers.has(own)) headers.set(own, id);
  if (answer.status >= 400) {
    headers.set("content-type", "application/json");
    return { ...answer, headers, body: whole(answer.body, limits.maxAnswerBytes, (text) => translation.error(text, answer.status)) };
  }
  if (/^text\/event-stream\b/i.test(headers.get("content-type") ?? "")) {
    return { ...answer, headers, body: streamed(answer.body, translation, facts, limits.maxEventBytes) };
  }
  return { ...answer, headers, body: whole(answer.body, limits.maxAnswerBytes, (text) => translation.answer(text, facts)) };
}

function unreadable(cause: unknown): BackendError {
  return new BackendError("broken", cause instanceof Error ? cause.message : "The backend's answer cannot be translated", { cause });
}

/** All of a source but its bytes. */
function controlsOf(source: ByteSource): Omit<ByteSource, "start"> {
  return { pause: () => source.pause(), resume: () => source.resume(), cancel: () => source.cancel() };
}

/** Collects a body and hands it on in one piece. */
function whole(source: ByteSource, maxBytes: number, translate: (text: string) => string): ByteSource {
  return {
    ...controlsOf(source),
    start(sink) {
      const decoder = new TextDecoder();
      let text = "";
      let bytes = 0;
      source.start({
        data(part) {
          bytes += part.byteLength;
          if (bytes > maxBytes) {
            source.cancel();
            sink.error(
              new BackendError("broken", `The backend answered more than ${maxBytes} bytes in one piece; ask for a stream instead`),
            );
          } else text += decoder.decode(part, { stream: true });
        },
        end() {
          let out: string;
          try {
            out = translate(text + decoder.decode());
          } catch (error) {
            return sink.error(unreadable(error));
          }
          sink.data(new TextEncoder().encode(out));
          sink.end();
        },
        error: (cause) => sink.error(cause),
      });
    },
  };
}

function streamed(source: ByteSource, translation: Translation, facts: AnswerFacts, maxEventBytes: number): ByteSource {
  return {
    ...controlsOf(source),
    start(sink) {
      const reader = new SseReader({ maxEventBytes });
      const translator = translation.stream(facts);
      let broken = false;
      /** Runs once per network read: whatever events it completed, then one hand-over each. */
      const attempt = (step: () => void) => {
        if (broken) return;
        try {
          step();
        } catch (error) {
          broken = true;
          source.cancel();
          sink.error(unreadable(error));
        }
      };
      const pass = (bytes: Uint8Array) => {
        if (bytes.length > 0) sink.data(bytes);
      };
      source.start({
        data: (bytes) =>
          attempt(() => {
            for (const event of reader.push(bytes)) pass(translator.push(event));
          }),
        end: () =>
          attempt(() => {
            for (const event of reader.finish()) pass(translator.push(event));
            pass(translator.finish());
            sink.end();
          }),
        error: (cause) => {
          if (!broken) sink.error(cause);
        },
      });
    },
  };
}
