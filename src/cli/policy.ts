/** `checkstream policy`: test, explain. */
import { Command } from "commander";
import { policyExplainCommand } from "./policy_explain.ts";
import { policyTestCommand } from "./policy_test_command.ts";

export function policyCommand(setExit: (code: number) => void): Command {
  return new Command("policy")
    .description("test and explain policies")
    .addCommand(policyTestCommand(setExit).exitOverride())
    .addCommand(policyExplainCommand(setExit).exitOverride());
}
