/** Compiles a whole configuration into a snapshot of tenants; everything first, nothing half. */
import { dirname } from "node:path";
import { buildClassifierSet, type ClassifierDeps } from "../classifiers/registry.ts";
import { ClassifierConfigError } from "../classifiers/types.ts";
import { ConfigError, type GatewayConfig, type LoadedConfig, type MergedTenant, type Problem } from "../config/mod.ts";
import type { PolicyEnvironment } from "../policy/compile.ts";
import { loadPolicy, type PolicyDocument } from "../policy/load.ts";
import type { CompiledPolicy } from "../policy/types.ts";
import { assemble, type AssembleDeps, type Prepared } from "./assemble.ts";
import { compileFor } from "./compile_policy.ts";
import { type ClassifierSections, tenantVersion } from "./recipe.ts";
import type { Snapshot } from "./registry.ts";
import { keyDigest, type KeyOwner } from "./resolve.ts";

export interface BuiltSnapshot {
  readonly snapshot: Snapshot;
  readonly warnings: readonly Problem[];
  /** Every file that went into it or was meant to, absolute. */
  readonly files: readonly string[];
  /** What is wrong with tenants that were therefore left as they were; empty: all is new. */
  readonly failures: readonly Problem[];
}

/**
 * Builds all tenants. What did not change since `previous` (pools of connections, limits) lives on, and so does a whole tenant whose
 * new policy does not validate: one tenant's mistake is no other's.
 * @throws {ConfigError} without `previous`, with the problems of every tenant, or when what all tenants share is wrong; then nothing was
 * opened.
 */
export async function buildSnapshot(loaded: LoadedConfig, deps: AssembleDeps, previous?: Snapshot): Promise<BuiltSnapshot> {
  const { prepared, failed, problems, files } = prepareEach(loaded, deps);
  const failures = problems.filter(({ severity }) => severity === "error");
  if (previous === undefined && failures.length > 0) throw new ConfigError(problems, files);
  const { config } = loaded;
  const common = {
    resolution: config.resolution,
    defaultTenant: config.defaultTenant,
    mappedKeys: keyOwners(config, deps.keyPepper),
    unserved: new Map([...config.configured].filter(([id]) => !prepared.has(id))),
  };
  const snapshot = await assemble({ prepared, kept: failed, common }, deps, previous);
  const warnings = problems.filter(({ severity }) => severity === "warning");
  return { snapshot, warnings, files, failures };
}

/** Compiles everything and opens nothing: what `checkstream check` does. @throws {ConfigError} */
export function prepare(
  loaded: LoadedConfig,
  deps: Pick<AssembleDeps, "classifiers">,
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

function prepareEach(loaded: LoadedConfig, deps: Pick<AssembleDeps, "classifiers">): PreparedTenants {
  const failed: string[] = [];
  const problems: Problem[] = [...loaded.warnings];
  const files = new Set(loaded.files);
  const prepared = new Map<string, Prepared>();
  const documents = new Map<string, ReadDocument>();
  const classifiers = classifierSet(loaded, deps.classifiers);
  const sections = sectionsOf(loaded);
  for (const [id, merged] of loaded.config.tenants) {
    const known = loaded.tenantProblems.get(id);
    if (known !== undefined) {
      problems.push(...known);
      if (merged.config.policy !== undefined) files.add(merged.config.policy.path);
      failed.push(id);
      continue;
    }
    try {
      const { document, texts: policyTexts } = documentOf(merged, documents);
      for (const file of document?.files ?? []) files.add(file);
      const { policy, plans, warnings } = compileFor(document, merged.config, classifiers);
      problems.push(...warnings);
      const version = tenantVersion(policy, sections, merged.config);
      if (loaded.config.notify.secret === undefined && notifies(policy)) problems.push(unsigned(document));
      prepared.set(id, { recipe: { merged, policyTexts, sections, version }, policy, classifiers, plans });
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
export function classifierSet(loaded: LoadedConfig, deps: ClassifierDeps): PolicyEnvironment["classifiers"] {
  const sections = sectionsOf(loaded);
  const { source } = loaded;
  try {
    return buildClassifierSet(sections, { folder: sections.folder, ...deps });
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

interface ReadDocument {
  readonly document: PolicyDocument | undefined;
  /** By absolute path; one object for all tenants of the policy. */
  readonly texts: ReadonlyMap<string, string>;
}

const NO_DOCUMENT: ReadDocument = { document: undefined, texts: new Map() };

function documentOf({ config }: MergedTenant, known: Map<string, ReadDocument>): ReadDocument {
  if (config.policy === undefined) return NO_DOCUMENT;
  let read = known.get(config.policy.path);
  if (read === undefined) {
    const document = loadPolicy(config.policy.path, config.policy.shown);
    read = { document, texts: new Map(document.files.map((file, i) => [file, document.texts[i]!])) };
    known.set(config.policy.path, read);
  }
  return read;
}

function sectionsOf({ config: { classifiers, pipelines }, source }: LoadedConfig): ClassifierSections {
  return { classifiers, pipelines, folder: dirname(source.file) };
}

function keyOwners({ apiKeyMap }: GatewayConfig, pepper: string | undefined): Map<string, KeyOwner> {
  const owners = new Map<string, KeyOwner>();
  for (const [key, tenant] of Object.entries(apiKeyMap)) {
    const digest = keyDigest(key, pepper);
    owners.set(digest, { keyId: `map:${digest.slice(0, 12)}`, tenant });
  }
  return owners;
}
