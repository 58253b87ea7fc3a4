/** The shipped policies do what their cases say, and none comes without cases. */
import assert from "node:assert/strict";
import { type PolicyCase, readCaseFile } from "../../src/policy/case_file.ts";
import { loadPolicy } from "../../src/policy/load.ts";
import { runCase } from "../../src/guard/case_runner.ts";
import { compileFor, defaultSettings } from "../../src/tenants/compile_policy.ts";

const FOLDER = new URL("../../policies/", import.meta.url);
/** The packs people start from; the samples acme and beta have cases too, only fewer. */
const PACKS = [
  "content-moderation",
  "default",
  "fca-consumer-duty",
  "finance",
  "finra-2210",
  "gdpr",
  "healthcare",
  "hipaa",
  "internal",
  "owasp-llm",
  "secrets",
];
const LEAST_CASES = 15;
const SEED = 20261124;

/** A case whose text nobody would write into a file. */
function tooLongForAFile(pack: string, like: PolicyCase): PolicyCase[] {
  if (pack !== "owasp-llm") return [];
  const input = "word ".repeat(20_001);
  return [{ ...like, name: "a huge prompt is refused", stage: "ingress", input, text: input, expect: { rules: ["block_huge_prompts"] } }];
}

const { config, classifiers } = defaultSettings();
const names = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).sort();
const policies = names.filter((name) => name.endsWith(".yaml") && !name.endsWith(".test.yaml")).map((name) => name.slice(0, -5));

Deno.test("every shipped policy has cases", () => {
  assert.deepEqual(policies.filter((name) => !names.includes(`${name}.test.yaml`)), []);
  assert.deepEqual(PACKS.filter((name) => !policies.includes(name)), []);
});

for (const name of policies) {
  Deno.test(`policies/${name}.yaml does what its cases say, however the text is cut`, async () => {
    const tests = readCaseFile(new URL(`${name}.test.yaml`, FOLDER).pathname, `policies/${name}.test.yaml`);
    const { policy, plans, warnings } = compileFor(loadPolicy(tests.policy.path, tests.policy.shown), config, classifiers);
    assert.deepEqual(warnings, []);
    if (PACKS.includes(name)) {
      assert.ok(tests.cases.length >= LEAST_CASES, `${tests.cases.length} cases`);
      // Both sides of the gateway, and both of each rule: what it catches and what it must leave alone.
      assert.ok(tests.cases.some(({ stage }) => stage === "ingress") && tests.cases.some(({ stage }) => stage !== "ingress"));
      assert.ok(tests.cases.filter(({ expect }) => expect.rules?.length === 0).length * 4 >= tests.cases.length, "too few look-alikes");
    }
    const fired = new Set<string>();
    for (const test of [...tests.cases, ...tooLongForAFile(name, tests.cases[0]!)]) {
      const { mismatches, result } = await runCase(plans, test, {
        seed: SEED,
        splits: 5,
        tenant: "t",
        signal: AbortSignal.timeout(60_000),
      });
      assert.deepEqual(mismatches, [], `${test.name} (${test.position.file}:${test.position.line})`);
      for (const { rule } of result.findings) fired.add(rule.name);
    }
    if (!PACKS.includes(name)) return;
    const rules = Object.values(policy.phases).flatMap(({ rules }) => rules.map(({ ref }) => ref.name));
    assert.deepEqual([...new Set(rules)].filter((rule) => !fired.has(rule)), [], "rules that no case fires");
  });
}
