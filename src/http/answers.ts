/** The three ways an answer reaches the client: guarded as it streams, guarded whole, or as it is. */
import { readerFor } from "../formats/mod.ts";
import type { DecodedAnswer, DecodedRequest, StreamFormat } from "../formats/types.ts";
import { guardAnswer } from "../guard/answer.ts";
import { EgressGuard } from "../guard/egress.ts";
import { MidstreamGuard } from "../guard/midstream.ts";
import { type BackendAnswer, BackendError } from "../upstream/types.ts";
import { passThrough, readAnswer } from "./body.ts";
import { auditUnavailable, clientLeft, GatewayError, guardUnavailable } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import { channelFilter, guardContext, type GuardSetup } from "./guarding.ts";
import { answerHeaders, decisionComment, gatewayHeaders } from "./headers.ts";
import type { ProxyDeps } from "./proxy.ts";
import { keepsText } from "./rule_events.ts";
import { StreamResponse } from "./stream_response.ts";

/** What every kind of answer needs. */
export interface AnswerContext {
  readonly exchange: Exchange;
  readonly deps: ProxyDeps;
}

/** Bytes queued for a slow client before its backend is no longer read. */
const CLIENT_QUEUE_BYTES = 1 << 16;

/** Guards events as they come; runs once per network read. */
export function streamedAnswer(
  answer: BackendAnswer,
  format: StreamFormat,
  prompt: DecodedRequest,
  setup: GuardSetup,
  { exchange, deps: { recorder, inFlight, limits } }: AnswerContext,
): Response {
  const tenant = exchange.lease!.runtime;
  const keepOutput = keepsText(tenant, "output");
  const { raw } = tenant.config.audit;
  const egress = tenant.plans.egress.idle ? undefined : new EgressGuard(tenant.plans.egress, guardContext(setup, "egress"), true);
  const guard = new MidstreamGuard({
    format,
    codec: format.open({ model: prompt.model, includeUsage: prompt.includeUsage, usageAdded: exchange.askedUsage }),
    reader: readerFor(format, { maxEventBytes: limits.maxEventBytes }),
    plan: tenant.plans.midstream,
    context: guardContext(setup, "midstream"),
    guards: channelFilter(tenant.config.pipeline.midstream.channels),
    choices: prompt.choices,
    maxHeldBytes: 4 * limits.maxEventBytes,
    egress,
    onText: (_choice, _channel, text) => {
      exchange.sawOutput(text);
      if (keepOutput && !raw) exchange.keepOutput(setup.pseudonyms.hideKnown(text));
    },
    ...(keepOutput && raw && { onSource: (text: string) => exchange.keepOutput(text) }),
    countUsage: () => ({ promptTokens: exchange.promptTokens, completionTokens: exchange.answerTokens.count(exchange.countedModel) }),
  });
  exchange.status = answer.status;
  const response = new StreamResponse(answer.body, guard, {
    highWaterMark: CLIENT_QUEUE_BYTES,
    keepAliveMs: limits.keepAliveMs,
    splitAfterMs: limits.splitAfterMs,
    comments: format.framing === "sse",
    trailer: () => {
      exchange.stops.push(...guard.stops.values());
      return format.framing === "sse" ? decisionComment(exchange) : new Uint8Array();
    },
    onEnd: async (end) => {
      exchange.usage = guard.usage;
      exchange.usageStale = guard.usageStale;
      if (end === "backend_failed") exchange.backendError ??= "broken";
      exchange.phaseMs.midstream = response.guardMs - (egress?.busyMs ?? 0);
      if (egress !== undefined) exchange.phaseMs.egress = egress.busyMs;
      await recorder.finish(exchange, end);
    },
  });
  setup.wake.listen(() => response.wake());
  inFlight.streaming(exchange, response);
  const headers = answerHeaders(answer, gatewayHeaders(exchange), { streamed: true, changed: true });
  return new Response(response.body, { status: answer.status, headers });
}

