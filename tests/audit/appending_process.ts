// A process that appends until it is killed and prints the number of every acknowledged record, with a pulse: `DIRECTORY DURABILITY FIRST PULSE`.
import { openAuditStore } from "../../src/audit/open.ts";
import { startPulse } from "../support/pulse.ts";
import { entryOf } from "./entries.ts";

const [directory = "", durability, first, pulse = ""] = Deno.args;
startPulse(pulse);
const store = await openAuditStore({
  tenant: "acme",
  directory,
  durability: durability === "request" ? "request" : "batched",
  checkpointEvery: 100,
});
let next = Number(first);
const encoder = new TextEncoder();
/** Written at once: what is buffered when the kill comes would not count as acknowledged. */
function say(line: string): void {
  const bytes = encoder.encode(`${line}\n`);
  for (let written = 0; written < bytes.length;) written += Deno.stdout.writeSync(bytes.subarray(written));
}

say("open");
await Promise.all(Array.from({ length: 32 }, async () => {
  for (;;) {
    const n = next++;
    await store.append(entryOf(n));
    // The time tells which of the batched ones are older than their second.
    say(`${n} ${performance.timeOrigin + performance.now()}`);
    // Lets the timers and the worker's replies in; 32 lanes make a few thousand records a second.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}));
