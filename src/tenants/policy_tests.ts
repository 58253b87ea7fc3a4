/**
 * Runs the tests that stand beside policies (`finance.yaml`, `finance.test.yaml`) whenever either changes while the gateway serves. What
 * fails is told and changes nothing: a test may be behind its policy, and whether it holds up a release is for `checkstream policy test` to say.
 */
import { ConfigError, formatProblem } from "../config/types.ts";
import { runCase } from "../guard/case_runner.ts";
import { readCaseFile } from "../policy/case_file.ts";
import { loadPolicy } from "../policy/load.ts";
import { compileFor, defaultSettings } from "./compile_policy.ts";

/** Where the tests of a policy file are expected; undefined for what is no policy file. */
export function testsBeside(policyFile: string): string | undefined {
  return /\.test\.ya?ml$/.test(policyFile) ? undefined : /^(.*)(\.ya?ml)$/.exec(policyFile)?.slice(1).join(".test");
}

export class PolicyTests {
  /** What was there when a test file was last run or first seen, by its path. */
  readonly #seen = new Map<string, string>();
  #first = true;

  /**
   * Runs the tests beside `policies` that changed, or whose policy did, since the last call; the first call only takes note. Tests that
   * name a configuration are left to `checkstream policy test`. `policies`: the texts that each policy file was compiled from, its own and
   * its bases'. Returns a line per failed case, `file:line:column: …`.
   */
  async run(policies: ReadonlyMap<string, Iterable<string>>): Promise<string[]> {
    const changed: string[] = [];
    for (const [policyFile, texts] of policies) {
      const file = testsBeside(policyFile);
      const tests = file === undefined ? undefined : textOf(file);
      if (file === undefined || tests === undefined) continue;
      const now = JSON.stringify([tests, ...texts]);
      if (!this.#first && now !== this.#seen.get(file)) changed.push(file);
      this.#seen.set(file, now);
    }
    this.#first = false;
    const failed: string[] = [];
    for (const file of changed) failed.push(...await runFile(file));
    return failed;
  }
}

function textOf(file: string): string | undefined {
  try {
    return Deno.readTextFileSync(file);
  } catch {
    return undefined;
  }
}

async function runFile(file: string): Promise<string[]> {
  try {
    const { policy, config, cases } = readCaseFile(file);
    if (config !== undefined) return [];
    const settings = defaultSettings();
    const { plans } = compileFor(loadPolicy(policy.path, policy.shown), settings.config, settings.classifiers);
    const failed: string[] = [];
    for (const test of cases) {
      const options = { seed: 1, splits: 0, tenant: settings.config.id, signal: new AbortController().signal };
      const { mismatches: [first] } = await runCase(plans, test, options);
      if (first === undefined) continue;
      const { line, column } = test.position;
      failed.push(`${file}:${line}:${column}: ${test.name}: ${first.what} is ${first.actual}, expected ${first.expected}`);
    }
    return failed;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.filter(({ severity }) => severity === "error").map(formatProblem);
  }
}
