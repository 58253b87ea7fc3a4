/** Routes and the order of middleware; nothing else. */
import { Hono } from "hono";
import { cors } from "hono/cors";
import { admin } from "./admin/mod.ts";
import { audit } from "./admin/audit.ts";
import { metrics } from "./admin/metrics.ts";
import type { AppDeps, AppEnv } from "./deps.ts";
import { gateway } from "./gateway.ts";
import { health } from "./health.ts";
import { renderError } from "./render_error.ts";

/** The gateway's HTTP application. */
export function createApp(deps: AppDeps): Hono<AppEnv> {
  const app = new Hono<AppEnv>({ strict: false });
  app.onError((error, c) => renderError(error, c, deps));
  const origins = deps.settings.corsOrigins;
  if (origins.length > 0) {
    app.use(cors({ origin: [...origins], exposeHeaders: ["X-CheckStream-Request-Id", "X-CheckStream-Decision"], maxAge: 600 }));
  }
  app.route("/", health(deps));
  app.route("/metrics", metrics(deps));
  app.route("/admin", admin(deps));
  app.route("/audit", audit(deps));
  app.all("*", gateway(deps));
  return app;
}
