/** What zod finds wrong with a value that came without a file (an API call): a path and plain words for each. */
import type { z } from "zod";
import { problemsOf } from "./schema_problems.ts";
import type { YamlSource } from "./yaml_source.ts";

/** One thing wrong with a value. */
export interface ValueProblem {
  /** Dotted path; empty for the value itself. */
  readonly path: string;
  readonly message: string;
}

/** All problems of a failed parse of `value`, with the suggestions that a file would get. */
export function valueProblems(error: z.ZodError, schema: z.ZodType, value: unknown): ValueProblem[] {
  return problemsOf(error, schema, withoutPlaces(value)).map(({ path = "", message, suggestion }) => ({
    path,
    message: (path !== "" && message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message) +
      (suggestion === undefined ? "" : `; did you mean "${suggestion}"?`),
  }));
}

function withoutPlaces(value: unknown): YamlSource {
  const place = { file: "", line: 1, column: 1 };
  return { file: "", text: "", value, problems: [], line: () => "", positionOf: () => place, keyPositionOf: () => place };
}
