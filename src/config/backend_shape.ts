/** A tenant's backend as the program uses it, from its merged section. */
import { withoutUndefined } from "./defined.ts";
import type { BackendConfig, FallbackConfig, Origin, PlaceConfig } from "./model.ts";
import type { BackendFile } from "./schema.ts";

/** Where there is something to turn to, a failing target is left alone. */
const BREAKER = { failure_threshold: 5, failure_ratio: 0.5, window_ms: 10_000, open_ms: 5000, half_open_probes: 1 };

const HEALTH_INTERVAL_MS = 10_000;
const HEALTH_TIMEOUT_MS = 5000;

type PlaceFile = Pick<
  BackendFile,
  "headers" | "query" | "auth" | "auth_passthrough" | "tls" | "health_check"
>;

/**
 * @param backend merged, its defaults filled in.
 * @param absolute makes paths absolute.
 */
export function shapeBackend(
  backend: BackendFile,
  origins: Readonly<Record<string, Origin>>,
  absolute: (path: string) => string,
  allowPrivate: boolean,
): BackendConfig {
  const byApi = (key: string) => !allowPrivate && origins[`backend.${key}`] === "database";
  const timeoutMs = Math.max(backend.timeout_ms!, backend.first_byte_timeout_ms ?? 0);
  const timeouts = {
    connectTimeoutMs: backend.connect_timeout_ms!,
    firstByteTimeoutMs: backend.first_byte_timeout_ms ?? timeoutMs,
    idleTimeoutMs: backend.idle_timeout_ms!,
  };
  const targets = (backend.targets ?? [{ url: backend.url ?? "" }]).map(({ url, weight = 1 }) => ({ url, weight }));
  const fallbacks = backend.fallbacks!.map((each, index): FallbackConfig => ({
    connectTimeoutMs: each.connect_timeout_ms ?? timeouts.connectTimeoutMs,
    firstByteTimeoutMs: each.first_byte_timeout_ms ?? timeouts.firstByteTimeoutMs,
    idleTimeoutMs: each.idle_timeout_ms ?? timeouts.idleTimeoutMs,
    ...placeOf(each, absolute),
    // Clients' credentials are for the first choice; elsewhere they go only where somebody says so.
    auth: authOf(each.auth, absolute) ?? { type: "none" },
    url: each.url,
    publicOnly: byApi("fallbacks"),
    name: each.name ?? `fallback-${index + 1}`,
    format: each.streaming_format,
    responses: each.responses,
    modelAliases: each.model_aliases ?? {},
  }));
  const { enabled = targets.length + fallbacks.length > 1 || backend.circuit_breaker !== undefined, ...breaker } =
    backend.circuit_breaker ??
      {};
  const { failure_threshold, failure_ratio, window_ms, open_ms, half_open_probes } = { ...BREAKER, ...withoutUndefined(breaker) };
  return {
    ...timeouts,
    ...placeOf(backend, absolute),
    auth: authOf(backend.auth, absolute),
    url: targets[0]!.url,
    publicOnly: byApi(backend.targets === undefined ? "url" : "targets"),
    timeoutMs,
    targets,
    fallbacks,
    retryAttempts: backend.retry_attempts!,
    retryDelayMs: backend.retry_delay_ms!,
    retryBudget: { ratio: backend.retry_budget!.ratio!, minPerSecond: backend.retry_budget!.min_per_second! },
    circuitBreaker: enabled
      ? {
        failureThreshold: failure_threshold,
        failureRatio: failure_ratio,
        windowMs: window_ms,
        openMs: open_ms,
        halfOpenProbes: half_open_probes,
      }
      : undefined,
  };
}

function placeOf(
  { headers = {}, query = {}, auth_passthrough = false, tls, health_check: check }: PlaceFile,
  absolute: (path: string) => string,
): Pick<PlaceConfig, "headers" | "query" | "authPassthrough" | "tls" | "healthCheck"> {
  const path = (given: string | undefined) => given === undefined ? undefined : absolute(given);
  return {
    headers,
    query,
    authPassthrough: auth_passthrough,
    tls: tls === undefined ? undefined : withoutUndefined({
      caPath: path(tls.ca_path),
      certPath: path(tls.cert_path),
      keyPath: path(tls.key_path),
      serverName: tls.server_name,
      insecureSkipVerify: tls.insecure_skip_verify,
    }),
    healthCheck: check === undefined
      ? undefined
      : { path: check.path, intervalMs: check.interval_ms ?? HEALTH_INTERVAL_MS, timeoutMs: check.timeout_ms ?? HEALTH_TIMEOUT_MS },
  };
}

function authOf(auth: BackendFile["auth"], absolute: (path: string) => string): PlaceConfig["auth"] {
  return auth === undefined ? undefined : withoutUndefined({
    type: auth.type,
    tokenEnv: auth.token_env,
    tokenFile: auth.token_file === undefined ? undefined : absolute(auth.token_file),
    header: auth.header,
  });
}
