import assert from "node:assert/strict";
import { loadPolicyText } from "../../src/policy/load.ts";
import { compileFor, defaultSettings } from "../../src/tenants/compile_policy.ts";

const { config, classifiers } = defaultSettings();
const POLICY = `policies:
  - { name: disclaimer, phase: egress, trigger: { keywords: [shares] }, action: inject, content: x }
  - { name: record, phase: egress, trigger: { keywords: [shares] }, action: audit }
  - { name: both, phase: egress, trigger: { classifier: toxicity }, action: [audit, log] }
`;

const table: [name: string, egress: { audit?: boolean; injectDisclaimers?: boolean }, rules: string[], classifiers: string[]][] = [
  ["everything by default", {}, ["disclaimer:inject", "record:audit", "both:audit+log"], ["toxicity", "sentiment"]],
  ["no inject without inject_disclaimers", { injectDisclaimers: false }, ["record:audit", "both:audit+log"], ["toxicity", "sentiment"]],
  ["no records without audit, and no scores that only they need", { audit: false }, ["disclaimer:inject", "both:log"], ["toxicity"]],
];
for (const [name, egress, rules, scored] of table) {
  Deno.test(`compileFor(): ${name}`, () => {
    const pipeline = { ...config.pipeline, egress: { ...config.pipeline.egress, classifiers: ["sentiment"], ...egress } };
    const { policy } = compileFor(loadPolicyText(POLICY, "p.yaml"), { ...config, pipeline }, classifiers);
    const compiled = policy.phases.egress;
    assert.deepEqual(compiled.rules.map(({ ref, actions }) => `${ref.name}:${actions.map(({ kind }) => kind).join("+")}`), rules);
    assert.deepEqual([...compiled.classifiers].sort(), [...scored].sort());
  });
}
