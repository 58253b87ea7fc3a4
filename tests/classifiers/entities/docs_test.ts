import assert from "node:assert/strict";
import { entityAliases } from "../../../src/classifiers/entities/aliases.ts";
import { PII } from "../../../src/classifiers/entities/pii.ts";
import { entitiesPage } from "../../../scripts/entities.ts";

Deno.test("docs/entities.md is what the rules say", async () => {
  const written = await Deno.readTextFile(new URL("../../../docs/entities.md", import.meta.url));
  assert.equal(written, entitiesPage(), "run: deno run -A scripts/entities.ts");
});

Deno.test("every alias leads to an entity that pii_detector finds, and is none itself", () => {
  const entities = new Set(PII.map(({ entity }) => entity));
  for (const [entity, aliases] of entityAliases()) {
    assert.ok(entities.has(entity), entity);
    for (const alias of aliases) assert.ok(!entities.has(alias), alias);
  }
});
