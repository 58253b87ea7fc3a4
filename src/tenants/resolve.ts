/**
 * Which tenant a request belongs to. Ways are tried in the configured order; the first that yields an identifier decides.
 * An identifier that names no tenant is an error, never a silent fall back to another tenant's policy.
 */
import { createHash } from "node:crypto";
import type { BudgetConfig } from "../config/budget.ts";
import type { LimitConfig } from "../limits/types.ts";

/** One way to find the tenant. */
export type ResolutionStep =
  | { readonly kind: "header"; readonly name: string }
  | { readonly kind: "path_prefix"; readonly prefix: string }
  | { readonly kind: "api_key" };

/** A gateway key: who it belongs to. */
export interface KeyOwner {
  readonly keyId: string;
  readonly tenant: string;
  /** What the key may do; undefined = everything a tenant may. */
  readonly scopes?: readonly string[];
  /** Models it may ask for; undefined = those of its tenant. */
  readonly allowedModels?: readonly string[];
  /** Limits of its own, beside those of its tenant; the same object as long as they do not change. */
  readonly rateLimit?: LimitConfig;
  /** Tokens it may use, beside its tenant's budget. */
  readonly budget?: BudgetConfig;
}

/** What resolution needs to know; part of one immutable snapshot. */
export interface Directory {
  readonly steps: readonly ResolutionStep[];
  readonly defaultTenant: string | undefined;
  /** Finds an enabled tenant. */
  has(tenant: string): boolean;
  /** True for a tenant that is switched off, and therefore not found. */
  isDisabled(tenant: string): boolean;
  /** True when the tenant wants a key whatever else names it. */
  requiresKey(tenant: string): boolean;
  /** Finds a live gateway key by its `keyDigest`. */
  findKey(digest: string): KeyOwner | undefined;
  /** The credential is a key of this gateway, revoked ones included: it is not for backends. */
  isGatewayKey(credential: string): boolean;
}

/** What the client sent, as far as it says who it is. */
export interface Identity {
  readonly headers: Headers;
  /** Path with collapsed slashes, still URL-encoded. */
  readonly path: string;
}

/** The tenant found, and what is left of the path. */
export interface Resolved {
  readonly tenant: string;
  /** The API path without the tenant prefix, e.g. `/v1/chat/completions`. */
  readonly path: string;
  readonly key: KeyOwner | undefined;
}

export type ResolutionProblem =
  | "invalid_tenant"
  | "unknown_tenant"
  | "tenant_disabled"
  | "tenant_required"
  | "tenant_mismatch"
  | "invalid_key"
  | "key_required"
  | "ambiguous_credentials";

/** A request that belongs to no tenant; `problem` decides the status. */
export class ResolutionError extends Error {
  override readonly name = "ResolutionError";
  constructor(readonly problem: ResolutionProblem, message: string) {
    super(message);
  }
}

/** Keys issued by the gateway begin with this, so an unknown one is a bad key and not a credential for the backend. */
export const KEY_PREFIX = "cs_live_";

/** A text as it may be recorded: of a gateway key that somebody put where it does not belong, only what tells it from others. */
export function withoutKeys(text: string): string {
  return text.includes(KEY_PREFIX) ? text.replace(/(cs_live_[A-Za-z0-9_-]{0,6})[A-Za-z0-9_-]*/g, "$1…") : text;
}

const TENANT_ID = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** The credential headers, in the order they are looked at. */
export const CREDENTIAL_HEADERS = ["authorization", "x-api-key", "api-key"] as const;

/** What a key is stored and looked up as: SHA-256 (with a pepper when set), hex. Comparing digests leaks nothing about the key. */
export function keyDigest(key: string, pepper = ""): string {
  return createHash("sha256").update(pepper).update(key).digest("hex");
}

