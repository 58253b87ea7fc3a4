import assert from "node:assert/strict";
import { type Directory, keyDigest, ResolutionError, resolveTenant } from "../../src/tenants/resolve.ts";

const keys = new Map([
  [keyDigest("sk-acme"), { keyId: "map:1", tenant: "acme" }],
  [keyDigest("sk-beta"), { keyId: "map:2", tenant: "beta" }],
]);

const directory: Directory = {
  steps: [{ kind: "header", name: "X-Tenant-ID" }, { kind: "path_prefix", prefix: "/tenant/" }, { kind: "api_key" }],
  defaultTenant: "default",
  has: (tenant) => ["acme", "beta", "default", "locked"].includes(tenant),
  isDisabled: (tenant) => tenant === "resting",
  requiresKey: (tenant) => tenant === "locked",
  findKey: (digest) => keys.get(digest),
  isGatewayKey: () => false,
};
const withoutDefault: Directory = { ...directory, defaultTenant: undefined };

const PATH = "/v1/chat/completions";

const resolved: [name: string, headers: Record<string, string>, path: string, tenant: string, left?: string][] = [
  ["the header names it", { "X-Tenant-ID": "acme" }, PATH, "acme"],
  ["header names are case-insensitive", { "x-tenant-id": "acme" }, PATH, "acme"],
  ["the path names it", {}, "/tenant/beta/v1/messages", "beta", "/v1/messages"],
  ["an encoded path is decoded", {}, "/tenant/b%65ta/v1/messages", "beta", "/v1/messages"],
  [
    "the header wins over the path, whose prefix is still removed",
    { "X-Tenant-ID": "acme" },
    "/tenant/beta/v1/messages",
    "acme",
    "/v1/messages",
  ],
  ["a bearer key names it", { authorization: "Bearer sk-acme" }, PATH, "acme"],
  ["the scheme is case-insensitive", { authorization: "bearer sk-acme" }, PATH, "acme"],
  ["x-api-key names it", { "x-api-key": "sk-beta" }, PATH, "beta"],
  ["api-key names it", { "api-key": "sk-beta" }, PATH, "beta"],
  ["a key and a header may agree", { "x-api-key": "sk-beta", "X-Tenant-ID": "beta" }, PATH, "beta"],
  ["an unknown credential is the backend's, so the default serves", { authorization: "Bearer sk-openai" }, PATH, "default"],
  ["nothing at all is the default", {}, PATH, "default"],
  ["a backend credential beside a gateway key is let through", { authorization: "Bearer sk-openai", "x-api-key": "sk-acme" }, PATH, "acme"],
];
for (const [name, headers, path, tenant, left = path] of resolved) {
  Deno.test(`resolveTenant(): ${name}`, () => {
    const found = resolveTenant({ headers: new Headers(headers), path }, directory);
    assert.equal(found.tenant, tenant);
    assert.equal(found.path, left);
  });
}

const refused: [name: string, headers: Record<string, string>, path: string, problem: string, directory?: Directory][] = [
  ["a disabled tenant is told apart from one that is not there", { "X-Tenant-ID": "resting" }, PATH, "tenant_disabled"],
  ["an unknown tenant is never the default", { "X-Tenant-ID": "nobody" }, PATH, "unknown_tenant"],
  ["an unknown tenant in the path", {}, "/tenant/nobody/v1/models", "unknown_tenant"],
  ["no identifier without a default", {}, PATH, "tenant_required", withoutDefault],
  ["ids are compared case-sensitively", { "X-Tenant-ID": "Acme" }, PATH, "invalid_tenant"],
  ["a list in the header", { "X-Tenant-ID": "acme, beta" }, PATH, "invalid_tenant"],
  ["a slash hidden in the path", {}, "/tenant/acme%2Fbeta/v1/models", "invalid_tenant"],
  ["broken URL encoding", {}, "/tenant/%zz/v1/models", "invalid_tenant"],
  ["a key of another tenant", { "x-api-key": "sk-beta", "X-Tenant-ID": "acme" }, PATH, "tenant_mismatch"],
  ["two keys of two tenants", { "x-api-key": "sk-beta", authorization: "Bearer sk-acme" }, PATH, "tenant_mismatch"],
  ["an unknown gateway key", { authorization: "Bearer cs_live_nope" }, PATH, "invalid_key"],
  ["a tenant that needs a key", { "X-Tenant-ID": "locked" }, PATH, "key_required"],
  ["two Authorization headers", { authorization: "Bearer a, Bearer b" }, PATH, "ambiguous_credentials"],
];
for (const [name, headers, path, problem, of = directory] of refused) {
  Deno.test(`resolveTenant() refuses ${name}`, () => {
    assert.throws(
      () => resolveTenant({ headers: new Headers(headers), path }, of),
      (error) => error instanceof ResolutionError && error.problem === problem,
    );
  });
}
