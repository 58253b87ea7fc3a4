/** Runs policy tests: each text whole, character by character and at seeded random cuts, which must all give the same answer. */
import type { PolicyCase } from "../policy/case_file.ts";
import type { Phase } from "../policy/types.ts";
import type { GuardPlan } from "./plan.ts";
import { type TrialResult, tryText } from "./trial.ts";

export interface CaseOptions {
  /** Seed of the random cuts; the same seed cuts the same. */
  readonly seed: number;
  /** Random cuts tried per case. */
  readonly splits: number;
  readonly tenant: string;
  readonly signal: AbortSignal;
}

/** One thing that was expected otherwise. */
export interface Mismatch {
  readonly what: "decision" | "rules" | "text" | "message" | "guard" | "split";
  readonly expected: string;
  readonly actual: string;
}

export interface CaseResult {
  readonly case: PolicyCase;
  /** Empty: passed. */
  readonly mismatches: readonly Mismatch[];
  /** What happened to the whole text. */
  readonly result: TrialResult;
}

/** Texts longer than this are not tried character by character; UTF-16 units. */
const MAX_SINGLE_CHARS = 2000;

/** Runs one case. */
export async function runCase(plans: Readonly<Record<Phase, GuardPlan>>, test: PolicyCase, options: CaseOptions): Promise<CaseResult> {
  const run = (pieces: readonly string[]) =>
    tryText(plans, {
      stage: test.stage,
      pieces,
      input: test.input ?? test.text,
      tenant: options.tenant,
      model: test.model ?? "",
      role: test.role,
      signal: options.signal,
    });
  const result = await run([test.text]);
  const mismatches = compare(test, result);
  const whole = summary(result);
  for (const pieces of cuts(test.text, options)) {
    const actual = summary(await run(pieces));
    if (actual === whole) continue;
    const shown = pieces.length > 12 ? `${pieces.length} pieces` : JSON.stringify(pieces);
    mismatches.push({ what: "split", expected: `${whole} for the whole text`, actual: `${actual} for ${shown}` });
    break;
  }
  return { case: test, mismatches, result };
}

function compare({ expect }: PolicyCase, result: TrialResult): Mismatch[] {
  const found: Mismatch[] = [];
  if (result.failed !== undefined) {
    found.push({ what: "guard", expected: "every classifier to answer", actual: `"${result.failed}" failed` });
  }
  const check = (what: Mismatch["what"], expected: string | undefined, actual: string) => {
    if (expected !== undefined && expected !== actual) found.push({ what, expected, actual });
  };
  check("decision", expect.decision, result.decision);
  check("rules", expect.rules === undefined ? undefined : list(expect.rules), list(result.findings.map(({ rule }) => rule.name)));
  check("message", expect.message, result.stop?.message ?? "");
  check("text", expect.text, result.text);
  return found;
}

function list(names: readonly string[]): string {
  return `[${[...new Set(names)].sort().join(", ")}]`;
}

/** All that a cut must not change. */
function summary({ decision, text, findings, failed }: TrialResult): string {
  const fired = findings.map(({ rule, from, to }) => `${rule.name}@${from}-${to}`).join(" ");
  return `${decision} ${JSON.stringify(text)} by [${fired}]${failed === undefined ? "" : ` without ${failed}`}`;
}

function* cuts(text: string, { seed, splits }: CaseOptions): Generator<string[]> {
  if (text.length < 2) return;
  if (text.length <= MAX_SINGLE_CHARS) yield [...text];
  const random = seeded(seed);
  for (let i = 0; i < splits; i++) {
    const pieces: string[] = [];
    const longest = 1 + Math.floor(random() * Math.min(40, text.length));
    for (let at = 0; at < text.length;) {
      const length = 1 + Math.floor(random() * longest);
      pieces.push(text.slice(at, at + length));
      at += length;
    }
    yield pieces;
  }
}

/** Mulberry32 (Tommy Ettinger, public domain): a small generator whose sequence a seed determines; in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
