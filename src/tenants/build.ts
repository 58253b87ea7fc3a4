/** Compiles a whole configuration into a snapshot of tenants; everything first, nothing half. */
import { dirname } from "node:path";
import { buildClassifierSet, type ClassifierDeps } from "../classifiers/registry.ts";
import { ClassifierConfigError } from "../classifiers/types.ts";
import { ConfigError, type GatewayConfig, type LoadedConfig, type MergedTenant, type Problem, type TenantConfig } from "../config/mod.ts";
import type { ClassifierSet } from "../classifiers/types.ts";
import type { PolicyDocument } from "../policy/load.ts";
import type { CompiledPolicy } from "../policy/types.ts";
import { assemble, type AssembleDeps, type Prepared } from "./assemble.ts";
import { compileFor, type ReadyPolicy } from "./compile_policy.ts";
import { configuredPolicy } from "./configured_policy.ts";
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

/** What tenants are compiled with. It lasts while only tenants of the database change: files and classifiers are not read again then. */
export interface Workshop {
  readonly classifiers: ClassifierSet;
  readonly sections: ClassifierSections;
  readonly documents: Map<string, ReadDocument | ConfigError>;
  /** By policy and settings: tenants with the same ones share what it compiles to, or what is wrong with it. */
  readonly compiled: Map<string, Compiled | ConfigError>;
  /** What is wrong with the file was told. */
  told: boolean;
}

interface Compiled extends ReadyPolicy {
  readonly version: string;
}

/** @throws {ConfigError} when the classifiers or pipelines do not validate. */
export function openWorkshop(loaded: LoadedConfig, deps: ClassifierDeps): Workshop {
  return {
    classifiers: classifierSet(loaded, deps),
    sections: sectionsOf(loaded),
    documents: new Map(),
    compiled: new Map(),
    told: false,
  };
}

/**
 * Builds all tenants. What did not change since `previous` (pools of connections, limits) lives on, and so does a whole tenant whose
 * new policy does not validate: one tenant's mistake is no other's. With the workshop that `previous` was built with, tenants whose
 * configuration is the same live on whole.
 * @throws {ConfigError} without `previous`, with the problems of every tenant, or when what all tenants share is wrong; then nothing was
 * opened.
 */
export async function buildSnapshot(
  loaded: LoadedConfig,
  deps: AssembleDeps,
  previous?: Snapshot,
  workshop: Workshop = openWorkshop(loaded, deps.classifiers),
): Promise<BuiltSnapshot> {
  const { prepared, kept, problems, files } = prepareEach(loaded, workshop, previous);
  const failures = problems.filter(({ severity }) => severity === "error");
  if (previous === undefined && failures.length > 0) throw new ConfigError(problems, files);
  const { config } = loaded;
  const common = {
    resolution: config.resolution,
    defaultTenant: config.defaultTenant,
    mappedKeys: keyOwners(config, deps.keyPepper),
    unserved: unservedOf(config, prepared, kept, previous),
  };
  const snapshot = await assemble({ prepared, kept, common }, deps, previous);
  const warnings = problems.filter(({ severity }) => severity === "warning");
  return { snapshot, warnings, files, failures };
}

/** Tenants that are configured and will not be served. */
function unservedOf(
  { configured }: GatewayConfig,
  prepared: ReadonlyMap<string, Prepared>,
  kept: readonly string[],
  previous: Snapshot | undefined,
): ReadonlyMap<string, MergedTenant> {
  const served = new Set(kept.filter((id) => previous?.runtimes.has(id) === true));
  return new Map([...configured].filter(([id]) => !prepared.has(id) && !served.has(id)));
}

/** Compiles everything and opens nothing: what `checkstream check` does. @throws {ConfigError} */
export function prepare(
  loaded: LoadedConfig,
  deps: Pick<AssembleDeps, "classifiers">,
): { readonly prepared: ReadonlyMap<string, Prepared>; readonly warnings: readonly Problem[] } {
  const { prepared, problems, files } = prepareEach(loaded, openWorkshop(loaded, deps.classifiers), undefined);
  if (problems.some(({ severity }) => severity === "error")) throw new ConfigError(problems, files);
  return { prepared, warnings: problems };
}

interface PreparedTenants {
  readonly prepared: ReadonlyMap<string, Prepared>;
  /** Tenants that stay as they are: nothing changed, or their policy does not validate. */
  readonly kept: readonly string[];
  /** Errors and warnings, each once. */
  readonly problems: readonly Problem[];
  readonly files: readonly string[];
}

