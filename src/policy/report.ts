/** Tells what is wrong with a rule, with its place. */
import type { Problem } from "../config/types.ts";
import type { YamlPath } from "../config/yaml_source.ts";
import type { LoadedRule } from "./load.ts";

/** How a problem is told. */
export interface ReportOptions {
  readonly suggestion?: string;
  readonly warning?: boolean;
  /** Point at the key rather than at its value. */
  readonly key?: boolean;
}

/** Collects problems of `rule`; `path` is below the rule. */
export function reporter(rule: LoadedRule, problems: Map<string, Problem>) {
  return (path: YamlPath, message: string, { suggestion, warning, key }: ReportOptions = {}) => {
    const full = [...rule.path, ...path];
    const position = key === true ? rule.source.keyPositionOf(full) : rule.source.positionOf(full);
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
