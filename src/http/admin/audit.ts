/** `GET /audit`, `/audit/verify`, `/audit/export`, `/audit/key`: one tenant's trail. */
import { type Context, Hono } from "hono";
import type { ExportFormat } from "../../audit/export.ts";
import type { AuditFilter, AuditStore } from "../../audit/types.ts";
import type { AppDeps, AppEnv } from "../deps.ts";
import { GatewayError, invalidRequest } from "../errors.ts";
import { adminOnly } from "./access.ts";

const EXPORT_TYPES: Readonly<Record<string, string>> = {
  jsonl: "application/x-ndjson; charset=utf-8",
  csv: "text/csv; charset=utf-8",
  html: "text/html; charset=utf-8",
};
const TEXT_FILTERS = ["action", "rule", "regulation", "model", "key_id", "request_id", "decision", "phase", "cursor"] as const;

export function audit(deps: AppDeps): Hono<AppEnv> {
  const routes = new Hono<AppEnv>();
  routes.use("*", adminOnly(deps));
  routes.get("/", async (c) => c.json(await trailOf(c, deps).query(filterOf(c))));
  routes.get("/verify", async (c) => {
    const { start, end } = filterOf(c);
    return c.json(await trailOf(c, deps).verify({ ...(start !== undefined && { start }), ...(end !== undefined && { end }) }));
  });
  routes.get("/key", async (c) => c.body(await trailOf(c, deps).publicKey(), 200, { "content-type": "application/x-pem-file" }));
  routes.get("/export", (c) => {
    const format = c.req.query("format") ?? "jsonl";
    const type = EXPORT_TYPES[format];
    if (type === undefined) throw invalidRequest(`"format" is one of ${Object.keys(EXPORT_TYPES).join(", ")}`, { param: "format" });
    const { start, end } = filterOf(c);
    const trail = trailOf(c, deps);
    const chunks = trail.export(format as ExportFormat, { ...(start !== undefined && { start }), ...(end !== undefined && { end }) });
    return c.body(ReadableStream.from(chunks).pipeThrough(new TextEncoderStream()), 200, {
      "content-type": type,
      "content-disposition": `attachment; filename="audit.${format}"`,
    });
  });
  return routes;
}

function trailOf(c: Context<AppEnv>, deps: AppDeps): AuditStore {
  const { runtimes, directory } = deps.registry.current;
  const tenant = c.req.query("tenant") ?? directory.defaultTenant ?? (runtimes.size === 1 ? [...runtimes.keys()][0] : undefined);
  if (tenant === undefined) throw invalidRequest(`Say whose trail: ?tenant=ID`, { param: "tenant" });
  const runtime = runtimes.get(tenant);
  if (runtime === undefined) {
    throw new GatewayError(404, "invalid_request", "unknown_tenant", `There is no tenant "${tenant.slice(0, 64)}"`);
  }
  if (runtime.trail === undefined) {
    throw new GatewayError(404, "invalid_request", "audit_disabled", `Audit is switched off for tenant "${tenant}"`);
  }
  return runtime.trail;
}

function filterOf(c: Context<AppEnv>): AuditFilter {
  const filter: Record<string, string | number> = {};
  for (const name of TEXT_FILTERS) {
    const value = c.req.query(name);
    if (value !== undefined) filter[name] = value;
  }
  for (const name of ["start", "end"] as const) {
    const value = c.req.query(name);
    if (value === undefined) continue;
    const time = new Date(value);
    if (Number.isNaN(time.getTime())) throw invalidRequest(`"${name}" is not an RFC 3339 time, e.g. 2026-01-31T00:00:00Z`, { param: name });
    filter[name] = time.toISOString();
  }
  const limit = c.req.query("limit");
  if (limit !== undefined) {
    const count = Number(limit);
    if (!Number.isInteger(count) || count < 1 || count > 1000) {
      throw invalidRequest(`"limit" is a whole number from 1 to 1000`, { param: "limit" });
    }
    filter.limit = count;
  }
  return filter;
}
