/** `serve` whose workers can be made to die: each throws when a file `crash-NAME` appears in the folder, and hangs at `hang-NAME`. */
import { startGateway } from "../../src/http/server.ts";
import { untilStopped } from "../../src/cli/serve.ts";
import { setUpLog } from "../../src/telemetry/log.ts";

const log = await setUpLog({ level: "info", format: "json", output: "stderr" });
const gateway = await startGateway({
  file: "config.yaml",
  overrides: {},
  env: (name) => Deno.env.get(name),
  log,
  spawnWorker: (name) => new Worker(new URL("./crashing_worker.ts", import.meta.url), { type: "module", name }),
});
await untilStopped(gateway);
