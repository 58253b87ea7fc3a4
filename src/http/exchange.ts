/** The facts of one request, gathered as it walks through the gateway and read once by the recorder. */
import { createHash, type Hash, randomUUID } from "node:crypto";
import type { Api, Usage } from "../formats/types.ts";
import { type GuardReport, newReport, type Stop } from "../guard/types.ts";
import { AnswerTokens } from "../limits/tokens.ts";
import type { KeyLimits, Reservation } from "../limits/types.ts";
import type { BudgetConfig } from "../config/budget.ts";
import type { Phase } from "../policy/types.ts";
import type { TraceContext } from "../telemetry/trace_context.ts";
import type { Lease } from "../tenants/registry.ts";
import type { FallbackFact, Try } from "../upstream/types.ts";
import type { ShedReason } from "./overload/shedder.ts";

/** How an exchange ended. */
export type Outcome = "complete" | "stopped" | "refused" | "client_left" | "backend_failed" | "guard_failed";

export type Decision = "allow" | "block" | "redact" | "error";

/** Text kept for `include: input/output`; the rest is cut. UTF-16 units. */
const MAX_KEPT_CHARS = 1 << 18;

/** Kept of every answer for `${output}`, which shows less of it. UTF-16 units. */
const MAX_HEAD_CHARS = 256;

/** What a rule's text may say about why it fired. */
export interface FiredRule {
  readonly rule: string;
  readonly classifier?: string;
  readonly score?: number;
}

export class Exchange {
  readonly requestId: string = randomUUID();
  readonly startedMs: number = performance.now();
  readonly startedAt: Date = new Date();
  /** Path without the tenant prefix and query. */
  path: string;
  api: Api | undefined;
  lease: Lease | undefined;
  keyId: string | undefined;
  /** Its place in a trace that is recorded. */
  trace: TraceContext | undefined;
  /** Models the request's key may ask for; undefined = those of its tenant. */
  allowedModels: readonly string[] | undefined;
  /** Limits of the request's key, where it has its own. */
  keyLimits: KeyLimits | undefined;
  model = "";
  stream = false;
  status = 0;
  reservation: Reservation | undefined;
  usage: Usage | undefined;
  /** The gateway asked the backend for a usage chunk that the client did not ask for. */
  askedUsage = false;
  /** Paths of the request that its backend's API has no place for; the client is told. */
  untranslated: readonly string[] = [];
  /** Text came after `usage`: the backend's count of the answer is not its last. */
  usageStale = false;
  /** Tokens of the prompt, counted here before the call. */
  promptTokens = 0;
  /** The model tokens are counted for; "" = by the ratio, where no limit depends on them. */
  countedModel = "";
  /** What the client received. */
  readonly answerTokens: AnswerTokens = new AnswerTokens();
  /** When the backend was called; `performance.now()`. */
  backendStartedMs: number | undefined;
  backendMs: number | undefined;
  backendTries: readonly Try[] = [];
  backendName: string | undefined;
  fallback: FallbackFact | undefined;
  /** Kind of error of the backend that no try tells: nobody was asked, or its answer broke off on the way to the client. */
  backendError: string | undefined;
  /** Tells the gateway's own keys, as they were when the request came. */
  isGatewayKey: (credential: string) => boolean = () => true;
  firstTextMs: number | undefined;
  /** `X-RateLimit-*` of the admission, for every answer from then on. */
  limitHeaders: Readonly<Record<string, string>> = {};
  /** Time until it was admitted or refused, where that took any: in a queue, or in a shared store. */
  admissionMs: number | undefined;
  /** Budget of the key that was used; undefined = none of its own. */
  keyBudget: BudgetConfig | undefined;
  /** Gives back what budgets set aside for this request. */
  releaseBudget: () => void = () => {};
  /** `X-CheckStream-Budget-Warning`, when most of a budget is used. */
  budgetWarning: string | undefined;
  /** What there was too much of, where the request was turned away for it. */
  shed: ShedReason | undefined;
  /** Kind of limit that refused. */
  limited: string | undefined;
  readonly reports: Readonly<Record<Phase, GuardReport>> = { ingress: newReport(), midstream: newReport(), egress: newReport() };
  readonly phaseMs: Partial<Record<Phase, number>> = {};
  /** Rules that stopped the prompt or a choice. */
  readonly stops: Stop[] = [];
  rewrittenPrompt = false;
  /** Fills `${…}` in texts of rules, once the prompt is known. */
  fill: (template: string, fired: FiredRule) => string = (template) => template;
  /** The beginning of the answer, for `${output}`. */
  outputHead = "";
  input = "";
  output = "";
  readonly #inputHash: Hash = createHash("sha256");
  readonly #outputHash: Hash = createHash("sha256");

  constructor(readonly method: string, path: string, readonly remoteAddress: string | undefined) {
    this.path = path;
  }

  /** Text of the prompt as the client sent it. */
  sawInput(text: string): void {
    this.#inputHash.update(text);
  }

  /** Keeps the prompt for the audit trail. */
  keepInput(texts: readonly string[]): void {
    this.input = texts.join("\n").slice(0, MAX_KEPT_CHARS);
  }

  /** Keeps a piece of the answer for the audit trail. */
  keepOutput(text: string): void {
    if (this.output.length < MAX_KEPT_CHARS) this.output += text;
  }

  /** Text that the client receives. */
  sawOutput(text: string): void {
    this.firstTextMs ??= performance.now() - this.startedMs;
    this.answerTokens.push(text);
    this.#outputHash.update(text);
    if (this.outputHead.length < MAX_HEAD_CHARS) this.outputHead += text.slice(0, MAX_HEAD_CHARS);
  }

  /** SHA-256, hex; ends the hashes, so call once. */
  hashes(): { input: string; output: string } {
    return { input: this.#inputHash.digest("hex"), output: this.#outputHash.digest("hex") };
  }

  /** What was decided so far; `error` when the gateway or backend failed before a decision reached the client. */
  decision(): Decision {
    if (this.stops.length > 0) return "block";
    if (this.rewrittenPrompt || this.reports.midstream.redactedChars > 0 || this.reports.egress.redactedChars > 0) return "redact";
    if (this.status >= 500 && this.reports.ingress.findings.length === 0) return "error";
    return "allow";
  }

  /** Names of the rules that fired in enforce mode, each once, at most `most`. */
  rules(most = 20): string[] {
    const names = new Set<string>();
    for (const report of Object.values(this.reports)) {
      for (const { rule } of report.findings) {
        if (rule.mode === "enforce") names.add(rule.name);
        if (names.size >= most) return [...names];
      }
    }
    return [...names];
  }
}
