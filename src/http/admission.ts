/** Takes a reservation for a request, or refuses it. */
import type { DecodedRequest } from "../formats/types.ts";
import { ASSUMED_COMPLETION_TOKENS, countPromptTokens, estimateTokens } from "../limits/tokens.ts";
import { LimitStoreError } from "../limits/types.ts";
import { clientLeft, GatewayError } from "./errors.ts";
import type { Exchange } from "./exchange.ts";

/** True where a limit on tokens holds for the request, so that they are to be counted well. */
export function countsTokens({ lease, keyLimits }: Exchange): boolean {
  return lease!.runtime.config.rateLimit.tokensPerMinute !== undefined || keyLimits?.limits.tokensPerMinute !== undefined;
}

/**
 * Counts the prompt. @returns what to reserve: the prompt, and of an answer's `max_tokens` the configured share.
 * @param answers The answer is generated text (not embeddings).
 */
export function expectedTokens({ texts, model, maxTokens, choices }: DecodedRequest, answers: boolean, exchange: Exchange): number {
  const { rateLimit: { maxTokensShare }, modelAliases } = exchange.lease!.runtime.config;
  if (countsTokens(exchange)) {
    exchange.countedModel = Object.hasOwn(modelAliases, model) ? modelAliases[model]! : model;
    exchange.promptTokens = countPromptTokens(texts.map(({ text }) => text), exchange.countedModel);
  } else exchange.promptTokens = texts.reduce((sum, { text }) => sum + estimateTokens(text), 0);
  if (!answers) return exchange.promptTokens;
  return exchange.promptTokens + Math.ceil((maxTokens === undefined ? ASSUMED_COMPLETION_TOKENS : maxTokens * maxTokensShare) * choices);
}

/**
 * Puts the request before the limits of its tenant and key, and lets it wait where the tenant has a queue.
 * @throws {GatewayError} 429; 503 when the limits cannot be counted; 499 when the client left while it waited.
 */
export async function admit(exchange: Exchange, tokens: number, signal: AbortSignal): Promise<void> {
  const { limiter, id } = exchange.lease!.runtime;
  let admission;
  try {
    const admitted = limiter.admit({ tokens, key: exchange.keyLimits, signal }, Date.now());
    if (admitted instanceof Promise) {
      const asked = performance.now();
      admission = await admitted;
      exchange.admissionMs = performance.now() - asked;
    } else admission = admitted;
  } catch (error) {
    if (signal.aborted) throw clientLeft();
    if (!(error instanceof LimitStoreError)) throw error;
    throw new GatewayError(503, "overloaded", "limits_unavailable", `The limits of tenant "${id}" cannot be counted now; try again later`, {
      headers: { "Retry-After": "1" },
      cause: error,
    });
  }
  exchange.limitHeaders = admission.headers;
  if (!admission.admitted) {
    exchange.limited = admission.limit;
    throw new GatewayError(429, "rate_limit_exceeded", "rate_limit_exceeded", admission.message);
  }
  exchange.reservation = admission.reservation;
}
