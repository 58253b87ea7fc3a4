/**
 * One call to a tenant's backends: the targets of the first choice with their retries, then each fallback in order, until one answers or time
 * is up. All of it happens before the client received a byte.
 */
import { framingOf, StreamBeginning } from "../formats/mod.ts";
import { type BegunStream, discard, whole, withBeginning } from "./held_answer.ts";
import { isFailure, problemOfStatus, retryAfterMs, retryDelayMs, worthRetrying } from "./retry.ts";
import { choose } from "./spread.ts";
import { type BackendDeps, CallError, type ClientsOwn, type Target, type TargetAnswer, type Turn } from "./target.ts";
import { type BackendAnswer, BackendError, type BackendRequest, type ByteSource, type Try, type Wire } from "./types.ts";

/** Equal targets, or one fallback. */
export interface Tier {
  /** Told to clients when it is a fallback. */
  readonly name: string;
  readonly targets: readonly Target[];
}

export interface SendOptions {
  /** The first choice, then fallbacks in order. */
  readonly tiers: readonly Tier[];
  /** Bound on everything until the answer begins, and on whole answers until they end; milliseconds. */
  readonly timeoutMs: number;
  /** Tries after the first one, per tier. */
  readonly retryAttempts: number;
  readonly retryDelayMs: number;
  /** Client headers that stay here (the tenant header). */
  readonly droppedHeaders: readonly string[];
}

/** An answer is a stream of events, not one document. */
export function isStream(headers: ReadonlyMap<string, string>): boolean {
  const type = headers.get("content-type") ?? "";
  return /^text\/event-stream\b/i.test(type) || framingOf(type) === "ndjson";
}

/** What one target made of a call. */
type Outcome =
  | { readonly kind: "answered"; readonly target: Target; readonly answer: TargetAnswer }
  /** An error answer that another backend may better; passes to the client when none does. */
  | { readonly kind: "unwilling"; readonly target: Target; readonly answer: TargetAnswer; readonly problem: string }
  | { readonly kind: "failed"; readonly target: Target; readonly error: CallError }
  /** Nobody was asked. */
  | { readonly kind: "closed"; readonly reason: "circuit_open" | "unhealthy" };

type Failure = Exclude<Outcome, { kind: "answered" }>;
type Tried = Exclude<Failure, { kind: "closed" }>;

/** Makes one call. @throws {BackendError} when nobody answered. */
export async function send(request: BackendRequest, signal: AbortSignal, options: SendOptions, deps: BackendDeps): Promise<BackendAnswer> {
  const sending = new Sending(request, signal, options, deps);
  return await sending.walk(false) ?? await sending.walk(true) ?? sending.giveUp();
}

class Sending {
  readonly #tries: Try[] = [];
  readonly #deadlineMs: number;
  /** The last error answer, for the client when nobody does better. */
  #unwilling: BackendAnswer | undefined;
  /** Not to be asked again: they may still be working on it (and be paid for it), or cannot be called at all. */
  readonly #spent = new Set<Target>();
  #error: BackendError | undefined;
  /** Why the first choice did not answer. */
  #reason: string | undefined;
  #waitMs = Infinity;
  readonly #client: ClientsOwn;

  constructor(readonly request: BackendRequest, readonly signal: AbortSignal, readonly options: SendOptions, readonly deps: BackendDeps) {
    this.#deadlineMs = deps.now() + options.timeoutMs;
    this.#client = { droppedHeaders: options.droppedHeaders, isGatewayKey: request.isGatewayKey };
  }

