/** Entity classifiers: a list of entity patterns behind a name. */
import { z } from "zod";
import { compilePatterns, type PatternSet } from "../../matching/mod.ts";
import type { EntityClassifier, EntityPattern } from "../types.ts";
import { type EntityOptions, entityPatterns, type EntityRule } from "./entity.ts";
import { canonicalEntity } from "./aliases.ts";
import { PII } from "./pii.ts";
import { SECRETS } from "./secrets.ts";
import { EntitySession } from "./session.ts";

/** A classifier that scores text by the patterns; the automaton is built when the first text is opened. */
export function entityClassifier(name: string, entities: readonly EntityPattern[]): EntityClassifier {
  let set: PatternSet | undefined;
  return {
    name,
    tier: "A",
    labels: [...new Set(entities.map(({ entity }) => entity))],
    entities,
    open(context) {
      set ??= compilePatterns(entities.map(({ spec }) => spec), { foldEvasions: true });
      return new EntitySession(set, entities, context);
    },
  };
}

/** `options` with canonical names; a name that no rule finds is an error at its path. */
function checkedOptions(options: EntityOptions, rules: readonly EntityRule[]): EntityOptions {
  const known = new Set(rules.map(({ entity }) => entity));
  const problems: z.core.$ZodIssue[] = [];
  const canonical = (name: string, path: (string | number)[]): string => {
    const entity = canonicalEntity(name);
    if (!known.has(entity)) {
      problems.push({ code: "custom", path, input: name, message: `unknown entity "${name}"; known: ${[...known].sort().join(", ")}` });
    }
    return entity;
  };
  const entities = options.entities?.map((name, i) => canonical(name, ["entities", i]));
  const context = Object.fromEntries(
    Object.entries(options.context ?? {}).map(([name, words]) => [canonical(name, ["context", name]), words]),
  );
  if (problems.length > 0) throw new z.ZodError(problems);
  return { ...options, ...(entities !== undefined && { entities }), context };
}

/** `pii_detector`: personal data. */
export function piiDetector(name: string, options: EntityOptions): EntityClassifier {
  return entityClassifier(name, entityPatterns(PII, checkedOptions(options, PII)));
}

/** `secrets`: credentials. */
export function secretsDetector(name: string, options: EntityOptions): EntityClassifier {
  return entityClassifier(name, entityPatterns(SECRETS, checkedOptions(options, SECRETS)));
}
