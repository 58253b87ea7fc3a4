/** What classifiers behind a network call have in common: the context they see, time, failure, cache and a fair share per tenant. */
import { z } from "zod";
import { cacheOptions, VerdictCache } from "./cache.ts";
import { systemTimer, type Timer } from "./deadline.ts";
import type { Maybe } from "./maybe.ts";
import { type Classifier, ClassifierError, type ClassifierSession, type Score, type ScoreContext, type Tier } from "./types.ts";

/** `fetch`, as far as classifiers use it. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** What remote classifiers get from outside. */
export interface RemoteDeps {
  /** @default fetch */
  readonly fetch?: Fetch;
  /** @default setTimeout */
  readonly timer?: Timer;
  /** Milliseconds. @default Date.now */
  readonly now?: () => number;
  /** @default Deno.env.get */
  readonly env?: (name: string) => string | undefined;
  /** What paths of models are relative to. @default the working folder */
  readonly folder?: string;
}

/** Keys that every remote definition may have. */
export const remoteKeys = {
  url: z.url({ protocol: /^https?$/, error: "expected an http or https URL" }),
  timeout_ms: z.number().positive().max(600_000).default(2000),
  /** What no answer means here: `open` scores 0, `closed` scores 1. @default the phase's `on_error` decides */
  on_error: z.enum(["open", "closed"]).optional(),
  inference_cache: cacheOptions.default({ enabled: true, max_entries: 10_000, ttl_seconds: 3600 }),
  headers: z.record(z.string(), z.string()).default({}),
  /** Name of the environment variable with the key; sent as `Authorization: Bearer`, or in `api_key_header`. */
  api_key_env: z.string().min(1).optional(),
  api_key_header: z.string().min(1).optional(),
  /** Calls of one tenant under way at once; the ones beyond wait their turn. */
  max_concurrent: z.int().min(1).max(1000).default(8),
  /** Latest text that is sent, context included. UTF-16 units. */
  max_chars: z.int().min(100).max(1_000_000).default(8000),
};
const remoteSchema = z.object(remoteKeys);
export type RemoteOptions = z.infer<typeof remoteSchema>;
/** What every classifier that answers late is bounded by. */
export type CallOptions = Pick<RemoteOptions, "timeout_ms" | "on_error" | "inference_cache" | "max_concurrent" | "max_chars">;

/** Calls that wait for a tenant's turn; more are refused, so that a slow service cannot fill the memory. */
const MAX_WAITING = 1000;

/** Bytes of an answer that are read. */
const MAX_ANSWER_BYTES = 1 << 20;

/** Asks the service about a text. Rejects with any error; `signal` ends it. */
export type Ask = (text: string, context: ScoreContext, signal: AbortSignal) => Promise<Score>;

/** A tenant's calls under way, and those that wait. */
class Turnstile {
  #busy = 0;
  readonly #waiting: (() => void)[] = [];
  constructor(readonly limit: number) {}

  async run<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    if (this.#busy >= this.limit) await this.#turn(signal);
    else this.#busy++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#busy--;
      else next();
    }
  }

  /** Resolves when a place is handed over. */
  #turn(signal: AbortSignal): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) return Promise.reject(new Error("too many calls are waiting"));
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        const at = this.#waiting.indexOf(enter);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(signal.reason);
      };
      this.#waiting.push(enter);
      signal.addEventListener("abort", leave, { once: true });
    });
  }
}

/** A classifier that asks a service, behind a cache. */
export function remoteClassifier(
  description: { readonly name: string; readonly tier: Tier; readonly labels: readonly string[] },
  options: CallOptions,
  ask: Ask,
  deps: RemoteDeps,
): Classifier {
  const cache = new VerdictCache(options.inference_cache, deps.now ?? Date.now);
  const turnstiles = new Map<string, Turnstile>();
  const turnstileOf = (tenant: string) => {
    let turnstile = turnstiles.get(tenant);
    if (turnstile === undefined) turnstiles.set(tenant, turnstile = new Turnstile(options.max_concurrent));
    return turnstile;
  };
  const shared = { name: description.name, options, ask, cache, timer: deps.timer ?? systemTimer };
  return { ...description, open: (context, signal) => new RemoteSession(shared, turnstileOf(context.tenant), context, signal) };
}

