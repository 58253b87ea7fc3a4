/**
 * One request, in one direction: admit, guard the prompt, call the backend, guard the answer, hand it to the client, record.
 * Nothing downstream calls back up; guards return facts and the recorder acts on them.
 */
import { decodeInputRequest, formatFor, framingOf, RequestError } from "../formats/mod.ts";
import type { Api, DecodedRequest } from "../formats/types.ts";
import { guardPrompt } from "../guard/ingress.ts";
import { Pseudonyms } from "../guard/pseudonyms.ts";
import type { Stop } from "../guard/types.ts";
import type { TenantRuntime } from "../tenants/runtime.ts";
import { isStream } from "../upstream/send.ts";
import type { UsageAccount } from "../usage/account.ts";
import { admit, expectedTokens, spend } from "./admission.ts";
import { type AnswerContext, streamedAnswer, unguardedAnswer, wholeAnswer } from "./answers.ts";
import { type BodyLimits, readRequestBytes, readRequestText } from "./body.ts";
import { callThrough, callWithPrompt } from "./calling.ts";
import { auditUnavailable, badRequest, GatewayError, guardUnavailable, invalidRequest } from "./errors.ts";
import type { Exchange } from "./exchange.ts";
import { guardContext, type GuardSetup, templateFor } from "./guarding.ts";
import type { InFlight } from "./in_flight.ts";
import type { Recorder } from "./recorder.ts";
import { keepsText } from "./rule_events.ts";
import { Wake } from "./wake.ts";

/** What the proxy needs beside the tenant. */
export interface ProxyDeps {
  readonly recorder: Recorder;
  readonly inFlight: InFlight;
  readonly usage: UsageAccount;
  readonly limits: ProxyLimits;
}

/** Bounds of `server.*`. */
export interface ProxyLimits {
  readonly body: BodyLimits;
  /** Largest whole (not streamed) answer. */
  readonly maxAnswerBytes: number;
  /** Largest single event of a stream. */
  readonly maxEventBytes: number;
  /** Silence towards a streaming client after which a comment is sent; milliseconds, 0 = never. */
  readonly keepAliveMs: number;
  /** Silence of a backend after which the decided beginning of a waiting event is sent ahead; milliseconds. */
  readonly splitAfterMs: number;
}

/** What a path means to the gateway. */
export type Route =
  | { readonly kind: "guarded"; readonly api: Api }
  /** The answer has no text: embeddings, moderations. */
  | { readonly kind: "prompt_only" }
  | { readonly kind: "through" };

/** Handles one request of one tenant. @throws {GatewayError} for every refusal; the caller renders and records it. */
export async function proxy(request: Request, target: string, route: Route, exchange: Exchange, deps: ProxyDeps): Promise<Response> {
  const tenant = exchange.lease!.runtime;
  requireAudit(tenant);
  if (route.kind === "through") {
    if (request.method !== "GET") spend(exchange, 0, deps.usage.book);
    await admit(exchange, 0, request.signal);
    const body = request.body === null ? undefined : await readRequestBytes(request, deps.limits.body);
    const answer = await callThrough(request, target, body, exchange, deps.limits);
    return unguardedAnswer(answer, { exchange, deps });
  }
  const body = await readJson(request, deps.limits.body);
  const { custom } = tenant.config.streaming;
  const prompt = decode(() => route.kind === "prompt_only" ? decodeInputRequest(body) : formatFor(route.api, custom).decodeRequest(body));
  note(prompt, tenant, exchange);
  const tokens = expectedTokens(prompt, route.kind === "guarded" ? route.api : undefined, exchange);
  spend(exchange, tokens, deps.usage.book);
  await admit(exchange, tokens, request.signal);
  const setup = setUpGuards(tenant, prompt, exchange, request.signal);
  const guarded = await guardIngress(tenant, prompt, setup, exchange) ?? body;
  const api = route.kind === "guarded" ? route.api : undefined;
  const answer = await callWithPrompt(request, target, { prompt, body: guarded, api }, exchange, deps.limits);

  const context: AnswerContext = { exchange, deps };
  if (answer.status >= 400 || route.kind === "prompt_only") return unguardedAnswer(answer, context);
  const format = formatFor(route.api, custom, framingOf(answer.headers.get("content-type") ?? ""));
  if (isStream(answer.headers)) return streamedAnswer(answer, format, prompt, setup, context);
  return await wholeAnswer(answer, format, setup, context);
}

