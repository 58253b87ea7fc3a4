/** From `config.yaml` and the environment to a complete configuration, or every problem at once. */
import { basename, dirname, resolve } from "node:path";
import { parseJsonPath } from "../formats/json_path.ts";
import { adminKeys } from "./admin_keys.ts";
import { type BackendProblem, checkAddressOnce, checkBackend } from "./backend_checks.ts";
import { MergedTenants } from "./merged_tenants.ts";
import type { GatewayConfig, LoadedConfig, MergedTenant, ResolutionConfig, StoreConfig } from "./model.ts";
import { limitStoreConfig, limitsWithoutEffect } from "./rate_limit.ts";
import { config as configSchema, type ConfigFile, type TenantFile } from "./schema.ts";
import { checkWith } from "./schema_problems.ts";
import { type Reach, reachOf } from "./reach.ts";
import { saidTwice } from "./spellings.ts";
import { suggest } from "./suggest.ts";
import { ConfigError, type Problem } from "./types.ts";
import { readYaml, type YamlPath, type YamlSource } from "./yaml_source.ts";

/** The environment, as far as configuration may see it. */
export type Environment = (name: string) => string | undefined;

/** What the command line sets; wins over everything. */
export interface Overrides {
  readonly host?: string;
  readonly port?: number;
  readonly workers?: number;
}

/** Tenants of the database, by id, in the spelling of the file. */
export type StoredTenants = ReadonlyMap<string, TenantFile>;

const DEFAULT_RESOLUTION: readonly ResolutionConfig[] = [
  { kind: "header", name: "X-Tenant-ID" },
  { kind: "path_prefix", prefix: "/tenant/" },
  { kind: "api_key" },
];

/** A configuration file as it was read, to which tenants of the database are added, again and again. */
export interface ConfigBase {
  /** What tenants of the database may name on this machine. */
  readonly reach: Reach;
  /**
   * Tenants that are the same as last time are not merged again: they are the same objects, unless `remember` is false, which also leaves
   * nothing behind. @throws {ConfigError} with all problems.
   */
  with(stored: StoredTenants, options?: { readonly remember: boolean }): LoadedConfig;
}

/** Reads and checks `file` with the tenants of the database. @throws {ConfigError} with all problems. */
export function loadConfig(
  file: string | undefined,
  env: Environment,
  overrides: Overrides = {},
  stored: StoredTenants = new Map(),
): LoadedConfig {
  return readConfig(file, env, overrides).with(stored);
}

/** Reads `file`; without a file the environment alone configures the tenant `default`. @throws {ConfigError} with all problems. */
export function readConfig(file: string | undefined, env: Environment, overrides: Overrides = {}): ConfigBase {
  if (file === undefined) return finish(readYaml("(environment)", "{}"), ".", [], env, overrides);
  const path = resolve(file);
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound ? "does not exist" : "cannot be read";
    throw new ConfigError([{ file, line: 1, column: 1, severity: "error", message: `The configuration file ${reason}` }]);
  }
  return finish(readYaml(file, text), dirname(path), [path], env, overrides);
}

function finish(source: YamlSource, folder: string, files: string[], env: Environment, overrides: Overrides): ConfigBase {
  const found: Problem[] = [];
  const expanded = source.problems.length > 0 ? source : { ...source, value: expand(source.value, [], source, env, found) };
  const checked = checkWith(configSchema, expanded);
  if (checked.value === undefined) throw new ConfigError([...found, ...checked.problems]);
  const parsed = withEnvironment(checked.value, env, overrides, found, source);
  const merged = new MergedTenants(parsed, folder);
  return {
    reach: reachOf(parsed, folder),
    with: (stored, { remember } = { remember: true }) => {
      const problems = [...found];
      const tenantProblems = new Map<string, Problem[]>();
      const config = build(
        parsed,
        source,
        folder,
        env,
        problems,
        tenantProblems,
        stored,
        remember ? merged : new MergedTenants(parsed, folder),
      );
      const errors = problems.filter(({ severity }) => severity === "error");
      if (errors.length > 0) throw new ConfigError(problems.sort((a, b) => a.line - b.line || a.column - b.column));
      return { config, warnings: problems, files, tenantProblems, source };
    },
  };
}

