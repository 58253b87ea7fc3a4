/** Every kind of entity is held against at least fifteen values and fifteen look-alikes, counted over all tables of this folder. */
import assert from "node:assert/strict";
import { buildClassifierSet } from "../../../src/classifiers/registry.ts";

/** Numbers of values and of look-alikes per entity, from the names under which the tables declare their tests. */
async function declared(): Promise<ReadonlyMap<string, readonly [number, number]>> {
  const counts = new Map<string, [number, number]>();
  const declare = Deno.test;
  const count = (name: unknown) => {
    const [, entity, values, others] = /^(\w+): (?:each of (\d+) values|none of (\d+) look-alikes)/.exec(String(name)) ?? [];
    if (entity === undefined) return;
    const [found, none] = counts.get(entity) ?? [0, 0];
    counts.set(entity, [found + Number(values ?? 0), none + Number(others ?? 0)]);
  };
  // The tables are read here, not run.
  Object.defineProperty(Deno, "test", { value: count, configurable: true, writable: true });
  try {
    for (const { name } of Deno.readDirSync(new URL(".", import.meta.url))) {
      if (name.endsWith("_test.ts") && !import.meta.url.endsWith(name)) await import(new URL(name, import.meta.url).href);
    }
  } finally {
    Object.defineProperty(Deno, "test", { value: declare, configurable: true, writable: true });
  }
  return counts;
}

Deno.test("every entity has at least fifteen values and fifteen look-alikes", async () => {
  const counts = await declared();
  const set = buildClassifierSet({});
  const entities = ["pii_detector", "secrets"].flatMap((name) => [...set.get(name)!.labels]);
  assert.ok(entities.length > 100);
  const few = entities.map((entity) => [entity, ...(counts.get(entity) ?? [0, 0])] as const).filter(([, found, none]) =>
    found < 15 || none < 15
  );
  assert.deepEqual(few, []);
});
