/** `checkstream check`: validates the configuration and every policy it names. */
import { Command } from "commander";
import { ConfigError, loadConfig, type LoadedConfig, type Problem } from "../config/mod.ts";
import { prepare } from "../tenants/build.ts";
import { describe } from "./problems.ts";

export function checkCommand(setExit: (code: number) => void): Command {
  return new Command("check")
    .description("validate the configuration and every policy it names; exit 1 on an error, 0 with warnings")
    .option("-c, --config <file>", "configuration file", "config.yaml")
    .addHelpText("after", "\nExample:\n  checkstream check --config config.yaml")
    .action(({ config }: { readonly config: string }) => {
      try {
        const loaded = loadConfig(config, (name) => Deno.env.get(name));
        const { prepared, warnings: found } = prepare(loaded, { classifiers: {} });
        const warnings = [...found, ...keysInTheFile(loaded)];
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

/** Works as it stands, so a gateway that starts says nothing of it. */
function keysInTheFile({ config: { apiKeyMap }, source }: LoadedConfig): Problem[] {
  const count = Object.keys(apiKeyMap).length;
  if (count === 0) return [];
  const position = source.positionOf(["tenants", "api_key_map"]);
  return [{
    ...position,
    severity: "warning",
    path: "tenants.api_key_map",
    message: `tenants.api_key_map: ${count === 1 ? "a key stands" : `${count} keys stand`} here in clear text; ` +
      "take them into the database with `checkstream keys import`, then remove them here",
    // The line holds a key.
    excerpt: "",
  }];
}
