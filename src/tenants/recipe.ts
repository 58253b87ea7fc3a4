/**
 * All that tenants are made from, as plain data: the control plane reads configuration and policies once, and what it read compiles to
 * the very same in every worker, whatever happens to the files meanwhile.
 */
import { buildClassifierSet } from "../classifiers/registry.ts";
import type { ClassifierSet } from "../classifiers/types.ts";
import type { MergedTenant, TenantConfig } from "../config/mod.ts";
import type { PolicyDocument } from "../policy/load.ts";
import { assemble, type AssembleDeps, contentHash, discardRuntime, type Prepared } from "./assemble.ts";
import type { CompiledPolicy } from "../policy/types.ts";
import { compileFor } from "./compile_policy.ts";
import { configuredPolicy } from "./configured_policy.ts";
import type { Snapshot } from "./registry.ts";
import type { KeyOwner, ResolutionStep } from "./resolve.ts";

/** The sections that classifiers are made from. */
export interface ClassifierSections {
  readonly classifiers: Readonly<Record<string, unknown>>;
  readonly pipelines: Readonly<Record<string, unknown>>;
  /** Relative paths in them start here. */
  readonly folder: string;
}

export interface TenantRecipe {
  readonly merged: MergedTenant;
  /** Text of the policy and its bases by absolute path, one object for all tenants of the policy; empty without one. */
  readonly policyTexts: ReadonlyMap<string, string>;
  /** One object for all tenants of one configuration. */
  readonly sections: ClassifierSections;
  /** Content hash of what it compiles to. */
  readonly version: string;
}

/** What tenants have in common. */
export interface CommonRecipe {
  readonly resolution: readonly ResolutionStep[];
  readonly defaultTenant: string | undefined;
  /** Owners of the keys of `api_key_map`, by key digest. */
  readonly mappedKeys: ReadonlyMap<string, KeyOwner>;
  /** Tenants that are disabled, lack a backend or do not compile. */
  readonly unserved: ReadonlyMap<string, MergedTenant>;
}

/** A whole snapshot, or what is new in one. */
export interface SnapshotRecipe {
  readonly common: CommonRecipe;
  /** Every tenant's id, in order. */
  readonly ids: readonly string[];
  /** Those of `ids` that the receiver does not have as they are. */
  readonly tenants: ReadonlyMap<string, TenantRecipe>;
  /** Content hash of the snapshot. */
  readonly version: string;
}

/** The recipe of `snapshot` for a receiver that serves `known` already. */
export function recipeOf(snapshot: Snapshot, known?: Snapshot): SnapshotRecipe {
  const tenants = new Map<string, TenantRecipe>();
  for (const [id, { recipe }] of snapshot.runtimes) {
    if (known?.runtimes.get(id)?.recipe !== recipe) tenants.set(id, recipe);
  }
  return { common: snapshot.common, ids: [...snapshot.runtimes.keys()], tenants, version: snapshot.version };
}

/**
 * Compiles a recipe. Tenants that are not in it are taken from `previous`.
 * @throws when something does not compile (a model file that is gone), or compiles to something else; then nothing was opened.
 */
export async function cook(recipe: SnapshotRecipe, deps: AssembleDeps, previous: Snapshot | undefined): Promise<Snapshot> {
  const sets = new Map<ClassifierSections, ClassifierSet>();
  const documents = new Map<ReadonlyMap<string, string>, PolicyDocument>();
  const prepared = new Map<string, Prepared>();
  for (const [id, tenant] of recipe.tenants) {
    const { merged: { config }, policyTexts, sections } = tenant;
    const classifiers = once(sets, sections, () => buildClassifierSet(sections, { folder: sections.folder, ...deps.classifiers }));
    const document = config.policy === undefined ? undefined : once(documents, policyTexts, () => configuredPolicy(config, policyTexts)!);
    const { policy, plans } = compileFor(document, config, classifiers);
    const version = tenantVersion(policy, sections, config);
    if (version !== tenant.version) throw new Error(`Tenant "${id}" compiled to version ${version} instead of ${tenant.version}`);
    prepared.set(id, { recipe: tenant, policy, plans, classifiers });
  }
  const kept = recipe.ids.filter((id) => !recipe.tenants.has(id));
  const snapshot = await assemble({ prepared, kept, common: recipe.common }, deps, previous);
  if (snapshot.version === recipe.version) return snapshot;
  for (const id of prepared.keys()) await discardRuntime(snapshot.runtimes.get(id)!);
  throw new Error(`Compiled to version ${snapshot.version} instead of ${recipe.version}`);
}

/** Content hash of a tenant's policy and of the configuration that shapes decisions. */
export function tenantVersion(policy: CompiledPolicy, { classifiers, pipelines }: ClassifierSections, { pipeline }: TenantConfig): string {
  return contentHash(policy.version, classifiers, pipelines, pipeline);
}

function once<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  let value = known.get(key);
  if (value === undefined) known.set(key, value = make());
  return value;
}
