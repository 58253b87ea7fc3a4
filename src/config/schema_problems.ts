/** Turns what zod finds into problems with places, plain words and suggestions. */
import { z } from "zod";
import { mayRepeat } from "./mask.ts";
import { suggest } from "./suggest.ts";
import type { Problem } from "./types.ts";
import type { YamlPath, YamlSource } from "./yaml_source.ts";

/** Parses `source.value` with `schema`. Returns the value, or every problem found. */
export function checkWith<T>(
  schema: z.ZodType<T>,
  source: YamlSource,
): { value: T; problems: [] } | { value: undefined; problems: Problem[] } {
  if (source.problems.length > 0) return { value: undefined, problems: [...source.problems] };
  const result = schema.safeParse(source.value ?? {});
  if (result.success) return { value: result.data, problems: [] };
  return { value: undefined, problems: problemsOf(result.error, schema, source) };
}

/** All issues of a failed parse, in file order. */
export function problemsOf(error: z.ZodError, schema: z.ZodType, source: YamlSource, base: YamlPath = []): Problem[] {
  const problems: Problem[] = [];
  for (const issue of error.issues) collect(issue, [...base.map(String), ...issue.path.map(String)], schema, source, base.length, problems);
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}

type Issue = z.core.$ZodIssue;

function collect(issue: Issue, path: readonly string[], schema: z.ZodType, source: YamlSource, depth: number, out: Problem[]): void {
  const add = (message: string, at: "key" | "value", where: readonly string[] = path, suggestion?: string) => {
    const position = at === "key" ? source.keyPositionOf(where) : source.positionOf(where);
    // What stands in this section are keys, and they stand in its lines.
    const keys = where.indexOf("api_key_map") + 1;
    const shown = keys > 0 ? where.slice(0, keys) : where;
    out.push({
      ...position,
      severity: "error",
      path: shown.join("."),
      message: shown.length === 0 ? message : `${shown.join(".")}: ${message}`,
      excerpt: keys > 0 ? "" : source.line(position.line),
      ...(suggestion !== undefined && { suggestion }),
    });
  };
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = keysAt(schema, path.slice(depth));
      for (const key of issue.keys) {
        const meant = suggest(key, known);
        add(`unknown key "${key}"${meant === undefined && known.length > 0 ? `; known keys: ${known.join(", ")}` : ""}`, "key", [
          ...path,
          key,
        ], meant);
      }
      return;
    }
    case "invalid_type":
      if (valueAt(source, path) === undefined) return add(`missing, expected ${article(issue.expected)}`, "key");
      return add(`expected ${article(issue.expected)}, got ${show(valueAt(source, path), path)}`, "value");
    case "invalid_value": {
      const values = issue.values.map(String);
      const given = valueAt(source, path);
      return add(
        `expected one of ${values.join(", ")}; got ${show(given, path)}`,
        "value",
        path,
        typeof given === "string" ? suggest(given, values) : undefined,
      );
    }
    case "invalid_union": {
      // The branch that got furthest is the one that was meant.
      const branches = issue.errors.filter((errors) => errors.length > 0);
      const best = branches.sort((a, b) => weight(a) - weight(b))[0];
      if (best === undefined) return add(`not one of the accepted forms, got ${show(valueAt(source, path), path)}`, "value");
      for (const inner of best) collect(inner as Issue, [...path, ...inner.path.map(String)], schema, source, depth, out);
      return;
    }
    case "too_big":
    case "too_small": {
      const given = valueAt(source, path);
      if (typeof given !== "number") return add(sizeMessage(issue), "value");
      const [most, limit] = issue.code === "too_big" ? ["at most", issue.maximum] : ["at least", issue.minimum];
      // A share written in per cent is the usual slip.
      const share = issue.code === "too_big" && Number(limit) === 1 && given <= 100;
      return add(`expected ${most} ${limit}, got ${given}`, "value", path, share ? String(given / 100) : undefined);
    }
    case "invalid_key":
      return add(issue.issues.map((inner) => inner.message).join("; ") || "invalid name", "key");
    default:
      return add(issue.message, "value");
  }
}

/** What is wrong with the length of a text or list. */
function sizeMessage(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): string {
  const what = issue.origin === "string" ? "characters" : "entries";
  if (issue.code === "too_big") return `has more than ${issue.maximum} ${what}`;
  return Number(issue.minimum) === 1 ? "must not be empty" : `has fewer than ${issue.minimum} ${what}`;
}

/** How wrong a branch of a union is: a wrong type, or a value that is none of a list's, at its top is the worst. */
function weight(errors: readonly Issue[]): number {
  return errors.reduce((sum, error) => {
    if (error.path.length > 0) return sum + 1;
    if (error.code === "invalid_union") return sum + Math.min(10, ...error.errors.filter(({ length }) => length > 0).map(weight));
    return sum + (error.code === "invalid_type" || error.code === "invalid_value" ? 10 : 1);
  }, 0);
}

function valueAt(source: YamlSource, path: readonly string[]): unknown {
  let value: unknown = source.value;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

function show(value: unknown, path: readonly string[]): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value !== "string") return `${value}`;
  // What stands where a secret belongs is one, or may be.
  return mayRepeat(value, path) ? `the text "${value.slice(0, 60)}"` : "a text";
}

function article(expected: string): string {
  const names: Readonly<Record<string, string>> = {
    string: "a text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    array: "a list",
    object: "a mapping",
    record: "a mapping",
  };
  return names[expected] ?? expected;
}

/** The keys that a mapping at `path` may have, over all branches of the schema. */
function keysAt(schema: z.ZodType, path: readonly string[]): string[] {
  let level: z.core.$ZodType[] = [schema];
  for (const step of path) level = level.flatMap((each) => stepInto(each, step));
  const keys = new Set<string>();
  for (const each of level.flatMap(unwrap)) if (each instanceof z.ZodObject) { for (const key of Object.keys(each.shape)) keys.add(key); }
  return [...keys];
}

function stepInto(schema: z.core.$ZodType, step: string): z.core.$ZodType[] {
  return unwrap(schema).flatMap((each): z.core.$ZodType[] => {
    if (each instanceof z.ZodObject) return each.shape[step] === undefined ? [] : [each.shape[step]];
    if (each instanceof z.ZodArray) return [each.element];
    return each instanceof z.ZodRecord ? [each.valueType] : [];
  });
}

/** Looks through optional, default, union, pipe and the like. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return unwrap(schema.unwrap());
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(unwrap);
  if (schema instanceof z.ZodPipe) return unwrap(schema.in);
  return schema instanceof z.ZodLazy ? unwrap(schema.unwrap()) : [schema];
}
