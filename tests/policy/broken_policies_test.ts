import assert from "node:assert/strict";
import { describe } from "../../src/cli/problems.ts";
import { ConfigError, type Problem } from "../../src/config/mod.ts";
import { loadPolicy } from "../../src/policy/load.ts";
import { compileFor, defaultSettings } from "../../src/tenants/compile_policy.ts";
import { writeFiles } from "../support/gateway.ts";
import { BROKEN } from "./broken_policies.ts";

const { config, classifiers } = defaultSettings();

function problemsOf(path: string): readonly Problem[] {
  try {
    return compileFor(loadPolicy(path, "policy.yaml"), config, classifiers).warnings;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}

Deno.test("at least 40 broken policies are known", () => assert.ok(BROKEN.length >= 40));

for (const { name, policy, beside = {}, says, underlined } of BROKEN) {
  Deno.test(`a policy with ${name} is told so, where it stands`, async () => {
    const folder = await Deno.makeTempDir();
    await writeFiles(folder, { "policy.yaml": policy, ...beside });
    const problems = problemsOf(`${folder}/policy.yaml`);
    await Deno.remove(folder, { recursive: true });
    const shown = problems.map(describe);
    assert.deepEqual(shown.map((each) => each.split("\n")[0]!), says);
    const [, excerpt, marks] = shown[0]!.split("\n") as [string, string, string];
    assert.equal(excerpt.slice(marks.indexOf("^"), marks.lastIndexOf("^") + 1), underlined);
  });
}
