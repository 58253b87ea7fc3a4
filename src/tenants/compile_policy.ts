/** Compiles a policy against one tenant's settings into what guards run. */
import { buildClassifierSet, type ClassifierDeps } from "../classifiers/registry.ts";
import type { ClassifierSet } from "../classifiers/types.ts";
import { mergeTenant } from "../config/merge.ts";
import type { Problem, TenantConfig } from "../config/mod.ts";
import { config as configSchema } from "../config/schema.ts";
import { type GuardPlan, planPhase } from "../guard/plan.ts";
import { compilePolicy } from "../policy/compile.ts";
import type { PolicyDocument } from "../policy/load.ts";
import type { CompiledPolicy, Phase } from "../policy/types.ts";

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
  const { policy, warnings } = compilePolicy(document, { classifiers, thresholds, phases: pipeline, maxHoldbackChars });
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

/** What a policy is tried against where no configuration is given: all defaults and the built-in classifiers. */
export function defaultSettings(deps: ClassifierDeps = {}): { readonly config: TenantConfig; readonly classifiers: ClassifierSet } {
  return { config: mergeTenant("default", configSchema.parse({}), {}, ".").config, classifiers: buildClassifierSet({}, deps) };
}
