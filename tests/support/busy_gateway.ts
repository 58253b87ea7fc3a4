/** `serve` that has too much to do while a file `busy` is in its folder: its event loop is blocked nearly all the time. */
import { startGateway } from "../../src/http/server.ts";
import { untilStopped } from "../../src/cli/serve.ts";
import { setUpLog } from "../../src/telemetry/log.ts";

const BUSY_MS = 190;

const log = await setUpLog({ level: "info", format: "json", output: "stderr" });
const gateway = await startGateway({ file: "config.yaml", overrides: {}, env: (name) => Deno.env.get(name), log });
setInterval(() => {
  try {
    Deno.statSync("busy");
  } catch {
    return;
  }
  const until = performance.now() + BUSY_MS;
  while (performance.now() < until);
}, 10);
await untilStopped(gateway);
