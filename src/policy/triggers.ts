/** Compiles triggers as written into triggers as evaluated, collecting the patterns of a phase on the way. */
import { isEntityClassifier } from "../classifiers/types.ts";
import { suggest } from "../config/suggest.ts";
import type { YamlPath } from "../config/yaml_source.ts";
import { maxMatchLength, parsePattern, PatternError } from "../matching/mod.ts";
import type { PatternSpec } from "../matching/types.ts";
import type { PolicyEnvironment } from "./compile.ts";
import { ConditionError, FACTS, parseChoice, parseComparison } from "./conditions.ts";
import type { RawTrigger } from "./schema.ts";
import { checkKeys, formsOf } from "./trigger_keys.ts";
import type { Phase, ScoreTest, Trigger } from "./types.ts";

/** Collects what one phase's rules need. */
export interface PhaseCollector {
  readonly phase: Phase;
  readonly patterns: PatternSpec[];
  readonly entities: Map<number, string>;
  readonly classifiers: Set<string>;
  readonly environment: PolicyEnvironment;
  /** Reports what is wrong at `path` below the trigger. */
  problem(path: YamlPath, message: string, options?: { suggestion?: string; warning?: boolean; key?: boolean }): void;
}

/** A trigger that never fires: what stands for one that has been reported as wrong. */
const NEVER: Trigger = { kind: "any", of: [] };

/** Compiles `raw`; what is wrong is reported to `into`. */
export function compileTrigger(raw: RawTrigger, into: PhaseCollector, path: YamlPath): Trigger {
  const forms = formsOf(raw);
  if (forms.length !== 1) {
    into.problem(
      path,
      forms.length === 0
        ? "says nothing: give it classifier, pattern, keywords, condition, all, any or not"
        : `mixes ${forms.join(" and ")}; combine them with all or any`,
    );
    return NEVER;
  }
  checkKeys(raw, forms[0]!, path, (at, message, options) => into.problem(at, message, options));
  if (raw.classifier !== undefined) return classifierTrigger(raw, raw.classifier, into, path);
  if (raw.pattern !== undefined) return patternTrigger(raw, raw.pattern, into, [...path, "pattern"]);
  if (raw.keywords !== undefined) return keywordTrigger(raw, raw.keywords, into);
  if (raw.condition !== undefined) return conditionTrigger(raw.condition, into, [...path, "condition"]);
  if (raw.all !== undefined) return { kind: "all", of: raw.all.map((each, i) => compileTrigger(each, into, [...path, "all", i])) };
  if (raw.any !== undefined) return { kind: "any", of: raw.any.map((each, i) => compileTrigger(each, into, [...path, "any", i])) };
  if (raw.not !== undefined) return { kind: "not", of: compileTrigger(raw.not, into, [...path, "not"]) };
  if (raw.field !== undefined) return conditionTrigger({ [raw.field]: raw.value ?? "" }, into, [...path, "field"]);
  const parts = raw.triggers!.map((each, i) => compileTrigger(each, into, [...path, "triggers", i]));
  if (raw.operator === "not") return { kind: "not", of: { kind: "any", of: parts } };
  return { kind: raw.operator === "or" ? "any" : "all", of: parts };
}

