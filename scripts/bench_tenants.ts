// Prints what many tenants cost: `deno run -A scripts/bench_tenants.ts [TENANTS]` (10,000): start, memory, resolving a key, one change.
import { startMockLlm } from "../src/demo/mock_llm.ts";
import { keyDigest, resolveTenant } from "../src/tenants/resolve.ts";
import { Mirror } from "../src/tenants/state/mirror.ts";
import { Sealing } from "../src/tenants/state/sealing.ts";
import { startGateway } from "../tests/support/gateway.ts";
import { fillStore, keyOfTenant, manyTenantFiles } from "../tests/support/many_tenants.ts";
import { join } from "../tests/support/paths.ts";

const tenants = Number(Deno.args.find((arg) => /^\d+$/.test(arg)) ?? 10_000);
const ADMIN = "admin-key-of-the-bench";
const llm = startMockLlm({ pacingMs: 0 });
const folder = await Deno.makeTempDir();
await fillStore(join(folder, "data/checkstream.db"), tenants, llm.url);

const started = performance.now();
const gateway = await startGateway({ folder, files: manyTenantFiles(), env: { CHECKSTREAM_ADMIN_API_KEY: ADMIN } });
const wallMs = Math.round(performance.now() - started);

const admin = async (method: string, path: string, body?: unknown) => {
  const answer = await fetch(`${gateway.url}${path}`, {
    method,
    headers: { "x-checkstream-admin-key": ADMIN },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
  return text;
};
const residentMb = async () => Math.round(Number(/^process_resident_memory_bytes (\S+)/m.exec(await admin("GET", "/metrics"))![1]) / 1e6);
const cpuS = Number(/^process_cpu_seconds_total (\S+)/m.exec(await admin("GET", "/metrics"))![1]);
console.log(`start with ${tenants} tenants, until it listens      ${wallMs} ms (${cpuS.toFixed(2)} s of CPU in all its threads)`);
console.log(`memory of the process                          ${await residentMb()} MB`);

const ask = async (tenant: number, n: number) => {
  const from = performance.now();
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${keyOfTenant(tenant, n)}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "demo", messages: [{ role: "user", content: "Hello" }] }),
  });
  await answer.body?.cancel();
  return { status: answer.status, limit: answer.headers.get("x-ratelimit-limit"), ms: performance.now() - from };
};
console.log(`first request of a tenant                      ${(await ask(tenants - 1, 1)).ms.toFixed(1)} ms (opens its audit trail)`);
await ask(tenants - 1, 1);
console.log(`its next one                                   ${(await ask(tenants - 1, 1)).ms.toFixed(1)} ms`);

const middle = tenants >> 1;
const times: number[] = [];
for (let i = 0; i < 10; i++) {
  const from = performance.now();
  await admin("PATCH", `/admin/tenants/t${middle}`, { rate_limit: { requests_per_minute: 1000 + i } });
  times.push(performance.now() - from);
  const { limit } = await ask(middle, 0);
  if (limit !== String(1000 + i)) throw new Error(`the change was not served: ${limit}`);
}
times.sort((a, b) => a - b);
console.log(`one tenant's change, until it is served         ${times[5]!.toFixed(0)} ms median, ${times[9]!.toFixed(0)} ms at most of 10`);
const reload = performance.now();
await admin("POST", "/admin/reload");
console.log(`a whole reload                                 ${Math.round(performance.now() - reload)} ms`);
console.log(`memory after all this                          ${await residentMb()} MB`);
await gateway.stop();
await llm.close();
await Deno.remove(folder, { recursive: true });

// In this process: what a request pays for finding out whose it is.
const mirror = new Mirror(Date.now, new Sealing({ key: undefined, keyFile: undefined }));
const at = new Date().toISOString();
mirror.apply({
  store: "bench",
  sequence: 1,
  whole: true,
  tenants: [],
  keys: Array.from({ length: tenants * 2 }, (_, i) => ({
    id: `key_${i}`,
    tenant: `t${i >> 1}`,
    digest: keyDigest(keyOfTenant(i >> 1, i % 2)),
    prefix: "cs_live_x",
    name: "app",
    scopes: '["proxy","tenant:read"]',
    allowed_models: null,
    created_at: at,
    expires_at: null,
    revoked_at: null,
    last_used_at: null,
    sequence: 1,
    rate_limit: null,
    budget: null,
    created_by: null,
  })),
});
const digests = Array.from({ length: 1000 }, (_, i) => keyDigest(keyOfTenant((i * 7919) % tenants, i % 2)));
const headers = Array.from(
  { length: 1000 },
  (_, i) => new Headers({ authorization: `Bearer ${keyOfTenant((i * 7919) % tenants, i % 2)}` }),
);
const directory = {
  steps: [{ kind: "api_key" as const }],
  defaultTenant: undefined,
  has: () => true,
  isDisabled: () => false,
  requiresKey: () => true,
  findKey: (digest: string) => mirror.keys.findKey(digest),
  isGatewayKey: () => false,
};
const perCall = (runs: number, call: (i: number) => unknown) => {
  for (let i = 0; i < runs; i++) call(i);
  const from = performance.now();
  for (let i = 0; i < runs; i++) call(i);
  return (performance.now() - from) / runs * 1000;
};
console.log(
  `a key's owner by its digest                    ${perCall(200_000, (i) => mirror.keys.findKey(digests[i % 1000]!)).toFixed(2)} µs`,
);
console.log(
  `the tenant of a request (header, SHA-256, owner) ${
    perCall(200_000, (i) => resolveTenant({ headers: headers[i % 1000]!, path: "/v1/models" }, directory)).toFixed(2)
  } µs`,
);
