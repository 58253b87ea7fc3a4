/** Several workers behind one port: they are one gateway, in what they count, refuse, record and change, and when one of them dies. */
import assert from "node:assert/strict";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { eventually } from "../support/eventually.ts";
import { type GatewayProcess, runCheckstream, startGateway } from "../support/gateway.ts";
import { TEST_POLICY } from "../support/llm_gateway.ts";
import { needs } from "../support/optional.ts";
import { fromFileUrl, join } from "../support/paths.ts";

/** The kernel deals out connections on one port to several listeners only here. */
const linux = { ignore: Deno.build.os !== "linux" };
/** So many connections that all of them meeting one of two workers is out of the question: the kernel deals them by a hash. */
const MANY = 40;
const CRASHING = fromFileUrl(new URL("../support/crashing_gateway.ts", import.meta.url));

interface Tenant {
  /** Further keys of the tenant, YAML. */
  readonly keys?: string;
}

function configOf(backendUrl: string, tenants: Readonly<Record<string, Tenant>>, more = ""): string {
  const configs = Object.entries(tenants).map(([id, { keys = "" }]) =>
    `    ${id}: {backend_url: "${backendUrl}", policy_path: ./policy.yaml, ${keys}}\n`
  );
  return `server: {workers: 2, port: 0, shutdown_timeout_ms: 20000}
admin: {allow_private_backends: true}
tenants:
  default_tenant: ${Object.keys(tenants)[0]}
  configs:
${configs.join("")}${more}`;
}

const body = (content: string, stream = false) => JSON.stringify({ model: "demo", stream, messages: [{ role: "user", content }] });

/** One call over a connection of its own, so that the kernel deals it anew. */
function post(gateway: GatewayProcess, content: string, { headers = {}, stream = false }: {
  readonly headers?: Record<string, string>;
  readonly stream?: boolean;
} = {}): Promise<Response> {
  return fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "connection": "close", ...headers },
    body: body(content, stream),
  });
}

async function statusesOf(count: number, call: () => Promise<Response>, concurrency = 8): Promise<number[]> {
  const statuses: number[] = [];
  let left = count;
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (left-- > 0) {
      const answer = await call();
      await answer.body?.cancel();
      statuses.push(answer.status);
    }
  }));
  return statuses;
}

const times = (statuses: readonly number[], status: number) => statuses.filter((each) => each === status).length;

/** How many requests each worker answered, by the log. */
function answeredBy(gateway: GatewayProcess): Map<number, number> {
  const counts = new Map<number, number>();
  for (const line of gateway.output().split("\n")) {
    if (!line.includes(`"message":"request"`)) continue;
    const { worker } = JSON.parse(line);
    counts.set(worker, (counts.get(worker) ?? 0) + 1);
  }
  return counts;
}

/** `GET /admin/tenants` under another host name. */
async function rawGet({ url }: GatewayProcess, host: string, headers: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(url).port) });
  await connection.write(new TextEncoder().encode(`GET /admin/tenants HTTP/1.1\r\nhost: ${host}\r\n${headers}connection: close\r\n\r\n`));
  return await new Response(connection.readable).text();
}

async function metric(gateway: GatewayProcess, name: string): Promise<number | undefined> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length));
}

Deno.test({
  name: "two workers count limits, metrics and audit records as one gateway, under load from both",
  ...linux,
  async fn() {
    const llm = startMockLlm({ pacingMs: 0 });
    await using gateway = await startGateway({
      files: {
        "config.yaml": configOf(llm.url, {
          limited: { keys: "rate_limit: {requests_per_minute: 60}" },
          durable: { keys: "audit: {durability: request}" },
        }),
        "policy.yaml": TEST_POLICY,
      },
      args: ["serve", "--config", "config.yaml"],
    });
    const started = performance.now();
    const limited = await statusesOf(150, () => post(gateway, "Hello"));
    const seconds = (performance.now() - started) / 1000;
    const admitted = times(limited, 200);
    assert.equal(admitted + times(limited, 429), 150);
    // A bucket of 60, refilled with one a second meanwhile.
    assert.ok(admitted >= 60 && admitted <= 60 + seconds + 1, `${admitted} admitted within ${seconds} s`);
    const durable = await statusesOf(
      150,
      () => post(gateway, "Show me the personal data on file", { headers: { "x-tenant-id": "durable" } }),
    );
    assert.equal(times(durable, 200), 150);

    const answered = answeredBy(gateway);
    console.log(
      `answered by worker: ${JSON.stringify([...answered])}; ${admitted} of 150 admitted in ${seconds.toFixed(2)} s at 60 a minute`,
    );
    assert.equal(answered.size, 2);
    for (const [worker, count] of answered) assert.ok(count > 30, `worker ${worker} answered ${count} of 300`);

    // A request is counted once its last byte is out, which the client may see first.
    await eventually(async () => {
      assert.equal(await metric(gateway, `checkstream_requests_total{tenant="limited",status="success"}`), admitted);
      assert.equal(await metric(gateway, `checkstream_requests_total{tenant="limited",status="rate_limited"}`), 150 - admitted);
      assert.equal(await metric(gateway, `checkstream_requests_total{tenant="durable",status="success"}`), 150);
      assert.equal(await metric(gateway, `checkstream_audit_records_total{tenant="durable",result="written"}`), 150);
      assert.equal(await metric(gateway, "checkstream_connections_active"), 0);
      assert.equal(await metric(gateway, `checkstream_policy_triggers_total{tenant="durable",rule="redact_pii"}`), 300);
    });
    for (const tenant of ["limited", "durable"]) {
      await eventually(async () => {
        const report = await (await fetch(`${gateway.url}/audit/verify?tenant=${tenant}`)).json();
        assert.deepEqual([report.status, report.chain_intact, report.records_verified], ["valid", true, 150]);
      });
    }
    await llm.close();
  },
});

