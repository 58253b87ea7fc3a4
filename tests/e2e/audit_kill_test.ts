/** A gateway killed under load: what its clients got a whole answer to is on the trail, as the mode promises. */
import assert from "node:assert/strict";
import { queryCommand, verifyCommand } from "../../src/audit/commands.ts";
import { startMockLlm } from "../../src/demo/mock_llm.ts";
import { startGateway, writeFiles } from "../support/gateway.ts";
import { TEST_POLICY } from "../support/llm_gateway.ts";
import { fromFileUrl, join } from "../support/paths.ts";
import { readPulse } from "../support/pulse.ts";
import { testRuns } from "../support/runs.ts";

/** Thirty in `deno task test:deep`. */
const kills = testRuns(2) > 2 ? 30 : 2;
/** `batched` promises a second; of the process's time, since nothing can be done for a process that does not run. */
const PROMISED_MS = { request: 0, batched: 1000 } as const;

const main = fromFileUrl(new URL("../support/pulsing_gateway.ts", import.meta.url));

for (const durability of ["request", "batched"] as const) {
  Deno.test(`kill -9 of a gateway under load loses no record of an answered request in ${durability} mode`, async () => {
    const llm = startMockLlm({ pacingMs: 0 });
    const folder = await Deno.makeTempDir();
    const files = {
      "config.yaml": `backend: {url: "${llm.url}"}\npolicy: {path: "./policy.yaml"}\ntelemetry: {audit: {durability: ${durability}}}\n`,
      "policy.yaml": TEST_POLICY,
    };
    await writeFiles(folder, files);
    const promised = new Set<string>();
    for (let kill = 0; kill < kills; kill++) {
      const gateway = await startGateway({ files: {}, folder, main });
      const answered = new Map<string, number>();
      let killedAt = Infinity;
      const wanted = 60 + kill * 7;
      let first = Infinity;
      let lookMs = 0;
      const client = async (lane: number) => {
        while (killedAt === Infinity) {
          try {
            const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
              method: "POST",
              headers: { "content-type": "application/json" },
              body: JSON.stringify({
                model: "demo",
                stream: lane % 2 === 0,
                messages: [{ role: "user", content: "Show me the personal data on file" }],
              }),
            });
            const text = await answer.text();
            if (lane % 2 === 0 && !text.includes("[DONE]")) continue;
            answered.set(answer.headers.get("x-checkstream-request-id")!, Date.now());
          } catch {
            continue;
          }
          const now = Date.now();
          first = Math.min(first, now);
          if (killedAt !== Infinity || answered.size < wanted || now < lookMs) continue;
          lookMs = now + 50;
          if (readPulse(folder)(first, now) < PROMISED_MS[durability] * 1.2) continue;
          killedAt = now;
          gateway.signal("SIGKILL");
        }
      };
      await Promise.all(Array.from({ length: 8 }, (_, lane) => client(lane)));
      await gateway.stop();
      const before = promised.size;
      const ranMs = readPulse(folder);
      for (const [id, at] of answered) if (ranMs(at, killedAt) >= PROMISED_MS[durability]) promised.add(id);
      const settings = { tenant: "default", directory: join(folder, "audit", "default") };
      const report = await verifyCommand(settings);
      assert.equal(report.status, "valid", JSON.stringify(report));
      assert.equal(report.set_aside, undefined);
      const found = await Array.fromAsync(queryCommand(settings, {}), ({ request_id }) => request_id);
      assert.equal(new Set(found).size, found.length, "no record twice");
      assert.ok(promised.size > before, "the kill came before anything was promised");
      assert.deepEqual([...promised].filter((id) => !found.includes(id)), []);
    }
    await llm.close();
    await Deno.remove(folder, { recursive: true });
  });
}
