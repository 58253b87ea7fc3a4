/** What the HTTP application is given: one value, made once at start. */
import type { TrailLease } from "../audit/trails.ts";
import type { TenantConfig } from "../config/mod.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { UsageAccount } from "../usage/account.ts";
import type { UsageLedger } from "../usage/ledger.ts";
import type { Registry } from "../tenants/registry.ts";
import type { TenantState } from "../tenants/state/service.ts";
import type { ReloadStatus } from "../tenants/reload.ts";
import type { Loads } from "../tenants/warm_up.ts";
import type { AdminKey, Caller } from "./admin/access.ts";
import type { ProxyLimits } from "./proxy.ts";
import type { InFlight } from "./in_flight.ts";
import type { Overload, OverloadSettings } from "./overload/overload.ts";
import type { Recorder } from "./recorder.ts";

export interface HttpSettings {
  readonly limits: ProxyLimits;
  readonly overload: OverloadSettings;
  readonly corsOrigins: readonly string[];
  /** Share of requests that are traced where their callers do not decide; undefined = none at all. */
  readonly traceRatio: number | undefined;
  /** Metrics may be asked for. */
  readonly metricsEnabled: boolean;
  /** Keys of the admin API. */
  readonly adminKeys: readonly AdminKey[];
  /** False: no key is configured, so clients on this machine are served without one. */
  readonly adminKeyWanted: boolean;
  /** Mixed into key digests when set. */
  readonly keyPepper: string | undefined;
}

/** The data plane: what answering API calls needs. */
export interface ServingDeps {
  readonly settings: HttpSettings;
  readonly registry: Registry;
  readonly recorder: Recorder;
  readonly inFlight: InFlight;
  /** Budgets, and the count of what is used. */
  readonly usage: UsageAccount;
  readonly overload: Overload;
  readonly log: Log;
  /** True from the moment a shutdown began. */
  readonly stopping: () => boolean;
}

/** The control plane: what the operator's routes need beside it. */
export interface AppDeps extends ServingDeps {
  readonly metrics: Metrics;
  /** Tenants and keys that may change while running; undefined when their store could not be opened. */
  readonly state: TenantState | undefined;
  readonly ledger: UsageLedger;
  /** Opens the audit trail of a tenant, served or not. */
  readonly openTrail: (tenant: TenantConfig, filed: boolean) => Promise<TrailLease>;
  /** Loads configuration and policies anew; what does not validate stays as it was. */
  readonly reload: () => Promise<ReloadStatus>;
  readonly reloadStatus: () => ReloadStatus;
  /** Resolves when every thread that answers API calls has told what it counted and knows what was changed. */
  readonly settled: () => Promise<void>;
  /** Models that the served tenants use. */
  readonly models: () => Loads;
  /** How many threads answer API calls, and how many should; undefined = this one does. */
  readonly workers: () => { readonly serving: number; readonly configured: number } | undefined;
}

/** What a request brings beside itself. */
export interface AppEnv {
  Bindings: { readonly remoteAddress: string | undefined };
  /** Set for the operator's routes. */
  Variables: { requestId: string; caller: Caller | undefined };
}
