/** Who may use the admin routes: the admin key, or without one only clients on this machine. */
import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { keyDigest } from "../../tenants/resolve.ts";
import type { AppDeps, AppEnv } from "../deps.ts";
import { GatewayError } from "../errors.ts";

/** Lets a request pass when it is the operator's; 401 otherwise. */
export function adminOnly(deps: AppDeps): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    if (!isAdmin(c, deps)) throw refused(deps);
    await next();
  };
}

/** True when the request carries the admin key, or comes from this machine while no key is configured. */
export function isAdmin(c: Context<AppEnv>, { settings }: AppDeps): boolean {
  const { adminKeyDigest } = settings;
  if (adminKeyDigest === undefined) return isLoopback(c.env.remoteAddress) && !c.req.header("x-forwarded-for");
  const bearer = /^bearer\s+(.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  const given = c.req.header("x-checkstream-admin-key") ?? bearer;
  // Digests have one length, so the comparison tells nothing about the key.
  return given !== undefined && timingSafeEqual(Buffer.from(keyDigest(given.trim())), Buffer.from(adminKeyDigest));
}

function refused({ settings }: AppDeps): GatewayError {
  const message = settings.adminKeyDigest === undefined
    ? "Without a configured admin key the admin API serves only clients on this machine; set CHECKSTREAM_ADMIN_API_KEY"
    : `The admin API needs the admin key, as "X-Checkstream-Admin-Key" or "Authorization: Bearer …"`;
  return new GatewayError(401, "authentication_error", "admin_key_required", message, { headers: { "WWW-Authenticate": "Bearer" } });
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (/^127\./.test(address) || address === "::1" || /^::ffff:127\./i.test(address));
}
