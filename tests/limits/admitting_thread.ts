/** A thread that asks one table for admission as fast as it can, at one and the same moment. */
import { openMemoryStore } from "../../src/limits/memory_store.ts";
import { subject } from "../../src/limits/rate.ts";

self.addEventListener("message", ({ data: { buffer, worker, each } }: MessageEvent) => {
  const store = openMemoryStore(buffer, { worker });
  const tenants = [1000, 10_000, 100_000].map((requestsPerMinute, i) => subject("tenant", `t${i}`, `t${i}`, { requestsPerMinute }));
  const key = subject("key", "t0", "k", { tokensPerMinute: 1_000_000 });
  const admitted = [0, 0, 0];
  for (let i = 0; i < each; i++) {
    const of = i % 3;
    const subjects = of === 0 ? [tenants[0]!, key] : [tenants[of]!];
    if (!store.admit(subjects, 1, 0).admitted) continue;
    admitted[of]!++;
    store.settle({ subjects, tokens: 1, lease: "" }, 1, 0);
  }
  self.postMessage({ admitted });
});
