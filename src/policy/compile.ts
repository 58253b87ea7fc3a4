/** From a policy document to per-phase rules that guards run, or every problem at once. */
import { createHash } from "node:crypto";
import { type ClassifierSet, isEntityClassifier } from "../classifiers/types.ts";
import { suggest } from "../config/suggest.ts";
import { ConfigError, type Problem } from "../config/types.ts";
import type { YamlPath } from "../config/yaml_source.ts";
import { compilePatterns } from "../matching/mod.ts";
import { ACTIONS, phasesOf } from "./actions.ts";
import type { LoadedRule, PolicyDocument } from "./load.ts";
import { ACTION_KINDS, type ActionKind, type RawAction, type RawRule } from "./schema.ts";
import { compileTrigger, type PhaseCollector } from "./triggers.ts";
import type { CompiledPolicy, CompiledRule, Phase, PhaseRules, RuleRef } from "./types.ts";

/** What a policy is compiled against: one tenant's settings. */
export interface PolicyEnvironment {
  readonly classifiers: ClassifierSet;
  readonly thresholds: { readonly safety: number; readonly chunk: number; readonly audit: number };
  readonly phases: Readonly<
    Record<Phase, { readonly enabled: boolean; readonly classifiers: readonly string[]; readonly threshold: number | undefined }>
  >;
  readonly maxHoldbackChars: number;
}

export interface CompileResult {
  readonly policy: CompiledPolicy;
  readonly warnings: readonly Problem[];
}

const PHASES = ["ingress", "midstream", "egress"] as const;

/** Compiles `document` (undefined: a tenant without a policy, whose pipeline may still imply rules). @throws {ConfigError} with every error and warning. */
export function compilePolicy(document: PolicyDocument | undefined, environment: PolicyEnvironment): CompileResult {
  const problems = new Map<string, Problem>();
  const rules = document?.rules ?? [];
  const actions = new Map(rules.map((rule) => [rule, readActions(rule, problems)]));
  const phases = Object.fromEntries(PHASES.map((phase) => [phase, compilePhase(phase, rules, actions, environment, problems)])) as Record<
    Phase,
    PhaseRules
  >;
  const found = [...problems.values()].sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
  if (found.some(({ severity }) => severity === "error")) throw new ConfigError(found);
  const hash = createHash("sha256").update(
    JSON.stringify([document?.texts ?? [], environment.thresholds, environment.phases, environment.maxHoldbackChars]),
  );
  return {
    policy: { name: document?.name ?? "(none)", file: document?.file ?? "(none)", version: hash.digest("hex").slice(0, 16), phases },
    warnings: found,
  };
}

/** A rule's actions as written: named on the rule with options beside it, as an object, or as a list. */
function readActions(rule: LoadedRule, problems: Map<string, Problem>): RawAction[] {
  const { raw } = rule;
  const report = reporter(rule, problems);
  if (raw.trigger === undefined && rule.mode !== "disabled") report([], "has no trigger");
  if (raw.action !== undefined && raw.actions !== undefined) report(["actions"], "says the same as action; keep one of them");
  const key = raw.action === undefined ? "actions" : "action";
  const listed = raw.action ?? raw.actions;
  if (listed === undefined) {
    if (rule.mode !== "disabled") report([], "has no action");
    return [];
  }
  const list = [listed].flat();
  const beside = besideOptions(raw);
  const used = new Set<string>();
  const actions = list.map((each, i): RawAction => {
    const given: RawAction = typeof each === "string" ? { type: each } : each;
    const { options, required } = ACTIONS[given.type];
    const inherited: Record<string, unknown> = {};
    for (const [option, value] of Object.entries(beside)) {
      if (!(options as readonly string[]).includes(option)) continue;
      used.add(option);
      inherited[option] = value;
    }
    const merged: RawAction = { ...inherited, ...given };
    const at: YamlPath = Array.isArray(listed) ? [key, i] : [key];
    for (const option of Object.keys(given)) {
      if (option !== "type" && !(options as readonly string[]).includes(option)) {
        report([...at, option], `${given.type} takes no "${option}"; it takes ${options.join(", ") || "no options"}`);
      }
    }
    for (const option of required) if (merged[option] === undefined) report(at, `${given.type} needs "${option}"`);
    if (merged.preserve_length === true && merged.scope === "all") {
      report([...at, "preserve_length"], "cannot be kept with scope all, whose extent is not known in advance");
    }
    return merged;
  });
  for (const option of Object.keys(beside)) {
    if (!used.has(option) && option !== "regulation" && option !== "message") {
      report(
        [option],
        `is used by none of the rule's actions (${list.map((each) => typeof each === "string" ? each : each.type).join(", ")})`,
      );
    }
  }
  return actions;
}

/** Options on the rule itself and in `options:`. */
function besideOptions(raw: RawRule): Record<string, unknown> {
  const {
    name: _n,
    description: _d,
    enabled: _e,
    phase: _p,
    mode: _m,
    priority: _pr,
    trigger: _t,
    action: _a,
    actions: _as,
    options,
    tags: _tags,
    continue: _c,
    ...beside
  } = raw;
  return Object.fromEntries(Object.entries({ ...beside, ...options }).filter(([, value]) => value !== undefined));
}

