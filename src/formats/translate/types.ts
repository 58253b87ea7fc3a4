/** Translation between the API a client calls and the one its backend speaks. Pure: values in, values out. */
import type { JsonObject } from "../json_value.ts";
import type { SseEvent } from "../sse.ts";
import type { Api } from "../types.ts";

/** A request in the backend's API. */
export interface TranslatedRequest {
  readonly body: string;
  /** What the backend's API has no place for and was left out, as JSON paths of the client's body; shown to the client in a header. */
  readonly dropped: readonly string[];
  /** What the client's API repeats of a request in its answer. */
  readonly echo?: JsonObject;
  /** The client speaks of functions, the chat API's deprecated tools, and wants its answer so. */
  readonly functions?: true;
}

/** What a translation must know beside the bytes. */
export interface AnswerFacts {
  /** The answer's id where the backend gives none: the SDKs want it to be unique. */
  readonly id: string;
  /** The model the client asked for, where the backend does not say which one answered. */
  readonly model: string;
  /** A chunk of usage ends a stream. */
  readonly includeUsage: boolean;
  /** Because the gateway asked for it in the client's place. */
  readonly usageAdded?: boolean;
  /** Unix seconds. */
  readonly createdSeconds: number;
  /** Counts where the backend gives none and the client's API demands them: the prompt's tokens, and those of so many characters. */
  readonly estimate: { readonly promptTokens: number; readonly tokensOf: (chars: number) => number };
  /** `TranslatedRequest.echo`. */
  readonly echo?: JsonObject;
  /** `TranslatedRequest.functions`. */
  readonly functions?: true;
}

/** One answer as it streams: the backend's events in, the client's bytes out. */
export interface StreamTranslator {
  /** @throws {BadEventError} when the payload is not an event of the backend's API. */
  push(event: SseEvent): Uint8Array;
  /** What is left when the backend's stream is over. A stream that broke off gets no end: the client's must not look whole. */
  finish(): Uint8Array;
}

/** One pair of APIs. */
export interface Translation {
  /** What the client speaks. */
  readonly client: Api;
  /** What the backend speaks. */
  readonly backend: Api;
  /** Path of the backend's API. */
  readonly path: string;
  /** @throws {RequestError} for what the backend's API cannot express and may not be left out. */
  request(body: string): TranslatedRequest;
  /** A whole answer. @throws {BadEventError} when it is not one of the backend's API. */
  answer(body: string, facts: AnswerFacts): string;
  stream(facts: AnswerFacts): StreamTranslator;
  /** An error answer's body (4xx, 5xx), in the client's envelope; anything that is no error of the backend's API is described. */
  error(body: string, status: number): string;
  /** What the client calls a path of the backend's request; the same when absent. */
  clientPath?(path: string): string;
}
