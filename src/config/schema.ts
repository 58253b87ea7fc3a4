/** The whole of `config.yaml`, as zod schemas with a description on every key; editors get it as JSON Schema. */
import { z } from "zod";
import { budget } from "./budget.ts";
import { processRateLimit, rateLimit } from "./rate_limit.ts";
import { logging, metrics, opentelemetry } from "./telemetry.ts";

const score = z.number().min(0).max(1);
const milliseconds = z.int().min(1).max(86_400_000);
const url = z.string().regex(/^https?:\/\/[^\s/]+/, "expected an http(s) URL").refine((text) => URL.canParse(text), "not a URL");
const headers = z.record(
  z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, "not a header name"),
  z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, "not a header value"),
);

/** Ids of tenants: compared case-sensitively. */
export const TENANT_ID = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const tenantId = z.string().regex(TENANT_ID, `a tenant id matches ${TENANT_ID.source}`);

/** Threads that may answer API calls; each counts limits in a column of its own (`limits/memory_table.ts`). */
export const MAX_WORKERS = 31;

export const server = z.strictObject({
  host: z.string().describe("Address to listen on").default("127.0.0.1"),
  port: z.int().min(0).max(65535).describe("Port to listen on; 0 = any free one").default(8080),
  metrics_port: z.int().min(0).max(65535).optional().describe("Port for /metrics and health alone, without a key; none by default"),
  workers: z.int().min(1).max(MAX_WORKERS).default(1).describe("Threads that answer API calls; more than one only on Linux"),
  max_body_bytes: z.int().min(1).max(1 << 30).describe("Largest request body, after decompression").default(10_485_760),
  body_timeout_ms: milliseconds.default(30_000).describe("Until a request's body has come, and a second more for every KiB of it"),
  header_timeout_ms: milliseconds.optional().describe("No effect: the HTTP server has no such bound; set it in a proxy in front"),
  max_answer_bytes: z.int().min(1).max(1 << 30).describe("Largest answer in one piece").default(67_108_864),
  max_event_bytes: z.int().min(1024).max(1 << 28).describe("Largest event of a stream").default(10_485_760),
  request_timeout_ms: milliseconds.describe("Until an answer begins, retries and fallbacks included; backend.timeout_ms by default")
    .default(60_000),
  idle_timeout_ms: milliseconds.describe("Silence of a backend within an answer that ends it").default(120_000),
  keep_alive_ms: z.int().min(0).max(3_600_000).describe("Silence towards a streaming client after which a comment is sent; 0 = never")
    .default(15_000),
  shutdown_timeout_ms: z.int().min(0).max(3_600_000).describe("How long open streams may go on after SIGTERM").default(30_000),
  max_connections: z.int().min(1).max(1_000_000).optional().describe("Requests under way at once, all tenants; more get 503"),
  overload: z.strictObject({
    enabled: z.boolean().default(true).describe("Turn requests away with 503 and Retry-After while a limit is exceeded"),
    max_lag_ms: z.int().min(10).max(60_000).default(1000).describe("How late the event loop may run"),
    max_memory_share: z.number().min(0.1).max(1).default(0.9).describe(
      "Share of the heap's limit, and of the container's memory, that may be in use",
    ),
    retry_after_s: z.int().min(1).max(3600).default(2).describe("When clients that were turned away may come again"),
  }).prefault({}).describe("Load shedding, by each thread for itself"),
  cors: z.strictObject({ origins: z.array(z.string()).describe("Origins of browsers that may call").default([]) }).prefault({})
    .describe("Cross-origin requests"),
});

export const tls = z.strictObject({
  enabled: z.boolean().describe("Serve HTTPS").default(true),
  cert_path: z.string().describe("Certificate chain, PEM"),
  key_path: z.string().describe("Private key, PEM"),
});

