/** Changes of tenants while running: checked whole, then stored, then served. What is refused changes nothing. */
import {
  type BackendConfig,
  ConfigError,
  formatProblem,
  type LoadedConfig,
  type MergedTenant,
  type StoredTenants,
  type TenantConfig,
} from "../../config/mod.ts";
import { tenant as tenantSchema, TENANT_ID } from "../../config/schema.ts";
import { outOfReach, type Reach } from "../../config/reach.ts";
import { saidTwice, withoutOther } from "../../config/spellings.ts";
import { type ValueProblem, valueProblems } from "../../config/value_problems.ts";
import { checkedAddresses, PrivateAddressError, type Resolver, UnknownHostError } from "../../net/addresses.ts";
import { isObject, type Json, mergePatch } from "./merge_patch.ts";
import { type PolicyVersion, stepBack, withPolicy } from "./policy_versions.ts";
import { masksIn, unmasked } from "./sealing.ts";
import { type Author, type DeletedTenant, NotDeletedError, type StoredTenant, TenantExistsError, type TenantStore } from "./store.ts";

/** The configuration does not validate; nothing was changed. */
export class InvalidTenantError extends Error {
  override readonly name = "InvalidTenantError";
  constructor(readonly problems: readonly ValueProblem[]) {
    super(problems.map(({ path, message }) => path === "" ? message : `${path}: ${message}`).join("; "));
  }
}

/** A tenant's policies by the database do not reach back that far. */
export class NoPolicyVersionError extends Error {
  override readonly name = "NoPolicyVersionError";
  constructor(id: string, version: number | undefined) {
    super(version === undefined ? `Tenant "${id}" has no earlier policy to go back to` : `Tenant "${id}" has no policy version ${version}`);
  }
}

export interface TenantStateDeps {
  readonly store: TenantStore;
  /** The configuration with these tenants of the database. @throws {ConfigError} */
  readonly load: (stored: StoredTenants) => LoadedConfig;
  readonly reach: () => Reach;
  /** Compiles a tenant's policy, to see whether it does. @throws {ConfigError} */
  readonly compile: (merged: MergedTenant) => void;
  /** Serves what is stored by now. */
  readonly reload: () => Promise<unknown>;
  readonly resolve: Resolver;
  /** Passes when a deleted tenant's audit trail has nothing left to keep. @throws {AuditKeptError} */
  readonly releaseAudit: (config: TenantConfig) => Promise<void>;
}

/** Looks at a tenant's stored state, in its turn, and throws to refuse the change. */
export type Guard = (current: StoredTenant | undefined) => void;

/** Refuses nothing. */
export const unguarded: Guard = () => {};

