/** The tests beside a policy are watched like the policy: what fails is told where it stands, and the policy serves all the same. */
import assert from "node:assert/strict";
import { startGateway } from "../support/gateway.ts";

const POLICY = "policies:\n  - { name: no_gold, phase: ingress, trigger: { keywords: [gold] }, action: stop }\n";
const TESTS = (decision: string) =>
  `policy: ./acme.yaml
cases:
  - name: gold is refused
    input: some gold
    expect: { decision: ${decision} }
`;

Deno.test("a gateway runs a policy's tests when they or the policy change, and only tells what fails", async () => {
  await using gateway = await startGateway({
    files: {
      "config.yaml": "backend: { url: http://127.0.0.1:9 }\npolicy: { path: ./acme.yaml }\n",
      "acme.yaml": POLICY,
      "acme.test.yaml": TESTS("block"),
    },
  });
  const blocked = async () => {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "m", messages: [{ role: "user", content: "some gold" }] }),
    });
    await response.body?.cancel();
    return response.status === 400;
  };
  const write = (name: string, text: string) => Deno.writeTextFile(`${gateway.folder}/${name}`, text);
  await write("acme.test.yaml", TESTS("allow"));
  await gateway.waitFor(/policy's test fails.*acme\.test\.yaml:3:5: gold is refused: decision is block, expected allow/, 20_000);
  assert.ok(await blocked());
  // The policy that the test wants comes, and then one that it does not.
  await write("acme.yaml", POLICY.replace("[gold]", "[silver]"));
  await gateway.waitFor(/(reloaded[\s\S]*){1}/, 20_000);
  await write("acme.yaml", POLICY.replace("[gold]", "[gold, tin]"));
  await gateway.waitFor(/(policy's test fails[\s\S]*){2}/, 20_000);
  assert.ok(await blocked());
  const ready = await (await fetch(`${gateway.url}/health/ready`)).json();
  assert.equal(ready.last_reload_errors, undefined);
});
