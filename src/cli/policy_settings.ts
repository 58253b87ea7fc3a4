/** Which settings a policy is tried with: a tenant's of a configuration, or the defaults. */
import type { ClassifierSet } from "../classifiers/types.ts";
import { ConfigError, loadConfig, type TenantConfig } from "../config/mod.ts";
import { suggest } from "../config/suggest.ts";
import { classifierSet } from "../tenants/build.ts";
import { defaultSettings } from "../tenants/compile_policy.ts";

export interface PolicySettings {
  readonly config: TenantConfig;
  readonly classifiers: ClassifierSet;
}

/** Settings of `tenant` (default: the configuration's default tenant, else its first) in `file`. @throws {ConfigError} */
export function policySettings(file: string | undefined, tenant: string | undefined): PolicySettings {
  if (file === undefined) return defaultSettings();
  const loaded = loadConfig(file, (name) => Deno.env.get(name));
  const { tenants, defaultTenant } = loaded.config;
  const wanted = tenant ?? (defaultTenant !== undefined && tenants.has(defaultTenant) ? defaultTenant : [...tenants.keys()][0]);
  const found = wanted === undefined ? undefined : tenants.get(wanted);
  if (found === undefined) {
    const meant = wanted === undefined ? undefined : suggest(wanted, [...tenants.keys()]);
    throw new ConfigError([{
      file,
      line: 1,
      column: 1,
      severity: "error",
      message: wanted === undefined ? "no tenant is configured" : `there is no tenant "${wanted}"`,
      ...(meant !== undefined && { suggestion: meant }),
    }]);
  }
  return { config: found.config, classifiers: classifierSet(loaded, {}) };
}
