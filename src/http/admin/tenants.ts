/** `GET /admin/tenants[/{id}[/effective]]`: the tenants being served. */
import { Hono } from "hono";
import { maskSecrets } from "../../config/mask.ts";
import type { TenantRuntime } from "../../tenants/runtime.ts";
import { storedTenant, tagHeaders } from "./tenant_changes.ts";
import type { AppDeps, AppEnv } from "../deps.ts";
import { GatewayError } from "../errors.ts";

export function tenants(deps: AppDeps): Hono<AppEnv> {
  const find = (id: string): TenantRuntime => {
    const runtime = deps.registry.current.runtimes.get(id);
    if (runtime === undefined) throw new GatewayError(404, "invalid_request", "unknown_tenant", `There is no tenant "${id.slice(0, 64)}"`);
    return runtime;
  };
  return new Hono<AppEnv>()
    .get("/", (c) => c.json({ tenants: [...deps.registry.current.runtimes.values()].map(summary) }))
    .get("/:id", (c) => {
      const id = c.req.param("id");
      const stored = deps.state?.store.tenants.get(id);
      if (stored === undefined) return c.json(summary(find(id)));
      const serving = deps.registry.current.runtimes.get(id);
      const served = serving === undefined ? undefined : summary(serving);
      return c.json(
        { ...served, ...(served !== undefined && { policy_version: served.version }), ...storedTenant(stored) },
        200,
        tagHeaders(stored),
      );
    })
    .get("/:id/effective", (c) => {
      const { id, version, config, origins } = find(c.req.param("id"));
      return c.json({ id, version, config: maskSecrets(config), origins });
    });
}

function summary({ id, version, config, policy, backend }: TenantRuntime): Record<string, unknown> {
  return { id, display_name: config.displayName ?? id, enabled: config.enabled, backend: backend.url, policy: policy.file, version };
}
