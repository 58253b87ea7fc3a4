/**
 * Everything one tenant's requests need, compiled once and never changed: a request takes a lease on it and ends on what it
 * began with, whatever is reloaded meanwhile.
 */
import type { AuditSink, AuditStore } from "../audit/types.ts";
import type { ClassifierSet } from "../classifiers/types.ts";
import type { Origin, TenantConfig } from "../config/mod.ts";
import type { GuardPlan } from "../guard/plan.ts";
import type { Limiter } from "../limits/types.ts";
import type { CompiledPolicy, Phase } from "../policy/types.ts";
import type { TenantRecipe } from "./recipe.ts";
import type { Backend } from "../upstream/types.ts";

/** One tenant, ready to serve. */
export interface TenantRuntime {
  readonly id: string;
  /** Content hash of the policy and of the configuration that shapes decisions. */
  readonly version: string;
  /** What it was made from. */
  readonly recipe: TenantRecipe;
  readonly config: TenantConfig;
  /** Where each value of `config` came from, by dotted path. */
  readonly origins: Readonly<Record<string, Origin>>;
  readonly policy: CompiledPolicy;
  readonly plans: Readonly<Record<Phase, GuardPlan>>;
  readonly classifiers: ClassifierSet;
  readonly backend: Backend;
  readonly limiter: Limiter;
  /** Undefined when the tenant's audit is switched off. */
  readonly audit: AuditSink | undefined;
  /** The audit trail for reading; undefined also in a worker, whose control plane reads. */
  readonly trail: AuditStore | undefined;
  /** Lets go of the audit trail; the last runtime to do so closes it. */
  readonly releaseAudit: () => Promise<void>;
}