async function readJson(request: Request, limits: BodyLimits): Promise<string> {
  const type = request.headers.get("content-type");
  if (type !== null && !/^application\/([a-z0-9.+-]+\+)?json\b/i.test(type)) {
    throw invalidRequest(`The content type "${type.slice(0, 60)}" is not supported here; send application/json`, { status: 415 });
  }
  return await readRequestText(request, limits);
}

function decode<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof RequestError ? badRequest(error) : error;
  }
}

/** Notes what the client asked for. @throws {GatewayError} when the tenant may not use this model. */
function note(prompt: DecodedRequest, tenant: TenantRuntime, exchange: Exchange): void {
  exchange.model = prompt.model;
  exchange.stream = prompt.stream;
  for (const { text } of prompt.texts) exchange.sawInput(text);
  const refusing = [exchange.allowedModels, tenant.config.allowedModels].find((models) => models?.includes(prompt.model) === false);
  if (refusing === undefined) return;
  throw invalidRequest(`The model "${prompt.model.slice(0, 80)}" is not available here; choose one of ${refusing.join(", ")}`, {
    status: 404,
    code: "model_not_found",
    param: "model",
  });
}

/** @throws {GatewayError} 503 when nothing may happen unrecorded and the audit trail cannot be written. */
function requireAudit({ id, config, audit }: TenantRuntime): void {
  if (config.audit.onError === "open" || audit === undefined || audit.failure === null) return;
  throw auditUnavailable(id, audit.failure);
}

function setUpGuards(tenant: TenantRuntime, prompt: DecodedRequest, exchange: Exchange, signal: AbortSignal): GuardSetup {
  const pseudonyms = new Pseudonyms(() => prompt.texts.map(({ text }) => text));
  const texts = prompt.texts.filter(({ role }) => role !== "system" && role !== "tool_definition");
  const system = prompt.texts.filter(({ role }) => role === "system").map(({ text }) => text).join("\n");
  const input = texts.map(({ text }) => text).join("\n");
  exchange.fill = templateFor(exchange, tenant.id, input);
  return {
    exchange,
    tenant: tenant.id,
    systemPrompt: system === "" ? undefined : system,
    input,
    signal,
    wake: new Wake(),
    pseudonyms,
  };
}

/** Judges the prompt. Returns the body to send when it was rewritten. @throws {GatewayError} when a rule stops it. */
async function guardIngress(
  tenant: TenantRuntime,
  prompt: DecodedRequest,
  setup: GuardSetup,
  exchange: Exchange,
): Promise<string | undefined> {
  const started = performance.now();
  const roles = new Set(tenant.config.pipeline.ingress.roles);
  const result = await guardPrompt(
    prompt.texts,
    roles,
    tenant.plans.ingress,
    (text) => guardContext(setup, "ingress", text),
    () => setup.wake.next(),
  );
  exchange.phaseMs.ingress = performance.now() - started;
  if (keepsText(tenant, "input")) {
    const judged = result.kind === "rewritten" || result.kind === "stopped" ? result.texts : undefined;
    exchange.keepInput(judged === undefined || tenant.config.audit.raw ? prompt.texts.map(({ text }) => text) : hidden(judged, setup));
  }
  switch (result.kind) {
    case "pass":
      return undefined;
    case "rewritten":
      exchange.rewrittenPrompt = true;
      return prompt.rewrite(hidden(result.texts, setup));
    case "failed":
      throw guardUnavailable(result.classifier);
    case "stopped":
      exchange.stops.push(result.stop);
      throw blocked(result.stop, exchange);
  }
}

/** What is hidden in one text of the prompt is hidden in all of them. */
function hidden(texts: readonly string[], { pseudonyms }: GuardSetup): readonly string[] {
  return texts.map((text) => pseudonyms.hideKnown(text));
}

function blocked(stop: Stop, exchange: Exchange): GatewayError {
  const message = stop.message ?? `This request was blocked by the rule "${stop.rule.name}"`;
  const scores = stop.includeScores ? Object.fromEntries(exchange.reports.ingress.maxScores) : undefined;
  return new GatewayError(stop.statusCode, "safety_violation", "POLICY_BLOCK", message, {
    rule: stop.rule.name,
    ...(scores !== undefined && { scores }),
  });
}
