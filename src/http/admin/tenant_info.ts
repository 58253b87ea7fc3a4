/** `GET /admin/tenant-info`: what the tenant of this request is served with. Its own key may read it. */
import { Hono } from "hono";
import { ResolutionError, resolveTenant } from "../../tenants/resolve.ts";
import type { AppDeps, AppEnv } from "../deps.ts";
import { GatewayError } from "../errors.ts";
import { isAdmin } from "./access.ts";

export function tenantInfo(deps: AppDeps): Hono<AppEnv> {
  return new Hono<AppEnv>().get("/", async (c) => {
    const admin = isAdmin(c, deps);
    const headers = new Headers(c.req.raw.headers);
    // The admin key is no tenant credential.
    if (admin && deps.settings.adminKeyDigest !== undefined) headers.delete("authorization");
    const { directory, runtimes } = deps.registry.current;
    let found;
    try {
      found = resolveTenant(
        { headers, path: c.req.path },
        admin ? { ...directory, requiresKey: () => false } : directory,
        deps.settings.keyPepper,
      );
    } catch (error) {
      if (!(error instanceof ResolutionError)) throw error;
      throw new GatewayError(
        error.problem === "unknown_tenant" ? 404 : admin ? 400 : 401,
        admin ? "invalid_request" : "authentication_error",
        error.problem,
        error.message,
      );
    }
    if (!admin && found.key === undefined) {
      throw new GatewayError(401, "authentication_error", "admin_key_required", "Send the admin key, or the tenant's own key");
    }
    if (!admin && found.key?.scopes !== undefined && !found.key.scopes.includes("tenant:read")) {
      throw new GatewayError(403, "authentication_error", "key_scope", 'This key may not read this; it lacks the scope "tenant:read"');
    }
    const runtime = runtimes.get(found.tenant);
    if (runtime === undefined) throw new GatewayError(404, "invalid_request", "unknown_tenant", `There is no tenant "${found.tenant}"`);
    const { requestsPerMinute, tokensPerMinute } = runtime.config.rateLimit;
    const remaining = await runtime.limiter.remainingRequests(Date.now());
    return c.json({
      tenant: runtime.id,
      backend: runtime.backend.url,
      policy: runtime.policy.file,
      policy_version: runtime.version,
      rate_limit: {
        ...(requestsPerMinute !== undefined && { requests_per_minute: requestsPerMinute, remaining }),
        ...(tokensPerMinute !== undefined && { tokens_per_minute: tokensPerMinute }),
      },
    });
  });
}
