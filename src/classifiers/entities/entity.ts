/** How one kind of personal data or secret is written down, and how that becomes a pattern for the automaton. */
import { maxMatchLength } from "../../matching/mod.ts";
import type { PatternSpec } from "../../matching/types.ts";
import type { EntityPattern } from "../types.ts";
import { contextWords } from "./context_words.ts";

/** A shape with the tests that tell it from look-alikes. Several rules may find the same entity. */
export interface EntityRule {
  /** Canonical snake_case name, e.g. `credit_card`. */
  readonly entity: string;
  /** What to show a person, e.g. `Credit card`. */
  readonly label: string;
  /** ISO 3166 code, `EU` or `global`. */
  readonly region: string;
  /** Confidence in (0, 1] when everything speaks for it. */
  readonly score: number;
  /** RE2 syntax; begins as distinctively as the shape allows, because text is held back from its first character on. */
  readonly pattern: string;
  readonly caseInsensitive?: boolean;
  /** No letter or digit of any script on either side; `\b` knows ASCII only. */
  readonly wholeWord?: boolean;
  /** Check digits, ranges, neighbours. `before` is up to 64 characters of preceding text. */
  readonly valid?: (match: string, before: string) => boolean;
  /**
   * A quick look at `text[from … to)`, which ends where a match may end and holds all of it and `within` characters before. False says for certain
   * that every match that begins there is refused.
   */
  readonly mayPass?: (text: string, from: number, to: number) => boolean;
  /** In place of `valid` where there is more to say than yes or no: 0 to `score`. */
  readonly confidence?: (match: string, before: string) => number;
  /** Words that make it likely when they stand before the match, lower case. */
  readonly context?: readonly string[];
  /** How near before the match a context word, or what `mayPass` looks for, stands. UTF-16 units, at most 64. @default 48 */
  readonly within?: number;
  /** Confidence when no context word precedes; 0: not found without one. @default 0 */
  readonly without?: number;
}

/** Options of a `pii_detector` or `secrets` definition. */
export interface EntityOptions {
  /** Canonical names or aliases; absent: all. */
  readonly entities?: readonly string[];
  /** Texts that are never a finding (the company's own phone number, sample cards). Compared without case and white space. */
  readonly allow_list?: readonly string[];
  /** Further context words by entity. */
  readonly context?: Readonly<Record<string, readonly string[]>>;
}

function condense(text: string): string {
  return text.toLowerCase().replace(/\s+/g, "");
}

/** `PatternSpec.mayPass`: looks at what a match that ends there, and `context` characters before it, can be. */
function lookBack(mayPass: NonNullable<EntityRule["mayPass"]>, shape: PatternSpec, context: number): NonNullable<PatternSpec["mayPass"]> {
  let reach: number | undefined; // found when first needed: it takes longer than all else on load
  return (text, end) => mayPass(text, Math.max(0, end - (reach ??= maxMatchLength(shape) + context)), end);
}

/** The pattern of one rule under the options. */
function toPattern(rule: EntityRule, options: EntityOptions, allowed: ReadonlySet<string>): EntityPattern {
  const { entity, label, region, score, valid, confidence, within = 48, without = 0 } = rule;
  const words = rule.context === undefined ? undefined : [...rule.context, ...options.context?.[entity] ?? []];
  const inContext = words === undefined ? undefined : contextWords(words, within);
  const needsWord = inContext !== undefined && without === 0 && confidence === undefined;
  const mayPass = needsWord ? inContext.mayHold : rule.mayPass;
  const check = (match: string, before: string): number => {
    // All must hold; the words are missing most often.
    if (needsWord && !inContext.precede(before)) return 0;
    if (valid !== undefined && !valid(match, before)) return 0;
    if (allowed.size > 0 && allowed.has(condense(match))) return 0;
    if (confidence !== undefined) return confidence(match, before);
    return needsWord || inContext === undefined || inContext.precede(before) ? score : without;
  };
  // Without a check every match counts with a score of 1.
  const plain = valid === undefined && confidence === undefined && inContext === undefined && allowed.size === 0 && score === 1;
  const shape = {
    source: rule.pattern,
    ...(rule.caseInsensitive === true && { caseInsensitive: true }),
    ...(rule.wholeWord === true && { wholeWord: true }),
  };
  const spec: PatternSpec = {
    ...shape,
    ...(!plain && { check }),
    ...(mayPass !== undefined && { mayPass: lookBack(mayPass, shape, within) }),
  };
  return { entity, label, region, score, spec };
}

/** The rules as patterns, narrowed and adjusted by the options. `options.entities` holds canonical names. */
export function entityPatterns(rules: readonly EntityRule[], options: EntityOptions = {}): readonly EntityPattern[] {
  const wanted = options.entities === undefined ? undefined : new Set(options.entities);
  const allowed = new Set((options.allow_list ?? []).map(condense));
  return rules.filter((rule) => wanted === undefined || wanted.has(rule.entity)).map((rule) => toPattern(rule, options, allowed));
}
