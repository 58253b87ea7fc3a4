/** `condition:` values: `"> 0.8"`, `"in [a, b]"`, plain texts and numbers. */
import type { ConditionFacts, ScoreTest } from "./types.ts";

/** A condition that cannot be read; the message says what would be. */
export class ConditionError extends Error {
  override readonly name = "ConditionError";
}

const COMPARISON = /^\s*(>=|<=|==|!=|>|<)?\s*(-?\d+(?:\.\d+)?)\s*$/;

/** Reads `"> 0.8"`, `"0.8"` (equal) or a number. @throws {ConditionError} */
export function parseComparison(value: string | number): ScoreTest & { kind: "compare" } {
  const [, op, number] = COMPARISON.exec(String(value)) ?? [];
  if (number === undefined) throw new ConditionError(`expected a comparison like "> 0.8", got "${value}"`);
  return { kind: "compare", op: (op ?? "==") as ">" | "<" | ">=" | "<=" | "==" | "!=", value: Number(number) };
}

/** Reads `"in [a, b]"`, `"not in [a, b]"`, `"== a"`, `"!= a"` or `"a"`. */
export function parseChoice(value: string | number): { readonly values: readonly string[]; readonly negate: boolean } {
  const text = String(value).trim();
  const list = /^(not\s+)?in\s*\[([^\]]*)\]$/i.exec(text);
  if (list !== null) {
    const values = list[2]!.split(",").map(unquote).filter((each) => each !== "");
    if (values.length === 0) throw new ConditionError(`the list in "${text}" is empty`);
    return { values, negate: list[1] !== undefined };
  }
  const [, op, rest] = /^(==|!=)?\s*(.*)$/.exec(text) ?? [];
  return { values: [unquote(rest ?? "")], negate: op === "!=" };
}

function unquote(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, "$2");
}

/** Applies a comparison to a number. */
export function compares({ op, value }: ScoreTest & { kind: "compare" }, number: number): boolean {
  switch (op) {
    case ">":
      return number > value;
    case "<":
      return number < value;
    case ">=":
      return number >= value;
    case "<=":
      return number <= value;
    case "==":
      return number === value;
    case "!=":
      return number !== value;
  }
}

/** Facts a condition without classifier may ask about, each with how its value is read. */
export const FACTS: Readonly<Record<string, (value: string | number) => (facts: ConditionFacts) => boolean>> = {
  input_length: (value) => {
    const test = parseComparison(value);
    return (facts) => compares(test, facts.inputLength);
  },
  output_length: outputLength,
  // Older spelling.
  response_length: outputLength,
  contains: (value) => {
    const wanted = String(value).toLowerCase();
    return (facts) => facts.text.toLowerCase().includes(wanted);
  },
  model: (value) => choice(value, (facts) => facts.model),
  role: (value) => choice(value, (facts) => facts.role),
  tenant: (value) => choice(value, (facts) => facts.tenant),
};

function outputLength(value: string | number): (facts: ConditionFacts) => boolean {
  const test = parseComparison(value);
  return (facts) => compares(test, facts.outputLength);
}

function choice(value: string | number, of: (facts: ConditionFacts) => string | undefined): (facts: ConditionFacts) => boolean {
  const { values, negate } = parseChoice(value);
  return (facts) => {
    const actual = of(facts);
    return (actual !== undefined && values.includes(actual)) !== negate;
  };
}