export const admin = z.strictObject({
  api_key_env: z.string().describe("Environment variable that holds the admin key").default("CHECKSTREAM_ADMIN_API_KEY"),
  keys: z.array(z.strictObject({
    name: z.string().trim().min(1).max(100).describe("Shown in the log of changes"),
    role: z.enum(["admin", "operator", "viewer"]).describe("viewer reads, operator changes everything but keys, admin everything"),
    key_env: z.string().min(1).describe("Environment variable that holds the key"),
  })).describe("Further admin keys, each with a role").default([]),
  listen: z.string().regex(/^(\[[0-9a-fA-F:.]+\]|[^:[\]]+):\d{1,5}$/, "expected HOST:PORT, e.g. 127.0.0.1:9091").optional().describe(
    "Address of the admin API, audit and metrics; none = beside the API",
  ),
  secret_folders: z.array(z.string()).describe(
    "Folders whose files tenants of the admin API may name as token_file, ca_path, cert_path or key_path; none by default",
  ).default([]),
  log_retention_days: z.int().min(1).max(36_500).describe("How long the log of changes is kept; its newest 1000 entries stay").default(365),
  allow_private_backends: z.boolean().default(false).describe("Let tenants made by the admin API use loopback and private addresses"),
});

export const store = z.strictObject({
  url: z.string().regex(/^(file:|libsql:\/\/[^\s/]|https?:\/\/[^\s/])\S*$/, "expected a file:, libsql:, http: or https: URL").default(
    "file:./data/checkstream.db",
  ).describe("Where tenants, keys and usage are kept; gateways with one remote store share them"),
  auth_token_env: z.string().optional().describe("Environment variable that holds the token of a remote store"),
  poll_ms: z.int().min(50).max(60_000).describe("How often changes that others made in the store are looked for").default(1000),
  encryption_key_env: z.string().describe(
    "Environment variable with an AES-256 key (32 bytes, base64) that seals tenants' secrets; without it a file store keeps one beside it",
  ).default("CHECKSTREAM_STORE_KEY"),
  copy_path: z.string().describe("Folder for the copy of a remote store, served when that is down at the start").default("./data"),
  usage_flush_ms: z.int().min(100).max(60_000).describe("How often counted usage is written").default(5000),
  usage_retention_days: z.int().min(32).max(36_500).describe("How long usage by hour is kept").default(400),
});

export const notify = z.strictObject({
  secret_env: z.string().describe("Environment variable that holds the secret webhooks are signed with").default(
    "CHECKSTREAM_WEBHOOK_SECRET",
  ),
  timeout_ms: milliseconds.describe("Bound on one delivery").default(5000),
  allow_private_addresses: z.boolean().describe("Let webhooks go to loopback, private and link-local addresses").default(false),
});

export const auth = z.strictObject({
  type: z.enum(["bearer", "header", "none"]).describe("How the gateway authenticates to the backend"),
  token_env: z.string().optional().describe("Environment variable that holds the token"),
  token_file: z.string().optional().describe("File that holds the token; re-read when it changes"),
  header: z.string().optional().describe("Header for type header"),
});

const backendTls = z.strictObject({
  ca_path: z.string().optional().describe("Authorities to trust instead of the system's, PEM"),
  cert_path: z.string().optional().describe("Client certificate, PEM; with key_path"),
  key_path: z.string().optional().describe("Client certificate's private key, PEM"),
  server_name: z.string().optional().describe("Name in the backend's certificate, where it is not the host's"),
  insecure_skip_verify: z.boolean().optional().describe("Accept any certificate; for trials only"),
}).refine((tls) => (tls.cert_path === undefined) === (tls.key_path === undefined), "cert_path and key_path go together");

