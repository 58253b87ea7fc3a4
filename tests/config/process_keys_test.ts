/** The keys of the sections that concern the process: every one the contract names loads, and what cannot be is told where it stands. */
import assert from "node:assert/strict";
import { ConfigError, formatProblem, loadConfig } from "../../src/config/mod.ts";

const BACKEND = `backend: {url: "http://127.0.0.1:1"}\n`;

async function load(text: string) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/config.yaml`, text + BACKEND);
    return loadConfig(`${folder}/config.yaml`, () => undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function problemsOf(text: string): Promise<string> {
  try {
    await load(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(formatProblem).join("\n");
    throw error;
  }
  return "";
}

Deno.test("every key of server and telemetry loads, and the one without effect is told", async () => {
  const workers = Deno.build.os === "linux" ? 4 : 1;
  const { config, warnings } = await load(`server:
  host: 0.0.0.0
  port: 8443
  metrics_port: 9090
  workers: ${workers}
  max_body_bytes: 1048576
  max_connections: 500
  request_timeout_ms: 30000
  header_timeout_ms: 10000
  body_timeout_ms: 20000
  idle_timeout_ms: 60000
  shutdown_timeout_ms: 5000
  overload: {enabled: true, max_lag_ms: 300, max_memory_share: 0.8, retry_after_s: 5}
  cors: {origins: ["https://app.example.com"]}
admin: {api_key_env: CHECKSTREAM_ADMIN_API_KEY, listen: "127.0.0.1:9091"}
telemetry:
  metrics: {enabled: true, prefix: checkstream, custom_labels: {region: eu-1}, latency_buckets: [10, 100.5, 1000]}
  logging: {level: warn, format: pretty, output: stdout}
  audit: {enabled: true, path: ./audit, retention_days: 90, include: [input]}
  opentelemetry: {enabled: true, endpoint: "https://collector.example.com:4318", service_name: edge}
`);
  const { server, telemetry } = config;
  assert.deepEqual([server.workers, server.max_connections, server.overload.max_lag_ms, server.body_timeout_ms], [
    workers,
    500,
    300,
    20_000,
  ]);
  assert.deepEqual(telemetry.metrics.custom_labels, { region: "eu-1" });
  assert.deepEqual([telemetry.opentelemetry.service_name, telemetry.opentelemetry.sample_ratio], ["edge", 1]);
  const told = warnings.map(formatProblem).join("\n");
  assert.match(told, /config\.yaml:9:\d+: warning: server\.header_timeout_ms: has no effect/);
});

for (
  const [text, message] of [
    ["server: {workers: 0}\n", /config\.yaml:1:\d+: .*workers/],
    ["server: {workers: 32}\n", /config\.yaml:1:\d+: .*workers/],
    ["server: {max_conections: 5}\n", /did you mean "max_connections"/],
    ["server: {overload: {max_memory_share: 1.5}}\n", /max_memory_share/],
    ["telemetry: {metrics: {custom_labels: {le: x}}}\n", /label of the gateway's own/],
    ["telemetry: {metrics: {custom_labels: {__name: x}}}\n", /not a label name/],
    ["telemetry: {metrics: {latency_buckets: [10, 5]}}\n", /larger than the one before/],
    ["telemetry: {opentelemetry: {endpoint: collector}}\n", /expected an http\(s\) URL/],
    ["telemetry: {opentelemetry: {sample_ratio: 2}}\n", /sample_ratio/],
  ] as const
) {
  Deno.test(`${text.trim()} is refused with its place`, async () => assert.match(await problemsOf(text), message));
}
