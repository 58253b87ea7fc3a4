/** The gateway as a running thing: listens, reloads, and stops without cutting anybody off. */
import { createApp } from "./app.ts";
import { type GatewayOptions, listenForOperators, openControlPlane } from "./control_plane.ts";
import { listen } from "./listeners.ts";

export type { GatewayOptions } from "./control_plane.ts";

/** A gateway that listens. */
export interface RunningGateway {
  /** `http://HOST:PORT`. */
  readonly url: string;
  /** Loads configuration and policies anew. */
  reload(): Promise<unknown>;
  /** Lets open streams finish within the configured time, then ends them. */
  stop(): Promise<void>;
}

/** Starts the gateway. @throws {ConfigError} when the configuration does not validate; then nothing was opened. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const { log } = options;
  const control = await openControlPlane(options);
  const { config: { server, tls, admin }, deps, serving, registry } = control;
  const api = listen(
    createApp(deps, admin.listen === undefined),
    { hostname: server.host, port: server.port },
    log,
    tls?.enabled === true ? { certPath: tls.cert_path, keyPath: tls.key_path } : undefined,
  );
  serving.add(api);
  listenForOperators(control, log);
  log.info(`listening on ${api.url}`, { tenants: registry.current.runtimes.size, version: registry.current.version });
  return {
    url: api.url,
    reload: () => control.reload(),
    stop: async () => {
      if (deps.stopping()) return;
      control.freeze();
      log.info("stopping", { in_flight: serving.inFlight });
      await serving.stop(server.shutdown_timeout_ms);
      await control.close();
      log.info("stopped");
    },
  };
}
