/**
 * Prints what the policy packs do to benign text (questions, answers, encyclopedia, code) as the table of docs/policy-packs.md, and with
 * names of packs, which of their rules fire how often.
 *
 * Usage: `deno run -A scripts/eval_packs.ts [PACK…]`. The classifiers have learned from some of this text, which flatters.
 */
import { tryText } from "../src/guard/trial.ts";
import { loadPolicy } from "../src/policy/load.ts";
import { compileFor, defaultSettings } from "../src/tenants/compile_policy.ts";
import { readRows } from "./train/rows.ts";

const FOLDER = new URL("../policies/", import.meta.url);
const SAMPLES = ["acme", "beta"];

const packs = Deno.args.length > 0
  ? Deno.args
  : [...Deno.readDirSync(FOLDER)].map(({ name }) => /^([^.]+)\.yaml$/.exec(name)?.[1]).filter((name) => name !== undefined).sort()
    .filter((name) => !SAMPLES.includes(name));
const texts = (await readRows("injection")).filter((row) => row.sub === "benign").map(({ text }) => text);
const { config, classifiers } = defaultSettings();

console.log(`${texts.length} texts\n\n| pack | prompts changed or refused | answers changed or stopped |\n| --- | --- | --- |`);
for (const pack of packs) {
  const { plans } = compileFor(loadPolicy(new URL(`${pack}.yaml`, FOLDER).pathname), config, classifiers);
  const fired = new Map<string, number>();
  const changed = { ingress: 0, answer: 0 };
  for (const text of texts) {
    for (const stage of ["ingress", "answer"] as const) {
      const asked = { stage, pieces: [text], input: text, tenant: "eval", model: "", role: "user", signal: new AbortController().signal };
      const { decision, findings } = await tryText(plans, asked);
      if (decision !== "allow") changed[stage]++;
      for (const rule of new Set(findings.map(({ rule }) => `${stage}: ${rule.name}`))) fired.set(rule, (fired.get(rule) ?? 0) + 1);
    }
  }
  const share = (count: number) => `${(100 * count / texts.length).toFixed(2)} %`;
  console.log(`| ${pack} | ${share(changed.ingress)} | ${share(changed.answer)} |`);
  if (Deno.args.length > 0) { for (const [rule, count] of [...fired].sort((a, b) => b[1] - a[1])) console.log(`    ${count}  ${rule}`); }
}
