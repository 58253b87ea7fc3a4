/** The gateway as a running thing: listens, reloads, and stops without cutting anybody off. */
import { createApp } from "./app.ts";
import { type ControlPlane, type GatewayOptions as ControlOptions, listenForOperators, openControlPlane } from "./control_plane.ts";
import { listen, type TlsFiles } from "./listeners.ts";
import { startWorkers } from "./workers/start_workers.ts";

export interface GatewayOptions extends ControlOptions {
  /** Starts the thread of a worker. @default the program's own */
  readonly spawnWorker?: (name: string) => Worker;
}

/** A gateway that listens. */
export interface RunningGateway {
  /** `http://HOST:PORT`. */
  readonly url: string;
  /** Loads configuration and policies anew. */
  reload(): Promise<unknown>;
  /** Lets open streams finish within the configured time, then ends them. */
  stop(): Promise<void>;
}

/** Where API calls are answered. */
interface DataPlane {
  readonly url: string;
  /** Lets requests finish within `deadlineMs`. */
  stop(deadlineMs: number): Promise<void>;
}

/** Starts the gateway. @throws {ConfigError} when the configuration does not validate; then nothing was opened. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { log } = options;
  const control = await openControlPlane(options);
  const { config: { server, tls }, deps, serving, registry, metrics } = control;
  const files = tls?.enabled === true ? { certPath: tls.cert_path, keyPath: tls.key_path } : undefined;
  let dataPlane: DataPlane;
  try {
    dataPlane = server.workers === 1 ? serveHere(control, files, log) : await startWorkers(control, files, options);
    listenForOperators(control, log);
  } catch (error) {
    // Threads that were left running would keep the process.
    control.freeze();
    await serving.stop(0);
    await control.close();
    throw error;
  }
  log.info(`listening on ${dataPlane.url}`, {
    tenants: registry.current.runtimes.size,
    version: registry.current.version,
    ...(server.workers > 1 && { workers: server.workers }),
  });
  return {
    url: dataPlane.url,
    reload: () => control.reload(),
    stop: async () => {
      if (deps.stopping()) return;
      control.freeze();
      log.info("stopping", { in_flight: metrics.inFlight });
      await Promise.all([serving.stop(server.shutdown_timeout_ms), dataPlane.stop(server.shutdown_timeout_ms)]);
      await control.close();
      log.info("stopped");
    },
  };
}

/** Without workers the API's address is one of the control plane's own. */
function serveHere(
  { config: { server, admin }, deps, serving }: ControlPlane,
  tls: TlsFiles | undefined,
  log: ControlOptions["log"],
): DataPlane {
  const api = listen(createApp(deps, admin.listen === undefined), { hostname: server.host, port: server.port }, log, tls);
  serving.add(api);
  return { url: api.url, stop: () => Promise.resolve() };
}
