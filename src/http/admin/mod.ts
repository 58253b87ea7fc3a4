/** `/admin/*`. */
import { Hono } from "hono";
import type { AppDeps, AppEnv } from "../deps.ts";
import { adminOnly } from "./access.ts";
import { playground } from "./playground.ts";
import { reload } from "./reload.ts";
import { tenantChanges } from "./tenant_changes.ts";
import { tenantInfo } from "./tenant_info.ts";
import { tenants } from "./tenants.ts";

export function admin(deps: AppDeps): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  // A tenant's own key may read this and nothing else, so it stands before the gate.
  routes.route("/tenant-info", tenantInfo(deps));
  routes.use("*", adminOnly(deps));
  routes.route("/tenants", tenants(deps));
  routes.route("/tenants", tenantChanges(deps));
  routes.route("/reload", reload(deps));
  routes.route("/", playground(deps));
  return routes;
}