  /**
   * Asks tier after tier. The last resort, when there was no answer at all, is to ask everybody once more: one that failed too often and a
   * health check that is wrong must not take a service down while the others are gone, and who was away may be back.
   * @returns undefined when none answered.
   */
  async walk(lastResort: boolean): Promise<BackendAnswer | undefined> {
    const tiers = this.request.kind === "through" ? this.options.tiers.slice(0, 1) : this.options.tiers;
    const alone = tiers.length === 1 && tiers[0]!.targets.length === 1 && tiers[0]!.targets[0]!.healthy;
    if (lastResort && (alone || this.#unwilling !== undefined || this.signal.aborted || this.#leftMs() <= 0)) return undefined;
    for (const [index, tier] of tiers.entries()) {
      const isFallback = index > 0;
      const wire = this.request.wire(tier.targets[0]!.options.api, isFallback);
      if (wire === undefined) continue;
      const outcome = await (lastResort ? this.#tryAll(tier, wire) : this.#tryTier(tier, wire, index + 1 < tiers.length));
      const answer = outcome.kind === "answered" || outcome.kind === "unwilling"
        ? this.#asAnswer(outcome, isFallback, tier.name)
        : undefined;
      if (outcome.kind === "answered") {
        if (this.#unwilling !== undefined) discard(this.#unwilling.body);
        return answer;
      }
      if (answer !== undefined) {
        if (this.#unwilling !== undefined) discard(this.#unwilling.body);
        this.#unwilling = answer;
      }
      if (outcome.kind === "failed") this.#error = outcome.error.problem;
      this.#reason ??= reasonOf(outcome);
      if (this.signal.aborted || this.#leftMs() <= 0) break;
    }
    return undefined;
  }

  /** What the client gets when nobody answered. @throws {BackendError} when that is no answer at all. */
  giveUp(): BackendAnswer {
    if (this.#unwilling !== undefined && !this.signal.aborted) return { ...this.#unwilling, tries: this.#tries };
    if (this.#unwilling !== undefined) discard(this.#unwilling.body);
    const tries = this.#tries;
    if (this.#error === undefined) {
      const retryAfterMs = Number.isFinite(this.#waitMs) ? this.#waitMs : 1000;
      throw new BackendError("unavailable", "The backend failed too often and is left alone for a moment; try again", {
        tries,
        retryAfterMs,
      });
    }
    throw new BackendError(this.#error.kind, this.#error.message, { cause: this.#error.cause, tries });
  }

  async #tryTier({ targets }: Tier, wire: Wire, moreTiers: boolean): Promise<Outcome> {
    const tried = new Set<Target>();
    let last: Tried | undefined;
    for (let attempt = 1;; attempt++) {
      const open = targets.filter((target) => target.allows && target.healthy && !this.#spent.has(target));
      const fresh = choose(open.filter((target) => !tried.has(target)));
      const other = fresh ?? choose(open.filter((target) => target !== last?.target));
      if (last !== undefined && !await this.#mayRepeat(last, fresh, other, attempt - 1, moreTiers)) return last;
      const target = other ?? last?.target;
      const turn = target?.begin(false);
      if (target === undefined || turn === undefined) return last ?? this.#closed(targets);
      if (last === undefined) target.budget.called();
      else if (last.kind === "unwilling") discard(last.answer.body);
      tried.add(target);
      const outcome = await this.#tryTarget(target, turn, wire);
      if (outcome.kind === "answered" || attempt > this.options.retryAttempts || this.signal.aborted) return outcome;
      last = outcome;
    }
  }

  /** Each target once, whatever its circuit and health; the one that answers, or the last failure. */
  async #tryAll({ targets }: Tier, wire: Wire): Promise<Outcome> {
    let last: Tried | undefined;
    for (const target of targets) {
      if (this.#spent.has(target) || this.signal.aborted || this.#leftMs() <= 0) continue;
      if (last?.kind === "unwilling") discard(last.answer.body);
      const outcome = await this.#tryTarget(target, target.begin(true)!, wire);
      if (outcome.kind === "answered") return outcome;
      last = outcome;
    }
    return last ?? this.#closed(targets);
  }

  /**
   * Whether a tier is asked once more, on a target that was not asked yet (`fresh`), on another one than last time, or on the same; waits as
   * long as that takes.
   */
  async #mayRepeat(
    last: Tried,
    fresh: Target | undefined,
    other: Target | undefined,
    attempt: number,
    moreTiers: boolean,
  ): Promise<boolean> {
    const unsent = last.kind === "failed" && last.error.phase === "connect";
    const { headers, status } = last.kind === "unwilling" ? last.answer : { headers: undefined, status: 0 };
    if (this.request.kind === "through" && !isIdempotent(this.request.method) && !unsent && status !== 429 && status !== 503) return false;
    // Nothing answered there, so asking another target adds no load; asking one more after an answer may.
    if (fresh !== undefined) return last.kind === "failed" || fresh.budget.take();
    let askedMs: number | undefined;
    if (other === undefined) {
      if (this.#spent.has(last.target)) return false;
      if (headers?.get("x-should-retry")?.toLowerCase() === "false") return false;
      askedMs = headers === undefined ? undefined : retryAfterMs(headers, Date.now());
      // A backend that says when to come back is left alone while there is another one.
      if (moreTiers && askedMs !== undefined) return false;
    }
    const waitMs = retryDelayMs({ attempt, baseMs: this.options.retryDelayMs, askedMs, random: this.deps.random });
    if (waitMs === undefined || waitMs >= this.#leftMs() || !(other ?? last.target).budget.take()) return false;
    await this.deps.sleep(waitMs, this.signal);
    return !this.signal.aborted;
  }

  async #tryTarget(target: Target, turn: Turn, wire: Wire): Promise<Exclude<Outcome, { kind: "closed" }>> {
    const { request, signal, deps } = this;
    const started = deps.now();
    const note = (problem: string | undefined) =>
      this.#tries.push({ backend: target.options.label, ms: headersMs ?? deps.now() - started, problem });
    const unwilling = (answer: TargetAnswer, problem: string): Outcome & { kind: "unwilling" } => {
      note(problem);
      return { kind: "unwilling", target, answer, problem };
    };
    let headersMs: number | undefined;
    try {
      const answer = await target.call(request.method, wire, Math.max(1, this.#leftMs()), this.#client, signal);
      headersMs = deps.now() - started;
      const body = counted(answer.body, turn);
      if (worthRetrying(answer.status)) {
        if (isFailure(answer.status)) turn.permit.failed();
        else turn.permit.succeeded();
        return unwilling({ ...answer, body }, problemOfStatus(answer.status));
      }
      const committed = answer.status < 400 && request.kind === "prompt"
        ? await this.#commit({ ...answer, body }, target)
        : { source: body, beginning: "begun" };
      const settled = { ...answer, body: committed.source };
      if (committed.beginning === "failed") {
        turn.permit.failed();
        return unwilling(settled, "error_event");
      }
      turn.permit.succeeded();
      note(undefined);
      return { kind: "answered", target, answer: settled };
    } catch (error) {
      const failure = error instanceof CallError ? error : new CallError(error as BackendError, "body");
      if (signal.aborted || failure.problem.kind === "configuration" || failure.problem.kind === "refused") turn.permit.dropped();
      else turn.permit.failed();
      turn.over();
      const { kind } = failure.problem;
      if (kind === "configuration" || kind === "refused" || (kind === "timeout" && failure.phase !== "connect")) this.#spent.add(target);
      if (!signal.aborted) note(kind);
      return { kind: "failed", target, error: failure };
    }
  }

  async #commit(answer: TargetAnswer, target: Target): Promise<BegunStream> {
    const { request: { holdMs, maxAnswerBytes }, signal } = this;
    const host = new URL(target.options.url).host;
    if (isStream(answer.headers)) {
      const judge = new StreamBeginning(framingOf(answer.headers.get("content-type") ?? ""));
      return await withBeginning(answer.body, judge, Math.min(holdMs, this.#leftMs()), host, signal);
    }
    return { source: await whole(answer.body, maxAnswerBytes, this.#leftMs(), host, signal), beginning: "begun" };
  }

  #asAnswer({ target, answer }: Extract<Outcome, { answer: TargetAnswer }>, isFallback: boolean, name: string): BackendAnswer {
    return {
      ...answer,
      backend: target.options.label,
      target: target.options.api,
      tries: this.#tries,
      fallback: isFallback ? { name, reason: this.#reason ?? "not_translatable" } : undefined,
    };
  }

  #closed(targets: readonly Target[]): Outcome {
    this.#waitMs = Math.min(this.#waitMs, ...targets.map(({ waitMs }) => waitMs));
    return { kind: "closed", reason: targets.some(({ allows }) => allows) ? "unhealthy" : "circuit_open" };
  }

  #leftMs(): number {
    return this.#deadlineMs - this.deps.now();
  }
}

function reasonOf(failure: Failure): string {
  if (failure.kind === "closed") return failure.reason;
  return failure.kind === "failed" ? failure.error.problem.kind : failure.problem;
}

/** What may be sent twice without doing twice (RFC 9110, 9.2.2). */
function isIdempotent(method: string): boolean {
  return ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"].includes(method);
}

/** Keeps the call counted as under way until its body is over, and tells the breaker when it broke. */
function counted(source: ByteSource, { permit, over }: Turn): ByteSource {
  return {
    start: (sink) =>
      source.start({
        data: (bytes) => sink.data(bytes),
        end() {
          over();
          sink.end();
        },
        error(cause) {
          over();
          permit.failed();
          sink.error(cause);
        },
      }),
    pause: () => source.pause(),
    resume: () => source.resume(),
    cancel() {
      over();
      source.cancel();
    },
  };
}
