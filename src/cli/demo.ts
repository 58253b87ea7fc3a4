/** `checkstream demo`: the gateway with a built-in mock LLM, three sample tenants, no key, no network. */
import { join } from "node:path";
import { Command } from "commander";
import { DEMO_POLICIES, demoConfig, demoTour } from "../demo/demo_config.ts";
import { startMockLlm } from "../demo/mock_llm.ts";
import { startGateway } from "../http/server.ts";
import { setUpLog } from "../telemetry/log.ts";
import { surviveExceptions, surviveRejections } from "../telemetry/defects.ts";
import { parsePort, untilStopped } from "./serve.ts";

interface DemoFlags {
  readonly host: string;
  readonly port: number;
  readonly folder: string;
  readonly pacing: number;
}

export function demoCommand(): Command {
  return new Command("demo")
    .description("run the gateway with a built-in mock LLM and three sample tenants; no key, no network")
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .option("-p, --port <number>", "port to listen on", parsePort, 8080)
    .option("--folder <path>", "where configuration, policies and audit trails are kept", "data/demo")
    .option("--pacing <ms>", "milliseconds between two tokens of the mock LLM", Number, 15)
    .addHelpText("after", "\nExample:\n  checkstream demo --port 8080")
    .action(async ({ host, port, folder, pacing }: DemoFlags) => {
      const log = await setUpLog({ level: "info", format: "pretty", output: "stderr" });
      surviveRejections(log);
      surviveExceptions(log);
      const llm = startMockLlm({ pacingMs: pacing });
      await layOut(folder, demoConfig(llm.url, host, port));
      const gateway = await startGateway({
        file: join(folder, "config.yaml"),
        overrides: { host, port },
        env: (name) => Deno.env.get(name),
        log,
      });
      console.log(demoTour(gateway.url, folder));
      await untilStopped(gateway);
      await llm.close();
      await log.flush();
    });
}

/** Writes the demo's folder. Policies that are there already were perhaps edited, so they stay. */
async function layOut(folder: string, config: string): Promise<void> {
  await Deno.mkdir(join(folder, "policies"), { recursive: true });
  await Deno.writeTextFile(join(folder, "config.yaml"), config);
  for (const name of DEMO_POLICIES) {
    const text = await Deno.readTextFile(new URL(`../../policies/${name}`, import.meta.url));
    await Deno.writeTextFile(join(folder, "policies", name), text, { createNew: true }).catch((error) => {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    });
  }
}
