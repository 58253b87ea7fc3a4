/** Open health endpoints, shaped as load balancers and Kubernetes expect. */
import { Hono } from "hono";
import { VERSION } from "../version.ts";
import type { TenantState } from "../tenants/state/service.ts";
import type { AppDeps, AppEnv } from "./deps.ts";

/** `/health`, `/health/live`, `/health/ready`. */
export function health(deps: AppDeps): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.get("/health", (c) => c.json({ status: "healthy", version: VERSION }));
  routes.get("/health/live", (c) => c.json({ status: "alive" }));
  routes.get("/health/ready", (c) => {
    const reload = deps.reloadStatus();
    const stopping = deps.stopping();
    const snapshot = deps.registry.current;
    const body = {
      status: stopping ? "not_ready" : "ready",
      checks: {
        // A failed reload leaves the last good configuration serving, so the gateway stays ready and says so.
        config: reload.ok ? "loaded" : "last reload failed, serving the last good configuration",
        policies: "loaded",
        tenants: snapshot.runtimes.size,
        store: storeNote(deps.state),
        ...(stopping && { shutdown: "in progress" }),
      },
      config_version: snapshot.version,
      ...(!reload.ok && { last_reload_errors: reload.errors }),
    };
    return c.json(body, stopping ? 503 : 200);
  });
  return routes;
}

/** A store that is down takes no requests away, so the gateway stays ready and says so. */
function storeNote(state: TenantState | undefined): string {
  if (state === undefined) return "none";
  const { failure, failedAtMs } = state.store.connection;
  return failure === null
    ? "up"
    : `down since ${new Date(failedAtMs).toISOString()} (${failure.code}), serving the last known tenants and keys; changes are refused`;
}
