/** How many characters the shipped personal-data rule of `policies/default.yaml` holds back in English prose that comes in tokens. */
import { buildClassifierSet } from "../../src/classifiers/registry.ts";
import { planPhase } from "../../src/guard/plan.ts";
import { TextGuard } from "../../src/guard/text_guard.ts";
import { compilePolicy } from "../../src/policy/compile.ts";
import { loadPolicy } from "../../src/policy/load.ts";
import { fromFileUrl } from "../../tests/support/paths.ts";
import { contextOf } from "../../tests/support/rules.ts";
import { benchText } from "./matching.ts";

const RULE = "redact_personal_data";

export interface HoldbackFigures {
  readonly meanChars: number;
  readonly mostChars: number;
}

export function benchHoldback(text: string = benchText(100_000)): HoldbackFigures {
  const path = fromFileUrl(new URL("../../policies/default.yaml", import.meta.url));
  const classifiers = buildClassifierSet({ classifiers: {}, pipelines: {} }, {});
  const phase = { enabled: true, classifiers: [], threshold: undefined };
  const { policy } = compilePolicy(loadPolicy(path, "default.yaml"), {
    classifiers,
    thresholds: { safety: 0.85, chunk: 0.75, audit: 0.3 },
    phases: { ingress: phase, midstream: phase, egress: phase },
    maxHoldbackChars: 512,
  });
  const { midstream } = policy.phases;
  const rules = midstream.rules.filter(({ ref }) => ref.name === RULE);
  if (rules.length !== 1) throw new Error(`policies/default.yaml has no rule ${RULE}`);
  const plan = planPhase({ ...midstream, rules, classifiers: [] }, {
    classifiers,
    tokenHoldback: 16,
    maxHoldbackChars: 512,
    contextChunks: 3,
    timeoutMs: 1000,
    onError: "open",
  });
  const guard = new TextGuard(plan, contextOf(), { choice: 0, channel: "content" });
  const tokens = text.match(/\s?\S{1,4}|\s/g) ?? [];
  let sum = 0, most = 0;
  for (const token of tokens) {
    guard.push(token);
    const held = guard.length - guard.released;
    sum += held;
    most = Math.max(most, held);
  }
  return { meanChars: sum / tokens.length, mostChars: most };
}

if (import.meta.main) console.log(benchHoldback());
