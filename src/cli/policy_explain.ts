/** `checkstream policy explain`: which rules fire on a text, where, with which scores, and what comes out. */
import { Command, Option } from "commander";
import { ConfigError } from "../config/mod.ts";
import { type TrialResult, tryText } from "../guard/trial.ts";
import { classifiersOf, describeTrigger } from "../policy/explain.ts";
import { loadPolicy } from "../policy/load.ts";
import type { Phase, PhaseRules } from "../policy/types.ts";
import { compileFor } from "../tenants/compile_policy.ts";
import { policySettings } from "./policy_settings.ts";
import { describe } from "./problems.ts";

interface Flags {
  readonly text: string;
  readonly phase?: Phase;
  readonly config?: string;
  readonly tenant?: string;
  readonly model: string;
  readonly role: string;
  readonly json?: true;
}

const PHASES = ["ingress", "midstream", "egress"] as const;

export function policyExplainCommand(setExit: (code: number) => void): Command {
  return new Command("explain")
    .description("show which rules of a policy fire on a text, where and why, and what the client would see")
    .argument("<file>", "policy file")
    .requiredOption("-t, --text <text>", "the text; - reads it from standard input")
    .addOption(new Option("-p, --phase <phase>", "one phase (default: all)").choices([...PHASES]))
    .option("-c, --config <file>", "configuration whose classifiers and thresholds apply")
    .option("--tenant <id>", "tenant of that configuration")
    .option("--model <name>", "model, for conditions that ask", "")
    .option("--role <role>", "role of the prompt's text, for conditions that ask", "user")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      '\nExample:\n  checkstream policy explain policies/default.yaml --text "My card is 4111 1111 1111 1111" --phase midstream',
    )
    .action(async (file: string, flags: Flags) => setExit(await explain(file, flags)));
}

async function explain(file: string, flags: Flags): Promise<number> {
  let ready: ReturnType<typeof compileFor>;
  const { config, classifiers } = policySettings(flags.config, flags.tenant);
  try {
    ready = compileFor(loadPolicy(file), config, classifiers);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) console.error(describe(problem));
    return 2;
  }
  const text = flags.text === "-" ? (await new Response(Deno.stdin.readable).text()).replace(/\n$/, "") : flags.text;
  const shown: unknown[] = [];
  for (const phase of flags.phase === undefined ? PHASES : [flags.phase]) {
    const signal = AbortSignal.timeout(60_000);
    const result = await tryText(ready.plans, {
      stage: phase,
      pieces: [text],
      input: text,
      tenant: config.id,
      model: flags.model,
      role: flags.role,
      signal,
    });
    if (flags.json) shown.push(asJson(phase, result, text));
    else console.log(asText(phase, ready.policy.phases[phase], result, text));
  }
  if (flags.json) console.log(JSON.stringify(flags.phase === undefined ? shown : shown[0], null, 2));
  return 0;
}

function asJson(phase: Phase, { decision, text: out, findings, scores, stop }: TrialResult, text: string) {
  return {
    phase,
    decision,
    ...(stop !== undefined && { rule: stop.rule.name, message: stop.message ?? null }),
    matches: findings.map(({ rule, actions, from, to, score, classifier, label, entity }) => ({
      rule: rule.name,
      mode: rule.mode,
      actions: actions.map(({ kind }) => kind),
      start: from,
      end: to,
      text: text.slice(from, to),
      score,
      classifier,
      label,
      entity,
    })),
    scores: Object.fromEntries(scores),
    text: out,
  };
}

function asText(phase: Phase, rules: PhaseRules, result: TrialResult, text: string): string {
  const lines = [`${phase}: ${result.decision}${result.stop === undefined ? "" : ` by ${result.stop.rule.name}`}`];
  if (result.failed !== undefined) lines.push(`  classifier ${result.failed} failed`);
  const fired = new Set(result.findings.map(({ rule }) => rule.name));
  for (const { ref, trigger, actions } of rules.rules) {
    if (!fired.has(ref.name)) continue;
    const mode = ref.mode === "shadow" ? ", shadow: changes nothing" : "";
    lines.push(
      `  fires    ${ref.name} (priority ${ref.priority}${mode}): ${actions.map(({ kind }) => kind).join(", ")} on ${
        describeTrigger(trigger)
      }`,
    );
    for (const { rule, from, to, score, entity, label } of result.findings) {
      if (rule.name !== ref.name) continue;
      const why = [entity ?? label, score === undefined ? undefined : `score ${rounded(score)}`].filter((each) => each !== undefined);
      lines.push(`             ${from}–${to} ${JSON.stringify(text.slice(from, to))}${why.length === 0 ? "" : ` (${why.join(", ")})`}`);
    }
  }
  for (const { ref, trigger } of rules.rules) {
    if (fired.has(ref.name)) continue;
    const scores = [...new Set(classifiersOf(trigger))].flatMap((name) =>
      result.scores.has(name) ? [`${name} scored ${rounded(result.scores.get(name)!)}`] : []
    );
    lines.push(`  silent   ${ref.name}: needs ${describeTrigger(trigger)}${scores.length === 0 ? "" : `; ${scores.join(", ")}`}`);
  }
  if (rules.rules.length === 0) lines.push("  no rules in this phase");
  const told = result.stop?.message;
  if (phase !== "ingress") lines.push(`  client sees  ${JSON.stringify(result.text)}`);
  else if (result.stop === undefined) lines.push(`  backend gets ${JSON.stringify(result.text)}`);
  else {lines.push(
      `  backend gets nothing; client sees status ${result.stop.statusCode}${told === undefined ? "" : ` ${JSON.stringify(told)}`}`,
    );}
  return lines.join("\n");
}

function rounded(score: number): number {
  return Math.round(score * 1000) / 1000;
}
