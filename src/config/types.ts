/** A position in a file: 1-based line and column. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing wrong with a file: `file:line:column: message`, with a suggestion where there is one. */
export interface Problem extends Position {
  readonly severity: "error" | "warning";
  /** What is wrong, what was expected, what to do; no secrets. */
  readonly message: string;
  /** Dotted path of the value, e.g. `tenants.configs.acme.backend_url`. */
  readonly path?: string;
  /** The closest valid spelling, for "did you mean". */
  readonly suggestion?: string;
  /** The source line, to underline the place in. */
  readonly excerpt?: string;
}

/** Thrown once with every problem found. `message` is one `file:line:column: message` a line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** `files`: those read before it failed, absolute, so that they can be watched for the correction. */
  constructor(readonly problems: readonly Problem[], readonly files: readonly string[] = []) {
    super(problems.map(formatProblem).join("\n"));
  }
}

/** `file:line:column: message (did you mean "x"?)`. */
export function formatProblem(problem: Problem): string {
  const hint = problem.suggestion === undefined ? "" : ` (did you mean "${problem.suggestion}"?)`;
  const severity = problem.severity === "warning" ? "warning: " : "";
  return `${problem.file}:${problem.line}:${problem.column}: ${severity}${problem.message}${hint}`;
}
