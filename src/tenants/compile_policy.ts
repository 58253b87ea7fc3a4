/** Compiles a policy against one tenant's settings into what guards run. */
import { buildClassifierSet, type ClassifierDeps } from "../classifiers/registry.ts";
import type { ClassifierSet } from "../classifiers/types.ts";
import { mergeTenant } from "../config/merge.ts";
import type { Problem, TenantConfig } from "../config/mod.ts";
import { config as configSchema } from "../config/schema.ts";
import { type GuardPlan, planPhase } from "../guard/plan.ts";
import { compilePolicy } from "../policy/compile.ts";
import { classifiersOf } from "../policy/explain.ts";
import type { PolicyDocument } from "../policy/load.ts";
import type { Action, CompiledPolicy, Phase, PhaseRules } from "../policy/types.ts";

/** A policy ready to judge texts. */
export interface ReadyPolicy {
  readonly policy: CompiledPolicy;
  readonly plans: Readonly<Record<Phase, GuardPlan>>;
  readonly warnings: readonly Problem[];
}

/** Compiles `document` (undefined: no policy, but the pipeline may imply rules). @throws {ConfigError} */
export function compileFor(
  document: PolicyDocument | undefined,
  { thresholds, pipeline }: Pick<TenantConfig, "thresholds" | "pipeline">,
  classifiers: ClassifierSet,
): ReadyPolicy {
  const { tokenHoldback, maxHoldbackChars, contextChunks } = pipeline.midstream;
  const compiled = compilePolicy(document, { classifiers, thresholds, phases: pipeline, maxHoldbackChars });
  const { warnings } = compiled;
  const egress = egressRules(compiled.policy.phases.egress, pipeline.egress);
  const policy = { ...compiled.policy, phases: { ...compiled.policy.phases, egress } };
  const plan = (phase: Phase) =>
    planPhase(policy.phases[phase], {
      classifiers,
      tokenHoldback,
      maxHoldbackChars,
      contextChunks,
      timeoutMs: pipeline[phase].timeoutMs,
      onError: pipeline[phase].onError,
    });
  return { policy, plans: { ingress: plan("ingress"), midstream: plan("midstream"), egress: plan("egress") }, warnings };
}

/** `pipeline.egress` may switch off what adds to answers and what only records. */
function egressRules(rules: PhaseRules, { audit, injectDisclaimers }: TenantConfig["pipeline"]["egress"]): PhaseRules {
  if (audit && injectDisclaimers) return rules;
  const stays = ({ kind }: Action) => (audit || kind !== "audit") && (injectDisclaimers || kind !== "inject");
  const kept = rules.rules.map((rule) => ({ ...rule, actions: rule.actions.filter(stays) })).filter(({ actions }) => actions.length > 0);
  const asked = new Set(kept.flatMap(({ trigger }) => classifiersOf(trigger)));
  return { ...rules, rules: kept, classifiers: audit ? rules.classifiers : rules.classifiers.filter((name) => asked.has(name)) };
}

/** What a policy is tried against where no configuration is given: all defaults and the built-in classifiers. */
export function defaultSettings(deps: ClassifierDeps = {}): { readonly config: TenantConfig; readonly classifiers: ClassifierSet } {
  return { config: mergeTenant("default", configSchema.parse({}), {}, ".").config, classifiers: buildClassifierSet({}, deps) };
}
