/** What `/metrics` shows after every kind of request: the names and labels that dashboards go by, and nothing that a client could make grow. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { OWN_LABELS } from "../../src/telemetry/labels.ts";
import { eventually } from "../support/eventually.ts";
import { type GatewayProcess, startGateway } from "../support/gateway.ts";
import { needs } from "../support/optional.ts";

const POLICY = `version: "1.0"
name: metrics-policy
policies:
  - {name: block_forbidden, phase: ingress, trigger: {keywords: [forbidden]}, action: stop}
  - {name: watch_story, phase: ingress, mode: shadow, trigger: {keywords: [story]}, action: stop}
  - {name: injection, phase: ingress, trigger: {classifier: prompt_injection, threshold: 0.99}, action: stop}
  - {name: redact_ssn, phase: midstream, trigger: {pattern: '\\b\\d{3}-\\d{2}-\\d{4}\\b'}, action: redact}
`;

/** Names with the labels of the contract; counters and gauges by their sample, histograms and summaries by their count. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  "requests_total": ["tenant", "status"],
  "latency_ms": ["tenant", "phase", "quantile"],
  "policy_triggers_total": ["tenant", "rule"],
  "request_latency_ms_count": ["tenant"],
  "time_to_first_token_ms_count": ["tenant"],
  "holdback_chars_count": ["tenant"],
  "connections_active": [],
  "tokens_processed_total": ["tenant", "direction"],
  "tokens_redacted_total": ["tenant"],
  "phase_decisions_total": ["phase", "decision"],
  "classifier_calls_total": ["classifier"],
  "classifier_latency_ms_count": ["classifier"],
  "classifier_errors_total": ["classifier", "error"],
  "shadow_triggers_total": ["tenant", "rule"],
  "rate_limited_total": ["tenant", "limit"],
  "backend_latency_ms_count": ["tenant", "backend"],
  "backend_errors_total": ["tenant", "backend", "error"],
  "backend_retries_total": ["tenant"],
  "audit_records_total": ["tenant", "result"],
  "audit_queue_depth": ["tenant"],
  "config_last_reload_success": [],
};

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

function samplesOf(text: string): Sample[] {
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
    const [, name, labels, value] = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/.exec(line)!;
    const pairs = [...(labels ?? "").matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)].map((match) => [match[1]!, match[2]!]);
    return { name: name!, labels: Object.fromEntries(pairs), value: Number(value) };
  });
}

/** One request of every kind. */
async function drive(gateway: GatewayProcess): Promise<void> {
  const post = async (tenant: string, content: string, stream: boolean) => {
    const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-tenant-id": tenant },
      body: JSON.stringify({ model: "a-model-that-a-client-made-up", stream, messages: [{ role: "user", content }] }),
    });
    await answer.text();
    return answer.status;
  };
  assert.equal(await post("acme", "Show me the personal data on file, with the SSN", true), 200);
  assert.equal(await post("acme", "tell me a story", false), 200);
  assert.equal(await post("acme", "forbidden", false), 400);
  assert.equal(await post("limited", "hello", false), 200);
  assert.equal(await post("limited", "hello", false), 429);
  assert.equal(await post("unreachable", "hello", false), 502);
  assert.equal(await post("scored", "hello", false), 200);
  assert.equal(await post("nobody", "hello", false), 404);
}

