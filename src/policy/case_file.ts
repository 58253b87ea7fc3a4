/** Policy tests (`*.test.yaml`): which policy, which texts, what is expected of each. */
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { checkWith } from "../config/schema_problems.ts";
import { suggest } from "../config/suggest.ts";
import { ConfigError, type Position, type Problem } from "../config/types.ts";
import { readYaml, type YamlPath, type YamlSource } from "../config/yaml_source.ts";

const expectation = z.strictObject({
  decision: z.enum(["allow", "redact", "block"]).optional().describe("What X-CheckStream-Decision would say"),
  rules: z.array(z.string()).optional().describe("Names of exactly the rules that fire, shadow rules too, in any order"),
  text: z.string().optional().describe(
    "The text that comes out: what the backend gets (ingress; empty when blocked), what the client gets (else, with a stop's message)",
  ),
  message: z.string().optional().describe("What the client is told by the rule that blocks"),
});

const testCase = z.strictObject({
  name: z.string().min(1).describe("A sentence that says what is tested"),
  phase: z.enum(["ingress", "midstream", "egress"]).optional().describe(
    "Which phase to run; without it an input runs ingress, an output midstream and then egress",
  ),
  input: z.string().optional().describe("The prompt; beside an output it fills ${input} and input_length"),
  output: z.string().optional().describe("The model's answer"),
  model: z.string().optional().describe("Model of the request, for condition: {model}"),
  role: z.string().optional().describe("Role of the prompt's text, for condition: {role}").default("user"),
  expect: expectation.describe("What is expected; what is left out is not checked"),
});

export const caseFile = z.strictObject({
  policy: z.string().describe("The policy to test, relative to this file"),
  config: z.string().optional().describe("A config.yaml whose classifiers, pipelines and thresholds apply, relative to this file"),
  tenant: z.string().optional().describe("The tenant of that configuration"),
  description: z.string().optional().describe("What the tests are about"),
  cases: z.array(testCase).min(1).describe("What is tested"),
});

export type PolicyCase = z.infer<typeof testCase> & {
  /** Where the case stands. */
  readonly position: Position;
  readonly text: string;
  readonly stage: "ingress" | "midstream" | "egress" | "answer";
};

/** A test file as read, paths absolute. */
export interface PolicyCases {
  readonly file: string;
  readonly policy: { readonly path: string; readonly shown: string };
  readonly config: string | undefined;
  readonly tenant: string | undefined;
  readonly cases: readonly PolicyCase[];
  /** Refuses expectations about rules that are not in `known`. @throws {ConfigError} */
  checkRules(known: readonly string[]): void;
}

/** Reads a test file. @throws {ConfigError} with everything wrong with it. */
export function readCaseFile(path: string, shown = path): PolicyCases {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound ? "does not exist" : "cannot be read";
    throw new ConfigError([{ file: shown, line: 1, column: 1, severity: "error", message: `the test file ${reason}` }]);
  }
  const source = readYaml(shown, text);
  const { value, problems } = checkWith(caseFile, source);
  if (value === undefined) throw new ConfigError(problems);
  const found: Problem[] = [];
  const names = new Set<string>();
  const cases = value.cases.map((each, i): PolicyCase => {
    const at: YamlPath = ["cases", i];
    if (names.has(each.name)) found.push(problem(source, [...at, "name"], `the name "${each.name}" is taken by another case`));
    names.add(each.name);
    const stage = each.phase ?? (each.output === undefined ? "ingress" : "answer");
    const judged = stage === "ingress" ? each.input : each.output;
    if (judged === undefined) {
      const key = stage === "ingress" ? "input" : "output";
      found.push(problem(source, at, `${stage} judges the ${key}, which is missing; add "${key}:"`));
    }
    if (Object.keys(each.expect).length === 0) {
      found.push(problem(source, [...at, "expect"], "expects nothing; add decision, rules or text"));
    }
    return { ...each, position: source.positionOf(at), text: judged ?? "", stage };
  });
  if (found.length > 0) throw new ConfigError(found);
  const beside = (relative: string) => resolve(dirname(path), relative);
  return {
    file: shown,
    policy: { path: beside(value.policy), shown: joined(dirname(shown), value.policy) },
    config: value.config === undefined ? undefined : beside(value.config),
    tenant: value.tenant,
    cases,
    checkRules: (known) => {
      const unknown = value.cases.flatMap((each, i) =>
        (each.expect.rules ?? []).flatMap((name, j) => {
          if (known.includes(name)) return [];
          const meant = suggest(name, known);
          const told = problem(source, ["cases", i, "expect", "rules", j], `the policy has no rule "${name}"`);
          return [meant === undefined ? told : { ...told, suggestion: meant }];
        })
      );
      if (unknown.length > 0) throw new ConfigError(unknown);
    },
  };
}

function problem(source: YamlSource, path: YamlPath, message: string): Problem {
  const position = source.positionOf(path);
  return { ...position, severity: "error", path: path.join("."), message, excerpt: source.line(position.line) };
}

/** `dir/file` without `./` in between, as a person would write it. */
function joined(folder: string, file: string): string {
  return folder === "." || file.startsWith("/") ? file.replace(/^\.\//, "") : `${folder}/${file.replace(/^\.\//, "")}`;
}