const healthCheck = z.strictObject({
  path: z.string().regex(/^\/[^\s#]*$/, "begins with /").describe("Path below the host that answers 2xx or 3xx while all is well"),
  interval_ms: milliseconds.optional().describe("Between two checks; 10 s by default"),
  timeout_ms: milliseconds.optional().describe("Bound on one check; 5 s by default"),
});

const query = z.record(z.string().min(1), z.string());
const modelAliases = z.record(z.string().min(1), z.string().min(1));

/** How one place is called; a fallback inherits none of its credentials from the first choice. */
const place = {
  idle_timeout_ms: milliseconds.optional().describe("Silence within an answer that ends it"),
  connect_timeout_ms: milliseconds.optional().describe("Until the connection stands"),
  first_byte_timeout_ms: milliseconds.optional().describe("Until one try's answer begins; timeout_ms by default"),
  headers: headers.optional().describe("Set on every call"),
  query: query.optional().describe("Query parameters set on every call"),
  auth_passthrough: z.boolean().optional().describe("Send the client's own credential"),
  auth: auth.optional().describe("How the gateway authenticates to the backend"),
  tls: backendTls.optional().describe("Certificates; files are read again when they change"),
  health_check: healthCheck.optional().describe("Ask now and then whether it is well"),
};

const target = z.strictObject({
  url: url.describe("Base URL"),
  weight: z.int().min(1).max(1000).optional().describe("Share of the calls; 1 by default"),
});

const fallback = z.strictObject({
  url: url.describe("Base URL, with or without /v1"),
  name: z.string().regex(/^[A-Za-z0-9._-]{1,40}$/, "letters, digits, dots, dashes").optional().describe(
    "Name in headers, metrics and the audit trail; fallback-1 and so on by default",
  ),
  ...place,
  streaming_format: z.enum(["auto", "openai", "anthropic", "custom"]).optional().describe("What it speaks; as streaming.format by default"),
  responses: z.enum(["native", "chat"]).optional().describe(
    "Whether it serves /v1/responses itself; chat by default where streaming_format is given",
  ),
  model_aliases: modelAliases.optional().describe("Names clients use, and this backend's models; over the tenant's own, * = any other"),
});

export const backend = z.strictObject({
  url: url.optional().describe("Base URL, with or without /v1"),
  timeout_ms: milliseconds.optional().describe("Until an answer begins, retries and fallbacks included; whole answers must end by then"),
  ...place,
  retry_attempts: z.int().min(0).max(10).optional().describe("Tries after the first one; only before anything reached the client"),
  retry_delay_ms: z.int().min(0).max(60_000).optional().describe("Before the first retry; doubles"),
  retry_budget: z.strictObject({
    ratio: score.optional().describe("Retries per call; 0.2 = one for five"),
    min_per_second: z.number().min(0).max(1000).optional().describe("Retries a second that are always allowed"),
  }).optional().describe("How many retries a target may get"),
  targets: z.array(target).min(1).optional().describe("Equal backends instead of url; each call goes to the one with the least to do"),
  fallbacks: z.array(fallback).optional().describe("Asked in order when the first choice does not answer, is overloaded or left alone"),
  circuit_breaker: z.strictObject({
    enabled: z.boolean().optional().describe("Off by default for a backend without targets and fallbacks"),
    failure_threshold: z.int().min(1).max(10_000).optional().describe("Failures within the window that open it; 5 by default"),
    failure_ratio: score.optional().describe("Share of the window's calls that must have failed as well; 0.5 by default"),
    window_ms: milliseconds.optional().describe("Failures older than this are forgotten; 10 s by default"),
    open_ms: milliseconds.optional().describe("How long the target is left alone; 5 s by default"),
    half_open_probes: z.int().min(1).max(100).optional().describe("Calls that must succeed before it is used again; 1 by default"),
  }).optional().describe("Leaves a failing target alone for a while"),
});

export const streaming = z.strictObject({
  format: z.enum(["auto", "openai", "anthropic", "custom"]).describe("What the backend speaks").default("auto"),
  responses: z.enum(["native", "chat"]).optional().describe(
    "Whether the backend serves /v1/responses itself, or is called with chat completions instead; native by default",
  ),
  custom: z.strictObject({
    content_path: z.string().describe("JSON path of the text"),
    finish_path: z.string().optional().describe("JSON path of the finish reason"),
    id_path: z.string().optional().describe("JSON path of the answer's id"),
    done_marker: z.string().optional().describe("Data of the last event"),
    event: z.string().optional().describe("Name of the events that carry text"),
  }).optional().describe("Where the text is, for format custom"),
});

export const thresholds = z.strictObject({
  safety: score.optional().describe("Score at which prompts and whole answers trigger"),
  chunk: score.optional().describe("Score at which a segment of a stream triggers"),
  audit: score.optional().describe("Score from which the audit trail mentions a classifier"),
});

const phase = {
  enabled: z.boolean().optional().describe("Run this phase"),
  classifiers: z.array(z.string()).optional().describe("Classifiers to score with"),
  pipeline: z.string().optional().describe("A named pipeline instead of classifiers"),
  timeout_ms: milliseconds.optional().describe("Bound on one text's or segment's scoring"),
  on_error: z.enum(["open", "closed"]).optional().describe("What a classifier that fails means"),
};
export const pipeline = z.strictObject({
  ingress: z.strictObject({
    ...phase,
    threshold: score.optional().describe("Score at which listed classifiers block"),
    roles: z.array(z.enum(["system", "user", "assistant", "tool", "tool_definition"])).optional().describe("Whose text is judged"),
  }).optional().describe("The prompt"),
  midstream: z.strictObject({
    ...phase,
    chunk_threshold: score.optional().describe("Score at which listed classifiers redact"),
    token_holdback: z.int().min(1).max(1024).optional().describe("Words after which a segment is scored"),
    max_holdback_chars: z.int().min(16).max(65_536).optional().describe("Longest match that is held back"),
    context_chunks: z.int().min(0).max(1000).optional().describe("Earlier segments a classifier sees; 0 = all"),
    channels: z.array(z.enum(["content", "reasoning", "refusal", "tools"])).optional().describe("Which texts are guarded"),
  }).optional().describe("The answer as it streams"),
  egress: z.strictObject({
    ...phase,
    audit: z.boolean().optional().describe("Record what egress found"),
    inject_disclaimers: z.boolean().optional().describe("Apply inject actions"),
  }).optional().describe("The whole answer, at its end"),
});

const includes = z.array(z.enum(["input", "output"]));
export const audit = z.strictObject({
  enabled: z.boolean().optional().describe("Keep an audit trail"),
  path: z.string().optional().describe("Folder of the trail"),
  retention_days: z.int().min(1).max(36_500).optional().describe("How long records are kept"),
  durability: z.enum(["request", "batched"]).optional().describe("When a record is on disk: before the answer ends, or within a second"),
  on_error: z.enum(["open", "closed"]).optional().describe("What a failing store means for requests"),
  include: includes.optional().describe("Text to record, as it is after redaction; hashes are recorded always"),
  raw: z.boolean().optional().describe("Record the text of include as it came, before redaction"),
  legal_hold: z.boolean().optional().describe("Nothing is pruned or purged"),
  max_queue: z.int().min(1).max(1_000_000).optional().describe("Records that may wait to be written"),
  max_bytes: z.int().min(1 << 20).optional().describe("Largest trail; beyond it the store counts as failing"),
  encryption_key_env: z.string().optional().describe("Environment variable with an AES-256 key (32 bytes, base64) for recorded texts"),
  signing_key_env: z.string().optional().describe(
    "Environment variable with the Ed25519 private key (PKCS#8 PEM); none = made beside the trail",
  ),
});

export const telemetry = z.strictObject({
  metrics: metrics.prefault({}).describe("Prometheus metrics"),
  logging: logging.prefault({}).describe("Structured logs"),
  audit: audit.optional().describe("The audit trail"),
  opentelemetry: opentelemetry.prefault({}).describe("Traces"),
});

const resolutionStep = z.union([
  z.strictObject({ header: z.string().regex(/^[A-Za-z0-9-]+$/).describe("Header that names the tenant") }),
  z.strictObject({
    path_prefix: z.string().regex(/^\/([^/]+\/)+$/, "begins and ends with /, e.g. /tenant/").describe("Path before the tenant's id"),
  }),
  z.strictObject({ api_key_mapping: z.literal(true).describe("Gateway keys name the tenant") }),
]);

export const policy = z.strictObject({
  path: z.string().optional().describe("Policy file, relative to this one"),
  text: z.string().max(1 << 20).optional().describe("The policy itself, as YAML; it extends no file"),
}).refine(({ path, text }) => (path === undefined) !== (text === undefined), "give either path or text");

export const tenant = z.strictObject({
  enabled: z.boolean().optional().describe("Serve this tenant"),
  display_name: z.string().max(200).optional().describe("Name for people"),
  require_key: z.boolean().optional().describe("A header or path alone is not enough"),
  priority: z.int().min(0).max(100).optional().describe(
    "Under overload, requests of tenants with a lower one are turned away first; 50 by default",
  ),
  backend_url: url.optional().describe("Short for backend.url"),
  backend_timeout_ms: milliseconds.optional().describe("Short for backend.timeout_ms"),
  headers: headers.optional().describe("Short for backend.headers"),
  auth: auth.optional().describe("Short for backend.auth"),
  auth_passthrough: z.boolean().optional().describe("Short for backend.auth_passthrough"),
  backend: backend.partial().optional().describe("Where calls go"),
  policy_path: z.string().optional().describe("Short for policy.path"),
  policy: policy.optional().describe("The policy"),
  streaming_format: z.enum(["auto", "openai", "anthropic", "custom"]).optional().describe("Short for streaming.format"),
  streaming: streaming.partial().optional().describe("What the backend streams"),
  thresholds: thresholds.optional().describe("Scores at which rules without a threshold fire"),
  pipeline: pipeline.optional().describe("What each phase looks at, and how"),
  classifiers: z.array(z.string()).optional().describe("Classifiers this tenant loads"),
  rate_limit: rateLimit.optional().describe("How much may be asked"),
  budget: budget.optional().describe("How many tokens may be used by day and month"),
  audit: audit.optional().describe("The audit trail"),
  allowed_models: z.array(z.string()).optional().describe("Models that may be asked for, by the names clients use"),
  model_aliases: modelAliases.optional().describe("Names clients use, and the backend's models they stand for; * = any other name"),
  metadata: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional().describe(
    "Anything of your own; the gateway does not read it",
  ),
});

export const tenants = z.strictObject({
  enabled: z.boolean().default(true).describe("Serve several tenants"),
  resolution: z.array(resolutionStep).optional().describe("Ways to find the tenant, tried in order"),
  default_tenant: tenantId.optional().describe("Serves requests that carry no identifier"),
  api_key_map: z.record(z.string().min(8, "a key has at least 8 characters"), tenantId).optional().describe("Keys to tenants"),
  configs: z.record(tenantId, tenant).optional().describe("Tenants by id"),
});

/** The whole file. */
export const config = z.strictObject({
  server: server.prefault({}).describe("How the gateway listens"),
  tls: tls.optional().describe("HTTPS"),
  admin: admin.prefault({}).describe("The admin API"),
  store: store.prefault({}).describe("State of tenants and keys"),
  notify: notify.prefault({}).describe("Webhooks of notify actions"),
  backend: backend.optional().describe("Where calls go, for tenants that do not say"),
  streaming: streaming.optional().describe("What the backend streams"),
  pipeline: pipeline.optional().describe("What each phase looks at, and how"),
  pipelines: z.record(z.string(), z.looseObject({})).optional().describe("Named pipelines"),
  classifiers: z.record(z.string(), z.looseObject({})).optional().describe("Own classifiers, and options of built-in ones"),
  thresholds: thresholds.optional().describe("Scores at which rules without a threshold fire"),
  policy_path: z.string().optional().describe("Short for policy.path"),
  policy: policy.optional().describe("The policy"),
  rate_limit: processRateLimit.optional().describe("How much may be asked, and how it is counted"),
  budget: budget.optional().describe("How many tokens each tenant may use by day and month"),
  telemetry: telemetry.prefault({}).describe("Metrics, logs and the audit trail"),
  tenants: tenants.optional().describe("Several tenants; without it all is the tenant default"),
});

/** `config.yaml` as parsed, defaults of the process-wide sections filled in. */
export type ConfigFile = z.infer<typeof config>;
export type TenantFile = z.infer<typeof tenant>;
export type BackendFile = z.infer<typeof backend>;
