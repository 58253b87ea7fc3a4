/** Replay over a thousand requests that a real gateway recorded. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { runCheckstream } from "../support/gateway.ts";
import { startLlmGateway } from "../support/llm_gateway.ts";

const SSN = `  - name: redact_ssn
    phase: midstream
    trigger: { pattern: '\\b\\d{3}-\\d{2}-\\d{4}\\b' }
    action: redact
`;
const GOLD = `  - name: block_gold
    phase: ingress
    trigger: { keywords: [gold] }
    action: stop
`;
const SECRET = `  - name: block_secret
    phase: ingress
    trigger: { keywords: [secret] }
    action: stop
`;
const REQUESTS = 1000;

function promptOf(i: number): string {
  if (i % 10 === 0) return `Tell me about gold, number ${i}`;
  if (i % 20 === 1) return `My number is 219-09-${1000 + i}`;
  if (i % 50 === 2) return `The secret ${i}`;
  return `Hello ${i}`;
}

Deno.test("replay tells which of 1,000 recorded decisions would change, with examples", async (t) => {
  const llm = startMockLlm({ pacingMs: 0 });
  await using gateway = await startLlmGateway({
    backendUrl: llm.url,
    tenants: { acme: `policies:\n${SSN}${SECRET}`, raw: `policies:\n${SSN}${SECRET}` },
    tenantKeys: { raw: "audit: {raw: true}" },
    more: "telemetry:\n  audit:\n    include: [input, output]\n",
  });
  const before = { allow: 0, redact: 0, block: 0 };
  for (let at = 0; at < REQUESTS; at += 25) {
    await Promise.all(Array.from({ length: 25 }, async (_, i) => {
      const response = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: "m", messages: [{ role: "user", content: promptOf(at + i) }] }),
      });
      await response.text();
      before[response.headers.get("x-checkstream-decision") as keyof typeof before]++;
    }));
  }
  assert.deepEqual(before, { allow: 930, redact: 50, block: 20 });
  for (const content of ["My number is 219-09-1234", "The secret 7"]) {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-tenant-id": "raw" },
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content }] }),
    });
    await response.text();
  }
  const write = (name: string, text: string) => Deno.writeTextFile(`${gateway.folder}/${name}`, text);
  await write("stricter.yaml", `policies:\n${SSN}${SECRET}${GOLD}`);
  await write("milder.yaml", `policies:\n${GOLD}`);
  await write("broken.yaml", `policies:\n${SSN.replace("redact\n", "redakt\n")}`);
  // Records are written within a second; what was asked for is there once all are.
  const recorded = async () => {
    const { stdout } = await runCheckstream(["replay", "--policy", "stricter.yaml"], { cwd: gateway.folder });
    return stdout;
  };
  let first = await recorded();
  for (let tries = 0; tries < 200 && !first.includes(`: ${REQUESTS} requests`); tries++) first = await recorded();
  await llm.close();

  await t.step("a stricter policy", () => {
    const lines = first.split("\n");
    assert.deepEqual(lines.slice(0, 4), [
      "stricter.yaml over the traffic of acme: 1000 requests",
      "  unchanged    900",
      "  changed      100",
      "    allow → block    100  by block_gold (100)",
    ]);
    assert.equal(lines.filter((line) => line.startsWith("allow → block  20")).length, 3, "three examples, with time and request");
    assert.match(first, /block_gold in the input: Tell me about »gold«, number \d+/);
  });

  await t.step("a milder policy, which cannot judge what was removed", async () => {
    const { code, stdout } = await runCheckstream(["replay", "--tenant", "acme", "--policy", "milder.yaml", "--since", "1h"], {
      cwd: gateway.folder,
    });
    assert.equal(code, 0);
    assert.match(stdout, /unchanged {4}830\n {2}changed {6}100\n/);
    assert.match(stdout, /allow → block {4}100 {2}by block_gold \(100\)/);
    assert.match(stdout, /cannot tell {2}70: their text was changed before it was recorded {2}by redact_ssn \(50\), block_secret \(20\)/);
  });

  await t.step("a tenant that records its text as it came can be judged whole", async () => {
    const { stdout } = await runCheckstream(["replay", "--tenant", "raw", "--policy", "milder.yaml"], { cwd: gateway.folder });
    assert.match(stdout, /: 2 requests\n {2}unchanged {4}0\n {2}changed {6}2\n/);
    assert.match(stdout, /redact → allow {3}1 {2}by redact_ssn \(1\)/);
    assert.match(stdout, /no longer: block_secret\n {2}The secret 7/);
  });

  await t.step("nothing in the period is exit 1, a broken policy exit 2 with its place", async () => {
    const nothing = await runCheckstream(["replay", "--policy", "milder.yaml", "--since", "2999-01-01"], { cwd: gateway.folder });
    assert.equal(nothing.code, 1);
    const broken = await runCheckstream(["replay", "--policy", "broken.yaml"], { cwd: gateway.folder });
    assert.equal(broken.code, 2);
    assert.match(broken.stderr, /^broken\.yaml:5:13: policies\.0\.action: .*did you mean "redact"/);
  });

  await t.step("a file of raw traffic is judged by both policies", async () => {
    const traffic = [
      { input: "gold", output: "fine" },
      { input: "hi", output: "It is 219-09-1234." },
      { input: "hi", output: "fine" },
      { decision: "error" },
    ].map((each) => JSON.stringify(each)).join("\n");
    await write("traffic.jsonl", traffic);
    const { code, stdout } = await runCheckstream(["replay", "--policy", "milder.yaml", "--file", "traffic.jsonl"], {
      cwd: gateway.folder,
    });
    assert.equal(code, 0);
    assert.match(stdout, /: 3 requests\n {2}unchanged {4}1\n {2}changed {6}2\n/);
    assert.match(stdout, /redact → allow {3}1 {2}by redact_ssn \(1\)/);
    await write("traffic.jsonl", `${traffic}\n{"input": 5}`);
    const wrong = await runCheckstream(["replay", "--policy", "milder.yaml", "--file", "traffic.jsonl"], { cwd: gateway.folder });
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /traffic\.jsonl:5: input: /);
  });

  await t.step("changes as JSON, one per line", async () => {
    const { stdout } = await runCheckstream(["replay", "--policy", "stricter.yaml", "--json"], { cwd: gateway.folder });
    const changes = stdout.trim().split("\n").map((each) => JSON.parse(each));
    assert.equal(changes.length, 100);
    assert.deepEqual([changes[0].before, changes[0].after, changes[0].after_rules], ["allow", "block", ["block_gold"]]);
  });
});