function compilePhase(
  phase: Phase,
  rules: readonly LoadedRule[],
  actions: ReadonlyMap<LoadedRule, RawAction[]>,
  environment: PolicyEnvironment,
  problems: Map<string, Problem>,
): PhaseRules {
  const collected: PhaseCollector = { phase, patterns: [], entities: new Map(), classifiers: new Set(), environment, problem: () => {} };
  const compiled: CompiledRule[] = [];
  const mentioned = new Set<string>();
  const enabled = environment.phases[phase].enabled;
  for (const rule of rules) {
    const kinds = (actions.get(rule) ?? []).map(({ type }) => type);
    if (rule.mode === "disabled" || rule.raw.trigger === undefined || kinds.length === 0 || !appliesIn(phase, rule, kinds, problems)) {
      continue;
    }
    const report = reporter(rule, problems);
    const collector = enabled
      ? collected
      : { ...collected, patterns: [], entities: new Map<number, string>(), classifiers: new Set<string>() };
    const trigger = compileTrigger(
      rule.raw.trigger,
      { ...collector, problem: (path, message, options) => report(path, message, options) },
      ["trigger"],
    );
    namesIn(rule.raw.trigger, mentioned);
    if (!enabled) continue;
    const ref: RuleRef = {
      name: rule.raw.name,
      phase,
      mode: rule.mode,
      priority: rule.priority,
      ...(rule.raw.regulation !== undefined && { regulation: rule.raw.regulation }),
      tags: rule.raw.tags ?? [],
    };
    compiled.push({
      ref,
      trigger,
      actions: actions.get(rule)!.map((action) => ACTIONS[action.type].compile(action, rule.raw.regulation)),
      continue: rule.continue,
    });
  }
  // Stable, so file order decides between equals.
  compiled.sort((a, b) => b.ref.priority - a.ref.priority);
  if (enabled) addImplied(phase, compiled, mentioned, collected, environment, problems);
  const patterns = compilePatterns(collected.patterns, {
    maxHoldbackChars: phase === "midstream" ? environment.maxHoldbackChars : 1 << 16,
    foldEvasions: true,
  });
  return { phase, rules: compiled, patterns, entities: collected.entities, classifiers: [...collected.classifiers] };
}

function appliesIn(phase: Phase, rule: LoadedRule, kinds: readonly ActionKind[], problems: Map<string, Problem>): boolean {
  const able = phasesOf(kinds);
  const wanted = rule.phase;
  if (wanted === undefined || wanted === "all") {
    if (able.length === 0) reporter(rule, problems)(["action"], `${kinds.join(" and ")} have no phase in common`);
    return able.includes(phase);
  }
  if (wanted !== phase) return false;
  if (able.includes(phase)) return true;
  const unable = kinds.filter((kind) => !ACTIONS[kind].phases.includes(phase));
  const canDo = ACTION_KINDS.filter((kind) => ACTIONS[kind].phases.includes(phase));
  reporter(rule, problems)(
    [rule.raw.phase === undefined ? "action" : "phase"],
    `${unable.join(" and ")} cannot act in ${phase}, only in ${ACTIONS[unable[0]!].phases.join(", ")}; ${phase} can do ${canDo.join(", ")}`,
  );
  return false;
}

/** Classifiers that the pipeline lists and no rule of the phase mentions stop prompts, and redact segments, at the phase's threshold. */
function addImplied(
  phase: Phase,
  rules: CompiledRule[],
  mentioned: ReadonlySet<string>,
  into: PhaseCollector,
  environment: PolicyEnvironment,
  problems: Map<string, Problem>,
): void {
  const { classifiers, threshold } = environment.phases[phase];
  for (const name of classifiers) {
    const classifier = environment.classifiers.get(name);
    if (classifier === undefined) {
      const meant = suggest(name, environment.classifiers.names);
      problems.set(`pipeline/${phase}/${name}`, {
        file: "config",
        line: 1,
        column: 1,
        severity: "warning",
        path: `pipeline.${phase}.classifiers`,
        message:
          `pipeline.${phase}.classifiers: there is no classifier "${name}", so nothing is scored with it; define it under classifiers:`,
        ...(meant !== undefined && { suggestion: meant }),
      });
      continue;
    }
    if (phase === "egress") {
      if (!isEntityClassifier(classifier)) into.classifiers.add(name);
      continue;
    }
    if (mentioned.has(name)) continue;
    const min = threshold ?? (phase === "ingress" ? environment.thresholds.safety : environment.thresholds.chunk);
    const trigger = compileTrigger({ classifier: name, threshold: min }, into, []);
    const ref: RuleRef = { name: `pipeline.${phase}.${name}`, phase, mode: "enforce", priority: 0, tags: [], implied: true };
    const action = phase === "ingress"
      ? ACTIONS.stop.compile({ type: "stop" }, undefined)
      : ACTIONS.redact.compile({ type: "redact" }, undefined);
    rules.push({ ref, trigger, actions: [action], continue: false });
  }
}

function namesIn(trigger: NonNullable<RawRule["trigger"]>, into: Set<string>): void {
  if (trigger.classifier !== undefined) into.add(trigger.classifier);
  for (
    const part of [
      ...trigger.all ?? [],
      ...trigger.any ?? [],
      ...trigger.triggers ?? [],
      ...(trigger.not === undefined ? [] : [trigger.not]),
    ]
  ) namesIn(part, into);
}

function reporter(rule: LoadedRule, problems: Map<string, Problem>) {
  return (path: YamlPath, message: string, { suggestion, warning }: { suggestion?: string; warning?: boolean } = {}) => {
    const full = [...rule.path, ...path];
    const position = rule.source.positionOf(full);
    const text = `rule "${rule.raw.name}": ${path.length === 0 ? "" : `${path.join(".")}: `}${message}`;
    // The same rule is compiled once per phase; each mistake is told once.
    problems.set(`${position.file}:${position.line}:${position.column}:${text}`, {
      ...position,
      severity: warning === true ? "warning" : "error",
      path: full.join("."),
      message: text,
      excerpt: rule.source.line(position.line),
      ...(suggestion !== undefined && { suggestion }),
    });
  };
}
