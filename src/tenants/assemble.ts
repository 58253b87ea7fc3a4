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
import { type BackendDeps, createBackend } from "../upstream/send.ts";
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

export interface AssembleDeps {
  readonly classifiers: ClassifierDeps;
  readonly upstream: Omit<BackendDeps, "isGatewayKey">;
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
  const isGatewayKey = (credential: string) => {
    const digest = keyDigest(credential, deps.keyPepper);
    return common.mappedKeys.has(digest) || deps.keys?.isKey(digest) === true;
  };
  const tenantHeaders = common.resolution.flatMap((step) => step.kind === "header" ? [step.name] : []);
  try {
    for (const [id, each] of prepared) {
      const before = previous?.runtimes.get(id);
      runtimes.set(id, await makeRuntime(each, before, { ...deps.upstream, isGatewayKey }, tenantHeaders, deps));
    }
  } catch (error) {
    for (const runtime of runtimes.values()) await runtime.releaseAudit();
    throw error;
  }
  for (const id of kept) {
    const before = previous?.runtimes.get(id);
    if (before !== undefined) runtimes.set(id, before);
  }
  return { directory: directoryOf(common, runtimes, deps.keys), runtimes, common, version: versionOf(common, runtimes) };
}

async function makeRuntime(
  { recipe, policy, plans, classifiers }: Prepared,
  before: TenantRuntime | undefined,
  backendDeps: BackendDeps,
  tenantHeaders: readonly string[],
  deps: AssembleDeps,
): Promise<TenantRuntime> {
  const { merged: { config, origins }, version } = recipe;
  const sameBackend = before !== undefined && JSON.stringify(before.config.backend) === JSON.stringify(config.backend);
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
    // Connections are worth more than the objects around them: they outlive a change of policy.
    backend: sameBackend ? before.backend : createBackend({ ...config.backend, droppedHeaders: tenantHeaders }, backendDeps),
    limiter: limiterOf(config, deps.limits),
    audit: trail?.sink,
    trail: trail?.store,
    releaseAudit: async () => await trail?.release(),
  };
}

function directoryOf(
  { resolution, defaultTenant, mappedKeys, unserved }: CommonRecipe,
  runtimes: ReadonlyMap<string, TenantRuntime>,
  keys: AssembleDeps["keys"],
): Directory {
  return {
    steps: resolution,
    defaultTenant,
    has: (tenant) => runtimes.has(tenant),
    isDisabled: (tenant) => unserved.get(tenant)?.config.enabled === false,
    requiresKey: (tenant) => runtimes.get(tenant)?.config.requireKey ?? false,
    // Stored keys are looked up as they are now: one that was revoked stops at once, without a reload.
    findKey: (digest) => mappedKeys.get(digest) ?? keys?.findKey(digest),
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
