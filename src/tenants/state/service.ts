/** Changes of tenants while running: checked whole, then stored, then served. What is refused changes nothing. */
import { ConfigError, type LoadedConfig, type MergedTenant, type StoredTenants } from "../../config/mod.ts";
import { tenant as tenantSchema, TENANT_ID } from "../../config/schema.ts";
import { type ValueProblem, valueProblems } from "../../config/value_problems.ts";
import { checkedAddresses, PrivateAddressError, type Resolver, UnknownHostError } from "../../net/addresses.ts";
import { type Json, mergePatch } from "./merge_patch.ts";
import { type StoredTenant, TenantExistsError, type TenantStore } from "./store.ts";

/** The configuration does not validate; nothing was changed. */
export class InvalidTenantError extends Error {
  override readonly name = "InvalidTenantError";
  constructor(readonly problems: readonly ValueProblem[]) {
    super(problems.map(({ path, message }) => path === "" ? message : `${path}: ${message}`).join("; "));
  }
}

export interface TenantStateDeps {
  readonly store: TenantStore;
  /** The configuration with these tenants of the database. @throws {ConfigError} */
  readonly load: (stored: StoredTenants) => LoadedConfig;
  /** Compiles a tenant's policy, to see whether it does. @throws {ConfigError} */
  readonly compile: (merged: MergedTenant) => void;
  /** Serves what is stored by now. */
  readonly reload: () => Promise<unknown>;
  readonly resolve: Resolver;
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
  create(id: string, config: Json, actor: string): Promise<{ tenant: StoredTenant; created: boolean }> {
    return this.#inTurn(async () => {
      await this.store.sync();
      if (!TENANT_ID.test(id)) throw new InvalidTenantError([{ path: "id", message: `a tenant id matches ${TENANT_ID.source}` }]);
      const checked = await this.#check(id, config);
      const known = this.store.tenants.get(id);
      if (known !== undefined) {
        if (canonical(known.config) === canonical(checked)) return { tenant: known, created: false };
        throw new TenantExistsError(id);
      }
      const tenant = await this.store.create(id, checked, actor);
      await this.deps.reload();
      return { tenant, created: true };
    });
  }

  /**
   * Applies a JSON merge patch. A tenant that is only in the file gets its first row: what it says wins over the file, key by key.
   * `guard` may refuse by throwing; it sees what is about to be replaced.
   * @throws {InvalidTenantError} @throws {StaleVersionError}
   */
  patch(id: string, patch: Json, guard: Guard, actor: string): Promise<StoredTenant> {
    return this.#inTurn(async () => {
      await this.store.sync();
      const known = this.store.tenants.get(id);
      guard(known);
      const checked = await this.#check(id, mergePatch(known?.config, patch));
      const tenant = known === undefined
        ? await this.store.create(id, checked, actor)
        : await this.store.update(id, checked, known.version, actor);
      await this.deps.reload();
      return tenant;
    });
  }

  /** Deletes a tenant, softly; `guard` as in `patch`. */
  remove(id: string, guard: Guard, actor: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.store.sync();
      guard(this.store.tenants.get(id));
      await this.store.remove(id, actor);
      await this.deps.reload();
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => {});
    return mine;
  }

  /** @throws {InvalidTenantError} with everything that is wrong. */
  async #check(id: string, config: Json): Promise<StoredTenant["config"]> {
    const parsed = tenantSchema.safeParse(config);
    if (!parsed.success) throw new InvalidTenantError(valueProblems(parsed.error, tenantSchema, config));
    let loaded: LoadedConfig;
    try {
      loaded = this.deps.load(new Map([[id, parsed.data]]));
    } catch (error) {
      throw asInvalid(error);
    }
    const wrong = loaded.tenantProblems.get(id);
    if (wrong !== undefined) throw new InvalidTenantError(wrong.map(({ message }) => ({ path: "", message })));
    const merged = loaded.config.tenants.get(id);
    if (merged === undefined) return config as StoredTenant["config"];
    await this.#checkAddress(merged.config.backend.url, loaded.config.admin.allowPrivateBackends);
    try {
      this.deps.compile(merged);
    } catch (error) {
      throw asInvalid(error);
    }
    return config as StoredTenant["config"];
  }

  /** What arrives by API may not make the gateway call into its own network. */
  async #checkAddress(url: string, allowPrivate: boolean): Promise<void> {
    try {
      await checkedAddresses(new URL(url).hostname, this.deps.resolve, allowPrivate);
    } catch (error) {
      if (error instanceof UnknownHostError && allowPrivate) return;
      if (!(error instanceof PrivateAddressError || error instanceof UnknownHostError)) throw error;
      const advice = error instanceof PrivateAddressError ? "; admin.allow_private_backends allows it" : "";
      throw new InvalidTenantError([{ path: "backend_url", message: `${error.message}${advice}` }]);
    }
  }
}

function asInvalid(error: unknown): unknown {
  if (!(error instanceof ConfigError)) return error;
  const errors = error.problems.filter(({ severity }) => severity === "error");
  return new InvalidTenantError(
    errors.map(({ file, line, column, message }) => ({ path: "", message: `${file}:${line}:${column}: ${message}` })),
  );
}

/** One spelling per content, whatever the order of keys. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => a < b ? -1 : 1);
  return `{${members.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(",")}}`;
}
