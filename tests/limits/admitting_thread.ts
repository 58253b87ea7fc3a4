/// <reference lib="deno.worker" />
/** A thread that asks one table for admission as fast as it can, beside others. */
import { openMemoryStore } from "../../src/limits/memory_store.ts";
import { subject } from "../../src/limits/rate.ts";
import { LimitStoreError } from "../../src/limits/types.ts";
import type { Work } from "./admitting_work.ts";

self.addEventListener("message", ({ data }: MessageEvent<Work>) => self.postMessage(data.kind === "rates" ? rates(data) : slots(data)));

/** Three tenants' requests a minute, one of them with a key as well. */
function rates({ buffer, worker, each }: Work): number[] {
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
  return admitted;
}

/** More subjects than the table has slots, each with one request at a time. @returns admitted, refused, without a slot, and beside another */
function slots({ buffer, worker, each, underWay }: Work): number[] {
  const store = openMemoryStore(buffer, { worker });
  const counts = new Int32Array(underWay);
  const subjects = Array.from(counts, (_, i) => subject("tenant", `s${i}`, `s${i}`, { concurrentRequests: 1 }));
  const found = [0, 0, 0, 0];
  let seed = worker + 1;
  const held: number[] = [];
  for (let i = 0; i < each; i++) {
    seed = (seed * 48271) % 2147483647;
    const at = seed % subjects.length;
    try {
      if (store.admit([subjects[at]!], 0, i).admitted) {
        found[0]!++;
        if (Atomics.add(counts, at, 1) !== 0) found[3]!++;
        held.push(at);
      } else found[1]!++;
    } catch (error) {
      if (!(error instanceof LimitStoreError)) throw error;
      found[2]!++;
    }
    if (held.length > 12 || i === each - 1) {
      for (const each of held.splice(0)) {
        Atomics.sub(counts, each, 1);
        store.settle({ subjects: [subjects[each]!], tokens: 0, lease: "" }, 0, i);
      }
    }
  }
  return found;
}
