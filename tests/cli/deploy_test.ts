/** What deploy/ ships fits the program: configurations load, and alerts and dashboards ask for metrics that there are. */
import assert from "node:assert/strict";
import { parse, parseAllDocuments } from "yaml";
import { createMetrics } from "../../src/telemetry/metrics.ts";
import { needs } from "../support/optional.ts";
import { runCheckstream, writeFiles } from "../support/gateway.ts";

const DEPLOY = new URL("../../deploy/", import.meta.url);
const read = (path: string) => Deno.readTextFile(new URL(path, DEPLOY));

/** Names of series that the program exposes; histograms also as their parts. */
async function exposedNames(): Promise<Set<string>> {
  const metrics = createMetrics({ prefix: "checkstream" });
  // Said once there is a tenant store.
  metrics.storeUp(true);
  const types = [...(await metrics.expose()).matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  const parts: Readonly<Record<string, readonly string[]>> = { histogram: ["_bucket", "_sum", "_count"], summary: ["", "_sum", "_count"] };
  return new Set(types.flatMap(([, name, type]) => (parts[type!] ?? [""]).map((part) => `${name}${part}`)));
}

function metricsIn(text: string): string[] {
  return [...new Set([...text.matchAll(/\b(?:checkstream|process)_[a-z_]+/g)].map(([name]) => name))];
}

Deno.test("alerts and dashboard name only metrics that the program exposes", async () => {
  const names = await exposedNames();
  const alerts = JSON.stringify(parse(await read("prometheus/alerts.yaml")));
  const dashboard = JSON.parse(await read("grafana/checkstream.json"));
  const asked = [...metricsIn(alerts), ...metricsIn(JSON.stringify(dashboard))];
  assert.ok(asked.length > 20);
  assert.deepEqual(asked.filter((name) => !names.has(name)), []);
  assert.equal(new Set(dashboard.panels.map(({ id }: { id: number }) => id)).size, dashboard.panels.length);
});

Deno.test("every alert's runbook is a heading of docs/operations.md", async () => {
  const headings = [...(await read("../docs/operations.md")).matchAll(/^#+ (.*)$/gm)].map(([, text]) =>
    text!.toLowerCase().replace(/[^a-z0-9 -]/g, "").replaceAll(" ", "-")
  );
  const runbooks = [...(await read("prometheus/alerts.yaml")).matchAll(/runbook: docs\/operations\.md#(\S+)/g)].map(([, anchor]) =>
    anchor!
  );
  assert.ok(runbooks.length > 5);
  assert.deepEqual(runbooks.filter((anchor) => !headings.includes(anchor)), []);
});

Deno.test("promtool accepts the alert rules", needs("promtool"), async () => {
  const { code, stdout, stderr } = await new Deno.Command("promtool", {
    args: ["check", "rules", new URL("prometheus/alerts.yaml", DEPLOY).pathname],
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr));
});

Deno.test("the example configuration and that of the Kubernetes manifests load", async () => {
  const example = await runCheckstream(["check", "--config", new URL("config.yaml", DEPLOY).pathname]);
  assert.equal(example.code, 0, example.stdout);
  const documents = parseAllDocuments(await read("kubernetes/checkstream.yaml")).map((document) => document.toJS());
  const { data } = documents.find(({ kind }) => kind === "ConfigMap");
  const cwd = await Deno.makeTempDir();
  await writeFiles(cwd, data);
  const { code, stdout } = await runCheckstream(["check"], { cwd, env: { OPENAI_API_KEY: "k", CHECKSTREAM_ADMIN_API_KEY: "a" } });
  assert.deepEqual([code, stdout], [0, "config.yaml: 1 tenant, 0 warnings, no errors\n"]);
  await Deno.remove(cwd, { recursive: true });
});

Deno.test("services and pods wait longer for a stop than open streams may take", async () => {
  const seconds = (text: string, pattern: RegExp) => Number(pattern.exec(text)?.[1]);
  const shutdown = seconds(await read("config.yaml"), /shutdown_timeout_ms: (\d+)/) / 1000;
  assert.ok(seconds(await read("systemd/checkstream.service"), /TimeoutStopSec=(\d+)/) > shutdown);
  assert.ok(seconds(await read("kubernetes/checkstream.yaml"), /terminationGracePeriodSeconds: (\d+)/) > shutdown);
});

Deno.test("nothing in deploy/ holds a key", async () => {
  const texts: string[] = [];
  for (const folder of ["", ...[...Deno.readDirSync(DEPLOY)].filter(({ isDirectory }) => isDirectory).map(({ name }) => `${name}/`)]) {
    for (const { name, isFile } of Deno.readDirSync(new URL(folder, DEPLOY))) if (isFile) texts.push(await read(folder + name));
  }
  assert.ok(texts.length >= 6);
  for (const text of texts) assert.doesNotMatch(text, /\bsk-[A-Za-z0-9]{8,}|BEGIN [A-Z ]*PRIVATE KEY/);
});
