/** The command line: one file per command, exit codes 0 ok, 1 the thing asked about failed, 2 wrong usage or configuration. */
import { Command, CommanderError } from "commander";
import { ConfigError } from "../config/types.ts";
import { VERSION } from "../version.ts";
import { auditCommand } from "./audit.ts";
import { checkCommand } from "./check.ts";
import { completionsCommand } from "./completions.ts";
import { demoCommand } from "./demo.ts";
import { initCommand } from "./init.ts";
import { policyCommand } from "./policy.ts";
import { describe } from "./problems.ts";
import { replayCommand } from "./replay.ts";
import { schemaCommand } from "./schema.ts";
import { serveCommand } from "./serve.ts";
import { keysCommand, tenantsCommand } from "./tenants.ts";
import { versionCommand } from "./version.ts";

/** Runs `checkstream` with `args`; returns its exit code. */
export async function run(args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command("checkstream")
    .description("A multi-tenant streaming-guardrail gateway for LLM APIs")
    .version(VERSION, "-V, --version", "print the version")
    .showHelpAfterError("(add --help for usage)")
    .exitOverride()
    .configureOutput({ writeOut: (text) => write(Deno.stdout, text), writeErr: (text) => write(Deno.stderr, text) });
  const setExit = (code: number) => exitCode = code;
  for (
    const command of [
      serveCommand,
      demoCommand,
      initCommand,
      checkCommand,
      policyCommand,
      replayCommand,
      auditCommand,
      tenantsCommand,
      keysCommand,
      schemaCommand,
      completionsCommand,
      versionCommand,
    ]
  ) {
    program.addCommand(throwing(command(setExit)));
  }
  try {
    await program.parseAsync([...args], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof ConfigError) {
      write(Deno.stderr, `${error.problems.map(describe).join("\n")}\n`);
      return 2;
    }
    write(Deno.stderr, `checkstream: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  return exitCode;
}

function write(to: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += to.writeSync(bytes.subarray(at));
}

/** Wrong usage of a command or of one below it is thrown, so that it ends with 2. */
function throwing(command: Command): Command {
  for (const below of command.commands) throwing(below);
  return command.exitOverride();
}
