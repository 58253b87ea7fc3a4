/** The rule files of the user's document, as written there, do what they say through a real gateway. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { startLlmGateway } from "../support/llm_gateway.ts";

const DOCUMENT = await Deno.readTextFile(new URL("../fixtures/multi-tenant-setup.md", import.meta.url));
const ruleFile = (name: string): string => {
  const found = [...DOCUMENT.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, text]) => text!).find((text) =>
    text.startsWith(`# policies/${name}.yaml`)
  );
  assert.ok(found !== undefined, name);
  return found;
};

const ADVICE = /put all of your savings into ACME/;

/** The text of a chat answer, streamed or whole. */
function textOf(body: string): string {
  const parts = body.startsWith("data:")
    ? body.split("\n").filter((line) => line.startsWith("data: {")).map((line) => line.slice(6))
    : [body];
  return parts.map((part) => JSON.parse(part).choices[0]).map((choice) => choice?.delta?.content ?? choice?.message?.content ?? "").join(
    "",
  );
}

Deno.test("finance blocks advice in prompts and answers, streamed or not; internal only logs", async (t) => {
  const llm = startMockLlm({ pacingMs: 0 });
  await using gateway = await startLlmGateway({
    backendUrl: llm.url,
    tenants: { finance: ruleFile("finance"), internal: ruleFile("internal") },
    more: "telemetry:\n  audit:\n    durability: request\n",
  });
  const ask = async (tenant: string, content: string, stream: boolean) => {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-tenant-id": tenant },
      body: JSON.stringify({ model: "m", stream, messages: [{ role: "user", content }] }),
    });
    return { status: response.status, body: await response.text() };
  };
  for (const stream of [false, true]) {
    const how = stream ? "streamed" : "whole";
    await t.step(`finance: an answer that advises ends before the advice, ${how}`, async () => {
      const { status, body } = await ask("finance", "Where do savings go?", stream);
      assert.equal(status, 200);
      assert.match(body, /"finish_reason":"content_filter"/);
      assert.doesNotMatch(textOf(body), ADVICE);
    });
    await t.step(`finance: harmless answers pass, ${how}`, async () => {
      assert.match((await ask("finance", "hello", stream)).body, /"finish_reason":"stop"/);
    });
    await t.step(`internal: an insult passes and is logged, ${how}`, async () => {
      const { body } = await ask("internal", "Please insult me", stream);
      assert.match(body, /"finish_reason":"stop"/);
      const { records } = await (await fetch(`${gateway.url}/audit?tenant=internal`)).json();
      assert.equal(records[0].decision, "allow");
      assert.deepEqual([...new Set(records[0].actions.map(({ rule, action }: Record<string, string>) => `${rule} ${action}`))], [
        "log_safety log",
      ]);
    });
  }
  await t.step("finance: a prompt that is advice is refused with the regulation on record", async () => {
    const { status, body } = await ask("finance", "You should buy ACME shares with all your savings now", false);
    assert.equal(status, 400);
    assert.equal(JSON.parse(body).error.rule, "block_investment_advice");
    const { records } = await (await fetch(`${gateway.url}/audit?tenant=finance`)).json();
    assert.equal(records[0].actions[0].regulation, "FCA COBS 9A.2.1R");
  });
  await llm.close();
});
