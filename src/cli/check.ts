/** `checkstream check`: validates the configuration and every policy it names. */
import { Command } from "commander";
import { ConfigError, formatProblem, loadConfig, type Problem } from "../config/mod.ts";
import { prepare } from "../tenants/build.ts";

export function checkCommand(setExit: (code: number) => void): Command {
  return new Command("check")
    .description("validate the configuration and every policy it names; exit 1 on an error, 0 with warnings")
    .option("-c, --config <file>", "configuration file", "config.yaml")
    .addHelpText("after", "\nExample:\n  checkstream check --config config.yaml")
    .action(({ config }: { readonly config: string }) => {
      try {
        const loaded = loadConfig(config, (name) => Deno.env.get(name));
        const { prepared, warnings } = prepare(loaded, { classifiers: {} });
        for (const warning of warnings) console.log(describe(warning));
        console.log(
          `${config}: ${prepared.size} tenant${prepared.size === 1 ? "" : "s"}, ${warnings.length} warning${
            warnings.length === 1 ? "" : "s"
          }, no errors`,
        );
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        for (const problem of error.problems) console.log(describe(problem));
        setExit(1);
      }
    });
}

/** `file:line:column: message`, then the line with the place underlined. */
function describe(problem: Problem): string {
  const head = formatProblem(problem);
  if (problem.excerpt === undefined || problem.excerpt.trim() === "") return head;
  const from = problem.column - 1;
  const rest = problem.excerpt.slice(from);
  const width = Math.max(1, /^("[^"]*"|'[^']*'|[^\s:,\]}#]+)/.exec(rest)?.[0].length ?? 1);
  return `${head}\n    ${problem.excerpt}\n    ${" ".repeat(from)}${"^".repeat(width)}`;
}
