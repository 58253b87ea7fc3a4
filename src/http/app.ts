/** Routes and the order of middleware; nothing else. */
import { Hono } from "hono";
import { cors } from "hono/cors";
import { metricsOperation } from "./admin/metrics.ts";
import { OPERATIONS } from "./admin/mod.ts";
import { mount, nothingElse } from "./admin/mount.ts";
import type { AppDeps, AppEnv } from "./deps.ts";
import { gateway } from "./gateway.ts";
import { healthOperations } from "./health.ts";

/** The gateway's HTTP application; without the operator's routes where those have an address of their own. */
export function createApp(deps: AppDeps, withAdmin: boolean): Hono<AppEnv> {
  const app = new Hono<AppEnv>({ strict: false });
  const origins = deps.settings.corsOrigins;
  if (origins.length > 0) {
    app.use(cors({ origin: [...origins], exposeHeaders: ["X-CheckStream-Request-Id", "X-CheckStream-Decision"], maxAge: 600 }));
  }
  if (withAdmin) mountAll(app, deps);
  else mount(app, healthOperations, deps);
  app.all("*", gateway(deps));
  return app;
}

/** The operator's routes alone, for `admin.listen`. */
export function createAdminApp(deps: AppDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>({ strict: false });
  mountAll(app, deps);
  return app;
}

/** Metrics and health for a scraper, without a key, for `server.metrics_port`. */
export function createMetricsApp(deps: AppDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>({ strict: false });
  mount(app, [...healthOperations, metricsOperation("open")], deps);
  return app;
}

function mountAll(app: Hono<AppEnv>, deps: AppDeps): void {
  mount(app, OPERATIONS, deps);
  for (const path of ["/admin/*", "/audit/*"]) app.all(path, nothingElse(deps));
}
