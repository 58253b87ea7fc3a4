/** `GET /admin/tenant-info`: what the tenant of this request is served with. Its own key may read it. */
import { z } from "zod";
import { ResolutionError, type ResolutionProblem, type Resolved, resolveTenant } from "../../tenants/resolve.ts";
import type { AppDeps } from "../deps.ts";
import { GatewayError } from "../errors.ts";
import { type Asked, operation } from "./operation.ts";
import { named } from "./shapes.ts";

const info = named(
  "TenantInfo",
  z.strictObject({
    tenant: z.string(),
    backend: z.string(),
    policy: z.string().describe("File of the policy"),
    policy_version: z.string(),
    rate_limit: z.strictObject({
      requests_per_minute: z.number().optional(),
      remaining: z.number().optional().describe("Requests that may be made now"),
      tokens_per_minute: z.number().optional(),
    }),
  }).describe("What a tenant is served with"),
);

export const tenantInfoOperation = operation({
  id: "getTenantInfo",
  method: "get",
  path: "/admin/tenant-info",
  tag: "tenants",
  summary: "What the tenant of this request is served with",
  description: "The tenant is found as for a guarded call: by header, by key, or the default one.",
  access: "tenant",
  errors: [404],
  headers: { "X-Tenant-ID": "The tenant, where `tenants.resolution` reads this header" },
  answers: { 200: { description: "Backend, policy and limits", json: info } },
  handle: async (call, deps) => {
    const runtime = deps.registry.current.runtimes.get(find(call, deps).tenant);
    if (runtime === undefined) throw new GatewayError(404, "invalid_request", "unknown_tenant", "There is no such tenant any more");
    const { requestsPerMinute, tokensPerMinute } = runtime.config.rateLimit;
    const remaining = await runtime.limiter.remainingRequests(Date.now());
    return call.answer(200, {
      tenant: runtime.id,
      backend: runtime.backend.url,
      policy: runtime.policy.file,
      policy_version: runtime.version,
      rate_limit: {
        ...(requestsPerMinute !== undefined && { requests_per_minute: requestsPerMinute, ...(remaining !== undefined && { remaining }) }),
        ...(tokensPerMinute !== undefined && { tokens_per_minute: tokensPerMinute }),
      },
    });
  },
});

const STATUS: Readonly<Partial<Record<ResolutionProblem, number>>> = { unknown_tenant: 404, tenant_disabled: 403, tenant_mismatch: 403 };

function find({ c, caller }: Pick<Asked, "c" | "caller">, { registry, settings }: AppDeps): Resolved {
  const headers = new Headers(c.req.raw.headers);
  // The admin key is no tenant credential.
  if (caller !== undefined && settings.adminKeyWanted) headers.delete("authorization");
  const { directory } = registry.current;
  let found;
  try {
    found = resolveTenant(
      { headers, path: c.req.path },
      caller === undefined ? directory : { ...directory, requiresKey: () => false },
      settings.keyPepper,
    );
  } catch (error) {
    if (!(error instanceof ResolutionError)) throw error;
    throw new GatewayError(
      STATUS[error.problem] ?? (caller === undefined ? 401 : 400),
      caller === undefined ? "authentication_error" : "invalid_request",
      error.problem,
      error.message,
    );
  }
  if (caller !== undefined) return found;
  if (found.key === undefined) {
    throw new GatewayError(401, "authentication_error", "admin_key_required", "Send the admin key, or the tenant's own key");
  }
  if (found.key.scopes !== undefined && !found.key.scopes.includes("tenant:read")) {
    throw new GatewayError(403, "authentication_error", "key_scope", 'This key may not read this; it lacks the scope "tenant:read"');
  }
  return found;
}
