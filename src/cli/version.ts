/** `checkstream version`. */
import { Command } from "commander";
import { commit, VERSION } from "../version.ts";

export function versionCommand(): Command {
  return new Command("version")
    .description("print version, commit and runtime")
    .addHelpText("after", "\nExample:\n  checkstream version")
    .action(() => console.log(`checkstream ${VERSION} (${commit()}) deno ${Deno.version.deno} ${Deno.build.target}`));
}
