import assert from "node:assert/strict";
import { policyReference } from "../../scripts/policy_reference.ts";
import { jsonSchema, SCHEMAS } from "../../src/cli/schema.ts";
import { runCheckstream } from "../support/gateway.ts";

const KINDS = Object.keys(SCHEMAS) as (keyof typeof SCHEMAS)[];

for (const kind of KINDS) {
  Deno.test(`schemas/${SCHEMAS[kind].file} is what the code says (deno task schemas writes it)`, async () => {
    const written = await Deno.readTextFile(new URL(`../../schemas/${SCHEMAS[kind].file}`, import.meta.url));
    assert.ok(written === jsonSchema(kind), "run: deno task schemas");
  });
}

Deno.test("docs/policy-reference.md is what the code says (deno task schemas writes it)", async () => {
  const written = await Deno.readTextFile(new URL("../../docs/policy-reference.md", import.meta.url));
  assert.ok(written === policyReference(), "run: deno task schemas");
});

Deno.test("every key of every file is described", () => {
  const bare: string[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === "properties") {
        for (const [name, property] of Object.entries(inner as Record<string, object>)) {
          if (!("description" in property) && !("$ref" in property)) bare.push(`${path}.${name}`);
        }
      }
      walk(inner, `${path}.${key}`);
    }
  };
  for (const kind of KINDS) walk(JSON.parse(jsonSchema(kind)), kind);
  assert.deepEqual(bare, []);
});

Deno.test("the configuration's schema tells defaults, of the sections and of tenants", () => {
  const { properties } = JSON.parse(jsonSchema("config"));
  assert.equal(properties.thresholds.properties.safety.default, 0.85);
  assert.equal(properties.pipeline.properties.midstream.properties.token_holdback.default, 16);
  assert.equal(properties.telemetry.properties.audit.properties.retention_days.default, 90);
  assert.equal(properties.server.properties.port.default, 8080);
  const tenant = properties.tenants.properties.configs.additionalProperties.properties;
  assert.equal(tenant.require_key.default, false);
  assert.deepEqual(tenant.pipeline.properties.ingress.properties.roles.default, ["user", "tool"]);
});

Deno.test("every shipped policy and policy test names its schema for editors", () => {
  const folder = new URL("../../policies/", import.meta.url);
  for (const { name } of Deno.readDirSync(folder)) {
    if (!name.endsWith(".yaml")) continue;
    const schema = name.endsWith(".test.yaml") ? "policy-test" : "policy";
    const [first] = Deno.readTextFileSync(new URL(name, folder)).split("\n");
    assert.equal(first, `# yaml-language-server: $schema=../schemas/${schema}.schema.json`, name);
  }
});

Deno.test("schema prints the JSON Schema that is asked for, and says which there are", async () => {
  const { code, stdout } = await runCheckstream(["schema", "policy"]);
  assert.equal(code, 0);
  assert.equal(stdout, jsonSchema("policy"));
  const wrong = await runCheckstream(["schema", "polcy"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /config, policy, policy-test/);
});
