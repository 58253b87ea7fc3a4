/** Routes and the order of middleware; nothing else. */
import { Hono } from "hono";
import { cors } from "hono/cors";
import { admin } from "./admin/mod.ts";
import { audit } from "./admin/audit.ts";
import { adminOnly } from "./admin/access.ts";
import { exposeMetrics } from "./admin/metrics.ts";
import type { AppDeps, AppEnv } from "./deps.ts";
import { gateway } from "./gateway.ts";
import { health } from "./health.ts";
import { renderError } from "./render_error.ts";

/** The gateway's HTTP application; without the operator's routes where those have an address of their own. */
export function createApp(deps: AppDeps, withAdmin: boolean): Hono<AppEnv> {
  const app = base(deps);
  const origins = deps.settings.corsOrigins;
  if (origins.length > 0) {
    app.use(cors({ origin: [...origins], exposeHeaders: ["X-CheckStream-Request-Id", "X-CheckStream-Decision"], maxAge: 600 }));
  }
  app.route("/", health(deps));
  if (withAdmin) addAdmin(app, deps);
  app.all("*", gateway(deps));
  return app;
}

/** The operator's routes alone, for `admin.listen`. */
export function createAdminApp(deps: AppDeps): Hono<AppEnv> {
  const app = base(deps);
  app.route("/", health(deps));
  addAdmin(app, deps);
  return app;
}

/** Metrics and health for a scraper, without a key, for `server.metrics_port`. */
export function createMetricsApp(deps: AppDeps): Hono<AppEnv> {
  const app = base(deps);
  app.route("/", health(deps));
  app.get("/metrics", exposeMetrics(deps));
  return app;
}

function base(deps: AppDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>({ strict: false });
  app.onError((error, c) => renderError(error, c, deps));
  return app;
}

function addAdmin(app: Hono<AppEnv>, deps: AppDeps): void {
  app.get("/metrics", adminOnly(deps), exposeMetrics(deps));
  app.route("/admin", admin(deps));
  app.route("/audit", audit(deps));
}
