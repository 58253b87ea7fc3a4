// Prints what the audit trail costs: `deno run -A scripts/bench_audit.ts [RECORDS]`. Needs a writable temporary folder on a real disk.
import process from "node:process";
import { openAuditStore } from "../src/audit/open.ts";
import { entryOf } from "../tests/audit/entries.ts";

const records = Number(Deno.args.find((arg) => /^\d+$/.test(arg)) ?? 200_000);
const directory = await Deno.makeTempDir();
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const line = (what: string, n: number, ms: number, cpu: number) =>
  console.log(
    `${what.padEnd(34)} ${Math.round(n / ms * 1000).toLocaleString("en").padStart(9)} /s  ${
      (cpu / n * 1000).toFixed(1).padStart(7)
    } µs CPU each`,
  );

/** The longest that the event loop was kept from a 1 ms timer. */
function watchLoop(): () => number {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 1);
    last = now;
  }, 1);
  return () => {
    clearInterval(timer);
    return longest;
  };
}

{
  const store = await openAuditStore({ tenant: "acme", directory: `${directory}/batched` });
  const block = watchLoop();
  const [start, cpu] = [performance.now(), cpuMs()];
  for (let n = 1; n <= records; n++) {
    await store.append(entryOf(n));
    // As requests come: the loop turns between them, and the queue is given back to when it is half full.
    if (n % 100 === 0) await new Promise((resolve) => setTimeout(resolve, store.queueDepth > 5000 ? 20 : 0));
  }
  await store.flush();
  line("append, batched, sustained", records, performance.now() - start, cpuMs() - cpu);
  console.log(`${"longest block of the event loop".padEnd(34)} ${block().toFixed(1).padStart(9)} ms`);
  await store.verify({ start: "2000-01-01T00:00:00Z", end: "2000-01-01T00:00:00Z" });
  {
    const [start, cpu] = [performance.now(), cpuMs()];
    const report = await store.verify();
    line(`verify (${report.status})`, report.records_verified, performance.now() - start, cpuMs() - cpu);
  }
  {
    const [start, cpu] = [performance.now(), cpuMs()];
    const queries = 200;
    for (let n = 0; n < queries; n++) await store.query({ rule: "redact_pii", limit: 20 });
    line("query by rule, 20 records", queries, performance.now() - start, cpuMs() - cpu);
  }
  await store.close();
}
{
  const store = await openAuditStore({ tenant: "acme", directory: `${directory}/request`, durability: "request" });
  const some = Math.min(records, 5000);
  let next = 0;
  const [start, cpu] = [performance.now(), cpuMs()];
  await Promise.all(Array.from({ length: 64 }, async () => {
    while (next < some) await store.append(entryOf(++next));
  }));
  line("append, request, 64 at a time", some, performance.now() - start, cpuMs() - cpu);
  await store.close();
}
await Deno.remove(directory, { recursive: true });
