/** The webhooks of this process: real requests, real timers, counted and logged. */
import type { GatewayConfig } from "../config/mod.ts";
import { post } from "../notify/post.ts";
import { Webhooks } from "../notify/webhooks.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";

export function startWebhooks({ secret, timeoutMs, allowPrivate }: GatewayConfig["notify"], metrics: Metrics, log: Log): Webhooks {
  return new Webhooks({
    post: (url, headers, body) => post(url, headers, body, { allowPrivate, timeoutMs }),
    secret,
    now: Date.now,
    random: Math.random,
    schedule: (callback, ms) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    onResult: (result, tenant, reason) => {
      metrics.notified(tenant, result);
      if (result !== "delivered") log.warn(`notification ${result}`, { tenant, reason });
    },
  });
}
