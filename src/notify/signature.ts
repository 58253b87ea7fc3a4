/**
 * How a webhook proves where it comes from: `X-CheckStream-Signature: t=<Unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`, the scheme
 * Stripe documents (https://docs.stripe.com/webhooks#verify-manually). The time is signed too, so an old message cannot be replayed.
 */
import { createHmac, timingSafeEqual } from "node:crypto";

export const SIGNATURE_HEADER = "x-checkstream-signature";

/** The signature of `body` sent at `timestampS` (Unix seconds). */
export function sign(secret: string, timestampS: number, body: string): string {
  return `t=${timestampS},v1=${digest(secret, timestampS, body).toString("hex")}`;
}

/** True when `header` signs `body` with `secret` and is at most `toleranceS` seconds old or early. What receivers do. */
export function verify(secret: string, header: string, body: string, nowS: number, toleranceS = 300): boolean {
  const parts = new Map(header.split(",").map((part) => part.split("=", 2) as [string, string]));
  const timestamp = Number(parts.get("t"));
  const given = parts.get("v1") ?? "";
  if (!Number.isInteger(timestamp) || Math.abs(nowS - timestamp) > toleranceS || !/^[0-9a-f]{64}$/.test(given)) return false;
  return timingSafeEqual(
    new Uint8Array(digest(secret, timestamp, body)),
    Uint8Array.from(given.match(/../g)!, (pair) => parseInt(pair, 16)),
  );
}

function digest(secret: string, timestampS: number, body: string) {
  return createHmac("sha256", secret).update(`${timestampS}.${body}`).digest();
}
