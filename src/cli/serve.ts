/** `checkstream serve`: runs the gateway until SIGTERM or SIGINT. */
import { Command, InvalidArgumentError } from "commander";
import { loadConfig } from "../config/mod.ts";
import { MAX_WORKERS } from "../config/schema.ts";
import { type RunningGateway, startGateway } from "../http/server.ts";
import { setUpLog } from "../telemetry/log.ts";
import { surviveExceptions, surviveRejections } from "../telemetry/defects.ts";

interface ServeFlags {
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
  readonly workers?: number;
}

export function serveCommand(): Command {
  return new Command("serve")
    .description("run the gateway")
    .option("-c, --config <file>", "configuration file (default: config.yaml if it exists)")
    .option("--host <address>", "address to listen on; wins over the configuration")
    .option("-p, --port <number>", "port to listen on; wins over the configuration", parsePort)
    .option("-w, --workers <number>", "threads that answer API calls; wins over the configuration", parseWorkers)
    .addHelpText("after", "\nExample:\n  checkstream serve --config config.yaml")
    .action(async (flags: ServeFlags) => {
      const file = flags.config ?? (exists("config.yaml") ? "config.yaml" : undefined);
      const env = (name: string) => Deno.env.get(name);
      const { host, port, workers } = flags;
      const overrides = {
        ...(host !== undefined && { host }),
        ...(port !== undefined && { port }),
        ...(workers !== undefined && { workers }),
      };
      const { telemetry } = loadConfig(file, env, overrides).config;
      const log = await setUpLog(telemetry.logging);
      surviveRejections(log);
      surviveExceptions(log);
      const gateway = await startGateway({ file, overrides, env, log });
      await untilStopped(gateway);
      await log.flush();
    });
}

/** Reads a port. @throws {InvalidArgumentError} */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new InvalidArgumentError("a port is a whole number from 0 to 65535");
  return port;
}

function parseWorkers(text: string): number {
  const workers = Number(text);
  if (!Number.isInteger(workers) || workers < 1 || workers > MAX_WORKERS) {
    throw new InvalidArgumentError(`workers are a whole number from 1 to ${MAX_WORKERS}`);
  }
  return workers;
}

/** Resolves after SIGTERM or SIGINT, when the gateway has stopped; SIGHUP reloads. */
export async function untilStopped(gateway: RunningGateway): Promise<void> {
  const windows = Deno.build.os === "windows";
  const reload = () => void gateway.reload();
  if (!windows) Deno.addSignalListener("SIGHUP", reload);
  await new Promise<void>((resolve) => {
    const stop = () => resolve();
    Deno.addSignalListener("SIGINT", stop);
    if (!windows) Deno.addSignalListener("SIGTERM", stop);
  });
  await gateway.stop();
  if (!windows) Deno.removeSignalListener("SIGHUP", reload);
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