export class TenantState {
  /** Changes take turns, so that a version that was checked is the one that is replaced. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(readonly deps: TenantStateDeps) {}

  get store(): TenantStore {
    return this.deps.store;
  }

  /**
   * @returns `created: false` when the very same tenant was there.
   * @throws {InvalidTenantError} @throws {TenantExistsError}
   */
  create(id: string, config: Json, author: Author): Promise<{ tenant: StoredTenant; created: boolean }> {
    return this.#inTurn(async () => {
      await this.store.sync();
      if (!TENANT_ID.test(id)) throw new InvalidTenantError([{ path: "id", message: `a tenant id matches ${TENANT_ID.source}` }]);
      const known = this.store.tenants.get(id);
      const { checked, filed } = await this.#check(id, unmasked(config, known?.config));
      if (known === undefined && filed) throw new TenantExistsError(id, "in the configuration file");
      if (known !== undefined) {
        if (canonical(known.config) === canonical(checked)) return { tenant: known, created: false };
        throw new TenantExistsError(id);
      }
      const tenant = await this.store.create(id, checked, author);
      await this.deps.reload();
      return { tenant, created: true };
    });
  }

  /**
   * Applies a JSON merge patch. A tenant that is only in the file gets its first row: what it says wins over the file, key by key.
   * `guard` may refuse by throwing; it sees what is about to be replaced.
   * @throws {InvalidTenantError} @throws {StaleVersionError}
   */
  patch(id: string, patch: Json, guard: Guard, author: Author): Promise<StoredTenant> {
    return this.#inTurn(async () => {
      await this.store.sync();
      const known = this.store.tenants.get(id);
      guard(known);
      const base = withoutOther(known?.config ?? {}, isObject(patch) ? patch : {});
      const { checked } = await this.#check(id, unmasked(mergePatch(base, patch), known?.config));
      // Sent again, or saying what is so already: no change, no version and no line in the log.
      if (known !== undefined && canonical(known.config) === canonical(checked)) return known;
      const tenant = known === undefined
        ? await this.store.create(id, checked, author)
        : await this.store.update(id, checked, known.version, author);
      await this.deps.reload();
      return tenant;
    });
  }

  /** Deletes a tenant, softly; `guard` as in `patch`. */
  remove(id: string, guard: Guard, author: Author): Promise<void> {
    return this.#inTurn(async () => {
      await this.store.sync();
      guard(this.store.tenants.get(id));
      await this.store.remove(id, author);
      await this.deps.reload();
    });
  }

  /** Brings a deleted tenant back, checked anew. @throws {NotDeletedError} @throws {InvalidTenantError} */
  restore(id: string, withKeys: boolean, author: Author): Promise<StoredTenant> {
    return this.#inTurn(async () => {
      await this.#check(id, (await this.#deleted(id)).config);
      const tenant = await this.store.restore(id, withKeys, author);
      await this.deps.reload();
      return tenant;
    });
  }

  /**
   * Forgets a deleted tenant, once its audit trail has nothing left to keep.
   * @throws {NotDeletedError} @throws {AuditKeptError}
   */
  purge(id: string, author: Author): Promise<void> {
    return this.#inTurn(async () => {
      const { config } = await this.#deleted(id);
      const merged = this.#merged(id, config);
      if (merged !== undefined) await this.deps.releaseAudit(merged.config);
      await this.store.purge(id, author);
    });
  }

  /**
   * Brings back an earlier policy; the one before by default.
   * @throws {NoPolicyVersionError} @throws {InvalidTenantError} when it does not validate any more. @throws {StaleVersionError}
   */
  rollback(id: string, version: number | undefined, guard: Guard, author: Author): Promise<PolicyVersion> {
    return this.#inTurn(async () => {
      await this.store.sync();
      const known = this.store.tenants.get(id);
      guard(known);
      const [newest] = await this.store.policyVersions(id, { limit: 1 });
      const wanted = newest === undefined ? undefined : await this.store.policyVersion(id, version ?? stepBack(newest));
      if (known === undefined || wanted === undefined) throw new NoPolicyVersionError(id, version);
      const config = withPolicy(known.config, wanted.policy);
      await this.#check(id, config);
      await this.store.update(id, config, known.version, author, wanted.restored_from ?? wanted.version);
      await this.deps.reload();
      return (await this.store.policyVersions(id, { limit: 1 }))[0]!;
    });
  }

  /** A deleted tenant's configuration with what it inherits; undefined when it cannot be read any more. @throws {NotDeletedError} */
  async deletedTenant(id: string): Promise<TenantConfig | undefined> {
    return this.#merged(id, (await this.#deleted(id)).config)?.config;
  }

  async #deleted(id: string): Promise<DeletedTenant> {
    await this.store.sync();
    const found = (await this.store.deleted()).find((tenant) => tenant.id === id);
    if (found === undefined || this.store.tenants.has(id)) throw new NotDeletedError(id);
    return found;
  }

  #merged(id: string, config: Json): MergedTenant | undefined {
    const parsed = tenantSchema.safeParse(config);
    return parsed.success ? this.deps.load(new Map([[id, parsed.data]])).config.configured.get(id) : undefined;
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => {});
    return mine;
  }

  /** @throws {InvalidTenantError} with everything that is wrong. */
  async #check(id: string, config: Json): Promise<{ readonly checked: StoredTenant["config"]; readonly filed: boolean }> {
    const parsed = tenantSchema.safeParse(config);
    if (!parsed.success) throw new InvalidTenantError(valueProblems(parsed.error, tenantSchema, config));
    const twice = saidTwice(parsed.data);
    if (twice.length > 0) {
      throw new InvalidTenantError(
        twice.map(({ short, long }) => ({ path: short, message: `says the same as ${long}; keep one of them` })),
      );
    }
    const masks = masksIn(parsed.data);
    if (masks.length > 0) {
      throw new InvalidTenantError(masks.map((path) => ({ path, message: "is what a secret is shown as, and no secret; leave it out" })));
    }
    // Before anything looks whether such a file is there.
    const beyond = outOfReach(parsed.data, this.deps.reach());
    if (beyond.length > 0) throw new InvalidTenantError(beyond);
    let loaded: LoadedConfig;
    try {
      loaded = this.deps.load(new Map([[id, parsed.data]]));
    } catch (error) {
      throw asInvalid(error);
    }
    const wrong = loaded.tenantProblems.get(id);
    if (wrong !== undefined) throw new InvalidTenantError(wrong.map(({ message }) => ({ path: "", message })));
    // Also what is switched off must be right: switching it on is not the time to find out.
    const merged = loaded.config.configured.get(id)!;
    await this.#checkAddresses(merged.config.backend);
    try {
      this.deps.compile(merged);
    } catch (error) {
      throw asInvalid(error);
    }
    return { checked: config as StoredTenant["config"], filed: merged.filed };
  }

  /** What arrives by API may not make the gateway call into its own network; each call checks again, since names change. */
  async #checkAddresses({ targets, publicOnly, fallbacks }: BackendConfig): Promise<void> {
    const places = [
      ...targets.map(({ url }, i) => ({ url, publicOnly, path: targets.length === 1 ? "backend_url" : `backend.targets.${i}.url` })),
      ...fallbacks.map((each, i) => ({ ...each, path: `backend.fallbacks.${i}.url` })),
    ].filter((place) => place.publicOnly);
    const problems = await Promise.all(places.map(async ({ url, path }) => {
      try {
        await checkedAddresses(new URL(url).hostname, this.deps.resolve);
        return [];
      } catch (error) {
        if (!(error instanceof PrivateAddressError || error instanceof UnknownHostError)) throw error;
        const advice = error instanceof PrivateAddressError ? "; admin.allow_private_backends allows it" : "";
        return [{ path, message: `${error.message}${advice}` }];
      }
    }));
    if (problems.flat().length > 0) throw new InvalidTenantError(problems.flat());
  }
}

function asInvalid(error: unknown): unknown {
  if (!(error instanceof ConfigError)) return error;
  const errors = error.problems.filter(({ severity }) => severity === "error");
  return new InvalidTenantError(
    errors.map((problem) => ({ path: "", message: formatProblem(problem) })),
  );
}

/** One spelling per content, whatever the order of keys. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return `{${members.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(",")}}`;
}