/** @throws {ResolutionError} when the request names no tenant, an unknown one, or one its key does not belong to. */
export function resolveTenant(identity: Identity, directory: Directory, pepper?: string): Resolved {
  const key = findGatewayKey(identity.headers, directory, pepper);
  const { path, named } = splitPrefix(identity.path, directory.steps);
  const tenant = firstIdentifier(identity.headers, directory.steps, named, key) ?? key?.tenant ?? directory.defaultTenant;
  if (tenant === undefined) {
    throw new ResolutionError("tenant_required", `This request names no tenant; send ${describeSteps(directory.steps)}`);
  }
  if (!directory.has(tenant)) {
    if (directory.isDisabled(tenant)) throw new ResolutionError("tenant_disabled", `Tenant "${tenant}" is disabled`);
    throw new ResolutionError("unknown_tenant", `There is no tenant "${tenant}"`);
  }
  if (key !== undefined && key.tenant !== tenant) {
    throw new ResolutionError("tenant_mismatch", `This key does not belong to tenant "${tenant}"`);
  }
  if (key === undefined && directory.requiresKey(tenant)) {
    throw new ResolutionError(
      "key_required",
      `Tenant "${tenant}" needs a gateway key; send it as "Authorization: Bearer …" or "x-api-key"`,
    );
  }
  return { tenant, path, key };
}

/** The credentials a request carries. @throws {ResolutionError} when one header carries several. */
export function credentialsOf(headers: Headers): string[] {
  const found: string[] = [];
  for (const name of CREDENTIAL_HEADERS) {
    const value = headers.get(name);
    if (value === null) continue;
    // Two fields of one name reach us joined by a comma; which of them a backend would take is anybody's guess.
    if (value.includes(",")) throw new ResolutionError("ambiguous_credentials", `Several "${name}" headers; send one`);
    const token = name === "authorization" ? /^bearer\s+(.+)$/i.exec(value)?.[1] : value;
    if (token !== undefined) found.push(token.trim());
  }
  return found;
}

function findGatewayKey(headers: Headers, directory: Directory, pepper: string | undefined): KeyOwner | undefined {
  let owner: KeyOwner | undefined;
  for (const credential of credentialsOf(headers)) {
    const found = directory.findKey(keyDigest(credential, pepper));
    if (found === undefined) {
      if (credential.startsWith(KEY_PREFIX)) throw new ResolutionError("invalid_key", "This gateway key is unknown, expired or revoked");
      continue;
    }
    if (owner !== undefined && owner.tenant !== found.tenant) {
      throw new ResolutionError("tenant_mismatch", "The credentials of this request belong to different tenants");
    }
    owner ??= found;
  }
  return owner;
}

function splitPrefix(path: string, steps: readonly ResolutionStep[]): { path: string; named: string | undefined } {
  for (const step of steps) {
    if (step.kind !== "path_prefix" || !path.startsWith(step.prefix)) continue;
    const rest = path.slice(step.prefix.length);
    const slash = rest.indexOf("/");
    if (slash < 0) return { path: "/", named: rest };
    return { path: rest.slice(slash), named: rest.slice(0, slash) };
  }
  return { path, named: undefined };
}

function firstIdentifier(
  headers: Headers,
  steps: readonly ResolutionStep[],
  inPath: string | undefined,
  key: KeyOwner | undefined,
): string | undefined {
  for (const step of steps) {
    if (step.kind === "header") {
      const value = headers.get(step.name);
      if (value !== null && value.trim() !== "") return tenantId(value.trim(), `header "${step.name}"`);
    } else if (step.kind === "path_prefix") {
      if (inPath !== undefined) return tenantId(inPath, `path "${step.prefix}…"`);
    } else if (key !== undefined) return key.tenant;
  }
  return undefined;
}

function tenantId(raw: string, where: string): string {
  let id: string;
  try {
    id = decodeURIComponent(raw);
  } catch {
    id = "";
  }
  if (!TENANT_ID.test(id)) {
    throw new ResolutionError("invalid_tenant", `The ${where} holds no valid tenant id; ids match ${TENANT_ID.source}`);
  }
  return id;
}

function describeSteps(steps: readonly ResolutionStep[]): string {
  return steps.map((step) => {
    if (step.kind === "header") return `the header "${step.name}"`;
    return step.kind === "path_prefix" ? `a path under "${step.prefix}<tenant>/"` : "a gateway key";
  }).join(" or ");
}
