/** From compiled tenants to a snapshot: what has a life of its own (connections, limits, trails) is made here, or lives on. */
import { createHash } from "node:crypto";
import type { AuditSink, AuditStore } from "../audit/types.ts";
import type { ClassifierDeps } from "../classifiers/registry.ts";
import type { ClassifierSet } from "../classifiers/types.ts";
import type { TenantConfig } from "../config/mod.ts";
import type { GuardPlan } from "../guard/plan.ts";
import { TenantLimiter } from "../limits/tenant_limiter.ts";
import type { OpenLimits } from "../limits/open.ts";
import type { CompiledPolicy, Phase } from "../policy/types.ts";
import { createBackend } from "../upstream/backend.ts";
import type { BackendDeps } from "../upstream/target.ts";
import { backendOptions } from "./backend_options.ts";
import type { CommonRecipe, TenantRecipe } from "./recipe.ts";
import type { Snapshot } from "./registry.ts";
import { type Directory, keyDigest } from "./resolve.ts";
import type { TenantRuntime } from "./runtime.ts";
import type { KeyMirror } from "./state/key_mirror.ts";

/** A hold on a tenant's audit trail. */
export interface HeldTrail {
  readonly sink: AuditSink;
  /** To read from; undefined where the trail is another thread's. */
  readonly store: AuditStore | undefined;
  release(): Promise<void>;
}

export interface UpstreamDeps extends Omit<BackendDeps, "onChange"> {
  /** Told when a target's circuit opens or closes, or its health changes. */
  readonly onChange?: (tenant: string, ...change: Parameters<NonNullable<BackendDeps["onChange"]>>) => void;
}

export interface AssembleDeps {
  readonly classifiers: ClassifierDeps;
  readonly upstream: UpstreamDeps;
  /** Opens a tenant's audit trail, or takes a further hold on it; one of the store's tenants (not `filed`) may be opened when it is needed. */
  readonly openTrail: (config: TenantConfig, filed: boolean) => Promise<HeldTrail>;
  readonly keyPepper: string | undefined;
  /** Keys of the tenant store; undefined = none. */
  readonly keys: Pick<KeyMirror, "findKey" | "isKey"> | undefined;
  /** Counts for all tenants; it outlives every reload, and so does what was used up. */
  readonly limits: Pick<OpenLimits, "store" | "room">;
}

/** A tenant's policy compiled, before anything with a life of its own is made. */
export interface Prepared {
  readonly recipe: TenantRecipe;
  readonly policy: CompiledPolicy;
  readonly plans: Readonly<Record<Phase, GuardPlan>>;
  readonly classifiers: ClassifierSet;
}

export interface Parts {
  readonly prepared: ReadonlyMap<string, Prepared>;
  /** Tenants taken from the previous snapshot as they are; those it does not have are left out. */
  readonly kept: readonly string[];
  readonly common: CommonRecipe;
}

/** Makes all of it, or nothing. */
export async function assemble({ prepared, kept, common }: Parts, deps: AssembleDeps, previous?: Snapshot): Promise<Snapshot> {
  const runtimes = new Map<string, TenantRuntime>();
  const tenantHeaders = common.resolution.flatMap((step) => step.kind === "header" ? [step.name] : []);
  try {
    for (const [id, each] of prepared) {
      const before = previous?.runtimes.get(id);
      runtimes.set(id, await makeRuntime(each, before, tenantHeaders, deps));
    }
  } catch (error) {
    for (const runtime of runtimes.values()) await discardRuntime(runtime);
    throw error;
  }
  for (const id of kept) {
    const before = previous?.runtimes.get(id);
    if (before !== undefined) runtimes.set(id, before);
  }
  return { directory: directoryOf(common, runtimes, deps), runtimes, common, version: versionOf(common, runtimes) };
}

async function makeRuntime(
  { recipe, policy, plans, classifiers }: Prepared,
  before: TenantRuntime | undefined,
  tenantHeaders: readonly string[],
  { upstream, ...deps }: AssembleDeps,
): Promise<TenantRuntime> {
  const { merged: { config, origins }, version } = recipe;
  const trail = config.audit.enabled ? await deps.openTrail(config, recipe.merged.filed) : undefined;
  return {
    id: config.id,
    version,
    recipe,
    config,
    origins,
    policy,
    plans,
    classifiers,
    backend: createBackend(
      backendOptions(config, tenantHeaders),
      { ...upstream, onChange: (...change) => upstream.onChange?.(config.id, ...change) },
      before?.backend,
    ),
    limiter: limiterOf(config, deps.limits),
    audit: trail?.sink,
    trail: trail?.store,
    releaseAudit: async () => await trail?.release(),
  };
}

/** A runtime that is not going to serve. */
export async function discardRuntime({ backend, releaseAudit }: TenantRuntime): Promise<void> {
  await backend.close();
  await releaseAudit();
}

function directoryOf(
  { resolution, defaultTenant, mappedKeys, unserved }: CommonRecipe,
  runtimes: ReadonlyMap<string, TenantRuntime>,
  { keys, keyPepper }: AssembleDeps,
): Directory {
  return {
    steps: resolution,
    defaultTenant,
    has: (tenant) => runtimes.has(tenant),
    isDisabled: (tenant) => unserved.get(tenant)?.config.enabled === false,
    requiresKey: (tenant) => runtimes.get(tenant)?.config.requireKey ?? false,
    // Stored keys are looked up as they are now: one that was revoked stops at once, without a reload.
    findKey: (digest) => mappedKeys.get(digest) ?? keys?.findKey(digest),
    isGatewayKey(credential) {
      const digest = keyDigest(credential, keyPepper);
      return mappedKeys.has(digest) || keys?.isKey(digest) === true;
    },
  };
}

function versionOf(
  { resolution, defaultTenant, mappedKeys, unserved }: CommonRecipe,
  runtimes: ReadonlyMap<string, TenantRuntime>,
): string {
  return contentHash(
    [...runtimes.keys()].sort().map((id) => [id, runtimes.get(id)!.version]),
    resolution,
    defaultTenant ?? "",
    [...mappedKeys.keys()].sort(),
    [...unserved.keys()].sort(),
  );
}

/** A short name for content: 16 hex digits of SHA-256. */
export function contentHash(...parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

function limiterOf({ id, rateLimit }: TenantConfig, { store, room }: AssembleDeps["limits"]): TenantLimiter {
  const { queue } = rateLimit;
  return new TenantLimiter(id, rateLimit, store, queue === undefined ? undefined : { room, ...queue });
}
