import assert from "node:assert/strict";
import { runCheckstream, writeFiles } from "../support/gateway.ts";

const POLICY = `name: p
policies:
  - name: redact_ssn
    phase: midstream
    trigger: { pattern: '\\b\\d{3}-\\d{2}-\\d{4}\\b' }
    action: redact
`;
const RIGHT = `policy: ./p.yaml
cases:
  - name: a number goes
    output: "It is 123-45-6789."
    expect: { decision: redact, rules: [redact_ssn], text: "It is [REDACTED]." }
  - name: words stay
    output: "It is fine."
    expect: { decision: allow, rules: [], text: "It is fine." }
`;

async function run(files: Readonly<Record<string, string>>, args: readonly string[]) {
  const cwd = await Deno.makeTempDir();
  await writeFiles(cwd, files);
  const { code, stdout, stderr } = await runCheckstream(["policy", "test", "--seed", "7", ...args], { cwd });
  await Deno.remove(cwd, { recursive: true });
  return { code, out: stdout + stderr };
}

Deno.test("policy test prints what passed and exits 0", async () => {
  const { code, out } = await run({ "policies/p.yaml": POLICY, "policies/p.test.yaml": RIGHT }, []);
  assert.equal(out, "ok   policies/p.test.yaml: 2 of 2 cases passed\n\n1 file, 2 passed (20 splits each, seed 7)\n");
  assert.equal(code, 0);
});

Deno.test("policy test shows a wrong expectation beside what happened and exits 1", async () => {
  const wrong = RIGHT.replace('text: "It is [REDACTED]."', 'text: "It is [hidden]."');
  const { code, out } = await run({ "t/p.yaml": POLICY, "t/p.test.yaml": wrong }, ["t/p.test.yaml"]);
  assert.equal(
    out,
    `FAIL t/p.test.yaml: 1 of 2 cases passed
  FAIL t/p.test.yaml:3:5: a number goes
       text
         expected: "It is [hidden]."
         actual:   "It is [REDACTED]."
                           ^
       fired:    redact_ssn at 6–17 (score 1)

1 file, 1 passed, 1 failed (20 splits each, seed 7)
`,
  );
  assert.equal(code, 1);
});

const broken: [name: string, files: Record<string, string>, expected: string][] = [
  [
    "an unknown key",
    { "t/p.test.yaml": RIGHT.replace("decision: redact", "decison: redact") },
    't/p.test.yaml:5:15: cases.0.expect.decison: unknown key "decison" (did you mean "decision"?)',
  ],
  [
    "an unknown rule",
    { "t/p.test.yaml": RIGHT.replace("[redact_ssn]", "[redact_sn]") },
    't/p.test.yaml:5:41: the policy has no rule "redact_sn" (did you mean "redact_ssn"?)',
  ],
  [
    "a policy that is not there",
    { "t/p.test.yaml": RIGHT.replace("./p.yaml", "./q.yaml") },
    "t/q.yaml:1:1: the policy file does not exist",
  ],
  [
    "a case without text",
    { "t/p.test.yaml": "policy: ./p.yaml\ncases:\n  - name: n\n    expect: { decision: allow }\n" },
    't/p.test.yaml:3:5: ingress judges the input, which is missing; add "input:"',
  ],
  ["a folder without tests", { "t/x.yaml": "" }, "t:1:1: holds no *.test.yaml"],
];
for (const [name, files, expected] of broken) {
  Deno.test(`policy test says where ${name} stands and exits 2`, async () => {
    const { code, out } = await run({ "t/p.yaml": POLICY, ...files }, ["t"]);
    assert.ok(out.includes(expected), out);
    assert.equal(code, 2);
  });
}