Deno.test({
  name: "a policy edit serves in both workers or in none, and a key that is revoked stops in both at once",
  ...linux,
  async fn() {
    const llm = startMockLlm({ pacingMs: 0 });
    await using gateway = await startGateway({
      files: { "config.yaml": configOf(llm.url, { acme: {} }), "policy.yaml": TEST_POLICY },
      args: ["serve", "--config", "config.yaml"],
    });
    const edit = async (text: string) => {
      await Deno.writeTextFile(join(gateway.folder, "policy.tmp"), text);
      await Deno.rename(join(gateway.folder, "policy.tmp"), join(gateway.folder, "policy.yaml"));
    };
    const allAre = async (status: number) => times(await statusesOf(16, () => post(gateway, "a new word")), status) === 16;
    assert.ok(await allAre(200));

    const edited = performance.now();
    await edit(TEST_POLICY.replace('keywords: ["forbidden"]', 'keywords: ["new word"]'));
    await eventually(async () => assert.deepEqual(await statusesOf(1, () => post(gateway, "a new word")), [400]));
    const seenMs = performance.now() - edited;
    // From the first answer under it on, no worker answers under the one before.
    assert.ok(await allAre(400));
    console.log(`an edit was in force after ${Math.round(seenMs)} ms`);

    await edit(TEST_POLICY.replace("action: redact", "action: redcat"));
    await gateway.waitFor(/redcat/);
    assert.ok(await allAre(400));
    const reload = await fetch(`${gateway.url}/admin/reload`, { method: "POST" });
    assert.equal(reload.status, 422);
    await reload.body?.cancel();
    await edit(TEST_POLICY);
    await eventually(async () => assert.ok(await allAre(200)));

    const made = await (await fetch(`${gateway.url}/admin/tenants/acme/keys`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "k" }),
    })).json();
    const withKey = () => post(gateway, "Hello", { headers: { authorization: `Bearer ${made.key}` } });
    assert.deepEqual(new Set(await statusesOf(16, withKey)), new Set([200]));
    await fetch(`${gateway.url}/admin/tenants/acme/keys/${made.id}`, { method: "DELETE" });
    assert.deepEqual(new Set(await statusesOf(16, withKey)), new Set([401]));

    const created = await fetch(`${gateway.url}/admin/tenants`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id: "made-later", config: { backend_url: llm.url } }),
    });
    assert.equal(created.status, 201);
    await created.body?.cancel();
    const asLater = () => post(gateway, "Hello", { headers: { "x-tenant-id": "made-later" } });
    assert.deepEqual(new Set(await statusesOf(16, asLater)), new Set([200]));
    await eventually(() => assert.equal(answeredBy(gateway).size, 2));
    await llm.close();
  },
});

Deno.test({
  name: "SIGTERM lets the open streams of both workers finish, and exits 0",
  ...linux,
  async fn() {
    const llm = startMockLlm({ pacingMs: 20 });
    const gateway = await startGateway({
      files: { "config.yaml": configOf(llm.url, { acme: {} }), "policy.yaml": TEST_POLICY },
      args: ["serve", "--config", "config.yaml"],
    });
    const streams = await Promise.all(Array.from({ length: MANY }, () => post(gateway, "tell me a long story", { stream: true })));
    assert.deepEqual(new Set(streams.map(({ status }) => status)), new Set([200]));
    gateway.signal("SIGTERM");
    await gateway.waitFor("stopping");
    const texts = await Promise.all(streams.map((stream) => stream.text()));
    for (const text of texts) assert.match(text, /\[DONE\]/);
    assert.equal(await gateway.exit, 0);
    await gateway.stop();
    assert.equal(answeredBy(gateway).size, 2);
    await llm.close();
  },
});

