/** `/admin/classifiers`, `/admin/test-classifier`, `-pipeline` and `-policy` through a real gateway. */
import assert from "node:assert/strict";
import { startLlmGateway } from "../support/llm_gateway.ts";

const POLICY = `name: acme-policy
policies:
  - name: no_gold
    phase: ingress
    trigger: { keywords: [gold] }
    action: stop
    message: "No \${input}"
  - name: hide_mail
    phase: midstream
    trigger: { classifier: pii_detector, entities: [email] }
    action: redact
`;
const MORE = `classifiers:
  house_words:
    type: keywords
    keywords: [gold, silver]
  remote:
    type: http
    url: "http://127.0.0.1:1/"
    timeout_ms: 200
pipelines:
  careful:
    type: sequential
    stages:
      - { name: quick, classifier: house_words, exit_on: match }
      - { name: slow, classifier: toxicity }
`;

Deno.test("the playground answers as contract §5 says", async (t) => {
  await using gateway = await startLlmGateway({ backendUrl: "http://127.0.0.1:1", tenants: { acme: POLICY }, more: MORE });
  const post = async (path: string, body: unknown) => {
    const response = await fetch(`${gateway.url}/admin/${path}`, { method: "POST", body: JSON.stringify(body) });
    return { status: response.status, body: await response.json() };
  };

  await t.step("classifiers are listed with tier, labels and status", async () => {
    const { classifiers } = await (await fetch(`${gateway.url}/admin/classifiers`)).json();
    const names = classifiers.map(({ name }: { name: string }) => name);
    for (const name of ["pii_detector", "toxicity", "house_words", "careful"]) assert.ok(names.includes(name), name);
    const { tier, labels, status } = classifiers.find(({ name }: { name: string }) => name === "sentiment");
    assert.deepEqual({ tier, labels, status }, { tier: "A", labels: ["negative", "neutral", "positive"], status: "loaded" });
  });

  await t.step("test-classifier tells score, label and spans", async () => {
    const { body } = await post("test-classifier", { classifier: "pii_detector", text: "Mail ann@example.org now" });
    assert.deepEqual(Object.keys(body).sort(), ["classifier", "label", "labels", "latency_ms", "score", "spans"]);
    assert.equal(body.classifier, "pii_detector");
    assert.deepEqual(body.spans.map(({ start, end, entity }: Record<string, unknown>) => ({ start, end, entity })), [
      { start: 5, end: 20, entity: "email" },
    ]);
  });

  await t.step("test-classifier scores a batch, in order", async () => {
    const texts = Array.from({ length: 40 }, (_, i) => i % 3 === 0 ? "gold" : "tin");
    const { body } = await post("test-classifier", { classifier: "house_words", texts });
    assert.deepEqual(body.results.map(({ score }: { score: number }) => score), texts.map((text) => text === "gold" ? 1 : 0));
  });

  await t.step("test-pipeline shows each stage that ran", async () => {
    const stopped = (await post("test-pipeline", { pipeline: "careful", text: "gold" })).body;
    assert.equal(stopped.pipeline, "careful");
    assert.equal(stopped.result.action, "block");
    assert.deepEqual(stopped.result.stages.map(({ name }: { name: string }) => name), ["quick"]);
    const through = (await post("test-pipeline", { pipeline: "careful", text: "a nice day" })).body;
    assert.equal(through.result.action, "allow");
    assert.deepEqual(through.result.stages.map(({ name, classifier }: Record<string, unknown>) => [name, classifier]), [
      ["quick", "house_words"],
      ["slow", "toxicity"],
    ]);
  });

  await t.step("test-policy tells decision, matches and text", async () => {
    const { body } = await post("test-policy", { policy: "acme-policy", text: "all the gold", phase: "ingress" });
    assert.equal(body.final_decision, "block");
    assert.equal(body.message, "No all the gold");
    assert.deepEqual(body.matches, [{ rule: "no_gold", mode: "enforce", action: "stop", start: 8, end: 12, score: 1 }]);
    const redacted = (await post("test-policy", { text: "Mail ann@example.org now", phase: "midstream" })).body;
    assert.deepEqual([redacted.final_decision, redacted.text], ["redact", "Mail [REDACTED] now"]);
  });

  await t.step("test-policy tries a policy that is not in use, and points at its mistakes", async () => {
    const candidate = "policies:\n  - { name: c, phase: ingress, trigger: { keywords: [tin] }, action: stop }\n";
    assert.equal((await post("test-policy", { policy_text: candidate, text: "tin" })).body.final_decision, "block");
    const wrong = await post("test-policy", { policy_text: candidate.replace("stop", "inject"), text: "tin" });
    assert.equal(wrong.status, 422);
    const reading = await post("test-policy", { policy_text: "extends: /etc/passwd\npolicies: []\n", text: "tin" });
    assert.equal(reading.status, 422);
    assert.equal(reading.body.errors[0].message, "policy:1:10: extends: a policy given as text cannot extend a file");
    assert.match(wrong.body.errors[0].message, /^policy:2:\d+: rule "c": .*inject cannot act in ingress/);
  });

  const refused: [string, unknown, number, RegExp][] = [
    ["test-classifier", { classifier: "toxicty", text: "x" }, 404, /did you mean \\?"toxicity/],
    ["test-pipeline", { pipeline: "carefull", text: "x" }, 404, /did you mean \\?"careful/],
    ["test-policy", { policy: "other", text: "x" }, 404, /No tenant uses a policy/],
    ["test-policy", { text: "x", tenant: "nobody" }, 404, /no tenant/],
    ["test-policy", { text: "x", phase: "before" }, 422, /phase/],
    ["test-classifier", { classifier: "toxicity" }, 422, /./],
    ["test-classifier", { classifier: "remote", text: "x" }, 502, /Cannot score with classifier/],
    ["test-classifier", "x".repeat(11_000_000), 413, /larger/],
  ];
  for (const [path, body, status, message] of refused) {
    await t.step(`${path} refuses ${JSON.stringify(body).slice(0, 60)} with ${status}`, async () => {
      const answer = await post(path, body);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      assert.match(JSON.stringify(answer.body), message);
    });
  }
});
