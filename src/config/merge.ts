/** One tenant's configuration: the tenant in the database over the tenant in the file over the global sections over the defaults, per key. */
import { isAbsolute, resolve } from "node:path";
import { shapeBackend } from "./backend_shape.ts";
import { budgetConfig } from "./budget.ts";
import { withoutUndefined } from "./defined.ts";
import type { MergedTenant, Origin, PipelineConfig, PolicySource, TenantConfig } from "./model.ts";
import { rateLimitConfig, tenantPart } from "./rate_limit.ts";
import type { BackendFile, ConfigFile, TenantFile } from "./schema.ts";

/** Raw sections of one origin, nested spelling. */
type Layer = Omit<
  TenantFile,
  "backend_url" | "backend_timeout_ms" | "headers" | "auth" | "auth_passthrough" | "policy_path" | "streaming_format"
>;

/** What is used where no section says otherwise, in the spelling of the file. */
export const DEFAULTS: Layer = {
  enabled: true,
  require_key: false,
  priority: 50,
  backend: {
    connect_timeout_ms: 10_000,
    retry_attempts: 2,
    retry_delay_ms: 250,
    headers: {},
    query: {},
    auth_passthrough: false,
    fallbacks: [],
    retry_budget: { ratio: 0.2, min_per_second: 1 },
  },
  streaming: { format: "auto", responses: "native" },
  model_aliases: {},
  thresholds: { safety: 0.85, chunk: 0.75, audit: 0.3 },
  pipeline: {
    ingress: { enabled: true, classifiers: [], timeout_ms: 2000, on_error: "open", roles: ["user", "tool"] },
    midstream: {
      enabled: true,
      classifiers: [],
      timeout_ms: 2000,
      on_error: "open",
      token_holdback: 16,
      max_holdback_chars: 512,
      context_chunks: 3,
      channels: ["content", "reasoning", "refusal", "tools"],
    },
    egress: { enabled: true, classifiers: [], timeout_ms: 5000, on_error: "open", audit: true, inject_disclaimers: true },
  },
  rate_limit: { max_tokens_share: 1 },
  audit: {
    enabled: true,
    path: "./audit",
    retention_days: 90,
    durability: "batched",
    on_error: "open",
    include: [],
    raw: false,
    legal_hold: false,
    max_queue: 10_000,
  },
};

/** Merges the layers of tenant `id`, which may stand in the file, in the database or in both. `folder` is that of the configuration file; relative paths start there. */
export function mergeTenant(
  id: string,
  file: ConfigFile,
  tenant: TenantFile | undefined,
  folder: string,
  stored: TenantFile = {},
): MergedTenant {
  const common = commonOf(file);
  const merged = { ...common.merged };
  const origins = { ...common.origins };
  if (tenant !== undefined) lay(merged, origins, tenantLayer(tenant), "tenant");
  lay(merged, origins, tenantLayer(stored), "database");
  return {
    config: shape(id, merged as Layer, origins, folder, file.admin.allow_private_backends),
    origins,
    values: merged,
    filed: tenant !== undefined,
  };
}

interface Merged {
  readonly merged: Record<string, unknown>;
  readonly origins: Record<string, Origin>;
}

/** What all tenants of a file begin with. */
const commons = new WeakMap<ConfigFile, Merged>();

function commonOf(file: ConfigFile): Merged {
  let common = commons.get(file);
  if (common === undefined) {
    commons.set(file, common = { merged: {}, origins: {} });
    lay(common.merged, common.origins, withServerDefaults(file), "default");
    lay(common.merged, common.origins, globalLayer(file), "global");
  }
  return common;
}

/** Lays `layer` over `merged`. Sections that it does not touch stay the same objects: thousands of tenants share them. */
function lay(merged: Record<string, unknown>, origins: Record<string, Origin>, layer: Layer, origin: Origin): void {
  replaceAddress(merged, origins, layer);
  overlay(merged, origins, layer, origin, "");
}

function withServerDefaults({ server }: ConfigFile): Layer {
  return { ...DEFAULTS, backend: { ...DEFAULTS.backend, timeout_ms: server.request_timeout_ms, idle_timeout_ms: server.idle_timeout_ms } };
}

function globalLayer(file: ConfigFile): Layer {
  const policy = file.policy ?? (file.policy_path === undefined ? undefined : { path: file.policy_path });
  return withoutUndefined({
    backend: file.backend,
    streaming: file.streaming,
    thresholds: file.thresholds,
    pipeline: file.pipeline,
    rate_limit: tenantPart(file.rate_limit),
    budget: file.budget,
    audit: file.telemetry.audit,
    policy,
  });
}

function tenantLayer(tenant: TenantFile): Layer {
  const { backend_url, backend_timeout_ms, headers, auth, auth_passthrough, policy_path, streaming_format, ...rest } = tenant;
  const backend: Partial<BackendFile> = withoutUndefined({
    ...rest.backend,
    ...withoutUndefined({ url: backend_url, timeout_ms: backend_timeout_ms, headers, auth, auth_passthrough }),
  });
  return withoutUndefined({
    ...rest,
    backend,
    policy: policy_path === undefined ? rest.policy : { path: policy_path },
    streaming: streaming_format === undefined ? rest.streaming : { ...rest.streaming, format: streaming_format },
  });
}

