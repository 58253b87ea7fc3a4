/** Takes a reservation for a request, or refuses it. */
import { LimitStoreError } from "../limits/types.ts";
import type { TenantRuntime } from "../tenants/runtime.ts";
import { GatewayError } from "./errors.ts";
import type { Exchange } from "./exchange.ts";

/** Puts the request before the limits of its tenant and key. @throws {GatewayError} 429; 503 when the limits cannot be counted. */
export async function admit({ limiter, id }: TenantRuntime, tokens: number, exchange: Exchange): Promise<void> {
  let admission;
  try {
    const admitted = limiter.admit({ tokens, key: exchange.keyLimits }, Date.now());
    admission = admitted instanceof Promise ? await admitted : admitted;
  } catch (error) {
    if (!(error instanceof LimitStoreError)) throw error;
    throw new GatewayError(503, "overloaded", "limits_unavailable", `The limits of tenant "${id}" cannot be counted now; try again later`, {
      headers: { "Retry-After": "1" },
      cause: error,
    });
  }
  exchange.limitHeaders = admission.headers;
  if (!admission.admitted) {
    exchange.limited = admission.limit;
    throw new GatewayError(429, "rate_limit_exceeded", "rate_limit_exceeded", admission.message);
  }
  exchange.reservation = admission.reservation;
}
