/** From the configuration to what HTTP handlers go by. */
import type { GatewayConfig } from "../config/mod.ts";
import { keyDigest } from "../tenants/resolve.ts";
import type { HttpSettings } from "./deps.ts";
import { overloadSettings } from "./overload/overload.ts";

/** Silence of a backend after which the decided beginning of a waiting event is sent ahead; milliseconds. */
const SPLIT_AFTER_MS = 25;

/** `keyPepper` is mixed into key digests. */
export function httpSettings({ server, admin, telemetry }: GatewayConfig, keyPepper: string | undefined): HttpSettings {
  return {
    limits: {
      body: { maxBytes: server.max_body_bytes, timeoutMs: server.body_timeout_ms },
      maxAnswerBytes: server.max_answer_bytes,
      maxEventBytes: server.max_event_bytes,
      keepAliveMs: server.keep_alive_ms,
      splitAfterMs: SPLIT_AFTER_MS,
    },
    overload: overloadSettings(server),
    corsOrigins: server.cors.origins,
    traceRatio: telemetry.opentelemetry.enabled ? telemetry.opentelemetry.sample_ratio : undefined,
    metricsEnabled: telemetry.metrics.enabled,
    adminKeys: admin.keys.flatMap(({ name, role, secret }) => secret === undefined ? [] : [{ name, role, digest: keyDigest(secret) }]),
    // A key that is named and not set shuts the API; it does not open it to everybody on this machine.
    adminKeyWanted: admin.keys.length > 0,
    keyPepper,
  };
}
