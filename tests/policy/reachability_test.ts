import assert from "node:assert/strict";
import { ConfigError } from "../../src/config/mod.ts";
import { loadPolicy, loadPolicyText } from "../../src/policy/load.ts";
import { compileFor, defaultSettings } from "../../src/tenants/compile_policy.ts";

const { config, classifiers } = defaultSettings();

/** Which rules are said never to act. */
function unreachable(rules: string): string[] {
  const text = `policies:\n${rules.split("\n").map((line) => `  - ${line}`).join("\n")}\n`;
  try {
    compileFor(loadPolicyText(text, "p.yaml"), config, classifiers);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ message }) => /^rule "(.*)": name: can never act/.exec(message)?.[1] ?? message);
  }
}

const table: [name: string, rules: string, hidden: string[]][] = [
  ["the same trigger", "{ name: a, trigger: { pattern: x }, action: redact }\n{ name: b, trigger: { pattern: x }, action: stop }", ["b"]],
  [
    "a part of any",
    "{ name: a, trigger: { any: [{ pattern: x }, { pattern: y }] }, action: redact }\n{ name: b, trigger: { pattern: y }, action: redact }",
    ["b"],
  ],
  [
    "more than the first has",
    "{ name: a, trigger: { pattern: y }, action: redact }\n{ name: b, trigger: { any: [{ pattern: x }, { pattern: y }] }, action: redact }",
    [],
  ],
  [
    "fewer entities",
    "{ name: a, trigger: { classifier: pii_detector, entities: [email, phone] }, action: redact }\n{ name: b, trigger: { classifier: pii_detector, entities: [email] }, action: redact }",
    ["b"],
  ],
  [
    "other entities",
    "{ name: a, trigger: { classifier: pii_detector, entities: [email] }, action: redact }\n{ name: b, trigger: { classifier: pii_detector, entities: [phone] }, action: redact }",
    [],
  ],
  [
    "a narrower range",
    "{ name: a, trigger: { classifier: toxicity, min_threshold: 0.4 }, action: stop }\n{ name: b, trigger: { classifier: toxicity, min_threshold: 0.5, max_threshold: 0.6 }, action: redact }",
    ["b"],
  ],
  [
    "a lower threshold",
    "{ name: a, trigger: { classifier: toxicity, threshold: 0.9 }, action: stop }\n{ name: b, trigger: { classifier: toxicity, threshold: 0.5 }, action: stop }",
    [],
  ],
  [
    "another label",
    "{ name: a, trigger: { classifier: sentiment, label: negative, confidence: 0.1 }, action: stop }\n{ name: b, trigger: { classifier: sentiment, label: positive, confidence: 0.5 }, action: stop }",
    [],
  ],
  [
    "case that matters",
    "{ name: a, trigger: { pattern: x }, action: redact }\n{ name: b, trigger: { pattern: x, case_insensitive: true }, action: redact }",
    [],
  ],
  [
    "a first that continues",
    "{ name: a, trigger: { pattern: x }, action: redact, continue: true }\n{ name: b, trigger: { pattern: x }, action: redact }",
    [],
  ],
  [
    "a first in shadow",
    "{ name: a, mode: shadow, trigger: { pattern: x }, action: redact }\n{ name: b, trigger: { pattern: x }, action: redact }",
    [],
  ],
  [
    "a first that only notes",
    "{ name: a, trigger: { pattern: x }, action: log }\n{ name: b, trigger: { pattern: x }, action: redact }",
    [],
  ],
  ["a second that only notes", "{ name: a, trigger: { pattern: x }, action: stop }\n{ name: b, trigger: { pattern: x }, action: log }", []],
  [
    "a wider scope",
    "{ name: a, phase: midstream, trigger: { pattern: x }, action: redact }\n{ name: b, phase: midstream, trigger: { pattern: x }, action: redact, scope: sentence }",
    [],
  ],
  [
    "another phase",
    "{ name: a, phase: ingress, trigger: { pattern: x }, action: redact }\n{ name: b, phase: midstream, trigger: { pattern: x }, action: redact }",
    [],
  ],
  [
    "one phase of several",
    "{ name: a, phase: ingress, trigger: { pattern: x }, action: redact }\n{ name: b, trigger: { pattern: x }, action: redact }",
    [],
  ],
  [
    "a stop behind a redaction of the same score",
    "{ name: a, phase: midstream, trigger: { classifier: toxicity, threshold: 0.5 }, action: redact }\n{ name: b, phase: midstream, trigger: { classifier: toxicity, threshold: 0.9 }, action: stop }",
    [],
  ],
  [
    "a composite behind a prompt's stop",
    "{ name: a, phase: ingress, trigger: { pattern: x }, action: stop }\n{ name: b, phase: ingress, trigger: { all: [{ pattern: x }, { pattern: y }] }, action: stop }",
    ["b"],
  ],
  [
    "a composite behind a redaction",
    "{ name: a, phase: ingress, trigger: { pattern: x }, action: redact }\n{ name: b, phase: ingress, trigger: { all: [{ pattern: x }, { pattern: y }] }, action: stop }",
    [],
  ],
];
for (const [name, rules, hidden] of table) {
  Deno.test(`a rule with ${name} is ${hidden.length === 0 ? "reachable" : "unreachable"}`, () =>
    assert.deepEqual(unreachable(rules), hidden));
}

Deno.test("a rule of an extended file that a new one beats is a warning, since its writer may not be ours", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/base.yaml`, "policies:\n  - { name: base, trigger: { pattern: x }, action: redact }\n");
  await Deno.writeTextFile(
    `${folder}/own.yaml`,
    "extends: ./base.yaml\npolicies:\n  - { name: own, priority: 60, trigger: { pattern: x }, action: stop }\n",
  );
  const { warnings } = compileFor(loadPolicy(`${folder}/own.yaml`, "own.yaml"), config, classifiers);
  await Deno.remove(folder, { recursive: true });
  assert.deepEqual(warnings.map(({ file, line, severity }) => ({ file, line, severity })), [{
    file: "base.yaml",
    line: 2,
    severity: "warning",
  }]);
  assert.match(warnings[0]!.message, /in ingress "own" of own\.yaml fires on the same text and has the higher priority 60/);
});
