/** The front door for API calls: whose request is it, what does its path mean, and then the proxy. */
import type { Handler } from "hono";
import { apiForPath, INGRESS_ONLY_PATHS } from "../formats/mod.ts";
import type { TenantConfig } from "../config/mod.ts";
import { KEY_PREFIX, ResolutionError, type ResolutionProblem, type Resolved, resolveTenant } from "../tenants/resolve.ts";
import { traceContext } from "../telemetry/trace_context.ts";
import type { AppEnv, ServingDeps } from "./deps.ts";
import { type ErrorType, GatewayError } from "./errors.ts";
import { Exchange } from "./exchange.ts";
import { proxy, type Route } from "./proxy.ts";
import { refuse } from "./render_error.ts";

/** Handles everything that is not the gateway's own. */
export function gateway(deps: ServingDeps): Handler<AppEnv> {
  return async (c) => {
    const request = c.req.raw;
    const url = new URL(request.url);
    const path = cleanPath(url.pathname);
    const exchange = new Exchange(request.method, path, c.env.remoteAddress);
    deps.inFlight.begin(exchange);
    const { traceRatio } = deps.settings;
    if (traceRatio !== undefined) exchange.trace = traceContext(request.headers.get("traceparent"), traceRatio, Math.random());
    try {
      const found = enter(request, path, exchange, deps);
      const route = routeOf(request.method, found.path, exchange.lease!.runtime.config.streaming.format);
      return await proxy(request, found.path + url.search, route, exchange, {
        recorder: deps.recorder,
        inFlight: deps.inFlight,
        usage: deps.usage,
        limits: deps.settings.limits,
      });
    } catch (error) {
      return await refuse(error, exchange, deps);
    }
  };
}

/** Finds the tenant and takes a lease on it. */
function enter(request: Request, path: string, exchange: Exchange, { registry, settings, overload, stopping }: ServingDeps): Resolved {
  if (stopping()) {
    throw new GatewayError(503, "overloaded", "shutting_down", "The gateway is shutting down; try again", {
      headers: { "Retry-After": "1", "Connection": "close" },
    });
  }
  if (request.url.includes(KEY_PREFIX)) {
    // A URL goes to backends and into the logs of everything on the way.
    throw new GatewayError(
      400,
      "invalid_request",
      "key_in_url",
      'A gateway key does not belong in a URL; send it as "Authorization: Bearer …"',
    );
  }
  let found: Resolved;
  try {
    const { directory } = registry.current;
    exchange.isGatewayKey = directory.isGatewayKey;
    found = resolveTenant({ headers: request.headers, path }, directory, settings.keyPepper);
  } catch (error) {
    throw error instanceof ResolutionError ? resolutionFailed(error) : error;
  }
  exchange.path = found.path;
  exchange.allowedModels = found.key?.allowedModels;
  exchange.keyId = found.key?.keyId;
  exchange.keyBudget = found.key?.budget;
  if (found.key?.rateLimit !== undefined) exchange.keyLimits = { id: found.key.keyId, limits: found.key.rateLimit };
  exchange.lease = registry.lease(found.tenant);
  if (exchange.lease === undefined) {
    throw new GatewayError(404, "invalid_request", "unknown_tenant", `There is no tenant "${found.tenant}"`);
  }
  // After the lease, since it is a request of this tenant and goes on its record.
  exchange.shed = overload.refuses(exchange.lease.runtime.config.priority);
  if (exchange.shed !== undefined) throw overload.refusal(exchange.shed);
  if (found.key?.scopes !== undefined && !found.key.scopes.includes("proxy")) {
    throw new GatewayError(403, "authentication_error", "key_scope", 'This key may not call the API; it lacks the scope "proxy"');
  }
  return found;
}

const RESOLUTION_STATUS: Readonly<Record<ResolutionProblem, readonly [status: number, type: ErrorType]>> = {
  invalid_tenant: [400, "invalid_request"],
  unknown_tenant: [404, "invalid_request"],
  tenant_disabled: [403, "authentication_error"],
  ambiguous_credentials: [400, "invalid_request"],
  tenant_required: [401, "authentication_error"],
  invalid_key: [401, "authentication_error"],
  key_required: [401, "authentication_error"],
  tenant_mismatch: [403, "authentication_error"],
};

function resolutionFailed(error: ResolutionError): GatewayError {
  const [status, type] = RESOLUTION_STATUS[error.problem];
  return new GatewayError(status, type, error.problem, error.message, status === 401 ? { headers: { "WWW-Authenticate": "Bearer" } } : {});
}

function routeOf(method: string, path: string, format: TenantConfig["streaming"]["format"]): Route {
  if (!path.startsWith("/v1/")) {
    throw new GatewayError(404, "invalid_request", "not_found", `There is nothing at this path; the API is under /v1/`);
  }
  // Other methods on these paths (listing stored answers, say) carry no prompt.
  if (method !== "POST") return { kind: "through" };
  if (INGRESS_ONLY_PATHS.includes(path)) return { kind: "prompt_only" };
  const api = format === "custom" ? "custom" : apiForPath(path);
  return api === undefined ? { kind: "through" } : { kind: "guarded", api };
}

/** One slash where several stand, none at the end: `//v1/messages/` is `/v1/messages`. */
function cleanPath(path: string): string {
  const clean = path.replace(/\/{2,}/g, "/");
  return clean.length > 1 && clean.endsWith("/") ? clean.slice(0, -1) : clean;
}