/** `url` and `targets` say the same thing: where a layer sets one, the other of a layer below is gone. */
function replaceAddress(merged: Record<string, unknown>, origins: Record<string, Origin>, { backend }: Layer): void {
  const below = merged.backend as Record<string, unknown> | undefined;
  if (below === undefined) return;
  for (const [set, gone] of [["url", "targets"], ["targets", "url"]] as const) {
    if (backend?.[set] === undefined || below[gone] === undefined) continue;
    const { [gone]: _, ...rest } = below;
    merged.backend = rest;
    delete origins[`backend.${gone}`];
  }
}

/** Values that are replaced whole, never mixed: a tenant's `auth` must not inherit another one's token. */
const WHOLE = new Set(["backend.auth", "backend.tls", "streaming.custom", "metadata", "policy"]);

/** What a policy that is a text is called in messages. */
const INLINE = "(inline policy)";

function overlay(into: Record<string, unknown>, origins: Record<string, Origin>, layer: object, origin: Origin, prefix: string): void {
  for (const [key, value] of Object.entries(layer)) {
    if (value === undefined) continue;
    const path = prefix === "" ? key : `${prefix}.${key}`;
    if (typeof value === "object" && value !== null && !Array.isArray(value) && !WHOLE.has(path) && path !== "backend.headers") {
      if (into[key] !== undefined && Object.keys(value).length === 0) continue;
      const below = into[key] = { ...(into[key] as Record<string, unknown> | undefined) };
      overlay(below, origins, value, origin, path);
    } else if (path === "backend.headers") {
      into[key] = { ...(into[key] as object | undefined), ...value };
      for (const name of Object.keys(value)) origins[`${path}.${name}`] = origin;
    } else {
      into[key] = value;
      origins[path] = origin;
    }
  }
}

function shape(
  id: string,
  layer: Layer,
  origins: Readonly<Record<string, Origin>>,
  folder: string,
  allowPrivateBackends: boolean,
): TenantConfig {
  const { backend, pipeline, audit, rate_limit: limit, thresholds, streaming } = layer as Required<Layer>;
  const absolute = (path: string) => isAbsolute(path) ? path : resolve(folder, path);
  const ownAuditPath = origins["audit.path"] === "tenant" || origins["audit.path"] === "database";
  const custom = streaming.custom;
  return {
    id,
    enabled: layer.enabled!,
    displayName: layer.display_name,
    requireKey: layer.require_key!,
    priority: layer.priority!,
    backend: shapeBackend(backend, origins, absolute, allowPrivateBackends),
    streaming: {
      format: streaming.format!,
      responses: streaming.responses!,
      custom: custom === undefined ? undefined : withoutUndefined({
        contentPath: custom.content_path,
        finishPath: custom.finish_path,
        idPath: custom.id_path,
        doneMarker: custom.done_marker,
        event: custom.event,
      }),
    },
    policy: policySource(layer.policy, absolute),
    thresholds: { safety: thresholds.safety!, chunk: thresholds.chunk!, audit: thresholds.audit! },
    pipeline: shapePipeline(pipeline),
    classifiers: layer.classifiers,
    rateLimit: rateLimitConfig(limit),
    budget: budgetConfig(layer.budget ?? {}),
    audit: {
      enabled: audit.enabled!,
      // Nothing is shared between tenants: a path they inherit gets a folder for each.
      path: ownAuditPath ? absolute(audit.path!) : resolve(absolute(audit.path!), id),
      retentionDays: audit.retention_days!,
      durability: audit.durability!,
      onError: audit.on_error!,
      include: audit.include!,
      raw: audit.raw!,
      legalHold: audit.legal_hold!,
      maxQueue: audit.max_queue!,
      maxBytes: audit.max_bytes,
      encryptionKeyEnv: audit.encryption_key_env,
      signingKeyEnv: audit.signing_key_env,
    },
    allowedModels: layer.allowed_models,
    modelAliases: layer.model_aliases!,
  };
}

type PipelineFile = NonNullable<TenantFile["pipeline"]>;

/** One object for all tenants that share the section. */
const pipelines = new WeakMap<PipelineFile, PipelineConfig>();

function shapePipeline(pipeline: PipelineFile): PipelineConfig {
  let shaped = pipelines.get(pipeline);
  if (shaped !== undefined) return shaped;
  const { ingress, midstream, egress } = pipeline as Required<PipelineFile>;
  const phase = (from: NonNullable<typeof ingress | typeof egress>, threshold: number | undefined) => ({
    enabled: from.enabled!,
    classifiers: [...from.classifiers!, ...(from.pipeline === undefined ? [] : [from.pipeline])],
    threshold,
    timeoutMs: from.timeout_ms!,
    onError: from.on_error!,
  });
  shaped = {
    ingress: { ...phase(ingress, ingress.threshold), roles: ingress.roles! },
    midstream: {
      ...phase(midstream, midstream.chunk_threshold),
      tokenHoldback: midstream.token_holdback!,
      maxHoldbackChars: midstream.max_holdback_chars!,
      contextChunks: midstream.context_chunks!,
      channels: midstream.channels!,
    },
    egress: { ...phase(egress, undefined), audit: egress.audit!, injectDisclaimers: egress.inject_disclaimers! },
  };
  pipelines.set(pipeline, shaped);
  return shaped;
}

function policySource(policy: Layer["policy"], absolute: (path: string) => string): PolicySource | undefined {
  if (policy?.text !== undefined) return { shown: INLINE, text: policy.text };
  return policy?.path === undefined ? undefined : { shown: policy.path, path: absolute(policy.path) };
}
