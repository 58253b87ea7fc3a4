import assert from "node:assert/strict";
import { runCase, seeded } from "../../src/guard/case_runner.ts";
import { tryText } from "../../src/guard/trial.ts";
import type { PolicyCase } from "../../src/policy/case_file.ts";
import { loadPolicyText } from "../../src/policy/load.ts";
import { compileFor, defaultSettings } from "../../src/tenants/compile_policy.ts";

const POLICY = `
name: trial
policies:
  - name: block_forbidden
    phase: ingress
    trigger: { keywords: [forbidden] }
    action: stop
    message: "No: \${rule_name}"
  - name: hide_mail
    phase: ingress
    trigger: { classifier: pii_detector, entities: [email] }
    action: pseudonymize
  - name: redact_ssn
    phase: midstream
    trigger: { pattern: '\\b\\d{3}-\\d{2}-\\d{4}\\b' }
    action: redact
  - name: stop_insult
    phase: midstream
    trigger: { keywords: [worthless] }
    action: stop
    message: "Stopped."
  - name: sign
    phase: egress
    trigger: { keywords: [shares] }
    action: inject
    content: " (no advice)"
`;
const settings = defaultSettings();
const { plans } = compileFor(loadPolicyText(POLICY, "trial.yaml"), settings.config, settings.classifiers);
const signal = new AbortController().signal;

const table: [stage: PolicyCase["stage"], text: string, decision: string, out: string, rules: string[]][] = [
  ["ingress", "hello", "allow", "hello", []],
  ["ingress", "a forbidden word", "block", "", ["block_forbidden"]],
  [
    "ingress",
    "write to ann@example.org and bob@example.org",
    "redact",
    "write to <EMAIL_1> and <EMAIL_2>",
    ["hide_mail", "hide_mail"],
  ],
  ["midstream", "SSN 123-45-6789.", "redact", "SSN [REDACTED].", ["redact_ssn"]],
  ["midstream", "You are worthless, 123-45-6789", "block", "You are Stopped.", ["stop_insult"]],
  ["egress", "buy shares", "allow", "buy shares (no advice)", ["sign"]],
  ["answer", "shares 123-45-6789", "redact", "shares [REDACTED] (no advice)", ["redact_ssn", "sign"]],
  ["answer", "worthless shares", "block", "Stopped.", ["stop_insult"]],
];
for (const [stage, text, decision, out, rules] of table) {
  Deno.test(`tryText(): ${stage} of ${JSON.stringify(text)} is ${decision}`, async () => {
    const trial = { stage, input: "", tenant: "t", model: "", role: "user", signal };
    for (const pieces of [[text], [...text]]) {
      const result = await tryText(plans, { ...trial, pieces });
      assert.equal(result.decision, decision);
      assert.equal(result.text, out);
      assert.deepEqual(result.findings.map(({ rule }) => rule.name), rules);
    }
  });
}

Deno.test("runCase() names everything that was expected otherwise, and cuts alike for the same seed", async () => {
  const test: PolicyCase = {
    name: "n",
    role: "user",
    text: "SSN 123-45-6789.",
    stage: "midstream",
    position: { file: "f", line: 1, column: 1 },
    expect: { decision: "allow", rules: ["sign"], text: "SSN 123-45-6789.", message: "m" },
  };
  const { mismatches } = await runCase(plans, test, { seed: 1, splits: 5, tenant: "t", signal });
  assert.deepEqual(mismatches, [
    { what: "decision", expected: "allow", actual: "redact" },
    { what: "rules", expected: "[sign]", actual: "[redact_ssn]" },
    { what: "message", expected: "m", actual: "" },
    { what: "text", expected: "SSN 123-45-6789.", actual: "SSN [REDACTED]." },
  ]);
  const right = { ...test, expect: { decision: "redact" as const, rules: ["redact_ssn"], text: "SSN [REDACTED]." } };
  assert.deepEqual((await runCase(plans, right, { seed: 1, splits: 50, tenant: "t", signal })).mismatches, []);
  const [a, b] = [seeded(7), seeded(7)];
  assert.deepEqual([a(), a(), a()], [b(), b(), b()]);
});

Deno.test("runCase() finds a guard that decides by how its text is cut", async () => {
  // A classifier that breaks its promise: what it says depends on time, so two runs differ.
  let calls = 0;
  const fickle = {
    name: "fickle",
    tier: "A" as const,
    labels: [],
    open: () => ({ push: () => ({ score: calls++ % 2 }) }),
  };
  const classifiers = { names: ["fickle"], get: () => fickle };
  const document = loadPolicyText(
    "policies:\n  - name: r\n    trigger: { classifier: fickle, threshold: 0.5 }\n    action: redact",
    "p.yaml",
  );
  const broken = compileFor(document, settings.config, classifiers).plans;
  const test: PolicyCase = {
    name: "n",
    role: "user",
    text: "One text.",
    stage: "midstream",
    position: { file: "f", line: 1, column: 1 },
    expect: { decision: "allow" },
  };
  const { mismatches } = await runCase(broken, test, { seed: 1, splits: 3, tenant: "t", signal });
  assert.deepEqual(mismatches.map(({ what }) => what), ["split"]);
});
