/** What a backend's section means, and which mistakes in it are told where. */
import assert from "node:assert/strict";
import { ConfigError, formatProblem, loadConfig } from "../../src/config/mod.ts";

async function load(text: string) {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/config.yaml`, text);
  try {
    return loadConfig(`${folder}/config.yaml`, () => undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const backendOf = async (text: string, tenant = "default") => (await load(text)).config.tenants.get(tenant)!.config.backend;

async function problemsOf(text: string): Promise<string[]> {
  try {
    return (await load(text)).warnings.map(formatProblem);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(formatProblem);
  }
}

Deno.test("timeouts: of a request, and of one try", async () => {
  const times = async (text: string) => {
    const { timeoutMs, firstByteTimeoutMs } = await backendOf(text);
    return [timeoutMs, firstByteTimeoutMs];
  };
  assert.deepEqual(await times("backend: {url: 'http://a'}"), [60_000, 60_000]);
  assert.deepEqual(await times("server: {request_timeout_ms: 5000}\nbackend: {url: 'http://a'}"), [5000, 5000]);
  assert.deepEqual(await times("backend: {url: 'http://a', timeout_ms: 9000, first_byte_timeout_ms: 3000}"), [9000, 3000]);
  assert.deepEqual(
    await times("backend: {url: 'http://a', first_byte_timeout_ms: 300000}"),
    [300_000, 300_000],
    "a try that may last is not cut",
  );
});

Deno.test("a circuit breaker is on where there is something to turn to, or where somebody asks for it", async () => {
  const on = async (text: string) => (await backendOf(text)).circuitBreaker !== undefined;
  assert.equal(await on("backend: {url: 'http://a'}"), false);
  assert.equal(await on("backend: {url: 'http://a', circuit_breaker: {open_ms: 1000}}"), true);
  assert.equal(await on("backend: {targets: [{url: 'http://a'}, {url: 'http://b'}]}"), true);
  assert.equal(await on("backend: {url: 'http://a', fallbacks: [{url: 'http://b'}]}"), true);
  assert.equal(await on("backend: {url: 'http://a', fallbacks: [{url: 'http://b'}], circuit_breaker: {enabled: false}}"), false);
});

Deno.test("a fallback inherits times, and no credential, header or certificate", async () => {
  const { fallbacks: [first] } = await backendOf(`backend:
  url: 'http://a'
  idle_timeout_ms: 7000
  auth: {type: bearer, token_env: SECRET}
  auth_passthrough: true
  headers: {x-own: '1'}
  query: {key: '1'}
  fallbacks: [{url: 'http://b'}]
`);
  assert.equal(first!.idleTimeoutMs, 7000);
  assert.deepEqual([first!.auth, first!.authPassthrough, first!.headers, first!.query], [{ type: "none" }, false, {}, {}]);
  assert.equal(first!.name, "fallback-1");
});

Deno.test("a tenant's url replaces the global targets, and its targets the global url", async () => {
  const file = (global: string, own: string) => `backend: ${global}\ntenants: {configs: {acme: {backend: ${own}}}}\n`;
  const urls = async (text: string) => (await backendOf(text, "acme")).targets.map(({ url }) => url);
  assert.deepEqual(await urls(file("{targets: [{url: 'http://a'}, {url: 'http://b'}]}", "{url: 'http://c'}")), ["http://c"]);
  assert.deepEqual(await urls(file("{url: 'http://a'}", "{targets: [{url: 'http://b'}]}")), ["http://b"]);
  assert.deepEqual(await urls(file("{targets: [{url: 'http://a'}]}", "{retry_attempts: 1}")), ["http://a"]);
});

const mistakes: readonly [what: string, text: string, told: RegExp][] = [
  ["no address", "backend: {timeout_ms: 5}", /no backend; set backend\.url or backend\.targets/],
  ["two addresses", "backend: {url: 'http://a', targets: [{url: 'http://b'}]}", /backend\.targets: says the same as backend\.url/],
  [
    "two addresses of a tenant",
    "tenants: {configs: {a: {backend_url: 'http://a', backend: {targets: [{url: 'http://b'}]}}}}",
    /tenants\.configs\.a\.backend\.targets: says the same as backend_url/,
  ],
  [
    "two fallbacks of one name",
    "backend: {url: 'http://a', fallbacks: [{url: 'http://b', name: x}, {url: 'http://c', name: x}]}",
    /two fallbacks are called "x"/,
  ],
  [
    "a custom fallback of what is not",
    "backend: {url: 'http://a', fallbacks: [{url: 'http://b', streaming_format: custom}]}",
    /only where streaming\.format is custom/,
  ],
  [
    "a fallback that a custom format cannot be translated to",
    "streaming: {format: custom, custom: {content_path: $.a}}\nbackend: {url: 'http://a', fallbacks: [{url: 'http://b', streaming_format: openai}]}",
    /cannot be translated; the fallback's streaming_format must be custom as well/,
  ],
  [
    "a fallback that has no time",
    "backend: {url: 'http://a', fallbacks: [{url: 'http://b'}]}",
    /warning.*set first_byte_timeout_ms below timeout_ms \(60000\)/,
  ],
  ["half a client certificate", "backend: {url: 'https://a', tls: {cert_path: ./a.pem}}", /cert_path and key_path go together/],
  [
    "a file that is not there",
    "backend: {url: 'https://a', tls: {ca_path: ./absent.pem}}",
    /backend\.tls\.ca_path: the file .*absent\.pem does not exist/,
  ],
  ["no verification", "backend: {url: 'https://a', tls: {insecure_skip_verify: true}}", /warning.*any certificate is accepted/],
  [
    "an unknown key of a fallback",
    "backend: {url: 'http://a', fallbacks: [{url: 'http://b', modl_aliases: {}}]}",
    /did you mean "model_aliases"/,
  ],
];
for (const [what, text, told] of mistakes) {
  Deno.test(`backend: ${what} is told`, async () => assert.match((await problemsOf(text)).join("\n"), told));
}
