import assert from "node:assert/strict";
import { parse } from "yaml";
import { z } from "zod";
import { BUILTINS } from "../../src/classifiers/builtins.ts";
import { KINDS } from "../../src/classifiers/kinds.ts";
import { buildClassifierSet } from "../../src/classifiers/registry.ts";
import { join } from "../support/paths.ts";
import { writeTinyModel } from "../support/tiny_onnx.ts";

const page = await Deno.readTextFile(new URL("../../docs/classifiers.md", import.meta.url));
const section = z.record(z.string(), z.unknown());
const blockSchema = z.object({ classifiers: section.optional(), pipelines: section.optional() });

Deno.test("docs/classifiers.md names every built-in and every type, and each of its examples loads", async () => {
  for (const name of Object.keys(BUILTINS)) assert.ok(page.includes(`\`${name}\``), name);
  for (const type of Object.keys(KINDS)) assert.ok(page.includes(`type: ${type}`), type);
  const folder = await Deno.makeTempDir();
  try {
    await writeTinyModel(join(folder, "models/rude"));
    const weights = { version: "1", buckets: 4, scale: 1, bias: 0, letters: [0, 0], weights: btoa("\0\0\0\0") };
    await Deno.writeTextFile(join(folder, "models/refunds.json"), JSON.stringify(weights));
    const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, yaml]) => blockSchema.parse(parse(yaml!)));
    const examples = blocks.filter(({ classifiers, pipelines }) => classifiers !== undefined || pipelines !== undefined);
    assert.ok(examples.length >= 3);
    for (const { classifiers = {}, pipelines = {} } of examples) {
      const set = buildClassifierSet({ classifiers, pipelines }, { folder });
      for (const name of [...Object.keys(classifiers), ...Object.keys(pipelines)]) assert.notEqual(set.get(name), undefined);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
