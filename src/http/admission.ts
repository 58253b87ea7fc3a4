/** Takes a reservation for a request, or refuses it. */
import type { Api, DecodedRequest } from "../formats/types.ts";
import { ASSUMED_COMPLETION_TOKENS, countPromptTokens, estimateTokens } from "../limits/tokens.ts";
import { LimitStoreError } from "../limits/types.ts";
import type { UsageAccount } from "../usage/account.ts";
import type { BudgetLevel } from "../usage/budget_book.ts";
import { clientLeft, GatewayError } from "./errors.ts";
import type { Exchange } from "./exchange.ts";

/** True where a limit on tokens or a budget holds for the request, so that they are to be counted well. */
export function countsTokens({ lease, keyLimits, keyBudget }: Exchange): boolean {
  const { rateLimit, budget } = lease!.runtime.config;
  return rateLimit.tokensPerMinute !== undefined || keyLimits?.limits.tokensPerMinute !== undefined || budget !== undefined ||
    keyBudget !== undefined;
}

/**
 * Counts the prompt. @returns what to reserve: the prompt, and of an answer's `max_tokens` the configured share.
 * @param api Undefined where no text is generated (embeddings).
 */
export function expectedTokens({ texts, model, maxTokens, choices }: DecodedRequest, api: Api | undefined, exchange: Exchange): number {
  const { rateLimit: { maxTokensShare }, modelAliases } = exchange.lease!.runtime.config;
  if (countsTokens(exchange)) {
    exchange.countedModel = Object.hasOwn(modelAliases, model) ? modelAliases[model]! : model;
    exchange.promptTokens = countPromptTokens(texts.map(({ text }) => text), exchange.countedModel, isChat(api));
  } else exchange.promptTokens = texts.reduce((sum, { text }) => sum + estimateTokens(text), 0);
  if (api === undefined) return exchange.promptTokens;
  return exchange.promptTokens + Math.ceil((maxTokens === undefined ? ASSUMED_COMPLETION_TOKENS : maxTokens * maxTokensShare) * choices);
}

function isChat(api: Api | undefined): boolean {
  return api !== undefined && api !== "openai-completions";
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

/** Puts the request before the budgets of its tenant and key. @throws {GatewayError} 429 `budget_exceeded` until the day or month ends. */
export function spend(exchange: Exchange, tokens: number, book: UsageAccount["book"]): void {
  const { id, config: { budget } } = exchange.lease!.runtime;
  const { keyId, keyBudget } = exchange;
  if (budget === undefined && keyBudget === undefined) return;
  const nowMs = Date.now();
  const verdict = book.admit({ tenant: id, tenantBudget: budget, keyId, keyBudget }, tokens, nowMs);
  if (verdict.admitted) {
    exchange.releaseBudget = verdict.release;
    if (verdict.nearest !== undefined) exchange.budgetWarning = warning(verdict.nearest);
    return;
  }
  const { whose, window, limit, endsAtMs } = verdict.exceeded;
  exchange.limited = `${whose === "key" ? "key_" : ""}budget_${window}`;
  exchange.budgetWarning = warning(verdict.exceeded);
  const message = `The ${whose === "key" ? "key" : "tenant"}'s budget of ${limit} tokens a ${window} is used up; a new ${window} begins ${
    new Date(endsAtMs).toISOString()
  }`;
  throw new GatewayError(429, "rate_limit_exceeded", "budget_exceeded", message, {
    headers: {
      "Retry-After": String(Math.max(1, Math.ceil((endsAtMs - nowMs) / 1000))),
      // Official SDKs try a 429 again at once otherwise, where the wait is longer than a minute.
      "X-Should-Retry": "false",
    },
  });
}

/** `tenant; window=day; used=812; limit=1000; reset=1764201600` (Unix seconds). */
function warning({ whose, window, used, limit, endsAtMs }: BudgetLevel): string {
  return `${whose}; window=${window}; used=${used}; limit=${limit}; reset=${Math.floor(endsAtMs / 1000)}`;
}
