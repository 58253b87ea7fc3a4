/** What rules do beside deciding: webhooks, log lines, audit records, through a real gateway. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { verify } from "../../src/notify/signature.ts";
import { startLlmGateway } from "../support/llm_gateway.ts";

const policy = (url: string) =>
  `policies:
  - name: watch
    phase: ingress
    trigger: { keywords: [alarm] }
    action:
      - type: notify
        url: "${url}"
        message: "\${rule_name} for \${tenant} on \${model}: \${input}"
      - { type: log, level: warn, message: "seen: \${rule_name}", include: [input, classifier_scores], tags: [t1] }
      - type: audit
        regulation: "GDPR Art. 5"
        category: watch
        severity: high
        include: [input, output]
        metadata: { who: "\${tenant}", why: "\${rule_name}", score: "\${score}" }
        retention_days: 2555
    tags: [t0]
  - name: quiet
    mode: shadow
    phase: ingress
    trigger: { keywords: [alarm] }
    action: [{ type: notify, url: "${url}" }, { type: log }]
`;

/** Collects what webhooks deliver. */
function startReceiver(answer: (count: number) => Response | Promise<Response>) {
  const seen: { readonly headers: Headers; readonly body: string }[] = [];
  const waiting: (() => void)[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    seen.push({ headers: request.headers, body: await request.text() });
    const response = await answer(seen.length);
    for (const tell of waiting.splice(0)) tell();
    return response;
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/hook?key=hidden`,
    seen,
    /** Resolves when `count` deliveries have come. */
    async received(count: number): Promise<void> {
      while (seen.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    close: () => server.shutdown(),
  };
}

const ask = (url: string, content: string) =>
  fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content }] }),
  }).then((response) => response.text());

Deno.test("a rule that fires tells its webhook once, logs and records what it was told to", async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  const hook = startReceiver((count) => new Response(null, { status: count === 1 ? 503 : 200, headers: { "retry-after": "0" } }));
  await using gateway = await startLlmGateway({
    backendUrl: llm.url,
    tenants: { acme: policy(hook.url) },
    more: "notify:\n  allow_private_addresses: true\ntelemetry:\n  audit:\n    durability: request\n",
    env: { CHECKSTREAM_WEBHOOK_SECRET: "whsec" },
  });
  await ask(gateway.url, "The alarm, the alarm!");
  await ask(gateway.url, "Nothing.");
  await hook.received(2);

  // The first delivery was answered 503, so the same one came again.
  const [first, second] = hook.seen.map(({ body }) => JSON.parse(body));
  assert.deepEqual(first, second);
  assert.equal(first.text, "watch for acme on gpt-4o: The alarm, the alarm!");
  assert.deepEqual(
    { type: first.type, tenant: first.tenant, rule: first.rule, phase: first.phase, count: first.count, decision: first.decision },
    { type: "rule.fired", tenant: "acme", rule: "watch", phase: "ingress", count: 2, decision: "allow" },
  );
  for (const { headers, body } of hook.seen) {
    assert.ok(verify("whsec", headers.get("x-checkstream-signature")!, body, Math.floor(Date.now() / 1000)));
  }

  await gateway.waitFor("seen: watch");
  const line = JSON.parse(gateway.output().split("\n").find((each) => each.includes("seen: watch"))!);
  assert.equal(line.input, "The alarm, the alarm!");
  assert.deepEqual(line.tags, ["t0", "t1"]);
  assert.ok(!gateway.output().includes("quiet"), "shadow rules neither log nor notify");

  const { records } = await (await fetch(`${gateway.url}/audit?tenant=acme`)).json();
  const [nothing, alarm] = records;
  assert.equal(nothing.input, undefined, "text is recorded only where the rule fired");
  assert.equal(alarm.input, "The alarm, the alarm!");
  assert.match(alarm.output, /You said/);
  assert.equal(alarm.retention_days, 2555);
  const audit = alarm.actions.find(({ action }: { action: string }) => action === "audit");
  assert.deepEqual(audit.metadata, { who: "acme", why: "watch", score: "1" });
  assert.equal(audit.regulation, "GDPR Art. 5");

  assert.match(
    await (await fetch(`${gateway.url}/metrics`)).text(),
    /^checkstream_notifications_total\{tenant="acme",result="delivered"\} 1$/m,
  );
  await gateway.stop();
  await hook.close();
  await llm.close();
});

Deno.test("webhooks to private addresses are refused unless allowed, and their URL stays out of the log", async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  const hook = startReceiver(() => new Response());
  await using gateway = await startLlmGateway({ backendUrl: llm.url, tenants: { acme: policy(hook.url) } });
  await ask(gateway.url, "alarm");
  await gateway.waitFor("notification refused");
  assert.match(gateway.output(), /127\.0\.0\.1 is a loopback address/);
  assert.ok(!gateway.output().includes("hidden"));
  assert.equal(hook.seen.length, 0);
  await gateway.stop();
  await hook.close();
  await llm.close();
});

Deno.test("notifications that wait are delivered before the gateway stops, and no request waits for them", async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  let open = () => {};
  const gate = new Promise<void>((resolve) => open = resolve);
  const hook = startReceiver(async () => {
    await gate;
    return new Response();
  });
  await using gateway = await startLlmGateway({
    backendUrl: llm.url,
    tenants: { acme: policy(hook.url) },
    more: "notify:\n  allow_private_addresses: true\n",
  });
  // More than are delivered at once; every answer comes while all deliveries hang.
  for (let i = 0; i < 12; i++) await ask(gateway.url, `alarm ${i}`);
  const stopped = gateway.stop();
  await gateway.waitFor("stopping");
  open();
  assert.equal(await stopped, 0);
  assert.equal(hook.seen.length, 12);
  await hook.close();
  await llm.close();
});
