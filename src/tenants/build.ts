/** Compiles a whole configuration into a snapshot of tenants; everything first, nothing half. */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import type { TrailLease } from "../audit/trails.ts";
import { buildClassifierSet, type ClassifierDeps } from "../classifiers/registry.ts";
import { ClassifierConfigError } from "../classifiers/types.ts";
import { ConfigError, type GatewayConfig, type LoadedConfig, type MergedTenant, type Problem, type TenantConfig } from "../config/mod.ts";
import type { GuardPlan } from "../guard/plan.ts";
import { TenantLimiter } from "../limits/tenant_limiter.ts";
import type { LimitStore } from "../limits/types.ts";
import type { PolicyEnvironment } from "../policy/compile.ts";
import { loadPolicy, type PolicyDocument } from "../policy/load.ts";
import type { CompiledPolicy, Phase } from "../policy/types.ts";
import { createBackend } from "../upstream/send.ts";
import type { BackendDeps } from "../upstream/send.ts";
import { compileFor } from "./compile_policy.ts";
import type { Snapshot } from "./registry.ts";
import { type Directory, keyDigest, type KeyOwner } from "./resolve.ts";
import type { KeyMirror } from "./state/key_mirror.ts";
import type { TenantRuntime } from "./runtime.ts";

export interface BuildDeps {
  readonly classifiers: ClassifierDeps;
  readonly upstream: Omit<BackendDeps, "isGatewayKey">;
  /** Opens a tenant's audit trail, or takes a further hold on it. */
  readonly openTrail: (config: TenantConfig) => Promise<TrailLease>;
  readonly keyPepper: string | undefined;
  /** Keys of the tenant store; undefined = none. */
  readonly keys: Pick<KeyMirror, "findKey" | "isKey"> | undefined;
  /** Counts for all tenants; it outlives every reload, and so does what was used up. */
  readonly limits: LimitStore;
}

export interface BuiltSnapshot {
  readonly snapshot: Snapshot;
  readonly warnings: readonly Problem[];
  /** Every file that went into it or was meant to, absolute. */
  readonly files: readonly string[];
  /** What is wrong with tenants that were therefore left as they were; empty: all is new. */
  readonly failures: readonly Problem[];
}

/** A tenant's policy compiled, before anything with a life of its own is made. */
interface Prepared {
  readonly merged: MergedTenant;
  readonly policy: CompiledPolicy;
  readonly plans: Readonly<Record<Phase, GuardPlan>>;
  readonly classifiers: PolicyEnvironment["classifiers"];
  readonly version: string;
}

/**
 * Builds all tenants. What did not change since `previous` (pools of connections, limits) lives on, and so does a whole tenant whose
 * new policy does not validate: one tenant's mistake is no other's.
 * @throws {ConfigError} without `previous`, with the problems of every tenant, or when what all tenants share is wrong; then nothing was
 * opened.
 */
export async function buildSnapshot(loaded: LoadedConfig, deps: BuildDeps, previous?: Snapshot): Promise<BuiltSnapshot> {
  const { prepared, failed, problems, files } = prepareEach(loaded, deps);
  const failures = problems.filter(({ severity }) => severity === "error");
  if (previous === undefined && failures.length > 0) throw new ConfigError(problems, files);
  const { config } = loaded;
  const runtimes = new Map<string, TenantRuntime>();
  const owners = keyOwners(config, deps.keyPepper);
  const isGatewayKey = (credential: string) => {
    const digest = keyDigest(credential, deps.keyPepper);
    return owners.has(digest) || deps.keys?.isKey(digest) === true;
  };
  const tenantHeaders = config.resolution.flatMap((step) => step.kind === "header" ? [step.name] : []);
  try {
    for (const [id, each] of prepared) {
      const before = previous?.runtimes.get(id);
      runtimes.set(id, await makeRuntime(each, before, { ...deps.upstream, isGatewayKey }, tenantHeaders, deps));
    }
  } catch (error) {
    for (const runtime of runtimes.values()) await runtime.releaseAudit();
    throw error;
  }
  for (const id of failed) {
    const before = previous?.runtimes.get(id);
    if (before !== undefined) runtimes.set(id, before);
  }
  const version = hash(
    [...runtimes.keys()].sort().map((id) => [id, runtimes.get(id)!.version]),
    config.resolution,
    config.defaultTenant ?? "",
    [...owners.keys()].sort(),
  );
  const warnings = problems.filter(({ severity }) => severity === "warning");
  return { snapshot: { directory: directoryOf(config, runtimes, owners, deps.keys), runtimes, version }, warnings, files, failures };
}

/** Compiles everything and opens nothing: what `checkstream check` does. @throws {ConfigError} */
export function prepare(
  loaded: LoadedConfig,
  deps: Pick<BuildDeps, "classifiers">,
): { readonly prepared: ReadonlyMap<string, Prepared>; readonly warnings: readonly Problem[] } {
  const { prepared, problems, files } = prepareEach(loaded, deps);
  if (problems.some(({ severity }) => severity === "error")) throw new ConfigError(problems, files);
  return { prepared, warnings: problems };
}

interface PreparedTenants {
  readonly prepared: ReadonlyMap<string, Prepared>;
  /** Tenants whose policy does not validate. */
  readonly failed: readonly string[];
  /** Errors and warnings, each once. */
  readonly problems: readonly Problem[];
  readonly files: readonly string[];
}