function prepareEach(loaded: LoadedConfig, workshop: Workshop, previous: Snapshot | undefined): PreparedTenants {
  const { classifiers, sections } = workshop;
  const kept: string[] = [];
  const problems: Problem[] = workshop.told ? [] : [...loaded.warnings];
  workshop.told = true;
  const files = new Set(loaded.files);
  const prepared = new Map<string, Prepared>();
  for (const [id, merged] of loaded.config.tenants) {
    const known = loaded.tenantProblems.get(id);
    if (known !== undefined) {
      problems.push(...known);
      if (merged.config.policy?.path !== undefined) files.add(merged.config.policy.path);
      kept.push(id);
      continue;
    }
    const serving = previous?.runtimes.get(id)?.recipe;
    if (serving?.merged === merged && serving.sections === sections) {
      for (const file of serving.policyTexts.keys()) files.add(file);
      kept.push(id);
      continue;
    }
    try {
      const { document, texts: policyTexts, policy, plans, warnings, version } = compileTenant(merged, workshop);
      for (const file of policyTexts.keys()) files.add(file);
      problems.push(...warnings);
      if (loaded.config.notify.secret === undefined && notifies(policy)) problems.push(unsigned(document));
      prepared.set(id, { recipe: { merged, policyTexts, sections, version }, policy, classifiers, plans });
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
      const read = workshop.documents.get(documentKey(merged.config));
      const readFiles = read === undefined || read instanceof ConfigError ? error.files : [...read.texts.keys()];
      // A policy that is a text stands in no file.
      if (merged.config.policy?.text === undefined) { for (const file of readFiles) files.add(file); }
      kept.push(id);
    }
  }
  const unique = [
    ...new Map(problems.map((problem) => [`${problem.file}:${problem.line}:${problem.column}:${problem.message}`, problem])).values(),
  ];
  return { prepared, kept, problems: unique, files: [...files] };
}

/** Settings that were once compiled and that no tenant has any more; beyond so many all are let go. */
const MOST_COMPILED = 10_000;

/**
 * Compiles a tenant's policy, or finds it compiled. What it compiles to depends on its text, on these two sections and on the classifiers,
 * which are the workshop's. @throws {ConfigError}
 */
export function compileTenant(merged: MergedTenant, workshop: Workshop): Compiled & ReadDocument {
  const { config } = merged;
  const { classifiers, sections, documents, compiled } = workshop;
  const read = remembered(documents, documentKey(config), () => documentOf(merged));
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  const key = `${JSON.stringify([documentKey(config), config.policy?.shown, config.thresholds])}${spelled(config.pipeline)}`;
  const ready = remembered(compiled, key, () => {
    const made = compileFor(read.document, config, classifiers);
    return { ...made, version: tenantVersion(made.policy, sections, config) };
  });
  return { ...ready, ...read };
}

/** JSON of a section that thousands of tenants share. */
const spellings = new WeakMap<object, string>();

function spelled(section: object): string {
  let text = spellings.get(section);
  if (text === undefined) spellings.set(section, text = JSON.stringify(section));
  return text;
}

/** A mistake is remembered too: thousands of tenants may share it. */
function remembered<T extends object>(known: Map<string, T | ConfigError>, key: string, make: () => T): T {
  let value = known.get(key);
  if (value === undefined) {
    try {
      value = make();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      value = error;
    }
    known.set(key, value);
  }
  if (value instanceof ConfigError) throw value;
  return value;
}

function notifies({ phases }: CompiledPolicy): boolean {
  return Object.values(phases).some(({ rules }) => rules.some(({ actions }) => actions.some(({ kind }) => kind === "notify")));
}

function unsigned(document: PolicyDocument | undefined): Problem {
  const message = "notifies webhooks, but notify.secret_env names no variable that is set, so they are not signed";
  return { file: document?.file ?? "config", line: 1, column: 1, severity: "warning", message };
}

/** The classifiers and pipelines a configuration offers. @throws {ConfigError} */
export function classifierSet(loaded: LoadedConfig, deps: ClassifierDeps): ClassifierSet {
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

/** Tells policies apart: files by their path, texts by themselves. */
function documentKey({ policy }: TenantConfig): string {
  return policy === undefined ? "" : policy.path ?? `text:${policy.text}`;
}

interface ReadDocument {
  readonly document: PolicyDocument | undefined;
  /** By absolute path; one object for all tenants of the policy. */
  readonly texts: ReadonlyMap<string, string>;
}

const NO_DOCUMENT: ReadDocument = { document: undefined, texts: new Map() };

function documentOf({ config }: MergedTenant): ReadDocument {
  const document = configuredPolicy(config);
  if (document === undefined) return NO_DOCUMENT;
  const isFile = config.policy?.text === undefined;
  return { document, texts: new Map(isFile ? document.files.map((file, i) => [file, document.texts[i]!]) : []) };
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