/** Puts `${VAR}` and `${VAR:-default}` into every text. */
function expand(value: unknown, path: YamlPath, source: YamlSource, env: Environment, problems: Problem[]): unknown {
  if (typeof value === "string") {
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g, (_whole, name: string, fallback: string | undefined) => {
      const found = env(name);
      if (found !== undefined && (found !== "" || fallback === undefined)) return found;
      if (fallback !== undefined) return fallback;
      problems.push(problem(source, path, `the environment variable ${name} is not set; set it or write \${${name}:-default}`));
      return "";
    });
  }
  if (Array.isArray(value)) return value.map((each, i) => expand(each, [...path, i], source, env, problems));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, expand(each, [...path, key], source, env, problems)]));
}

function withEnvironment(file: ConfigFile, env: Environment, overrides: Overrides, problems: Problem[], source: YamlSource): ConfigFile {
  const host = overrides.host ?? env("CHECKSTREAM_HOST");
  const port = overrides.port ?? numeric("CHECKSTREAM_PORT", env, problems, source);
  const workers = overrides.workers ?? file.server.workers;
  if (workers > 1 && Deno.build.os !== "linux") {
    const why = "several workers can share a port only on Linux; use 1, and several gateways behind a load balancer";
    problems.push(problem(source, ["server", "workers"], why));
  }
  if (file.server.header_timeout_ms !== undefined) {
    const what = "has no effect: the HTTP server has no bound on how slowly headers come; set it in a proxy in front (docs/deployment.md)";
    problems.push({ ...problem(source, ["server", "header_timeout_ms"], what), severity: "warning" });
  }
  const level = env("CHECKSTREAM_LOG_LEVEL");
  const url = env("CHECKSTREAM_BACKEND_URL");
  const policyPath = env("CHECKSTREAM_POLICY_PATH");
  const levels = ["trace", "debug", "info", "warn", "error"] as const;
  const known = levels.find((each) => each === level);
  if (level !== undefined && known === undefined) {
    problems.push(problem(source, [], `CHECKSTREAM_LOG_LEVEL is "${level.slice(0, 20)}", expected one of ${levels.join(", ")}`));
  }
  const { policy: _policy, policy_path: _path, ...rest } = file;
  return {
    ...(policyPath === undefined ? file : { ...rest, policy: { path: policyPath } }),
    server: { ...file.server, ...(host !== undefined && { host }), ...(port !== undefined && { port }), workers },
    ...(url !== undefined && { backend: { ...file.backend, url } }),
    telemetry: { ...file.telemetry, logging: { ...file.telemetry.logging, ...(known !== undefined && { level: known }) } },
  };
}

function numeric(name: string, env: Environment, problems: Problem[], source: YamlSource): number | undefined {
  const text = env(name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65535) return value;
  problems.push(problem(source, [], `${name} is "${text.slice(0, 20)}", expected a port number`));
  return undefined;
}

