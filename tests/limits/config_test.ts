import assert from "node:assert/strict";
import { loadConfig } from "../../src/config/load.ts";
import { ConfigError } from "../../src/config/types.ts";

async function load(yaml: string, env: Readonly<Record<string, string>> = {}) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/config.yaml`, `backend: {url: "http://127.0.0.1:1"}\n${yaml}`);
    return { folder, ...loadConfig(`${folder}/config.yaml`, (name) => env[name]) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("rate_limit at the top level holds for tenants key by key, and says how the process counts", async () => {
  const { config, folder, warnings } = await load(
    `rate_limit:
  requests_per_minute: 600
  burst: 20
  tokens_per_minute: 1000
  queue: {max_waiting: 5}
  store: "redis://:\${PASSWORD}@redis:6379/1"
  on_store_error: closed
  local_share: 0.25
  store_ca_path: ca.pem
tenants:
  configs:
    same: {}
    own: {rate_limit: {tokens_per_minute: 5, max_tokens_share: 0.5, queue: {max_waiting: 0}}}
`,
    { PASSWORD: "sesame" },
  );
  assert.deepEqual(warnings, []);
  assert.deepEqual(config.tenants.get("same")!.config.rateLimit, {
    requestsPerMinute: 600,
    burst: 20,
    tokensPerMinute: 1000,
    maxTokensShare: 1,
    queue: { maxWaiting: 5, maxWaitMs: 1000 },
  });
  assert.deepEqual(config.tenants.get("own")!.config.rateLimit, {
    requestsPerMinute: 600,
    burst: 20,
    tokensPerMinute: 5,
    maxTokensShare: 0.5,
    queue: undefined,
  });
  assert.deepEqual(config.limits, {
    url: "redis://:sesame@redis:6379/1",
    timeoutMs: 250,
    caPath: `${folder}/ca.pem`,
    onError: "closed",
    localShare: 0.25,
    maxSubjects: 16_384,
    saveIntervalMs: 1000,
    savePath: `${folder}/data/checkstream.db.limits.json`,
  });
});

Deno.test("limits that do nothing are warned of, where they stand", async () => {
  const { warnings } = await load("rate_limit: {burst: 5, burst_tokens: 7, queue: {}}\n");
  assert.deepEqual(warnings.map(({ line, message }) => `${line}: ${message}`), [
    "2: rate_limit: burst has no effect without requests_per_minute",
    "2: rate_limit: burst_tokens has no effect without tokens_per_minute",
    "2: rate_limit: queue has no effect without a limit to wait for",
  ]);
});

Deno.test("a store that is none is an error that shows no password, and a tenant has no store of its own", async () => {
  await assert.rejects(load('rate_limit: {store: "redi://user:sesame@redis"}\n'), (error) => {
    assert.ok(error instanceof ConfigError);
    const [problem] = error.problems;
    assert.equal(problem!.message, 'rate_limit.store: expected "memory", or a redis:// or rediss:// URL');
    assert.equal(problem!.excerpt, 'rate_limit: {store: "redi://***********@redis"}');
    return true;
  });
  await assert.rejects(load("tenants: {configs: {a: {rate_limit: {store: memory}}}}\n"), /unknown key "store"/);
});
