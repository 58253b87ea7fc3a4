import assert from "node:assert/strict";
import { openMemoryStore } from "../../src/limits/memory_store.ts";
import { MemoryTable, tableBytes } from "../../src/limits/memory_table.ts";
import { subject } from "../../src/limits/rate.ts";
import { LimitStoreError } from "../../src/limits/types.ts";
import { limitStoreConformance } from "../conformance/limit_store.ts";
import { testRuns } from "../support/runs.ts";
import type { Work } from "./admitting_work.ts";

limitStoreConformance({
  name: "MemoryStore",
  open: () => {
    const store = openMemoryStore();
    return Promise.resolve(Object.assign(store, { [Symbol.asyncDispose]: () => store.close() }));
  },
  runs: testRuns(),
});

const tenant = (id: string, requestsPerMinute = 1) => subject("tenant", id, id, { requestsPerMinute });

Deno.test("a table gives slots that owe nothing to new subjects, and refuses when every slot is in use", () => {
  const store = openMemoryStore(undefined, { slots: 64 });
  for (let i = 0; i < 64; i++) assert.equal(store.admit([tenant(`t${i}`)], 0, 0).admitted, true);
  assert.throws(() => store.admit([tenant("one-more")], 0, 1000), (error) => {
    assert.ok(error instanceof LimitStoreError);
    assert.equal(error.problem, "full");
    assert.match(error.message, /64 of 64 slots are in use; raise rate_limit\.max_subjects/);
    return true;
  });
  assert.equal(store.table.timesFull, 1);
  for (let i = 0; i < 64; i++) store.settle({ subjects: [tenant(`t${i}`)], tokens: 0, lease: "" }, 0, 1000);
  assert.equal(store.admit([tenant("t3")], 0, 59_000).admitted, false, "a slot that owes is nobody else's");
  for (let i = 0; i < 64; i++) assert.equal(store.admit([tenant(`later${i}`)], 0, 60_000).admitted, true);
  assert.equal(store.admit([tenant("later7")], 0, 60_001).admitted, false);
  assert.equal(store.table.used, 64);
});

Deno.test("two stores over one buffer count together, whoever made it", () => {
  const first = openMemoryStore();
  const second = openMemoryStore(first.buffer, { worker: 1 });
  const limited = subject("tenant", "acme", "acme", { requestsPerMinute: 10, concurrentRequests: 8 });
  const taken = { subjects: [limited], tokens: 0, lease: "" };
  for (let i = 0; i < 4; i++) assert.equal([first, second][i % 2]!.admit([limited], 0, 0).admitted, true);
  assert.equal(first.peek(limited, 0).running, 4);
  second.settle(taken, 0, 0);
  assert.equal(first.peek(limited, 0).running, 3);
  for (let i = 0; i < 5; i++) assert.equal(second.admit([limited], 0, 0).admitted, true);
  assert.equal(first.admit([limited], 0, 0).refusedBy?.kind, "concurrency");
});

Deno.test("what a dead worker had under way is freed by the thread that takes its number, and nothing else is", () => {
  const main = openMemoryStore();
  const limited = subject("tenant", "acme", "acme", { requestsPerMinute: 100, concurrentRequests: 3 });
  const worker = openMemoryStore(main.buffer, { worker: 1 });
  main.admit([limited], 0, 0);
  worker.admit([limited], 0, 0);
  worker.admit([limited], 0, 0);
  assert.equal(main.admit([limited], 0, 0).refusedBy?.kind, "concurrency");
  openMemoryStore(main.buffer, { worker: 1 });
  assert.equal(main.peek(limited, 0).running, 1);
  assert.equal(main.admit([limited], 0, 0).admitted, true);
  main.table.recover(0);
  assert.equal(main.peek(limited, 0).running, 0);
});

Deno.test("a lock that a killed thread held does not hold the others up", () => {
  const store = openMemoryStore();
  const dead = new MemoryTable(store.buffer, 7);
  const place = dead.place("tenant:acme");
  dead.enter(place, 0);
  assert.equal(store.admit([tenant("acme", 10)], 0, 0).admitted, true);
});

Deno.test("a clock that is set back stops no refill, and one that is set forward refills at most a bucket", () => {
  const store = openMemoryStore();
  const hour = 3_600_000;
  const limited = tenant("acme", 60);
  for (let i = 0; i < 60; i++) store.admit([limited], 0, hour);
  assert.equal(store.admit([limited], 0, hour).admitted, false);
  assert.equal(store.admit([limited], 0, 500).admitted, false, "set back by an hour");
  assert.equal(store.admit([limited], 0, 1500).admitted, true, "a second later");
  assert.equal(store.admit([limited], 0, 1600).admitted, false);
  let admitted = 0;
  for (let i = 0; i < 200; i++) if (store.admit([limited], 0, 10 * hour).admitted) admitted++;
  assert.equal(admitted, 60);
});

/** Has `threads` do the same work on one table at the same time. */
async function together(threads: number, work: Omit<Work, "worker">): Promise<readonly number[]> {
  const workers = Array.from({ length: threads }, () => new Worker(new URL("./admitting_thread.ts", import.meta.url), { type: "module" }));
  try {
    const results = await Promise.all(workers.map((worker, i) =>
      new Promise<readonly number[]>((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
        worker.postMessage({ ...work, worker: i } satisfies Work);
      })
    ));
    return results[0]!.map((_, of) => results.reduce((sum, result) => sum + result[of]!, 0));
  } finally {
    for (const worker of workers) worker.terminate();
  }
}

Deno.test("four threads that fight for one table admit exactly its limits", async () => {
  const [threads, each] = [4, 20_000];
  const buffer = new SharedArrayBuffer(tableBytes(1024));
  const admitted = await together(threads, { kind: "rates", buffer, each, underWay: new SharedArrayBuffer(4) });
  // Each thread asks for every tenant 6666 times or more.
  assert.deepEqual(admitted, [1000, 10_000, threads * Math.floor(each / 3)]);
  assert.equal(openMemoryStore(buffer, { worker: 30 }).peek(tenant("t0", 1000), 0).running, 0);
});

Deno.test("no slot is given away while a request of its subject is under way, however crowded the table", async () => {
  const buffer = new SharedArrayBuffer(tableBytes(64));
  const underWay = new SharedArrayBuffer(300 * 4);
  const [admitted, refused, full, beside] = await together(4, { kind: "slots", buffer, each: 30_000, underWay });
  console.log(`4 threads, 300 subjects, 64 slots: ${admitted} admitted, ${refused} refused, ${full} without a slot`);
  assert.equal(beside, 0, "two requests of one subject at a time");
  assert.ok(admitted! > 10_000 && refused! > 0);
  const store = openMemoryStore(buffer, { worker: 30 });
  let running = 0;
  for (let i = 0; i < 300; i++) running += store.peek(subject("tenant", `s${i}`, `s${i}`, {}), 1e9).running;
  assert.equal(running, 0);
});
