/** Recipes: what one thread read compiles to the same in another, whatever happened to the files meanwhile. */
import assert from "node:assert/strict";
import { loadConfig } from "../../src/config/mod.ts";
import { openMemoryStore } from "../../src/limits/memory_store.ts";
import { openWaitingRoom } from "../../src/limits/waiting_room.ts";
import type { AssembleDeps } from "../../src/tenants/assemble.ts";
import { buildSnapshot } from "../../src/tenants/build.ts";
import { cook, recipeOf } from "../../src/tenants/recipe.ts";
import { processTokens } from "../../src/upstream/auth.ts";
import { writeFiles } from "../support/gateway.ts";

const CONFIG = `telemetry:
  audit: { enabled: false }
classifiers:
  slang: { type: keywords, keywords: [yo] }
tenants:
  api_key_map: { "a-key-of-tenant-a": a }
  configs:
    a: { backend_url: "http://127.0.0.1:1", policy_path: ./a.yaml }
    b: { backend_url: "http://127.0.0.1:1", policy_path: ./a.yaml }
    c: { backend_url: "http://127.0.0.1:1" }
`;
const BASE = `policies:\n  - { name: base, phase: ingress, trigger: { keywords: [base] }, action: stop }\n`;
const POLICY = `extends: ./base.yaml\npolicies:\n  - { name: r, phase: ingress, trigger: { classifier: slang }, action: stop }\n`;
const deps: AssembleDeps = {
  classifiers: {},
  upstream: { tokens: processTokens(), now: () => 0, random: () => 0, sleep: () => Promise.resolve() },
  openTrail: () => Promise.reject(new Error("no trail")),
  keyPepper: undefined,
  keys: undefined,
  limits: { store: openMemoryStore(), room: openWaitingRoom() },
};

Deno.test("a recipe crosses to another thread and compiles to the same there, also after its files are gone", async () => {
  const folder = await Deno.makeTempDir();
  await writeFiles(folder, { "config.yaml": CONFIG, "a.yaml": POLICY, "base.yaml": BASE });
  const { snapshot } = await buildSnapshot(loadConfig(`${folder}/config.yaml`, () => undefined), deps);
  await Deno.remove(folder, { recursive: true });

  const copy = await cook(structuredClone(recipeOf(snapshot)), deps, undefined);
  assert.equal(copy.version, snapshot.version);
  assert.deepEqual([...copy.runtimes.keys()], ["a", "b", "c"]);
  for (const [id, { version, policy, config }] of copy.runtimes) {
    const original = snapshot.runtimes.get(id)!;
    assert.deepEqual([version, config], [original.version, original.config]);
    assert.deepEqual(policy.phases.ingress.rules.map(({ ref }) => ref), original.policy.phases.ingress.rules.map(({ ref }) => ref));
  }
  assert.equal(copy.runtimes.get("a")!.policy.phases.ingress.rules.length, 2);
  assert.deepEqual(copy.directory.findKey([...snapshot.common.mappedKeys.keys()][0]!)?.tenant, "a");
});

Deno.test("a recipe for one that serves already holds only what is new, and the rest lives on", async () => {
  const folder = await Deno.makeTempDir();
  await writeFiles(folder, { "config.yaml": CONFIG, "a.yaml": POLICY, "base.yaml": BASE });
  const load = () => loadConfig(`${folder}/config.yaml`, () => undefined);
  const { snapshot: first } = await buildSnapshot(load(), deps);
  const there = await cook(structuredClone(recipeOf(first)), deps, undefined);
  // The policy of a and b breaks, so they keep what they have; c is made anew.
  await Deno.writeTextFile(`${folder}/a.yaml`, "policies: [");
  const { snapshot: second } = await buildSnapshot(load(), deps, first);
  const recipe = recipeOf(second, first);
  assert.deepEqual([[...recipe.tenants.keys()], recipe.ids.toSorted()], [["c"], ["a", "b", "c"]]);
  const next = await cook(structuredClone(recipe), deps, there);
  assert.equal(next.version, second.version);
  assert.equal(next.runtimes.get("a"), there.runtimes.get("a"));
  assert.notEqual(next.runtimes.get("c"), there.runtimes.get("c"));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a recipe that compiles to something else is refused", async () => {
  const folder = await Deno.makeTempDir();
  await writeFiles(folder, { "config.yaml": CONFIG, "a.yaml": POLICY, "base.yaml": BASE });
  const { snapshot } = await buildSnapshot(loadConfig(`${folder}/config.yaml`, () => undefined), deps);
  await Deno.remove(folder, { recursive: true });
  await assert.rejects(cook({ ...recipeOf(snapshot), version: "0123456789abcdef" }, deps, undefined), /instead of 0123456789abcdef/);
});