Deno.test({
  name: "a worker that dies takes only its own requests with it, frees their slots, and is replaced",
  ...linux,
  async fn() {
    const llm = startMockLlm({ pacingMs: 40 });
    await using gateway = await startGateway({
      main: CRASHING,
      args: [],
      files: {
        "config.yaml": configOf(llm.url, { acme: { keys: `rate_limit: {concurrent_requests: ${MANY}}, audit: {durability: request}` } }),
        "policy.yaml": TEST_POLICY,
      },
    });
    const open = () => post(gateway, "tell me a long story", { stream: true });
    const streams = await Promise.all(Array.from({ length: MANY }, open));
    assert.deepEqual(new Set(streams.map(({ status }) => status)), new Set([200]));
    assert.deepEqual(await statusesOf(4, open), [429, 429, 429, 429]);
    const texts = streams.map((stream) => stream.text().then((text) => text.includes("[DONE]"), () => false));

    // The policy breaks on disk, too: the replacement is made from what serves, not from what is there.
    await Deno.writeTextFile(join(gateway.folder, "policy.yaml"), "policies: [");
    await gateway.waitFor(/last good one serves on/);
    await Deno.writeTextFile(join(gateway.folder, "crash-serving-1"), "");
    await gateway.waitFor(/a worker took the place of the one that died/, 20_000);
    assert.match(gateway.output(), /"a worker died; what it was answering broke off".*planted by a test/);
    assert.equal(await metric(gateway, `checkstream_worker_deaths_total{worker="1"}`), 1);
    assert.equal((await (await fetch(`${gateway.url}/health/ready`)).json()).checks.workers, "2 of 2 serve");

    const finished = await Promise.all(texts);
    const broken = finished.filter((each) => !each).length;
    console.log(`${broken} of ${MANY} streams broke off with their worker`);
    assert.ok(broken > 0 && broken < MANY, `${broken} streams broke off`);
    // Every slot is free again, and both workers answer under the policy that served all along.
    assert.deepEqual(await statusesOf(12, () => post(gateway, "forbidden"), 12), Array(12).fill(400));
    const again = await Promise.all(Array.from({ length: MANY }, open));
    assert.deepEqual(new Set(again.map(({ status }) => status)), new Set([200]));
    for (const stream of again) await stream.body?.cancel();
    await eventually(async () => assert.equal(await metric(gateway, "checkstream_connections_active"), 0));
    // What broke off left no record; 4 were refused, 12 blocked, as many left by the client as were opened again.
    await eventually(async () => {
      const report = await (await fetch(`${gateway.url}/audit/verify?tenant=acme`)).json();
      assert.deepEqual([report.status, report.records_verified], ["valid", MANY - broken + 4 + 12 + MANY]);
    });
    await llm.close();
  },
});

