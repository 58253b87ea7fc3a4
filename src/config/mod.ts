/** The configuration room's front. */
export { type ConfigBase, type Environment, loadConfig, type Overrides, readConfig, type StoredTenants } from "./load.ts";
export type {
  AuditConfig,
  BackendConfig,
  FallbackConfig,
  GatewayConfig,
  LoadedConfig,
  MergedTenant,
  Origin,
  PhaseConfig,
  PipelineConfig,
  PlaceConfig,
  ResolutionConfig,
  StoreConfig,
  TenantConfig,
} from "./model.ts";
export { ConfigError, formatProblem, type Problem } from "./types.ts";
