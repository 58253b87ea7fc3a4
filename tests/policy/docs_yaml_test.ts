/** Every YAML block of the documentation loads: policies compile, tests are well formed, configurations validate. */
import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import { config as configSchema } from "../../src/config/schema.ts";
import { checkWith } from "../../src/config/schema_problems.ts";
import { ConfigError, formatProblem } from "../../src/config/types.ts";
import { readYaml } from "../../src/config/yaml_source.ts";
import { buildClassifierSet } from "../../src/classifiers/registry.ts";
import { caseFile } from "../../src/policy/case_file.ts";
import { loadPolicy } from "../../src/policy/load.ts";
import { compileFor, defaultSettings } from "../../src/tenants/compile_policy.ts";
import { readCookbook } from "../support/cookbook.ts";
import { runCheckstream, writeFiles } from "../support/gateway.ts";

const DOCS = new URL("../../docs/", import.meta.url);
const PACKS = new URL("../../policies/", import.meta.url);
const { config, classifiers } = defaultSettings();

interface Block {
  readonly page: string;
  readonly line: number;
  readonly text: string;
}

async function blocksOf(page: string): Promise<Block[]> {
  const markdown = await Deno.readTextFile(new URL(page, DOCS));
  return [...markdown.matchAll(/^```ya?ml\n([\s\S]*?)^```$/gm)].map((match) => ({
    page,
    line: markdown.slice(0, match.index).split("\n").length + 1,
    text: match[1]!,
  }));
}

const pages = [...Deno.readDirSync(DOCS)].flatMap(({ name }) => name.endsWith(".md") ? [name] : []).sort();

/** What a block is, by its top-level keys; documents of other programs (Kubernetes, Prometheus) need only be YAML. */
function kindOf(value: unknown): "policy" | "cases" | "config" | "other" {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "other";
  const keys = Object.keys(value);
  if (keys.includes("cases")) return "cases";
  if (keys.includes("policies") || keys.includes("rules") || (keys.includes("extends") && keys.includes("defaults"))) return "policy";
  return keys.length > 0 && keys.every((key) => key in configSchema.shape) ? "config" : "other";
}

function problemsOf(load: () => unknown): string[] {
  try {
    load();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.filter(({ severity }) => severity === "error").map(formatProblem);
  }
}

for (const page of pages) {
  Deno.test(`every YAML block of docs/${page} loads`, async () => {
    const blocks = await blocksOf(page);
    // The cookbook's policies name the classifiers of its own configuration.
    const own = page === "policy-cookbook.md" ? cookbookClassifiers(await Deno.readTextFile(new URL(page, DOCS))) : classifiers;
    const folder = await Deno.makeTempDir();
    // A block may build on the shipped packs.
    for (const { name } of Deno.readDirSync(PACKS)) await Deno.copyFile(new URL(name, PACKS), `${folder}/${name}`);
    for (const { line, text } of blocks) {
      const where = `docs/${page}:${line}`;
      const source = readYaml(where, text);
      const kind = kindOf(source.value);
      const name = /^# file: (\S+)\n/.exec(text)?.[1] ?? "policy.yaml";
      switch (kind) {
        case "policy":
          await writeFiles(folder, { [name]: text });
          assert.deepEqual(problemsOf(() => compileFor(loadPolicy(`${folder}/${name}`, where), config, own)), []);
          break;
        case "cases":
          assert.deepEqual(checkWith(caseFile, source).problems.map(formatProblem), []);
          break;
        case "config":
          assert.deepEqual(checkWith(configSchema, source).problems.map(formatProblem), []);
          break;
        case "other":
          for (const document of parseAllDocuments(text)) assert.deepEqual(document.errors.map(String), [], where);
      }
    }
    await Deno.remove(folder, { recursive: true });
  });
}

function cookbookClassifiers(markdown: string) {
  const { classifiers, pipelines } = configSchema.parse(readYaml("cookbook", readCookbook(markdown).config).value);
  return buildClassifierSet({ classifiers: classifiers ?? {}, pipelines: pipelines ?? {} });
}

Deno.test("the tutorial's commands print what it shows", async () => {
  const markdown = await Deno.readTextFile(new URL("policies.md", DOCS));
  const blocks = (await blocksOf("policies.md")).map(({ text }) => text);
  const policy = blocks[0]!;
  const cases = blocks.find((text) => text.includes("cases:"))!;
  const consoles = [...markdown.matchAll(/^```console\n\$ checkstream (.*)\n([\s\S]*?)^```$/gm)].map(([, command, output]) => ({
    command: command!,
    output: output!,
  }));
  const cwd = await Deno.makeTempDir();
  const run = async (wanted: string, files: Readonly<Record<string, string>>) => {
    await writeFiles(cwd, files);
    const { command, output } = consoles.find(({ command }) => command.startsWith(wanted))!;
    const args = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
    const { stdout, stderr } = await runCheckstream(args, { cwd });
    return { expected: output.trimEnd(), actual: (stdout + stderr).replace(/seed \d+/, "seed 3071249561").trimEnd() };
  };
  const good = { "policies/support.yaml": policy, "policies/support.test.yaml": cases };
  for (const { expected, actual } of [await run("policy explain policies/support.yaml --phase", good), await run("policy test", good)]) {
    assert.equal(actual, expected);
  }
  const wrong = { "policies/support.yaml": policy.replace("credit_card", "credit_crd") };
  const mistake = await run("policy explain policies/support.yaml --text x", wrong);
  assert.equal(mistake.actual, mistake.expected);
  await Deno.remove(cwd, { recursive: true });
});
