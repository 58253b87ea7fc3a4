/** Configuration as the program uses it: complete, defaults applied, units in names, paths absolute. */
import type { BudgetConfig } from "./budget.ts";
import type { LimitStoreConfig, RateLimitConfig } from "./rate_limit.ts";
import type { ConfigFile } from "./schema.ts";
import type { Problem } from "./types.ts";
import type { YamlSource } from "./yaml_source.ts";

/** Where a merged value came from; the later ones win. */
export type Origin = "default" | "global" | "tenant" | "database";

/** How one place is called. */
export interface PlaceConfig {
  readonly url: string;
  readonly connectTimeoutMs: number;
  /** Of one try. */
  readonly firstByteTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly authPassthrough: boolean;
  readonly auth: {
    readonly type: "bearer" | "header" | "none";
    readonly tokenEnv?: string;
    readonly tokenFile?: string;
    readonly header?: string;
  } | undefined;
  /** Paths absolute. */
  readonly tls: {
    readonly caPath?: string;
    readonly certPath?: string;
    readonly keyPath?: string;
    readonly serverName?: string;
    readonly insecureSkipVerify?: boolean;
  } | undefined;
  readonly healthCheck: { readonly path: string; readonly intervalMs: number; readonly timeoutMs: number } | undefined;
  /** It came by the admin API, which may not lead the gateway into its own network. */
  readonly publicOnly: boolean;
}

export interface FallbackConfig extends PlaceConfig {
  readonly name: string;
  /** Undefined = the tenant's own. */
  readonly format: "auto" | "openai" | "anthropic" | "custom" | undefined;
  readonly responses: "native" | "chat" | undefined;
  readonly modelAliases: Readonly<Record<string, string>>;
}

export interface BackendConfig extends PlaceConfig {
  /** Of one request, until its answer begins. */
  readonly timeoutMs: number;
  /** At least one; `url` is the first one's. */
  readonly targets: readonly { readonly url: string; readonly weight: number }[];
  readonly fallbacks: readonly FallbackConfig[];
  readonly retryAttempts: number;
  readonly retryDelayMs: number;
  readonly retryBudget: { readonly ratio: number; readonly minPerSecond: number };
  readonly circuitBreaker: {
    readonly failureThreshold: number;
    readonly failureRatio: number;
    readonly windowMs: number;
    readonly openMs: number;
    readonly halfOpenProbes: number;
  } | undefined;
}

export interface PhaseConfig {
  readonly enabled: boolean;
  readonly classifiers: readonly string[];
  readonly threshold: number | undefined;
  readonly timeoutMs: number;
  readonly onError: "open" | "closed";
}

export interface PipelineConfig {
  readonly ingress: PhaseConfig & { readonly roles: readonly string[] };
  readonly midstream: PhaseConfig & {
    readonly tokenHoldback: number;
    readonly maxHoldbackChars: number;
    readonly contextChunks: number;
    readonly channels: readonly string[];
  };
  readonly egress: PhaseConfig & { readonly audit: boolean; readonly injectDisclaimers: boolean };
}

export interface AuditConfig {
  readonly enabled: boolean;
  /** Absolute folder of this tenant's trail. */
  readonly path: string;
  readonly retentionDays: number;
  readonly durability: "request" | "batched";
  readonly onError: "open" | "closed";
  readonly include: readonly ("input" | "output")[];
  /** Texts are recorded as they came, not as they are after redaction. */
  readonly raw: boolean;
  readonly legalHold: boolean;
  readonly maxQueue: number;
  readonly maxBytes: number | undefined;
  readonly encryptionKeyEnv: string | undefined;
  readonly signingKeyEnv: string | undefined;
}

export interface CustomStreaming {
  readonly contentPath: string;
  readonly finishPath?: string;
  readonly idPath?: string;
  readonly doneMarker?: string;
  readonly event?: string;
}