/** Guards an answer that comes in one piece. @throws {GatewayError} when it cannot be read or a guard fails closed. */
export async function wholeAnswer(
  answer: BackendAnswer,
  format: StreamFormat,
  setup: GuardSetup,
  { exchange, deps: { recorder, limits } }: AnswerContext,
): Promise<Response> {
  const tenant = exchange.lease!.runtime;
  const bytes = await readWhole(answer, limits.maxAnswerBytes, setup.signal, exchange);
  const decoded = decodeAnswer(answer, format, bytes, exchange);
  exchange.usage = decoded.usage;
  const keepOutput = keepsText(tenant, "output");
  const { raw } = tenant.config.audit;
  const egress = tenant.plans.egress.idle ? undefined : new EgressGuard(tenant.plans.egress, guardContext(setup, "egress"), false);
  const started = performance.now();
  const guarded = await guardAnswer(decoded, {
    format,
    plan: tenant.plans.midstream,
    context: guardContext(setup, "midstream"),
    guards: channelFilter(tenant.config.pipeline.midstream.channels),
    egress,
    onText: (_choice, _channel, text) => {
      exchange.sawOutput(text);
      if (keepOutput && !raw) exchange.keepOutput(setup.pseudonyms.hideKnown(text));
    },
  }, () => setup.wake.next());
  if (keepOutput && raw) { for (const { text } of decoded.texts) exchange.keepOutput(text); }
  exchange.phaseMs.midstream = performance.now() - started - (egress?.busyMs ?? 0);
  if (egress !== undefined) exchange.phaseMs.egress = egress.busyMs;
  if (guarded.failed !== undefined) throw guardUnavailable(guarded.failed);
  exchange.stops.push(...guarded.stops.values());
  exchange.status = answer.status;
  const own = gatewayHeaders(exchange);
  const recorded = await recorder.finish(exchange, guarded.stops.size > 0 ? "stopped" : "complete");
  if (!recorded && tenant.config.audit.onError === "closed") throw auditUnavailable(tenant.id, tenant.audit?.failure ?? null);
  // What is left is known to the token by now.
  const headers = answerHeaders(answer, { ...own, ...exchange.limitHeaders }, { streamed: false, changed: guarded.body !== undefined });
  return new Response(guarded.body ?? new Uint8Array(bytes), { status: answer.status, headers });
}

/** An answer whose text no policy covers (errors of the backend, other APIs), as it comes. */
export function unguardedAnswer(answer: BackendAnswer, { exchange, deps: { recorder } }: AnswerContext): Response {
  exchange.status = answer.status;
  const headers = answerHeaders(answer, gatewayHeaders(exchange), { streamed: false, changed: false });
  const body = passThrough(answer.body, async (end) => void await recorder.finish(exchange, end));
  return new Response(body, { status: answer.status, headers });
}

async function readWhole(answer: BackendAnswer, maxBytes: number, signal: AbortSignal, exchange: Exchange): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readAnswer(answer.body, maxBytes, signal);
  } catch (error) {
    if (signal.aborted) throw clientLeft();
    if (!(error instanceof BackendError)) throw error;
    exchange.backendError = error.kind;
    throw new GatewayError(error.kind === "timeout" ? 504 : 502, "backend_error", `backend_${error.kind}`, error.message, { cause: error });
  }
  if (bytes === undefined) throw backendAnswered(`more than ${maxBytes} bytes in one piece; ask for a stream instead`);
  return bytes;
}

/** Text that cannot be read cannot be guarded, so it does not pass. */
function decodeAnswer(answer: BackendAnswer, format: StreamFormat, bytes: Uint8Array, exchange: Exchange): DecodedAnswer {
  try {
    return format.decodeAnswer(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    exchange.backendError = "broken";
    const type = (answer.headers.get("content-type") ?? "no content type").slice(0, 60);
    throw backendAnswered(`${type} that is not an answer of the API that was called`, error);
  }
}

function backendAnswered(what: string, cause?: unknown): GatewayError {
  return new GatewayError(502, "backend_error", "backend_answer_unreadable", `The backend answered ${what}`, { cause });
}