function build(
  file: ConfigFile,
  source: YamlSource,
  folder: string,
  env: Environment,
  problems: Problem[],
  tenantProblems: Map<string, Problem[]>,
  stored: StoredTenants,
  merger: MergedTenants,
): GatewayConfig {
  const several = file.tenants !== undefined && file.tenants.enabled;
  const configs: Readonly<Record<string, TenantFile>> = several ? file.tenants?.configs ?? {} : { default: {} };
  checkSpellings(file, source, problems);
  const tenants = new Map<string, MergedTenant>();
  const isFile = statOnce();
  for (const [id, tenant] of stored) {
    if (Object.hasOwn(configs, id)) continue;
    const merged = merger.of(id, undefined, tenant);
    tenants.set(id, merged);
    const missing = merged.config.backend.url === ""
      ? problem(source, [], `tenant "${id}" of the database has no backend`)
      : missingPolicy(merged, [], source, isFile);
    const wrong = [...checkAddressOnce(tenant), ...checkBackend(merged)].filter(({ severity }) => severity === "error")
      .map((each) => backendProblem(each, [], source));
    if (missing !== undefined) wrong.push(missing);
    if (wrong.length > 0) tenantProblems.set(id, wrong);
  }
  for (const [id, tenant] of Object.entries(configs)) {
    const merged = merger.of(id, tenant, stored.get(id));
    const at: YamlPath = several ? ["tenants", "configs", id] : [];
    if (merged.config.backend.url === "" && (several || file.backend !== undefined || source.text !== "{}")) {
      problems.push({
        ...problem(
          source,
          at,
          several
            ? `tenant "${id}" has no backend; set backend_url here or backend.url at the top level`
            : "no backend; set backend.url or backend.targets",
        ),
        severity: several ? "error" : "warning",
      });
    }
    const missing = missingPolicy(merged, at, source, isFile);
    if (missing !== undefined) tenantProblems.set(id, [missing]);
    if (merged.config.streaming.format === "custom" && merged.config.streaming.custom === undefined) {
      problems.push(problem(source, at, `streaming.format is custom, so streaming.custom.content_path is needed`));
    }
    checkJsonPaths(merged, at, source, problems);
    for (const message of limitsWithoutEffect(merged.config.rateLimit)) {
      problems.push({ ...problem(source, [...at, "rate_limit"], message), severity: "warning" });
    }
    for (const each of checkBackend(merged)) {
      const own = ["tenant", "database"].includes(merged.origins[`backend.${each.path[1]}`] ?? "");
      problems.push(backendProblem(each, own ? at : [], source));
    }
    tenants.set(id, merged);
  }
  checkAuditFolders(tenants, source, problems);
  if (several) checkReferences(file, tenants, source, problems);
  const servable = new Map([...tenants].filter(([, { config }]) => config.enabled && config.backend.url !== ""));
  const store = storeConfig(file, folder, env, source, problems);
  return {
    server: file.server,
    tls: file.tls,
    telemetry: file.telemetry,
    admin: {
      keys: adminKeys(file.admin, env, (path, message, severity) => problems.push({ ...problem(source, path, message), severity })),
      listen: file.admin.listen,
      allowPrivateBackends: file.admin.allow_private_backends,
      logRetentionDays: file.admin.log_retention_days,
    },
    store,
    limits: limitStoreConfig(file.rate_limit, (path) => resolve(folder, path), store),
    notify: {
      secret: env(file.notify.secret_env),
      timeoutMs: file.notify.timeout_ms,
      allowPrivate: file.notify.allow_private_addresses,
    },
    resolution: several || stored.size > 0 ? file.tenants?.resolution?.map(step) ?? DEFAULT_RESOLUTION : [],
    defaultTenant: several ? file.tenants?.default_tenant : "default",
    apiKeyMap: file.tenants?.api_key_map ?? {},
    tenants: servable,
    configured: tenants,
    classifiers: file.classifiers ?? {},
    pipelines: file.pipelines ?? {},
  };
}

function storeConfig({ store }: ConfigFile, folder: string, env: Environment, source: YamlSource, problems: Problem[]): StoreConfig {
  const url = env("CHECKSTREAM_STORE_URL") ?? store.url;
  const authToken = store.auth_token_env === undefined ? undefined : env(store.auth_token_env);
  if (store.auth_token_env !== undefined && (authToken === undefined || authToken === "")) {
    const message = `names ${store.auth_token_env}, which is not set in the environment`;
    problems.push(problem(source, ["store", "auth_token_env"], message));
  }
  return {
    // A relative path starts at the configuration file.
    url: url.startsWith("file:") && !url.startsWith("file:/") ? `file:${resolve(folder, url.slice("file:".length))}` : url,
    authToken,
    pollMs: store.poll_ms,
    copyFolder: resolve(folder, store.copy_path),
    sealingKey: env(store.encryption_key_env) || undefined,
    usageFlushMs: store.usage_flush_ms,
    usageRetentionDays: store.usage_retention_days,
  };
}

function step(raw: NonNullable<NonNullable<ConfigFile["tenants"]>["resolution"]>[number]): ResolutionConfig {
  if ("header" in raw) return { kind: "header", name: raw.header };
  return "path_prefix" in raw ? { kind: "path_prefix", prefix: raw.path_prefix } : { kind: "api_key" };
}