/** Everything about one tenant. */
export interface TenantConfig {
  readonly id: string;
  readonly enabled: boolean;
  readonly displayName: string | undefined;
  readonly requireKey: boolean;
  /** 0–100; requests of lower ones are shed first. */
  readonly priority: number;
  readonly backend: BackendConfig;
  readonly streaming: {
    readonly format: "auto" | "openai" | "anthropic" | "custom";
    /** How the backend serves the Responses API: itself, or through chat completions. */
    readonly responses: "native" | "chat";
    readonly custom: CustomStreaming | undefined;
  };
  readonly policy: PolicySource | undefined;
  readonly thresholds: { readonly safety: number; readonly chunk: number; readonly audit: number };
  readonly pipeline: PipelineConfig;
  /** Classifiers the tenant loads; undefined = all. */
  readonly classifiers: readonly string[] | undefined;
  readonly rateLimit: RateLimitConfig;
  /** Undefined: none. */
  readonly budget: BudgetConfig | undefined;
  readonly audit: AuditConfig;
  /** By the names clients use. */
  readonly allowedModels: readonly string[] | undefined;
  /** Clients' names for models to the backend's. */
  readonly modelAliases: Readonly<Record<string, string>>;
}

/** A tenant's merged configuration and the origin of each value, by dotted path. */
export interface MergedTenant {
  readonly config: TenantConfig;
  readonly origins: Readonly<Record<string, Origin>>;
  /** The same in the spelling of the file. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Whether it stands in the file, by itself or beside the database. */
  readonly filed: boolean;
}

/** A policy file, as written and absolute, or a policy's text under the name it is shown by. */
export type PolicySource =
  | { readonly shown: string; readonly path: string; readonly text?: undefined }
  | { readonly shown: string; readonly path?: undefined; readonly text: string };

/** A key of the admin API. */
export interface AdminKeyConfig {
  readonly name: string;
  readonly role: "viewer" | "operator" | "admin";
  /** Undefined when its variable is not set: then nobody has it. */
  readonly secret: string | undefined;
}

export type ResolutionConfig =
  | { readonly kind: "header"; readonly name: string }
  | { readonly kind: "path_prefix"; readonly prefix: string }
  | { readonly kind: "api_key" };

/** Where tenant state is kept. */
export interface StoreConfig {
  /** A `file:` URL's path is absolute. */
  readonly url: string;
  readonly authToken: string | undefined;
  readonly pollMs: number;
  /** Absolute. */
  readonly copyFolder: string;
  /** Seals tenants' secrets; undefined: a key beside the file. */
  readonly sealingKey: string | undefined;
  readonly usageFlushMs: number;
  readonly usageRetentionDays: number;
}

/** The whole configuration. */
export interface GatewayConfig {
  readonly server: ConfigFile["server"];
  readonly tls: ConfigFile["tls"];
  readonly telemetry: ConfigFile["telemetry"];
  readonly admin: {
    /** Empty: clients on this machine are served without a key. */
    readonly keys: readonly AdminKeyConfig[];
    readonly listen: string | undefined;
    readonly allowPrivateBackends: boolean;
    readonly logRetentionDays: number;
  };
  readonly store: StoreConfig;
  readonly limits: LimitStoreConfig;
  readonly notify: { readonly secret: string | undefined; readonly timeoutMs: number; readonly allowPrivate: boolean };
  readonly resolution: readonly ResolutionConfig[];
  readonly defaultTenant: string | undefined;
  readonly apiKeyMap: Readonly<Record<string, string>>;
  /** Those that are served. */
  readonly tenants: ReadonlyMap<string, MergedTenant>;
  /** Those, and the ones that are disabled or lack a backend. */
  readonly configured: ReadonlyMap<string, MergedTenant>;
  /** The sections as written, for the classifiers room. */
  readonly classifiers: Readonly<Record<string, unknown>>;
  readonly pipelines: Readonly<Record<string, unknown>>;
}

export interface LoadedConfig {
  readonly config: GatewayConfig;
  readonly warnings: readonly Problem[];
  /** Files read, absolute; for the watcher. */
  readonly files: readonly string[];
  /** What is wrong with single tenants only (their policy file is not there), by id. */
  readonly tenantProblems: ReadonlyMap<string, readonly Problem[]>;
  /** The file as written, for the places of what is found wrong later. */
  readonly source: YamlSource;
}
