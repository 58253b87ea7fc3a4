/** `checkstream schema`: JSON Schemas for editors. */
import { Argument, Command } from "commander";
import { z } from "zod";
import { config } from "../config/schema.ts";
import { caseFile } from "../policy/case_file.ts";
import { policyFile } from "../policy/schema.ts";

/** What can be described, and the file of `schemas/` that does. */
export const SCHEMAS = {
  config: { schema: config, file: "config.schema.json", title: "CheckStream configuration (config.yaml)" },
  policy: { schema: policyFile, file: "policy.schema.json", title: "CheckStream policy" },
  "policy-test": { schema: caseFile, file: "policy-test.schema.json", title: "CheckStream policy tests (*.test.yaml)" },
} as const;

/** JSON Schema (2020-12) of one kind of file, as text. */
export function jsonSchema(kind: keyof typeof SCHEMAS): string {
  const { schema, title } = SCHEMAS[kind];
  const described = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return `${JSON.stringify({ title, ...described }, null, 2)}\n`;
}

export function schemaCommand(): Command {
  return new Command("schema")
    .description("print the JSON Schema of a kind of file, for editors")
    .addArgument(new Argument("<kind>", "which").choices(Object.keys(SCHEMAS)))
    .addHelpText(
      "after",
      "\nExample:\n  checkstream schema policy > policy.schema.json\n  # then, as the first line of a policy:\n" +
        "  # yaml-language-server: $schema=./policy.schema.json",
    )
    .action((kind: keyof typeof SCHEMAS) => {
      Deno.stdout.writeSync(new TextEncoder().encode(jsonSchema(kind)));
    });
}
