/** A tenant's backend from its configuration: equal targets, then fallbacks, each with what it speaks. */
import type { FallbackConfig, PlaceConfig, TenantConfig } from "../config/mod.ts";
import type { BackendOptions } from "../upstream/backend.ts";
import type { TargetOptions } from "../upstream/target.ts";

/** @param droppedHeaders Headers that name the tenant, and stay here. */
export function backendOptions({ backend, streaming, modelAliases }: TenantConfig, droppedHeaders: readonly string[]): BackendOptions {
  const common = { breaker: backend.circuitBreaker, retryBudget: backend.retryBudget };
  const own = { format: streaming.format, responses: streaming.responses, modelAliases };
  return {
    targets: backend.targets.map(({ url, weight }): TargetOptions => ({
      ...common,
      ...place(backend),
      label: labelOf(url, backend.targets.map((each) => each.url)),
      url,
      weight,
      api: own,
    })),
    fallbacks: backend.fallbacks.map((fallback: FallbackConfig) => ({
      ...common,
      ...place(fallback),
      name: fallback.name,
      label: fallback.name,
      url: fallback.url,
      weight: 1,
      api: {
        format: fallback.format ?? streaming.format,
        responses: fallback.responses ?? (fallback.format === undefined ? streaming.responses : "chat"),
        modelAliases: Object.hasOwn(fallback.modelAliases, "*") ? fallback.modelAliases : { ...modelAliases, ...fallback.modelAliases },
      },
    })),
    timeoutMs: backend.timeoutMs,
    retryAttempts: backend.retryAttempts,
    retryDelayMs: backend.retryDelayMs,
    droppedHeaders,
  };
}

function place(
  { connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs, headers, query, auth, authPassthrough, tls, healthCheck, publicOnly }: PlaceConfig,
): Pick<TargetOptions, "client" | "headers" | "query" | "auth" | "authPassthrough" | "healthCheck"> {
  return {
    client: { connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs, tls, publicOnly },
    headers,
    query,
    auth,
    authPassthrough,
    healthCheck,
  };
}

/** The host, and the path where several share it. */
function labelOf(url: string, all: readonly string[]): string {
  const { host, pathname } = new URL(url);
  const shared = all.filter((each) => new URL(each).host === host).length > 1;
  return shared ? `${host}${pathname}` : host;
}
