/** From the `classifiers:` and `pipelines:` sections of a configuration to what a tenant may use. */
import { z } from "zod";
import { suggest } from "../config/suggest.ts";
import { valueProblems } from "../config/value_problems.ts";
import { BUILTINS } from "./builtins.ts";
import { systemTimer } from "./deadline.ts";
import { KINDS } from "./kinds.ts";
import { buildPipeline } from "./pipelines/build.ts";
import type { RemoteDeps } from "./remote.ts";
import { type Classifier, ClassifierConfigError, type ClassifierProblem, type ClassifierSet, type Tier } from "./types.ts";

/** What classifiers get from outside. */
export type ClassifierDeps = RemoteDeps;

/** The sections as parsed from YAML; names to definitions. */
export interface ClassifierConfig {
  readonly classifiers?: Readonly<Record<string, unknown>>;
  readonly pipelines?: Readonly<Record<string, unknown>>;
}

const definitionHead = z.looseObject({
  tier: z.enum(["A", "B", "C"]).optional(),
  type: z.string().optional(),
  /** The built-in that a definition of `type: builtin` configures. @default its own name */
  builtin: z.string().optional(),
});

/** Built-ins without options, made once and shared by every tenant: they keep no state between texts. */
const shared = new Map<string, Classifier>();

function sharedBuiltin(name: string): Classifier | undefined {
  let classifier = shared.get(name);
  if (classifier === undefined && Object.hasOwn(BUILTINS, name)) shared.set(name, classifier = BUILTINS[name]!(name, {}, {}));
  return classifier;
}

/**
 * Builds every defined classifier and pipeline and offers the built-ins beside them; a definition with a built-in's name
 * replaces it.
 * @throws ClassifierConfigError with every problem of every definition.
 */
export function buildClassifierSet(config: ClassifierConfig, deps: ClassifierDeps = {}): ClassifierSet {
  const problems: ClassifierProblem[] = [];
  const defined = new Map<string, Classifier>();
  for (const [name, definition] of Object.entries(config.classifiers ?? {})) {
    const classifier = attempt(`classifiers.${name}`, definition, problems, () => define(name, definition, deps));
    if (classifier !== undefined) defined.set(name, classifier);
  }
  buildPipelines(config.pipelines ?? {}, config.classifiers ?? {}, defined, problems, deps);
  if (problems.length > 0) throw new ClassifierConfigError(problems);
  return {
    names: [...new Set([...Object.keys(BUILTINS), ...defined.keys()])].sort(),
    get: (name) => defined.get(name) ?? sharedBuiltin(name),
  };
}

/** Adds pipelines to `defined`, each after those it names. */
function buildPipelines(
  pipelines: Readonly<Record<string, unknown>>,
  classifiers: Readonly<Record<string, unknown>>,
  defined: Map<string, Classifier>,
  problems: ClassifierProblem[],
  deps: ClassifierDeps,
): void {
  const underWay: string[] = [];
  const failed = new Set<string>();
  const names = [...Object.keys(BUILTINS), ...Object.keys(classifiers), ...Object.keys(pipelines)];
  const find = (name: string): Classifier | undefined => {
    if (defined.has(name)) return defined.get(name);
    if (!Object.hasOwn(pipelines, name)) return sharedBuiltin(name);
    if (underWay.includes(name)) throw issue([], `pipelines form a cycle: ${[...underWay, name].join(" → ")}`);
    underWay.push(name);
    const pipeline = failed.has(name) ? undefined : attempt(
      `pipelines.${name}`,
      pipelines[name],
      problems,
      () => buildPipeline(name, pipelines[name], { find, names }, deps.timer ?? systemTimer),
    );
    underWay.pop();
    if (pipeline === undefined) failed.add(name);
    else defined.set(name, pipeline);
    return pipeline;
  };
  for (const name of Object.keys(pipelines)) {
    if (Object.hasOwn(classifiers, name)) {
      problems.push({ path: `pipelines.${name}`, message: "there is a classifier of this name; give the pipeline another" });
    } else if (!failed.has(name)) find(name);
  }
}

/** The type a definition without `type:` means. */
function impliedType(options: Readonly<Record<string, unknown>>): string {
  return options.patterns !== undefined ? "pattern" : options.keywords !== undefined ? "keywords" : "builtin";
}

function define(name: string, definition: unknown, deps: ClassifierDeps): Classifier {
  const { tier, type: written, builtin = name, ...options } = definitionHead.parse(definition ?? {});
  const type = written ?? impliedType(options);
  if (Object.hasOwn(KINDS, type)) return withTier(KINDS[type]!(name, options, deps), tier);
  if (type !== "builtin") throw issue(["type"], unknown("type", type, ["builtin", ...Object.keys(KINDS)]));
  if (!Object.hasOwn(BUILTINS, builtin)) {
    const path = builtin === name && written === undefined ? ["type"] : ["builtin"];
    throw issue(path, unknown("built-in classifier", builtin, Object.keys(BUILTINS).sort()));
  }
  return withTier(BUILTINS[builtin]!(name, options, deps), tier);
}

/** The classifier as the definition ranks it. Spread keeps `entities`, so policies still compile it to patterns. */
function withTier(classifier: Classifier, tier: Tier | undefined): Classifier {
  return tier === undefined || tier === classifier.tier ? classifier : { ...classifier, tier };
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const meant = suggest(name, known);
  return `unknown ${what} "${name}"; ${meant === undefined ? `known: ${known.join(", ")}` : `did you mean "${meant}"?`}`;
}

/** One problem as zod reports them, so that all end in the same list. */
function issue(path: string[], message: string): z.ZodError {
  return new z.ZodError([{ code: "custom", path, message, input: undefined }]);
}

/** Runs `build`; what is wrong with `definition`, at `path`, joins the list. */
function attempt<T>(path: string, definition: unknown, problems: ClassifierProblem[], build: () => T): T | undefined {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    for (const { path: below, message } of valueProblems(error, z.unknown(), definition)) {
      problems.push({ path: below === "" ? path : `${path}.${below}`, message });
    }
    return undefined;
  }
}
