/** Open health endpoints, shaped as load balancers and Kubernetes expect. */
import { z } from "zod";
import type { TenantState } from "../tenants/state/service.ts";
import type { Loads } from "../tenants/warm_up.ts";
import { VERSION } from "../version.ts";
import { type Operation, operation } from "./admin/operation.ts";
import { named } from "./admin/shapes.ts";

const healthy = named("Healthy", z.strictObject({ status: z.literal("healthy"), version: z.string() }).describe("The process answers"));
const alive = named("Alive", z.strictObject({ status: z.literal("alive") }).describe("The process answers"));
const readiness = named(
  "Readiness",
  z.strictObject({
    status: z.enum(["ready", "not_ready"]),
    checks: z.record(z.string(), z.union([z.string(), z.number()])).describe("Each part, and how it is"),
    config_version: z.string().describe("Content hash of everything that is served"),
    last_reload_errors: z.array(z.string()).optional().describe("Why the last reload failed; what it concerns stays as it was"),
  }).describe("Whether traffic may come"),
);

/** `/health`, `/health/live`, `/health/ready`. */
export const healthOperations: readonly Operation[] = [
  operation({
    id: "getHealth",
    method: "get",
    path: "/health",
    tag: "operation",
    summary: "The process answers",
    access: "open",
    answers: { 200: { description: "It does", json: healthy } },
    handle: ({ answer }) => answer(200, { status: "healthy", version: VERSION }),
  }),
  operation({
    id: "getLiveness",
    method: "get",
    path: "/health/live",
    tag: "operation",
    summary: "The process need not be restarted",
    access: "open",
    answers: { 200: { description: "It is alive", json: alive } },
    handle: ({ answer }) => answer(200, { status: "alive" }),
  }),
  operation({
    id: "getReadiness",
    method: "get",
    path: "/health/ready",
    tag: "operation",
    summary: "Traffic may come",
    access: "open",
    answers: {
      200: { description: "Ready", json: readiness },
      503: { description: "Shutting down, or no worker serves", json: readiness },
    },
    handle: ({ answer }, deps) => {
      const reload = deps.reloadStatus();
      const stopping = deps.stopping();
      const snapshot = deps.registry.current;
      const workers = deps.workers();
      const unready = stopping || workers?.serving === 0;
      return answer(unready ? 503 : 200, {
        status: unready ? "not_ready" : "ready",
        checks: {
          // A failed reload leaves the last good configuration serving, so the gateway stays ready and says so.
          config: reload.ok ? "loaded" : "last reload failed, serving the last good configuration",
          policies: "loaded",
          tenants: snapshot.runtimes.size,
          store: storeNote(deps.state),
          ...modelsNote(deps.models()),
          ...(workers !== undefined && { workers: `${workers.serving} of ${workers.configured} serve` }),
          ...(stopping && { shutdown: "in progress" }),
        },
        config_version: snapshot.version,
        ...(!reload.ok && { last_reload_errors: [...reload.errors] }),
      });
    },
  }),
];

/** A model that is not there takes no request away that does without it, so the gateway is ready and says so. */
function modelsNote({ loaded, loading, failed }: Loads): { models?: string } {
  const total = loaded + loading + failed.length;
  if (total === 0) return {};
  const parts = [`${loaded} of ${total} loaded`, ...(loading > 0 ? [`${loading} loading`] : [])];
  if (failed.length > 0) parts.push(`not to be loaded: ${failed.join(", ")}`);
  return { models: parts.join("; ") };
}

/** A store that is down takes no requests away, so the gateway stays ready and says so. */
function storeNote(state: TenantState | undefined): string {
  if (state === undefined) return "none";
  const { failure, failedAtMs } = state.store.connection;
  return failure === null
    ? "up"
    : `down since ${new Date(failedAtMs).toISOString()} (${failure.code}), serving the last known tenants and keys; changes are refused`;
}