Deno.test("/metrics has every metric of the contract with its labels, custom ones beside them, and the buckets that were asked for", async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  const tenant = (id: string, more = "") => `    ${id}: {backend_url: "${llm.url}", policy_path: ./policy.yaml${more}}\n`;
  await using gateway = await startGateway({
    files: {
      "policy.yaml": POLICY,
      "config.yaml": `telemetry:
  metrics: {custom_labels: {region: eu-1, stage: test}, latency_buckets: [7, 70.5, 7000]}
classifiers:
  away: {type: http, url: "http://127.0.0.1:1/score", timeout_ms: 500}
tenants:
  configs:
${tenant("acme")}${tenant("limited", ", rate_limit: {requests_per_minute: 1}")}${
        tenant("scored", ", pipeline: {ingress: {classifiers: [away]}}")
      }    unreachable: {backend: {url: "http://127.0.0.1:1", retry_attempts: 1, retry_delay_ms: 1}}
`,
    },
  });
  await drive(gateway);
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const samples = samplesOf(text);
  for (const [name, labels] of Object.entries(EXPECTED)) {
    const found = samples.filter((sample) => sample.name === `checkstream_${name}`);
    assert.ok(found.length > 0, `checkstream_${name} is missing`);
    for (const each of found) {
      assert.deepEqual(Object.keys(each.labels).sort(), [...labels, "region", "stage"].sort(), `labels of checkstream_${name}`);
    }
  }
  const value = (name: string, wanted: Readonly<Record<string, string>>) =>
    samples.find((sample) => sample.name === name && Object.entries(wanted).every(([label, each]) => sample.labels[label] === each))?.value;
  assert.equal(value("checkstream_requests_total", { tenant: "acme", status: "success" }), 2);
  assert.equal(value("checkstream_requests_total", { tenant: "acme", status: "blocked" }), 1);
  assert.equal(value("checkstream_policy_triggers_total", { tenant: "acme", rule: "block_forbidden" }), 1);
  assert.equal(value("checkstream_shadow_triggers_total", { tenant: "acme", rule: "watch_story" }), 1);
  assert.equal(value("checkstream_rate_limited_total", { tenant: "limited", limit: "requests" }), 1);
  assert.ok(value("checkstream_latency_ms", { tenant: "acme", phase: "ingress", quantile: "0.99" })! > 0);
  assert.ok(value("process_resident_memory_bytes", {})! > 0);

  const buckets = samples.filter(({ name, labels }) => name === "checkstream_request_latency_ms_bucket" && labels.tenant === "acme");
  assert.deepEqual(buckets.map(({ labels }) => labels.le), ["7", "70.5", "7000", "+Inf"]);

  const own = samples.flatMap(({ labels }) => Object.keys(labels)).filter((label) => label !== "region" && label !== "stage");
  assert.deepEqual([...new Set(own)].filter((label) => !OWN_LABELS.has(label)), [], "labels that OWN_LABELS lacks");
  // What a client can choose is no label.
  assert.doesNotMatch(text, /a-model-that-a-client-made-up|nobody|chat\/completions/);
  await llm.close();
});

Deno.test({
  name: "promtool finds no fault with the metrics but the milliseconds of their names",
  ...needs("promtool"),
  async fn() {
    const llm = startMockLlm({ pacingMs: 0 });
    await using gateway = await startGateway({
      files: {
        "policy.yaml": POLICY,
        "config.yaml": `tenants:
  configs:
    acme: {backend_url: "${llm.url}", policy_path: ./policy.yaml}
    limited: {backend_url: "${llm.url}", rate_limit: {requests_per_minute: 1}}
    scored: {backend_url: "${llm.url}"}
    unreachable: {backend: {url: "http://127.0.0.1:1", retry_attempts: 1, retry_delay_ms: 1}}
`,
      },
    });
    await drive(gateway);
    const promtool = new Deno.Command("promtool", { args: ["check", "metrics"], stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
    const writer = promtool.stdin.getWriter();
    await writer.write(new Uint8Array(await (await fetch(`${gateway.url}/metrics`)).arrayBuffer()));
    await writer.close();
    const { stdout, stderr } = await promtool.output();
    const said = (new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr)).split("\n").filter((line) => line !== "");
    // The user's own dashboards name checkstream_latency_ms, so the others go by milliseconds as well.
    assert.deepEqual(said.filter((line) => !/^checkstream_\w+_ms metric names should not contain abbreviated units$/.test(line)), []);
    await llm.close();
  },
});

Deno.test("labels that are the gateway's own, and buckets that do not ascend, are refused; metrics can be switched off", async () => {
  const start = (metrics: string) =>
    startGateway({ files: { "config.yaml": `backend: {url: "http://127.0.0.1:1"}\ntelemetry: {metrics: ${metrics}}\n` } });
  await assert.rejects(start(`{custom_labels: {tenant: x}}`), /config\.yaml:2:\d+: .*tenant.*label of the gateway's own/);
  await assert.rejects(start(`{custom_labels: {"no-label": x}}`), /not a label name/);
  await assert.rejects(start(`{latency_buckets: [5, 5]}`), /latency_buckets.*larger than the one before/);
  await using gateway = await start("{enabled: false}");
  const answer = await fetch(`${gateway.url}/metrics`);
  assert.equal(answer.status, 404);
  assert.match(await answer.text(), /telemetry\.metrics\.enabled/);
  await eventually(async () => assert.equal((await fetch(`${gateway.url}/health/ready`)).status, 200));
});
