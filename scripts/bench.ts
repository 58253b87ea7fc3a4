/**
 * `deno task bench [SECTION…]`: our figures beside the controls, measured now and here. Sections: matching, guard, limits, clients, streaming,
 * workers, audit; all of them without an argument. Ratios within one run mean something; microseconds depend on the machine.
 */
import { auditOverheadLine, benchAuditOverhead } from "./bench/audit_overhead.ts";
import { benchClients, clientsTable } from "./bench/clients.ts";
import { benchConstantCost, constantCostTable } from "./bench/constant_cost.ts";
import { benchHoldback } from "./bench/holdback.ts";
import { limitsTable } from "./bench/limits.ts";
import { benchMatching, matchingTable } from "./bench/matching.ts";
import { benchStreaming, streamingTable } from "./bench/streaming.ts";
import { benchWorkers, workersTable } from "./bench/workers.ts";

const SECTIONS: Readonly<Record<string, () => Promise<string> | string>> = {
  matching: () => matchingTable(benchMatching()),
  guard: () => {
    const { meanChars, mostChars } = benchHoldback();
    return `${constantCostTable(benchConstantCost())}\nheld back by policies/default.yaml's personal data: ${
      meanChars.toFixed(2)
    } characters on average, ${mostChars} at most`;
  },
  limits: () => limitsTable(),
  clients: async () => clientsTable(await benchClients()),
  streaming: async () => streamingTable(await benchStreaming()),
  workers: async () => workersTable(await benchWorkers()),
  audit: async () => {
    await import("./bench_audit.ts");
    return (await Array.fromAsync(benchAuditOverhead(), auditOverheadLine)).join("\n");
  },
};

const wanted = Deno.args.length === 0 ? Object.keys(SECTIONS) : Deno.args;
const unknown = wanted.filter((name) => !Object.hasOwn(SECTIONS, name));
if (unknown.length > 0) {
  console.error(`There is no section ${unknown.join(", ")}; sections are ${Object.keys(SECTIONS).join(", ")}`);
  Deno.exit(2);
}
for (const name of wanted) {
  console.log(`\n== ${name}`);
  console.log(await SECTIONS[name]!());
}
