/** `checkstream serve`: runs the gateway until SIGTERM or SIGINT. */
import { Command, InvalidArgumentError } from "commander";
import { loadConfig } from "../config/mod.ts";
import { type RunningGateway, startGateway } from "../http/server.ts";
import { type Log, setUpLog } from "../telemetry/log.ts";

interface ServeFlags {
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
}

export function serveCommand(): Command {
  return new Command("serve")
    .description("run the gateway")
    .option("-c, --config <file>", "configuration file (default: config.yaml if it exists)")
    .option("--host <address>", "address to listen on; wins over the configuration")
    .option("-p, --port <number>", "port to listen on; wins over the configuration", parsePort)
    .addHelpText("after", "\nExample:\n  checkstream serve --config config.yaml")
    .action(async (flags: ServeFlags) => {
      const file = flags.config ?? (exists("config.yaml") ? "config.yaml" : undefined);
      const env = (name: string) => Deno.env.get(name);
      const overrides = { ...(flags.host !== undefined && { host: flags.host }), ...(flags.port !== undefined && { port: flags.port }) };
      const { telemetry } = loadConfig(file, env, overrides).config;
      const log = await setUpLog(telemetry.logging);
      surviveRejections(log);
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

/**
 * Keeps a rejection that nobody handles from ending the process, and every tenant's streams with it. It is a defect, ours or the
 * platform's (Deno 2.5 rejects so, besides closing the connection, when a backend breaks off its answer), so it is logged.
 */
export function surviveRejections(log: Log): void {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log.error("a rejection that nobody handled", { error: event.reason instanceof Error ? event.reason.message : String(event.reason) });
  });
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