/** One thing said in two spellings has no right answer. */
function checkSpellings(file: ConfigFile, source: YamlSource, problems: Problem[]): void {
  const both = (path: YamlPath, short: string, long: string) =>
    problems.push(problem(source, [...path, short], `says the same as ${long}; keep one of them`));
  if (file.policy !== undefined && file.policy_path !== undefined) both([], "policy_path", "policy");
  for (const each of checkAddressOnce(file)) problems.push(backendProblem(each, [], source));
  for (const [id, tenant] of Object.entries(file.tenants?.configs ?? {})) {
    const at = ["tenants", "configs", id];
    for (const each of checkAddressOnce(tenant)) problems.push(backendProblem(each, at, source));
    for (const { short, long } of saidTwice(tenant)) both(at, short, long);
  }
}

/** Looks once for a file that thousands of tenants name. */
function statOnce(): (path: string) => boolean {
  const known = new Map<string, boolean>();
  return (path) => {
    let found = known.get(path);
    if (found === undefined) {
      try {
        found = Deno.statSync(path).isFile;
      } catch {
        found = false;
      }
      known.set(path, found);
    }
    return found;
  };
}

/** A tenant's mistake and no other's: an editor may just be replacing the file. */
function missingPolicy(
  { config, origins }: MergedTenant,
  at: YamlPath,
  source: YamlSource,
  isFile: (path: string) => boolean,
): Problem | undefined {
  if (config.policy?.path === undefined || isFile(config.policy.path)) return undefined;
  const own = origins.policy === "tenant";
  const where = source.positionOf([...(own ? at : []), "policy_path"]);
  return {
    ...problem(
      source,
      own ? [...at, "policy_path"] : ["policy"],
      `the policy file "${config.policy.shown}" does not exist (looked for ${basename(config.policy.path)} beside ${
        basename(source.file)
      })`,
    ),
    ...where,
  };
}

function checkJsonPaths({ config, origins }: MergedTenant, at: YamlPath, source: YamlSource, problems: Problem[]): void {
  const { custom } = config.streaming;
  const paths = { content_path: custom?.contentPath, finish_path: custom?.finishPath, id_path: custom?.idPath };
  for (const [key, path] of Object.entries(paths)) {
    if (path === undefined) continue;
    try {
      parseJsonPath(path);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const own = origins["streaming.custom"] === "tenant" ? at : [];
      problems.push(problem(source, [...own, "streaming", "custom", key], error.message));
    }
  }
}

/** Two tenants must never write into one trail. */
function checkAuditFolders(tenants: ReadonlyMap<string, MergedTenant>, source: YamlSource, problems: Problem[]): void {
  const owners = new Map<string, string>();
  for (const [id, { config }] of tenants) {
    if (!config.audit.enabled) continue;
    const other = owners.get(config.audit.path);
    if (other === undefined) owners.set(config.audit.path, id);
    else {problems.push(
        problem(
          source,
          ["tenants", "configs", id, "audit", "path"],
          `tenant "${other}" already keeps its audit trail there; give each tenant a folder of its own`,
        ),
      );}
  }
}

function checkReferences(file: ConfigFile, tenants: ReadonlyMap<string, MergedTenant>, source: YamlSource, problems: Problem[]): void {
  const ids = [...tenants.keys()];
  const check = (path: YamlPath, id: string) => {
    if (tenants.has(id)) return;
    const meant = suggest(id, ids);
    const told = problem(source, path, `names the tenant "${id}", which is not configured`);
    // A file that is still being written (no tenants yet) is not wrong.
    problems.push({ ...told, severity: ids.length === 0 ? "warning" : "error", ...(meant !== undefined && { suggestion: meant }) });
  };
  if (file.tenants?.default_tenant !== undefined) check(["tenants", "default_tenant"], file.tenants.default_tenant);
  for (const [key, id] of Object.entries(file.tenants?.api_key_map ?? {})) check(["tenants", "api_key_map", key], id);
}

function backendProblem({ severity, path, message }: BackendProblem, at: YamlPath, source: YamlSource): Problem {
  return { ...problem(source, [...at, ...path], message), severity };
}

function problem(source: YamlSource, path: YamlPath, message: string): Problem {
  const position = source.positionOf(path);
  const shown = path[1] === "api_key_map" ? "tenants.api_key_map" : path.join(".");
  return {
    ...position,
    severity: "error",
    path: shown,
    message: shown === "" ? message : `${shown}: ${message}`,
    excerpt: path[1] === "api_key_map" ? "" : source.line(position.line),
  };
}
