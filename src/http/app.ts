/** Routes and the order of middleware; nothing else. */
import { type Handler, Hono, type MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { metricsOperation } from "./admin/metrics.ts";
import { OPERATIONS } from "./admin/mod.ts";
import { mount, nothingElse } from "./admin/mount.ts";
import type { AppDeps, AppEnv, ServingDeps } from "./deps.ts";
import { gateway } from "./gateway.ts";
import { healthOperations } from "./health.ts";

/** The gateway's HTTP application; without the operator's routes where those have an address of their own. */
export function createApp(deps: AppDeps, withAdmin: boolean): Hono<AppEnv> {
  const app = new Hono<AppEnv>({ strict: false });
  addCors(app, deps);
  if (withAdmin) mountAll(app, deps);
  else mount(app, healthOperations, deps);
  app.all("*", gateway(deps));
  return app;
}

/** The same for a worker, where `operators` answers the operator's routes. */
export function createWorkerApp(deps: ServingDeps, operators: Handler<AppEnv>, withAdmin: boolean): Hono<AppEnv> {
  const app = new Hono<AppEnv>({ strict: false });
  addCors(app, deps);
  for (const path of ["/health", ...(withAdmin ? OPERATED : [])]) app.all(path, operators).all(`${path}/*`, operators);
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
  app.use("/metrics", settle(deps));
  mount(app, [...healthOperations, metricsOperation("open")], deps);
  return app;
}

/** Where the operator's routes begin. */
const OPERATED = ["/metrics", "/admin", "/audit"];

function mountAll(app: Hono<AppEnv>, deps: AppDeps): void {
  for (const path of OPERATED) app.use(path, settle(deps)).use(`${path}/*`, settle(deps));
  mount(app, OPERATIONS, deps);
  for (const path of ["/admin/*", "/audit/*"]) app.all(path, nothingElse(deps));
}

/** What scripts in browsers may read of an answer. */
const EXPOSED_HEADERS = [
  ...["X-CheckStream-Request-Id", "X-CheckStream-Decision", "Retry-After", "Retry-After-Ms"],
  ...["", "-Requests", "-Tokens"].flatMap((of) => ["Limit", "Remaining", "Reset"].map((what) => `X-RateLimit-${what}${of}`)),
];

function addCors(app: Hono<AppEnv>, { settings: { corsOrigins } }: ServingDeps): void {
  if (corsOrigins.length === 0) return;
  app.use(cors({ origin: [...corsOrigins], exposeHeaders: [...EXPOSED_HEADERS], maxAge: 600 }));
}

/** What an operator reads is whole, and what an operator changed is in force in every thread by the time the answer leaves. */
function settle({ settled }: AppDeps): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const reads = c.req.method === "GET";
    if (reads) await settled();
    await next();
    if (!reads) await settled();
  };
}