function classifierTrigger(raw: RawTrigger, name: string, into: PhaseCollector, path: YamlPath): Trigger {
  const { classifiers } = into.environment;
  const classifier = classifiers.get(name);
  if (classifier === undefined) {
    const meant = suggest(name, classifiers.names);
    into.problem([...path, "classifier"], `there is no classifier "${name}"`, meant === undefined ? {} : { suggestion: meant });
    return NEVER;
  }
  const test = scoreTest(raw, into, path);
  let labels = raw.label === undefined ? undefined : [raw.label].flat();
  let labelPath: YamlPath = [...path, "label"];
  let likeliest: "in" | "not in" | undefined;
  if (raw.condition?.label !== undefined) {
    if (labels !== undefined) into.problem(labelPath, "says the same as condition.label; keep one of them", { key: true });
    labelPath = [...path, "condition", "label"];
    const { values, negate } = choiceOf(raw.condition.label, into, labelPath);
    labels = [...values];
    likeliest = negate ? "not in" : "in";
  }
  if (isEntityClassifier(classifier)) {
    if (raw.entities !== undefined && labels !== undefined) {
      into.problem(labelPath, `says the same as entities, since the labels of ${name} are its entities; keep one of them`, { key: true });
    }
    const wanted = raw.entities ?? labels;
    const known = [...new Set(classifier.entities.map(({ entity }) => entity))];
    for (const entity of wanted ?? []) {
      if (known.includes(entity)) continue;
      const meant = suggest(entity, known);
      into.problem(
        raw.entities === undefined ? labelPath : [...path, "entities"],
        `${name} knows no entity "${entity}"`,
        meant === undefined ? {} : { suggestion: meant },
      );
    }
    const patterns: number[] = [];
    for (const { entity, spec } of classifier.entities) {
      if (wanted !== undefined && wanted.includes(entity) === (likeliest === "not in")) continue;
      into.entities.set(into.patterns.length, entity);
      patterns.push(into.patterns.push(spec) - 1);
    }
    return entityTrigger(patterns, name, test);
  }
  if (raw.entities !== undefined) {
    into.problem([...path, "entities"], `only pii_detector and secrets know entities; use label for "${name}"`);
  }
  for (const label of labels ?? []) {
    if (classifier.labels.length === 0 || classifier.labels.includes(label)) continue;
    const meant = suggest(label, classifier.labels);
    into.problem(
      labelPath,
      `"${name}" never answers "${label}"; it knows ${classifier.labels.join(", ")}`,
      meant === undefined ? {} : { suggestion: meant },
    );
  }
  into.classifiers.add(name);
  return { kind: "score", classifier: name, test, ...(labels !== undefined && { labels }), ...(likeliest !== undefined && { likeliest }) };
}

/** The score of an entity classifier is that of its best match, 0 without one; tests of it become matches that are or are not there. */
function entityTrigger(patterns: readonly number[], classifier: string, test: ScoreTest): Trigger {
  const atLeast = (minScore: number): Trigger => ({ kind: "pattern", patterns, minScore, classifier });
  const above = (score: number) => atLeast(score + Number.EPSILON);
  const below = (trigger: Trigger): Trigger => ({ kind: "not", of: trigger });
  const between = (min: number, max: number): Trigger =>
    max >= 1 ? atLeast(min) : min <= 0 ? below(above(max)) : { kind: "all", of: [atLeast(min), below(above(max))] };
  if (test.kind === "range") return between(test.min, test.max);
  switch (test.op) {
    case ">":
      return above(test.value);
    case ">=":
      return atLeast(test.value);
    case "<":
      return below(atLeast(test.value));
    case "<=":
      return below(above(test.value));
    case "==":
      return between(test.value, test.value);
    case "!=":
      return below(between(test.value, test.value));
  }
}

function scoreTest(raw: RawTrigger, into: PhaseCollector, path: YamlPath): ScoreTest {
  const { thresholds } = into.environment;
  const { threshold, min_threshold: min, max_threshold: max, confidence } = raw;
  if (threshold !== undefined && min !== undefined) {
    into.problem([...path, "threshold"], "says the same as min_threshold; keep one of them");
  }
  if (confidence !== undefined && (threshold !== undefined || min !== undefined)) {
    into.problem([...path, "confidence"], `says the same as ${min === undefined ? "threshold" : "min_threshold"}; keep one of them`, {
      key: true,
    });
  }
  const least = min ?? threshold ?? confidence;
  if (least !== undefined && max !== undefined && least > max) {
    const key = min !== undefined ? "min_threshold" : threshold !== undefined ? "threshold" : "confidence";
    into.problem([...path, key], `${least} is above max_threshold ${max}, so this never fires`);
  }
  if (raw.condition?.score !== undefined) {
    for (const key of ["threshold", "min_threshold", "max_threshold", "confidence"] as const) {
      if (raw[key] !== undefined) into.problem([...path, key], "says the same as condition.score; keep one of them", { key: true });
    }
    try {
      const test = parseComparison(raw.condition.score);
      if (test.value < 0 || test.value > 1) {
        into.problem([...path, "condition", "score"], `compares with ${test.value}, and a score is between 0 and 1`);
      }
      return test;
    } catch (error) {
      into.problem([...path, "condition", "score"], error instanceof ConditionError ? error.message : String(error));
    }
  }
  for (const key of Object.keys(raw.condition ?? {})) {
    if (key !== "score" && key !== "label") {
      into.problem(
        [...path, "condition", key],
        `beside a classifier a condition knows score and label; put "${key}" into a condition of its own with all`,
        { key: true },
      );
    }
  }
  if (min !== undefined || max !== undefined) return { kind: "range", min: least ?? 0, max: max ?? 1 };
  const fallback = raw.condition?.label === undefined ? into.phase === "midstream" ? thresholds.chunk : thresholds.safety : 0;
  return { kind: "range", min: least ?? fallback, max: 1 };
}

