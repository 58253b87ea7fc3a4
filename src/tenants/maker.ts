/** Makes snapshots from the configuration file and the tenant store: whole, or only what changed in the store. */
import {
  type ConfigBase,
  type Environment,
  type LoadedConfig,
  type MergedTenant,
  type Overrides,
  readConfig,
  type StoredTenants,
} from "../config/mod.ts";
import type { Reach } from "../config/reach.ts";
import type { Log } from "../telemetry/log.ts";
import type { AssembleDeps } from "./assemble.ts";
import { buildSnapshot, type BuiltSnapshot, compileTenant, openWorkshop, type Workshop } from "./build.ts";
import type { Snapshot } from "./registry.ts";
import { storedTenants } from "./state/open.ts";
import type { TenantStore } from "./state/store.ts";

export interface MakerOptions {
  /** Configuration file; undefined = environment alone. */
  readonly file: string | undefined;
  readonly env: Environment;
  readonly overrides: Overrides;
  readonly store: TenantStore | undefined;
  readonly deps: AssembleDeps;
  readonly log: Log;
}

export class SnapshotMaker {
  #base: ConfigBase;
  #workshop: Workshop;

  private constructor(readonly options: MakerOptions, base: ConfigBase, workshop: Workshop) {
    this.#base = base;
    this.#workshop = workshop;
  }

  /** Makes the first snapshot. @throws {ConfigError} when anything does not validate. */
  static async begin(options: MakerOptions): Promise<{ maker: SnapshotMaker; loaded: LoadedConfig; first: BuiltSnapshot }> {
    const base = readConfig(options.file, options.env, options.overrides);
    const loaded = base.with(storedTenants(options.store, options.log));
    const workshop = openWorkshop(loaded, options.deps.classifiers);
    const first = await buildSnapshot(loaded, options.deps, undefined, workshop);
    return { maker: new SnapshotMaker(options, base, workshop), loaded, first };
  }

  /** Reads files, policies and classifiers anew. @throws {ConfigError}; then all stays as it was. */
  async whole(previous: Snapshot): Promise<BuiltSnapshot> {
    const { file, env, overrides, store, deps, log } = this.options;
    const base = readConfig(file, env, overrides);
    const loaded = base.with(storedTenants(store, log));
    const workshop = openWorkshop(loaded, deps.classifiers);
    const built = await buildSnapshot(loaded, deps, previous, workshop);
    this.#base = base;
    this.#workshop = workshop;
    return built;
  }

  /** Compiles the tenants that changed in the store since `previous`; everything else is as it was read last. @throws {ConfigError} */
  async changed(previous: Snapshot): Promise<BuiltSnapshot> {
    const { store, deps, log } = this.options;
    return await buildSnapshot(this.#base.with(storedTenants(store, log)), deps, previous, this.#workshop);
  }

  /** What tenants of the database may name on this machine. */
  get reach(): Reach {
    return this.#base.reach;
  }

  /** The configuration with `stored`, to look at and not to serve. @throws {ConfigError} */
  load(stored: StoredTenants): LoadedConfig {
    return this.#base.with(stored, { remember: false });
  }

  /** Whether a tenant compiles; when it is served afterwards that is not done again. @throws {ConfigError} */
  compile(merged: MergedTenant): void {
    compileTenant(merged, this.#workshop);
  }
}
