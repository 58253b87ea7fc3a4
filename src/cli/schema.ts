/** `checkstream schema`: JSON Schemas for editors. */
import { Argument, Command } from "commander";
import { z } from "zod";
import { DEFAULTS } from "../config/merge.ts";
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
  if (kind === "config") {
    const { audit, ...sections } = DEFAULTS;
    withDefaults(described, { ...sections, telemetry: { audit } });
    withDefaults(described.properties?.tenants, { configs: DEFAULTS });
  }
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

/** Notes on `schema` what its keys are when they are left out. */
function withDefaults(schema: unknown, defaults: unknown): void {
  if (!isRecord(schema) || !isRecord(defaults)) return;
  for (const [key, value] of Object.entries(defaults)) {
    // A mapping by name (tenants) has one schema for all of its values.
    const property = isRecord(schema.properties) ? schema.properties[key] : schema.additionalProperties;
    if (!isRecord(property)) continue;
    const target = property.additionalProperties !== undefined && isRecord(property.additionalProperties)
      ? property.additionalProperties
      : property;
    if (isRecord(value) && Object.keys(value).length > 0) withDefaults(target, value);
    else if (!isRecord(value) && property.default === undefined) property.default = value;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
