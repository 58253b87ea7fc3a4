/** Who is asking, and what that role may do: admin keys with roles, or without any key clients on this machine alone. */
import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import { keyDigest } from "../../tenants/resolve.ts";
import type { AppDeps, AppEnv } from "../deps.ts";
import { GatewayError } from "../errors.ts";

/** Each may do what those before it may: `viewer` reads, `operator` changes everything but keys, `admin` changes keys as well. */
export const ROLES = ["viewer", "operator", "admin"] as const;
export type Role = typeof ROLES[number];

/** One admin key, as a digest. */
export interface AdminKey {
  /** Shown in the admin log. */
  readonly name: string;
  readonly role: Role;
  /** SHA-256, hex. */
  readonly digest: string;
}

/** Who calls the admin API. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
}

/** The caller, when its key or its place lets it in; undefined otherwise. */
export function callerOf(c: Context<AppEnv>, { settings }: AppDeps): Caller | undefined {
  if (!settings.adminKeyWanted) return isLocal(c) ? { name: "local", role: "admin" } : undefined;
  const bearer = /^bearer\s+(.+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
  const given = c.req.header("x-checkstream-admin-key") ?? bearer;
  if (given === undefined) return undefined;
  const digest = Buffer.from(keyDigest(given.trim()));
  let found: AdminKey | undefined;
  // Digests have one length and every key is compared, so the time tells nothing about any of them.
  for (const key of settings.adminKeys) if (timingSafeEqual(digest, Buffer.from(key.digest))) found = key;
  return found;
}

/** True when `role` may do what `needed` may. */
export function allows(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** @throws {GatewayError} 401 without a key that is known, 403 when its role is not enough. */
export function requireRole(c: Context<AppEnv>, deps: AppDeps, needed: Role): Caller {
  const caller = callerOf(c, deps);
  if (caller === undefined) throw refused(deps);
  if (allows(caller.role, needed)) return caller;
  throw new GatewayError(
    403,
    "authentication_error",
    "role_not_allowed",
    `This needs the role "${needed}"; the key "${caller.name}" has the role "${caller.role}"`,
  );
}

function refused({ settings }: AppDeps): GatewayError {
  const message = settings.adminKeyWanted
    ? `The admin API needs an admin key, as "X-Checkstream-Admin-Key" or "Authorization: Bearer …"`
    : "Without a configured admin key the admin API serves only clients on this machine, under a name of this machine and from no other " +
      "web page; set CHECKSTREAM_ADMIN_API_KEY";
  return new GatewayError(401, "authentication_error", "admin_key_required", message, { headers: { "WWW-Authenticate": "Bearer" } });
}

/**
 * A client on this machine that is no proxy and no web page of somebody else's. A page can make a browser here send requests: those carry
 * its `Origin`, and under DNS rebinding a `Host` that is not this machine's.
 */
function isLocal(c: Context<AppEnv>): boolean {
  if (!isLoopback(c.env.remoteAddress)) return false;
  if (["x-forwarded-for", "forwarded", "x-real-ip"].some((name) => c.req.header(name) !== undefined)) return false;
  // HTTP/2 has no Host header; the URL has what was in its place.
  const { host, hostname } = new URL(c.req.url);
  const named = c.req.header("host");
  if (!isLocalName(hostname) || (named !== undefined && !isLocalName(hostOf(`http://${named}`)?.hostname ?? ""))) return false;
  const origin = c.req.header("origin");
  if (origin !== undefined && hostOf(origin)?.host !== host) return false;
  return !["cross-site", "same-site"].includes(c.req.header("sec-fetch-site") ?? "");
}

function hostOf(url: string): URL | undefined {
  return URL.canParse(url) ? new URL(url) : undefined;
}

/** Names a client on this machine calls it by; `0.0.0.0` and `::` are what it was told to listen on. */
function isLocalName(hostname: string): boolean {
  if (hostname === "0.0.0.0" || hostname === "[::]") return true;
  return hostname === "localhost" || hostname.endsWith(".localhost") || isLoopback(hostname.replace(/^\[|\]$/g, ""));
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && (/^127\.\d+\.\d+\.\d+$/.test(address) || address === "::1" || /^::ffff:127\./i.test(address));
}
