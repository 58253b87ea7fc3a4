/** Facts a guard returns. Guards count nothing and log nothing: the recorder acts on these. */
import type { Channel } from "../formats/types.ts";
import type { Action, Phase, RuleRef } from "../policy/types.ts";

/** A rule fired on a piece of text. Offsets are UTF-16 units in the text of its choice × channel (or prompt part). */
export interface Finding {
  readonly rule: RuleRef;
  readonly actions: readonly Action[];
  readonly choice: number;
  readonly channel: Channel;
  readonly from: number;
  readonly to: number;
  readonly score?: number;
  readonly classifier?: string;
  readonly label?: string;
  readonly entity?: string;
  /** Where in the prompt, e.g. `messages[2].content`; ingress only. */
  readonly path?: string;
}

/** A stop that was carried out. */
export interface Stop {
  readonly rule: RuleRef;
  /** Precedence of the rule: 0 decides first. */
  readonly order: number;
  /** The rule's message with its variables filled in; undefined when the rule has none. */
  readonly message: string | undefined;
  readonly statusCode: number;
  readonly includeScores: boolean;
  /** Where the text ends: nothing from here on leaves the gateway. */
  readonly at: number;
}

/** A classifier could not answer (error or time-out). */
export interface GuardFailure {
  readonly phase: Phase;
  readonly classifier: string;
  readonly kind: "timeout" | "error";
  /** True when the phase fails closed, so this ended the request. */
  readonly closed: boolean;
}

/** One classifier call, for metrics. */
export interface ClassifierCall {
  readonly classifier: string;
  readonly phase: Phase;
  readonly latencyMs: number;
}

/** Everything a phase found out; filled while the guard runs, read once by the recorder. */
export interface GuardReport {
  readonly findings: Finding[];
  readonly failures: GuardFailure[];
  /** Highest score seen per classifier. */
  readonly maxScores: Map<string, number>;
  /** Calls and total milliseconds per classifier. */
  readonly calls: Map<string, { count: number; totalMs: number }>;
  /** Findings beyond `MAX_FINDINGS` are counted, not kept. */
  droppedFindings: number;
  redactedChars: number;
  /** Longest hold-back seen, UTF-16 units. */
  maxHeldChars: number;
}

/** Findings kept per request; what a policy can find is bounded only by the length of the text. */
export const MAX_FINDINGS = 1000;

/** An empty report. */
export function newReport(): GuardReport {
  return { findings: [], failures: [], maxScores: new Map(), calls: new Map(), droppedFindings: 0, redactedChars: 0, maxHeldChars: 0 };
}