function patternTrigger(raw: RawTrigger, source: string, into: PhaseCollector, path: YamlPath): Trigger {
  const spec: PatternSpec = {
    source,
    ...(raw.case_insensitive === true && { caseInsensitive: true }),
    ...(raw.multiline === true && { multiline: true }),
  };
  try {
    parsePattern(source, spec);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    into.problem(path, `the pattern cannot be used: ${error.reason} at its column ${error.column}${instead(error.reason)}`);
    return NEVER;
  }
  const longest = maxMatchLength(spec);
  const { maxHoldbackChars } = into.environment;
  if (into.phase === "midstream" && longest > maxHoldbackChars) {
    const length = longest === Infinity ? "text of any length" : `${longest} characters`;
    into.problem(
      path,
      `can match ${length}; midstream only matches of at most ${maxHoldbackChars} characters (max_holdback_chars) are held back, longer ones pass; bound it, e.g. {0,200} in place of *`,
      { warning: true },
    );
  }
  return { kind: "pattern", patterns: [into.patterns.push(spec) - 1], minScore: 0 };
}

function keywordTrigger(raw: RawTrigger, keywords: readonly string[], into: PhaseCollector): Trigger {
  const leaves = keywords.map((source): Trigger => {
    const spec: PatternSpec = { source, literal: true, wholeWord: true, ...(raw.case_insensitive !== false && { caseInsensitive: true }) };
    return { kind: "pattern", patterns: [into.patterns.push(spec) - 1], minScore: 0 };
  });
  if (raw.match === "all") return { kind: "all", of: leaves };
  return { kind: "pattern", patterns: leaves.flatMap((leaf) => leaf.kind === "pattern" ? leaf.patterns : []), minScore: 0 };
}

function conditionTrigger(condition: Readonly<Record<string, string | number>>, into: PhaseCollector, path: YamlPath): Trigger {
  const tests = Object.entries(condition).map(([key, value]) => {
    const read = FACTS[key];
    if (read === undefined) {
      const known = Object.keys(FACTS);
      const meant = suggest(key, known);
      into.problem(
        [...path, key],
        key === "score" || key === "label"
          ? `"${key}" needs a classifier beside the condition`
          : `unknown condition "${key}"; known: ${known.join(", ")}`,
        { key: true, ...(meant !== undefined && { suggestion: meant }) },
      );
      return () => false;
    }
    try {
      return read(value);
    } catch (error) {
      into.problem([...path, key], error instanceof ConditionError ? error.message : String(error));
      return () => false;
    }
  });
  const describe = Object.entries(condition).map(([key, value]) => `${key} ${value}`).join(" and ");
  return { kind: "condition", test: (facts) => tests.every((test) => test(facts)), describe, aboutText: condition.contains !== undefined };
}

/** Reads a condition's list of labels; what cannot be read is reported. */
function choiceOf(value: string | number, into: PhaseCollector, path: YamlPath): ReturnType<typeof parseChoice> {
  try {
    return parseChoice(value);
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    into.problem(path, error.message);
    return { values: [], negate: false };
  }
}

/** What to write in place of what has no linear-time form. */
function instead(reason: string): string {
  if (/look(ahead|behind)/.test(reason)) return "; match the text around it too, or combine two patterns with all and not";
  return reason.includes("backreference") ? "; write the repeated text out" : "";
}