Deno.test({
  name: "workers leave metrics and the admin API on addresses of their own to the control plane, and cannot be forged into it",
  ...linux,
  async fn() {
    await using gateway = await startGateway({
      files: {
        "config.yaml": `server: {metrics_port: 0}\nadmin: {listen: "127.0.0.1:0"}\nbackend: {url: "http://127.0.0.1:1"}\n`,
      },
      args: ["serve", "--config", "config.yaml", "--port", "0", "--workers", "3"],
      env: { CHECKSTREAM_ADMIN_API_KEY: "admin-key-for-tests" },
    });
    await gateway.waitFor(/admin API on/);
    const at = (what: RegExp) => what.exec(gateway.output())![1]!;
    const metrics = at(/metrics on (http:\S+?)\/metrics/);
    const admin = at(/admin API on (http:[^\s"]+)/);
    const status = async (url: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(url, { headers });
      await answer.body?.cancel();
      return answer.status;
    };
    const key = { "x-checkstream-admin-key": "admin-key-for-tests" };
    assert.equal(await status(`${metrics}/metrics`), 200);
    assert.equal(await status(`${admin}/admin/tenants`), 401);
    assert.equal(await status(`${admin}/admin/tenants`, key), 200);
    assert.equal(await status(`${gateway.url}/admin/tenants`, key), 404);
    assert.equal(await status(`${gateway.url}/health/ready`), 200);
    assert.match(gateway.output(), /"workers":3/);
  },
});

Deno.test({
  name: "without an admin key a worker serves only clients on this machine, whatever they say, under a name of this machine",
  ...linux,
  async fn() {
    await using gateway = await startGateway({
      files: { "config.yaml": `server: {workers: 2}\nbackend: {url: "http://127.0.0.1:1"}\n` },
    });
    const status = async (headers: Record<string, string>) => {
      const answer = await fetch(`${gateway.url}/admin/tenants`, { headers });
      await answer.body?.cancel();
      return answer.status;
    };
    assert.equal(await status({}), 200);
    // A proxy on this machine speaks for somebody elsewhere.
    assert.equal(await status({ "x-forwarded-for": "203.0.113.9" }), 401);
    assert.equal(await status({ "x-forwarded-for": "203.0.113.9", "x-checkstream-remote-address": "127.0.0.1" }), 401);
    // A page under a rebound name.
    assert.match(await rawGet(gateway, "rebound.example", "x-checkstream-host: localhost\r\n"), /^HTTP\/1.1 401 /);
    assert.match(await rawGet(gateway, "localhost", ""), /^HTTP\/1.1 200 /);
  },
});

Deno.test({
  name: "workers do not share a port with another gateway, and say so",
  ...linux,
  async fn() {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(join(folder, "config.yaml"), `backend: {url: "http://127.0.0.1:1"}\n`);
    await using first = await startGateway({ files: { "config.yaml": `server: {workers: 2}\nbackend: {url: "http://127.0.0.1:1"}\n` } });
    const args = ["serve", "--config", "config.yaml", "--port", new URL(first.url).port, "--workers", "2"];
    const second = await runCheckstream(args, { cwd: folder });
    assert.equal(second.code, 1);
    assert.match(second.stderr, /[Aa]ddress (already )?in use/);
    const wrong = await runCheckstream(["serve", "--workers", "0"], { cwd: folder });
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /workers are a whole number from 1 to 31/);
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name: "workers serve TLS together",
  ignore: linux.ignore || needs("openssl").ignore,
  async fn() {
    const folder = await Deno.makeTempDir();
    const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
    const { success } = await new Deno.Command("openssl", {
      args: ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
        .concat("-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE", "-out", cert, "-keyout", key),
      stderr: "null",
      stdout: "null",
    }).output();
    assert.ok(success);
    await using gateway = await startGateway({
      files: { "config.yaml": `server: {workers: 2}\ntls: {cert_path: ${cert}, key_path: ${key}}\nbackend: {url: "http://127.0.0.1:1"}\n` },
    });
    const url = gateway.url.replace("127.0.0.1", "localhost");
    // The kernel deals out connections by a hash, so one worker may be meant many times in a row; each gets one within this many.
    for (let i = 0; i < 200 && answeredBy(gateway).size < 2; i++) {
      const client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(cert)] });
      assert.equal((await (await fetch(`${url}/health`, { client })).json()).status, "healthy");
      const call = await fetch(`${url}/v1/models`, { client });
      assert.equal(call.status, 502);
      await call.body?.cancel();
      client.close();
    }
    await eventually(() => assert.equal(answeredBy(gateway).size, 2));
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test("a budget holds over all workers, and usage is counted once", linux, async () => {
  const llm = startMockLlm({ pacingMs: 0 });
  await using gateway = await startGateway({
    files: {
      "config.yaml": configOf(llm.url, { frugal: { keys: "budget: {tokens_per_day: 400}" } }),
      "policy.yaml": TEST_POLICY,
    },
    args: ["serve", "--config", "config.yaml"],
  });
  // One after the other, so that nothing is set aside when the next one comes.
  const statuses = await statusesOf(60, () => post(gateway, "Hello there"), 1);
  const { rows: [used] } = await (await fetch(`${gateway.url}/admin/usage`)).json();
  const each = (used.prompt_tokens + used.completion_tokens) / times(statuses, 200);
  assert.ok(times(statuses, 429) > 0, `${times(statuses, 200)} of ${each} tokens each`);
  // Workers hear of each other's use within some 20 ms and what a busy machine adds, so a few requests may come in between.
  assert.ok(used.prompt_tokens + used.completion_tokens < 400 + 10 * each, `${JSON.stringify(used)} at ${each} each`);
  assert.equal(used.requests, 60);
  await eventually(() => assert.equal(answeredBy(gateway).size, 2));
  assert.deepEqual(new Set(await statusesOf(10, () => post(gateway, "Hello there"))), new Set([429]));
  await llm.close();
});