interface Shared {
  readonly name: string;
  readonly options: CallOptions;
  readonly ask: Ask;
  readonly cache: VerdictCache;
  readonly timer: Timer;
}

class RemoteSession implements ClassifierSession {
  readonly #segments: string[] = [];

  constructor(readonly shared: Shared, readonly turnstile: Turnstile, readonly context: ScoreContext, readonly signal: AbortSignal) {}

  push(segment: string): Maybe<Score> {
    const { cache } = this.shared;
    const text = this.#window(segment);
    if (text.trim() === "") return { score: 0 };
    const key = VerdictCache.key(this.context.phase, this.context.role ?? "", text);
    const known = cache.get(this.context.tenant, key);
    if (known !== undefined) return known;
    return this.#ask(text).then((score) => {
      cache.set(this.context.tenant, key, score);
      return score;
    }, (error: ClassifierError) => this.#failure(error));
  }

  /** The latest segment with its context, cut at the front to what may be sent. */
  #window(segment: string): string {
    const { contextChunks } = this.context;
    const { max_chars } = this.shared.options;
    this.#segments.push(segment);
    while (contextChunks > 0 && this.#segments.length > contextChunks + 1) this.#segments.shift();
    let text = this.#segments.join("");
    if (text.length > max_chars) {
      text = text.slice(-max_chars);
      // What is cut off here will never be sent again.
      this.#segments.splice(0, this.#segments.length, text);
      if ((text.charCodeAt(0) & 0xfc00) === 0xdc00) text = text.slice(1);
    }
    return text;
  }

  /** One call within the time-out, which counts the wait for a turn, too. */
  #ask(text: string): Promise<Score> {
    const { name, options, ask, timer } = this.shared;
    const ended = new AbortController();
    const signal = AbortSignal.any([this.signal, ended.signal]);
    const late = Promise.withResolvers<never>();
    const cancel = timer(options.timeout_ms, () => {
      late.reject(new ClassifierError(name, "timeout", `no answer within ${options.timeout_ms} ms`));
      ended.abort();
    });
    const answer = this.turnstile.run(signal, () => ask(text, this.context, signal)).catch((error) => {
      if (error instanceof ClassifierError) throw error;
      throw new ClassifierError(name, "error", error instanceof Error ? error.message : "the call failed", { cause: error });
    });
    return Promise.race([answer, late.promise]).finally(cancel);
  }

  #failure(error: ClassifierError): Score {
    const { on_error } = this.shared.options;
    if (on_error === undefined) throw error;
    return { score: on_error === "open" ? 0 : 1, failed: error.kind };
  }
}

/**
 * Posts JSON and returns the answer's JSON. Redirects are not followed: they would take the key along.
 * @throws Error that names the status or the reason, never the text or the key.
 */
export async function postJson(body: unknown, options: RemoteOptions, deps: RemoteDeps, signal: AbortSignal): Promise<unknown> {
  const { url, headers, api_key_env, api_key_header } = options;
  const sent: Record<string, string> = { "content-type": "application/json", accept: "application/json", ...headers };
  if (api_key_env !== undefined) {
    const key = (deps.env ?? Deno.env.get)(api_key_env);
    if (key === undefined) throw new Error(`the environment variable ${api_key_env} is not set`);
    if (api_key_header === undefined) sent.authorization = `Bearer ${key}`;
    else sent[api_key_header.toLowerCase()] = key;
  }
  const call = deps.fetch ?? fetch;
  let response: Response;
  try {
    response = await call(url, { method: "POST", headers: sent, body: JSON.stringify(body), signal, redirect: "manual" });
  } catch {
    // The platform's own message quotes the URL, and URLs carry keys.
    throw new Error("the service cannot be reached");
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`the service answered ${response.status}`);
  }
  const text = await readText(response);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("the service did not answer with JSON");
  }
}

async function readText(response: Response): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "", bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`the service's answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
