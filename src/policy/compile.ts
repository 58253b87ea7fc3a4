/** From a policy document to per-phase rules that guards run, or every problem at once. */
import { createHash } from "node:crypto";
import { type ClassifierSet, isEntityClassifier } from "../classifiers/types.ts";
import { suggest } from "../config/suggest.ts";
import { ConfigError, type Problem } from "../config/types.ts";
import { compilePatterns } from "../matching/mod.ts";
import { ACTIONS, compileActions, phasesOf } from "./actions.ts";
import type { LoadedRule, PolicyDocument } from "./load.ts";
import { ACTION_KINDS, type ActionKind, type RawAction, type RawRule } from "./schema.ts";
import { hiddenBy } from "./reachability.ts";
import { reporter } from "./report.ts";
import { readActions } from "./rule_actions.ts";
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

/** Which rules can act somewhere, and which are always beaten where they could. */
interface Reach {
  readonly hidden: { readonly rule: LoadedRule; readonly winner: LoadedRule; readonly phase: Phase }[];
  readonly reached: Set<LoadedRule>;
}

/** Compiles `document` (undefined: a tenant without a policy, whose pipeline may still imply rules). @throws {ConfigError} with every error and warning. */
export function compilePolicy(document: PolicyDocument | undefined, environment: PolicyEnvironment): CompileResult {
  const problems = new Map<string, Problem>();
  const rules = document?.rules ?? [];
  const actions = new Map(rules.map((rule) => [rule, readActions(rule, problems)]));
  const reach: Reach = { hidden: [], reached: new Set() };
  const compile = (phase: Phase) => compilePhase(phase, rules, actions, environment, problems, reach);
  const phases: Record<Phase, PhaseRules> = { ingress: compile("ingress"), midstream: compile("midstream"), egress: compile("egress") };
  reportHidden(reach, problems);
  const found = [...problems.values()].sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column);
  if (found.some(({ severity }) => severity === "error")) throw new ConfigError(found);
  const hash = createHash("sha256").update(
    JSON.stringify([document?.texts ?? [], environment.thresholds, environment.phases, environment.maxHoldbackChars]),
  );
  const records = (what: string) =>
    Object.values(phases).some((phase) =>
      phase.rules.some((rule) => rule.actions.some((action) => action.kind === "audit" && action.include.includes(what)))
    );
  return {
    policy: {
      name: document?.name ?? "(none)",
      file: document?.file ?? "(none)",
      version: hash.digest("hex").slice(0, 16),
      phases,
      keeps: { input: records("input"), output: records("output") },
    },
    warnings: found,
  };
}

/** A rule that is beaten in every phase it applies in is a mistake; where an extended file brought it along, a warning. */
function reportHidden({ hidden, reached }: Reach, problems: Map<string, Problem>): void {
  const told = new Set<LoadedRule>();
  for (const { rule, winner, phase } of hidden) {
    if (reached.has(rule) || told.has(rule)) continue;
    told.add(rule);
    const line = winner.source.positionOf([...winner.path, "name"]).line;
    const where = winner.source === rule.source ? `at line ${line}` : `of ${winner.source.file}`;
    const why = winner.priority > rule.priority ? `has the higher priority ${winner.priority}` : "comes first";
    reporter(rule, problems)(
      ["name"],
      `can never act: in ${phase} "${winner.raw.name}" ${where} fires on the same text and ${why}; ` +
        `raise this rule's priority, narrow "${winner.raw.name}" or give it continue: true`,
      winner.source === rule.source ? {} : { warning: true },
    );
  }
}

function compilePhase(
  phase: Phase,
  rules: readonly LoadedRule[],
  actions: ReadonlyMap<LoadedRule, RawAction[]>,
  environment: PolicyEnvironment,
  problems: Map<string, Problem>,
  { hidden, reached }: Reach,
): PhaseRules {
  const collected: PhaseCollector = { phase, patterns: [], entities: new Map(), classifiers: new Set(), environment, problem: () => {} };
  const compiled: CompiledRule[] = [];
  const loaded = new Map<CompiledRule, LoadedRule>();
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
    const ready: CompiledRule = {
      ref,
      trigger,
      actions: compileActions(actions.get(rule)!, rule.raw.regulation),
      continue: rule.continue,
    };
    compiled.push(ready);
    loaded.set(ready, rule);
  }
  // Stable, so file order decides between equals.
  compiled.sort((a, b) => b.ref.priority - a.ref.priority);
  compiled.forEach((rule, i) => {
    const winner = hiddenBy(rule, compiled.slice(0, i), phase, collected.patterns);
    if (winner !== undefined) hidden.push({ rule: loaded.get(rule)!, winner: loaded.get(winner)!, phase });
    else reached.add(loaded.get(rule)!);
  });
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
    able.length === 0 ? {} : { suggestion: able[0]! },
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
