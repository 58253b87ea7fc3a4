/** `checkstream policy test`: runs policy unit tests. */
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { ConfigError } from "../config/mod.ts";
import { type CaseResult, type Mismatch, runCase } from "../guard/case_runner.ts";
import { type PolicyCases, readCaseFile } from "../policy/case_file.ts";
import { loadPolicy } from "../policy/load.ts";
import { compileFor } from "../tenants/compile_policy.ts";
import { policySettings } from "./policy_settings.ts";
import { describe } from "./problems.ts";

interface Flags {
  readonly seed?: number;
  readonly splits: number;
  readonly config?: string;
  readonly tenant?: string;
  readonly verbose?: true;
}

const SUFFIX = /\.test\.ya?ml$/;

export function policyTestCommand(setExit: (code: number) => void): Command {
  return new Command("test")
    .description("run policy unit tests (*.test.yaml); exit 1 when one fails, 2 when a file is broken")
    .argument("[paths...]", "test files, and folders to look for them in", ["policies"])
    .option("--seed <number>", "seed of the random splits (default: a new one, printed)", wholeNumber)
    .option("--splits <number>", "random splits tried per case", wholeNumber, 20)
    .option("-c, --config <file>", "configuration whose classifiers and thresholds apply, where the test file names none")
    .option("--tenant <id>", "tenant of that configuration")
    .option("-v, --verbose", "also list the cases that pass")
    .addHelpText("after", "\nExample:\n  checkstream policy test policies/finance.test.yaml")
    .action(async (paths: readonly string[], flags: Flags) => setExit(await testAll(paths, flags)));
}

async function testAll(paths: readonly string[], flags: Flags): Promise<number> {
  const seed = flags.seed ?? Math.floor(Math.random() * 2 ** 32);
  let passed = 0, failed = 0, broken = 0;
  const files = paths.flatMap(find);
  for (const file of files) {
    try {
      const results = await testFile(file, flags, seed);
      const bad = results.filter(({ mismatches }) => mismatches.length > 0);
      passed += results.length - bad.length;
      failed += bad.length;
      console.log(
        `${bad.length === 0 ? "ok  " : "FAIL"} ${file}: ${results.length - bad.length} of ${count(results.length, "case")} passed`,
      );
      for (const result of results) if (result.mismatches.length > 0 || flags.verbose) console.log(shown(result));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      broken++;
      console.log(`FAIL ${file}: cannot be run`);
      for (const problem of error.problems) console.log(`  ${describe(problem).replaceAll("\n", "\n  ")}`);
    }
  }
  const trouble = [...(failed > 0 ? [`${failed} failed`] : []), ...(broken > 0 ? [`${count(broken, "broken file")}`] : [])];
  console.log(
    `\n${count(files.length, "file")}, ${[`${passed} passed`, ...trouble].join(", ")} (${flags.splits} splits each, seed ${seed})`,
  );
  return broken > 0 ? 2 : failed > 0 ? 1 : 0;
}

async function testFile(file: string, flags: Flags, seed: number): Promise<CaseResult[]> {
  const tests = readCaseFile(file);
  const { config, classifiers } = policySettings(tests.config ?? flags.config, tests.tenant ?? flags.tenant);
  const document = loadPolicy(tests.policy.path, tests.policy.shown);
  const { policy, plans } = compileFor(document, config, classifiers);
  const implied = Object.values(policy.phases).flatMap(({ rules }) => rules.map(({ ref }) => ref.name));
  tests.checkRules([...new Set([...document.rules.map(({ raw }) => raw.name), ...implied])]);
  return await runAll(
    tests,
    (test) => runCase(plans, test, { seed, splits: flags.splits, tenant: config.id, signal: new AbortController().signal }),
  );
}

async function runAll({ cases }: PolicyCases, run: (test: PolicyCases["cases"][number]) => Promise<CaseResult>): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const each of cases) results.push(await run(each));
  return results;
}

/** The test files at `path`. @throws {ConfigError} when there are none. */
function find(path: string): string[] {
  let isFile: boolean;
  try {
    isFile = Deno.statSync(path).isFile;
  } catch {
    throw missing(path, "does not exist");
  }
  if (isFile) return [path];
  const found = filesBelow(path);
  if (found.length === 0) throw missing(path, "holds no *.test.yaml");
  return found;
}

function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(folder)].sort((a, b) => a.name.localeCompare(b.name)).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory) return filesBelow(path);
    return SUFFIX.test(entry.name) ? [path] : [];
  });
}

function missing(file: string, message: string): ConfigError {
  return new ConfigError([{ file, line: 1, column: 1, severity: "error", message }]);
}

function shown({ case: { name, position }, mismatches, result }: CaseResult): string {
  const { file, line, column } = position;
  const head = `  ${mismatches.length === 0 ? "ok  " : "FAIL"} ${file}:${line}:${column}: ${name}`;
  if (mismatches.length === 0) return head;
  const fired = result.findings.slice(0, 10).map(({ rule, from, to, score }) =>
    `${rule.name} at ${from}–${to}${score === undefined ? "" : ` (score ${Math.round(score * 1000) / 1000})`}`
  );
  const best = [...result.scores].map(([classifier, score]) => `${classifier} ${Math.round(score * 1000) / 1000}`);
  return [
    head,
    ...mismatches.flatMap(differs),
    `       fired:    ${fired.join("; ") || "no rule"}`,
    ...(best.length === 0 ? [] : [`       scores:   ${best.join(", ")}`]),
  ].join("\n");
}

/** Expected above actual, with the first difference of texts pointed at. */
function differs({ what, expected, actual }: Mismatch): string[] {
  if (what !== "text" && what !== "message") {
    return [`       ${what}`, `         expected: ${expected}`, `         actual:   ${actual}`];
  }
  const [left, right] = [JSON.stringify(expected), JSON.stringify(actual)];
  let same = 0;
  while (same < left.length && left[same] === right[same]) same++;
  // Long texts are shown from shortly before the first difference.
  const from = Math.max(0, same - 60);
  const cut = (text: string) => (from > 0 ? "…" : "") + text.slice(from, from + 120) + (text.length > from + 120 ? "…" : "");
  const arrow = " ".repeat(same - from + (from > 0 ? 1 : 0));
  return [`       ${what}`, `         expected: ${cut(left)}`, `         actual:   ${cut(right)}`, `                   ${arrow}^`];
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 2 ** 32) throw new InvalidArgumentError("expected a whole number");
  return value;
}