function prepareEach(loaded: LoadedConfig, deps: Pick<BuildDeps, "classifiers">): PreparedTenants {
  const failed: string[] = [];
  const problems: Problem[] = [...loaded.warnings];
  const files = new Set(loaded.files);
  const prepared = new Map<string, Prepared>();
  const documents = new Map<string, PolicyDocument>();
  const classifiers = classifierSet(loaded, deps.classifiers);
  for (const [id, merged] of loaded.config.tenants) {
    const known = loaded.tenantProblems.get(id);
    if (known !== undefined) {
      problems.push(...known);
      if (merged.config.policy !== undefined) files.add(merged.config.policy.path);
      failed.push(id);
      continue;
    }
    try {
      const document = documentOf(merged, documents);
      for (const file of document?.files ?? []) files.add(file);
      const { policy, plans, warnings } = compileFor(document, merged.config, classifiers);
      problems.push(...warnings);
      if (loaded.config.notify.secret === undefined && notifies(policy)) problems.push(unsigned(document));
      prepared.set(id, {
        merged,
        policy,
        classifiers,
        plans,
        version: hash(policy.version, loaded.config.classifiers, loaded.config.pipelines, merged.config.pipeline),
      });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      for (const file of error.files) files.add(file);
      failed.push(id);
    }
  }
  const unique = [
    ...new Map(problems.map((problem) => [`${problem.file}:${problem.line}:${problem.column}:${problem.message}`, problem])).values(),
  ];
  return { prepared, failed, problems: unique, files: [...files] };
}

function notifies({ phases }: CompiledPolicy): boolean {
  return Object.values(phases).some(({ rules }) => rules.some(({ actions }) => actions.some(({ kind }) => kind === "notify")));
}

function unsigned(document: PolicyDocument | undefined): Problem {
  const message = "notifies webhooks, but notify.secret_env names no variable that is set, so they are not signed";
  return { file: document?.file ?? "config", line: 1, column: 1, severity: "warning", message };
}

/** The classifiers and pipelines a configuration offers. @throws {ConfigError} */
export function classifierSet({ config, source }: LoadedConfig, deps: ClassifierDeps): PolicyEnvironment["classifiers"] {
  try {
    return buildClassifierSet({ classifiers: config.classifiers, pipelines: config.pipelines }, { folder: dirname(source.file), ...deps });
  } catch (error) {
    if (!(error instanceof ClassifierConfigError)) throw error;
    throw new ConfigError(error.problems.map(({ path, message, suggestion }) => {
      const position = source.positionOf(path.split("."));
      return {
        ...position,
        severity: "error",
        path,
        message: `${path}: ${message}`,
        excerpt: source.line(position.line),
        ...(suggestion !== undefined && { suggestion }),
      };
    }));
  }
}

function documentOf({ config }: MergedTenant, known: Map<string, PolicyDocument>): PolicyDocument | undefined {
  if (config.policy === undefined) return undefined;
  let document = known.get(config.policy.path);
  if (document === undefined) known.set(config.policy.path, document = loadPolicy(config.policy.path, config.policy.shown));
  return document;
}

async function makeRuntime(
  { merged: { config, origins }, policy, plans, classifiers, version }: Prepared,
  before: TenantRuntime | undefined,
  backendDeps: BackendDeps,
  tenantHeaders: readonly string[],
  deps: BuildDeps,
): Promise<TenantRuntime> {
  const same = (key: "backend") => before !== undefined && JSON.stringify(before.config[key]) === JSON.stringify(config[key]);
  const trail = config.audit.enabled ? await deps.openTrail(config) : undefined;
  return {
    id: config.id,
    version,
    config,
    origins,
    policy,
    plans,
    classifiers,
    // Connections are worth more than the objects around them: they outlive a change of policy.
    backend: before !== undefined && same("backend")
      ? before.backend
      : createBackend({ ...config.backend, droppedHeaders: tenantHeaders }, backendDeps),
    limiter: new TenantLimiter(config.id, config.rateLimit, deps.limits),
    audit: trail?.store,
    releaseAudit: async () => await trail?.release(),
  };
}

function keyOwners({ apiKeyMap }: GatewayConfig, pepper: string | undefined): Map<string, KeyOwner> {
  const owners = new Map<string, KeyOwner>();
  for (const [key, tenant] of Object.entries(apiKeyMap)) {
    const digest = keyDigest(key, pepper);
    owners.set(digest, { keyId: `map:${digest.slice(0, 12)}`, tenant });
  }
  return owners;
}

function directoryOf(
  config: GatewayConfig,
  runtimes: ReadonlyMap<string, TenantRuntime>,
  owners: ReadonlyMap<string, KeyOwner>,
  keys: BuildDeps["keys"],
): Directory {
  return {
    steps: config.resolution,
    defaultTenant: config.defaultTenant,
    has: (tenant) => runtimes.has(tenant),
    requiresKey: (tenant) => runtimes.get(tenant)?.config.requireKey ?? false,
    // Stored keys are looked up as they are now: one that was revoked stops at once, without a reload.
    findKey: (digest) => owners.get(digest) ?? keys?.findKey(digest),
  };
}

function hash(...parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}
