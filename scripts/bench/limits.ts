/** What admission costs: in this process, and in a Redis where one is installed. */
import { openMemoryStore } from "../../src/limits/memory_store.ts";
import { subject } from "../../src/limits/rate.ts";
import { RedisStore } from "../../src/limits/redis_store.ts";
import { TenantLimiter } from "../../src/limits/tenant_limiter.ts";
import { countTokens, loadEncoding } from "../../src/limits/tokens.ts";
import type { KeyLimits, LimitConfig } from "../../src/limits/types.ts";
import { startRedis } from "../../tests/support/redis_server.ts";
import { benchText } from "./matching.ts";

const LIMITS: LimitConfig = { requestsPerMinute: 100_000_000, tokensPerMinute: 10_000_000_000, concurrentRequests: 1_000_000 };
const ROUNDS = 7;
const EACH = 100_000;

/** Median of several rounds, nanoseconds per call. */
function median(call: (i: number) => void): number {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    for (let i = 0; i < EACH; i++) call(i);
    times.push((performance.now() - started) * 1e6 / EACH);
  }
  return times.sort((a, b) => a - b)[ROUNDS >> 1]!;
}

function inProcess(tenants: number, key: KeyLimits | undefined): { readonly storeNs: number; readonly allNs: number } {
  const store = openMemoryStore();
  const limiters = Array.from({ length: tenants }, (_, i) => new TenantLimiter(`t${i}`, LIMITS, store));
  const nowMs = Date.now();
  const allNs = median((i) => {
    const admission = limiters[i % tenants]!.admit({ tokens: 100, key }, nowMs);
    if (!(admission instanceof Promise) && admission.admitted) admission.reservation.settle(90, nowMs);
  });
  const subjects = limiters.map((_, i) => [
    subject("tenant", `t${i}`, `t${i}`, LIMITS),
    ...(key === undefined ? [] : [subject("key", `t${i}`, key.id, key.limits)]),
  ]);
  const storeNs = median((i) => void store.admit(subjects[i % tenants]!, 0, nowMs));
  return { storeNs, allNs };
}

async function redis(): Promise<string> {
  let server;
  try {
    server = await startRedis();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return "| Redis: not installed here | | |";
  }
  await using _server = server;
  const store = await RedisStore.open({ url: server.url, timeoutMs: 5000, reconnectMs: () => 100, onProblem: () => {} });
  await store.whenReady(5000);
  const limiter = new TenantLimiter("t", LIMITS, store);
  const time = async (call: () => Promise<unknown>) => {
    const times: number[] = [];
    for (let i = 0; i < 2000; i++) {
      const started = performance.now();
      await call();
      times.push(performance.now() - started);
    }
    return times.sort((a, b) => a - b)[1000]! * 1e6;
  };
  await limiter.admit({ tokens: 1 }, 0);
  const admitNs = await time(() => Promise.resolve(limiter.admit({ tokens: 1 }, 0)));
  const pingNs = await time(() => store.client.ping());
  await store.close();
  return `| Redis on this machine, one round trip (a bare PING: ${(pingNs / 1000).toFixed(0)} µs) | ${(admitNs / 1000).toFixed(0)} µs | |`;
}

export async function limitsTable(): Promise<string> {
  const key: KeyLimits = { id: "key_1", limits: { ...LIMITS } };
  const rows = [
    ["one tenant", inProcess(1, undefined)],
    ["1000 tenants in turn", inProcess(1000, undefined)],
    ["tenant and key", inProcess(1, key)],
  ] as const;
  await loadEncoding("gpt-4o");
  const prompt = benchText(4000);
  const countNs = median((i) => i % 100 === 0 ? void countTokens([prompt], "gpt-4o") : undefined) * 100;
  const micros = (ns: number) => `${(ns / 1000).toFixed(2)} µs`;
  return [
    "| requests, tokens and concurrency | admission | with headers and settlement |",
    "| --- | --- | --- |",
    ...rows.map(([name, { storeNs, allNs }]) => `| ${name} | ${micros(storeNs)} | ${micros(allNs)} |`),
    await redis(),
    "",
    `counting a prompt of 4000 characters in OpenAI's encoding: ${micros(countNs)}`,
  ].join("\n");
}
