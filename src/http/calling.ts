/** Calls a tenant's backend: the request in the API of whichever target is asked, the answer in the client's. */
import { RequestError, withIncludeUsage, withModel } from "../formats/mod.ts";
import { type TranslatedRequest, type Translation, translationFor } from "../formats/translate/mod.ts";
import type { Api, DecodedRequest } from "../formats/types.ts";
import { type BackendAnswer, BackendError, type BackendRequest, type TargetApi, type Wire } from "../upstream/types.ts";
import { traceparentOf } from "../telemetry/trace_context.ts";
import { countsTokens } from "./admission.ts";
import { badRequest, clientLeft, GatewayError, invalidRequest } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import { throughHeaders, translatedAnswer, translatedHeaders } from "./translated.ts";

/** Bounds of `server.*` that calls go by. */
export interface CallLimits {
  /** Largest whole answer; bytes. */
  readonly maxAnswerBytes: number;
  /** Largest event of a stream; bytes. */
  readonly maxEventBytes: number;
  /** Silence towards a streaming client after which a comment is sent; milliseconds, 0 = never. */
  readonly keepAliveMs: number;
}

/** A prompt that passed its guards. */
export interface GuardedPrompt {
  readonly prompt: DecodedRequest;
  /** As the client sent it, or as the guards rewrote it. */
  readonly body: string;
  /** Undefined for embeddings and moderations. */
  readonly api: Api | undefined;
}

/** Longest wait for a stream's first event before the client hears of it; milliseconds. */
const HOLD_MS = 5000;

/** For backends that count nothing behind an API that always does. */
const CHARS_PER_TOKEN = 4;

/** Sends a prompt. @throws {GatewayError} */
export async function callWithPrompt(
  request: Request,
  target: string,
  { prompt, body, api }: GuardedPrompt,
  exchange: Exchange,
  limits: CallLimits,
): Promise<BackendAnswer> {
  exchange.askedUsage = (api === "openai-chat" || api === "openai-completions") && prompt.stream && !prompt.includeUsage &&
    countsTokens(exchange);
  const asked = exchange.askedUsage ? withIncludeUsage(body) : body;
  const translated = new Map<TargetApi, TranslatedRequest>();
  const wire = (place: TargetApi, isFallback: boolean): Wire | undefined => {
    if (isFallback && !speaks(place, api)) return undefined;
    const translation = translationOf(api, place);
    const model = modelAt(place, prompt.model);
    const own = model === prompt.model ? asked : withModel(asked, model);
    if (translation === undefined) return { path: target, headers: traced(request.headers, exchange), body: own };
    try {
      const theirs = translation.request(own);
      translated.set(place, theirs);
      return { path: translation.path, headers: traced(translatedHeaders(request.headers, translation), exchange), body: theirs.body };
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (isFallback) return undefined;
      throw badRequest(error);
    }
  };
  const answer = await send(request, { kind: "prompt", wire }, exchange, limits);
  const translation = translationOf(api, answer.target);
  if (translation === undefined) return answer;
  const { dropped = [], echo, functions } = translated.get(answer.target) ?? {};
  exchange.untranslated = dropped;
  const facts = {
    id: exchange.requestId,
    model: prompt.model,
    includeUsage: prompt.includeUsage || exchange.askedUsage,
    usageAdded: exchange.askedUsage,
    createdSeconds: Math.floor(exchange.startedAt.getTime() / 1000),
    estimate: { promptTokens: exchange.promptTokens, tokensOf: (chars: number) => Math.ceil(chars / CHARS_PER_TOKEN) },
    ...(echo !== undefined && { echo }),
    ...(functions !== undefined && { functions }),
  };
  return translatedAnswer(answer, translation, facts, limits);
}

/** Sends anything else, as it is. @throws {GatewayError} */
export function callThrough(
  request: Request,
  target: string,
  body: Uint8Array | undefined,
  exchange: Exchange,
  limits: CallLimits,
): Promise<BackendAnswer> {
  return send(
    request,
    { kind: "through", wire: ({ format }) => ({ path: target, headers: traced(throughHeaders(request.headers, format), exchange), body }) },
    exchange,
    limits,
  );
}

/** The backend's part of a trace goes below our call; without one of ours the client's own context passes. */
function traced(headers: Headers, { trace }: Exchange): Headers {
  if (trace === undefined) return headers;
  const own = new Headers(headers);
  own.set("traceparent", traceparentOf(trace));
  return own;
}

async function send(
  request: Request,
  call: Pick<BackendRequest, "kind" | "wire">,
  exchange: Exchange,
  { maxAnswerBytes, keepAliveMs }: CallLimits,
): Promise<BackendAnswer> {
  const started = exchange.backendStartedMs = performance.now();
  try {
    const answer = await exchange.lease!.runtime.backend.send({
      ...call,
      method: request.method,
      requestId: exchange.requestId,
      maxAnswerBytes,
      holdMs: Math.min(HOLD_MS, keepAliveMs === 0 ? HOLD_MS : keepAliveMs),
      isGatewayKey: exchange.isGatewayKey,
    }, request.signal);
    exchange.backendMs = performance.now() - started;
    exchange.backendTries = answer.tries;
    exchange.backendName = answer.backend;
    exchange.fallback = answer.fallback;
    return answer;
  } catch (error) {
    if (request.signal.aborted) throw clientLeft();
    if (!(error instanceof BackendError)) throw error;
    throw backendFailed(error, exchange);
  }
}

function backendFailed(error: BackendError, exchange: Exchange): GatewayError {
  const { tries = [], retryAfterMs } = error.options;
  exchange.backendTries = tries;
  // Tries count their own failures.
  if (tries.length === 0) exchange.backendError = error.kind;
  return new GatewayError(error.kind === "timeout" ? 504 : 502, "backend_error", `backend_${error.kind}`, error.message, {
    ...(retryAfterMs !== undefined && { headers: { "Retry-After": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) } }),
    cause: error,
  });
}

/** The target's name for a model clients ask for. */
function modelAt({ modelAliases }: TargetApi, model: string): string {
  if (Object.hasOwn(modelAliases, model)) return modelAliases[model]!;
  return Object.hasOwn(modelAliases, "*") ? modelAliases["*"]! : model;
}

/** A fallback can be asked, in its own API or a translation. */
function speaks({ format, responses }: TargetApi, api: Api | undefined): boolean {
  if (format !== "anthropic" || api === "anthropic-messages") return true;
  return api !== undefined && translationFor(api, format, responses) !== undefined;
}

/** How a target is spoken to. @throws {GatewayError} when it has nothing like the API that was called. */
function translationOf(api: Api | undefined, { format, responses }: TargetApi): Translation | undefined {
  if (api === undefined) return undefined;
  const translation = translationFor(api, format, responses);
  if (translation === undefined && format === "anthropic" && api !== "anthropic-messages") {
    throw invalidRequest(
      "This tenant's backend speaks Anthropic messages, which has no such API; call /v1/chat/completions, /v1/responses or /v1/messages",
      { status: 404, code: "not_translatable" },
    );
  }
  return translation;
}
