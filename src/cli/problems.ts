/** How problems with files are shown on a terminal. */
import { maskLine } from "../config/mask.ts";
import { formatProblem, type Problem } from "../config/mod.ts";

/** `file:line:column: message`, then the line with the place underlined. */
export function describe(problem: Problem): string {
  const head = formatProblem(problem);
  if (problem.excerpt === undefined || problem.excerpt.trim() === "") return head;
  // Indentation is never what is meant.
  const excerpt = maskLine(problem.excerpt);
  const from = problem.column - 1 + (/^\s*(?=\S)/.exec(problem.excerpt.slice(problem.column - 1))?.[0].length ?? 0);
  const rest = problem.excerpt.slice(from);
  const width = Math.max(1, /^("[^"]*"|'[^']*'|\[[^\]]*\]|\{[^}]*\}|[^\s:,\]}#]+)/.exec(rest)?.[0].length ?? 1);
  return `${head}\n    ${excerpt}\n    ${" ".repeat(from)}${"^".repeat(width)}`;
}
