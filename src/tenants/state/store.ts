/**
 * Tenants and keys as state, in an embedded database: what is read is mirrored in memory, what is written is in the database before
 * anybody is told. One gateway owns the file.
 */
import { randomBytes, randomUUID } from "node:crypto";
import type { Kysely, Transaction } from "kysely";
import { type Database, openDatabase } from "../../store/database.ts";
import { KEY_PREFIX, keyDigest } from "../resolve.ts";
import { KeyMirror } from "./key_mirror.ts";
import { holdStore, StoreHeldError } from "./holder.ts";
import type { Json } from "./merge_patch.ts";
import { STATE_MIGRATIONS, type StateTables } from "./schema.ts";

/** A tenant as stored. */
export interface StoredTenant {
  readonly id: string;
  /** The tenant's keys as in the YAML. */
  readonly config: { readonly [key: string]: Json };
  /** Counts changes, from 1. */
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
}

/** What a key may do: call the API, or read its tenant's `/admin/tenant-info`. */
export type KeyScope = "proxy" | "tenant:read";
export const KEY_SCOPES: readonly KeyScope[] = ["proxy", "tenant:read"];

/** A key as shown; never the key. */
export interface StoredKey {
  readonly id: string;
  readonly tenant: string;
  readonly prefix: string;
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  readonly allowed_models: readonly string[] | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
}

/** What a new key is made from. */
export interface NewKey {
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  readonly allowed_models?: readonly string[];
  /** RFC 3339. */
  readonly expires_at?: string;
}

/** The tenant changed since it was read. */
export class StaleVersionError extends Error {
  override readonly name = "StaleVersionError";
  constructor(readonly id: string, readonly version: number) {
    super(`Tenant "${id}" is at version ${version} by now`);
  }
}

/** How often the times of last use are written; milliseconds. */
const LAST_USED_FLUSH_MS = 30_000;

export interface TenantStoreOptions {
  /** `file:./data/checkstream.db` */
  readonly url: string;
  readonly pepper: string | undefined;
  readonly now: () => number;
  /** Opens the store also while another process holds it; what that one changes is seen at `refresh`. @default false */
  readonly share?: boolean;
}

export class TenantStore {
  readonly #database: Database<StateTables>;
  readonly #options: TenantStoreOptions;
  readonly #tenants = new Map<string, StoredTenant>();
  readonly keys: KeyMirror;
  readonly #flushing: ReturnType<typeof setInterval>;

  readonly #letGo: () => void;
  /** Another process holds the store. */
  readonly shared: boolean = false;

  private constructor(database: Database<StateTables>, options: TenantStoreOptions) {
    this.#database = database;
    this.keys = new KeyMirror(options.now);
    this.#letGo = () => {};
    try {
      if (database.path !== null) this.#letGo = holdStore(database.path);
    } catch (error) {
      if (options.share !== true || !(error instanceof StoreHeldError)) throw error;
      this.shared = true;
    }
    this.#options = options;
    this.#flushing = setInterval(() => void this.#flushUsed().catch(() => {}), LAST_USED_FLUSH_MS);
    Deno.unrefTimer(this.#flushing);
  }

  /** Opens the file (made when absent) and reads all of it. @throws {StoreError} @throws {StoreHeldError} */
  static async open(options: TenantStoreOptions): Promise<TenantStore> {
    const database = await openDatabase<StateTables>({ url: options.url, migrations: STATE_MIGRATIONS, now: options.now });
    let store: TenantStore;
    try {
      store = new TenantStore(database, options);
    } catch (error) {
      await database.close();
      throw error;
    }
    await store.refresh();
    return store;
  }

  /** Reads everything anew. */
  async refresh(): Promise<void> {
    const tenants = await this.#db.selectFrom("tenants").selectAll().where("deleted_at", "is", null).execute();
    const keys = await this.#db.selectFrom("keys").selectAll().execute();
    this.#tenants.clear();
    for (const row of tenants) this.#tenants.set(row.id, tenantOf(row));
    for (const row of keys) this.keys.set(row.digest, keyOf(row));
  }

  /** Tenants by id. */
  get tenants(): ReadonlyMap<string, StoredTenant> {
    return this.#tenants;
  }

  keysOf(tenant: string): StoredKey[] {
    return [...this.keys.entries()].map(([, key]) => key).filter((key) => key.tenant === tenant)
      .sort((a, b) => a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : 0);
  }

  key(tenant: string, id: string): StoredKey | undefined {
    const key = this.keys.get(id)?.key;
    return key?.tenant === tenant ? key : undefined;
  }

  /** Stores a new tenant. The caller has checked `config`. */
  async create(id: string, config: StoredTenant["config"], actor: string): Promise<StoredTenant> {
    const at = this.#time();
    const row = { id, config: JSON.stringify(config), version: 1, created_at: at, updated_at: at, deleted_at: null };
    await this.#change(actor, "create", `tenant ${id}`, undefined, row.config, async (tx) => {
      // An id that was deleted may come back; its former keys stay revoked.
      await tx.deleteFrom("tenants").where("id", "=", id).where("deleted_at", "is not", null).execute();
      await tx.insertInto("tenants").values(row).execute();
    });
    const tenant = tenantOf(row);
    this.#tenants.set(id, tenant);
    return tenant;
  }

  /** Replaces a tenant's configuration. @throws {StaleVersionError} when it is not at `version` any more. */
  async update(id: string, config: StoredTenant["config"], version: number, actor: string): Promise<StoredTenant> {
    const before = this.#tenants.get(id)!;
    if (before.version !== version) throw new StaleVersionError(id, before.version);
    const after: StoredTenant = { ...before, config, version: version + 1, updated_at: this.#time() };
    await this.#change(actor, "update", `tenant ${id}`, JSON.stringify(before.config), JSON.stringify(config), async (tx) => {
      await tx.updateTable("tenants").set({ config: JSON.stringify(config), version: after.version, updated_at: after.updated_at })
        .where("id", "=", id).execute();
    });
    this.#tenants.set(id, after);
    return after;
  }

  /** Deletes a tenant, softly, and revokes its keys. */
  async remove(id: string, actor: string): Promise<void> {
    const at = this.#time();
    const before = this.#tenants.get(id)!;
    await this.#change(actor, "delete", `tenant ${id}`, JSON.stringify(before.config), undefined, async (tx) => {
      await tx.updateTable("tenants").set({ deleted_at: at, updated_at: at }).where("id", "=", id).execute();
      await tx.updateTable("keys").set({ revoked_at: at }).where("tenant", "=", id).where("revoked_at", "is", null).execute();
    });
    this.#tenants.delete(id);
    for (const [digest, key] of this.keys.entries()) {
      if (key.tenant === id && key.revoked_at === null) this.keys.set(digest, { ...key, revoked_at: at });
    }
  }

  /** Makes a key of 256 random bits. `secret` is the only copy of it there ever is. */
  async createKey(
    tenant: string,
    { name, scopes, allowed_models, expires_at }: NewKey,
    actor: string,
  ): Promise<{ key: StoredKey; secret: string }> {
    const secret = KEY_PREFIX + randomBytes(32).toString("base64url");
    const row: StateTables["keys"] = {
      id: `key_${randomUUID().replaceAll("-", "")}`,
      tenant,
      digest: keyDigest(secret, this.#options.pepper),
      prefix: secret.slice(0, KEY_PREFIX.length + 6),
      name,
      scopes: JSON.stringify(scopes),
      allowed_models: allowed_models === undefined ? null : JSON.stringify(allowed_models),
      created_at: this.#time(),
      expires_at: expires_at ?? null,
      revoked_at: null,
      last_used_at: null,
    };
    const key = keyOf(row);
    await this.#change(actor, "create", `key ${row.id} of ${tenant}`, undefined, JSON.stringify(key), async (tx) => {
      await tx.insertInto("keys").values(row).execute();
    });
    this.keys.set(row.digest, key);
    return { key, secret };
  }

  /** A new key like `id`, which itself expires after `overlapMs`. */
  async rotateKey(tenant: string, id: string, overlapMs: number, actor: string): Promise<{ key: StoredKey; secret: string }> {
    const old = this.keys.get(id)!.key;
    const { name, scopes, allowed_models } = old;
    const next = await this.createKey(tenant, { name, scopes, ...(allowed_models !== null && { allowed_models }) }, actor);
    const until = new Date(this.#options.now() + overlapMs).toISOString();
    const expires_at = old.expires_at !== null && old.expires_at < until ? old.expires_at : until;
    await this.#changeKey(id, overlapMs === 0 ? { revoked_at: this.#time() } : { expires_at }, "rotate", actor);
    return next;
  }

  /** Revokes a key; it stops working at once. */
  async revokeKey(id: string, actor: string): Promise<void> {
    await this.#changeKey(id, { revoked_at: this.#time() }, "revoke", actor);
  }

  async close(): Promise<void> {
    clearInterval(this.#flushing);
    await this.#flushUsed();
    await this.#database.close();
    this.#letGo();
  }

  async #changeKey(id: string, set: Partial<Pick<StoredKey, "revoked_at" | "expires_at">>, action: string, actor: string): Promise<void> {
    const entry = this.keys.get(id)!;
    const after = { ...entry.key, ...set };
    await this.#change(actor, action, `key ${id} of ${after.tenant}`, JSON.stringify(entry.key), JSON.stringify(after), async (tx) => {
      await tx.updateTable("keys").set(set).where("id", "=", id).execute();
    });
    this.keys.set(entry.digest, after);
  }

  /** One transaction: the change and its line in the log of changes. */
  async #change(
    actor: string,
    action: string,
    target: string,
    before: string | undefined,
    after: string | undefined,
    apply: (tx: Transaction<StateTables>) => Promise<void>,
  ): Promise<void> {
    await this.#db.transaction().execute(async (tx) => {
      await apply(tx);
      await tx.insertInto("changes").values({
        at: this.#time(),
        actor,
        action,
        target,
        before: before ?? null,
        after: after ?? null,
      }).execute();
    });
  }

  async #flushUsed(): Promise<void> {
    for (const [id, ms] of this.keys.takeUsed()) {
      const last_used_at = new Date(ms).toISOString();
      await this.#db.updateTable("keys").set({ last_used_at }).where("id", "=", id).execute();
      const entry = this.keys.get(id);
      if (entry !== undefined) this.keys.set(entry.digest, { ...entry.key, last_used_at });
    }
  }

  get #db(): Kysely<StateTables> {
    return this.#database.db;
  }

  #time(): string {
    return new Date(this.#options.now()).toISOString();
  }
}

function tenantOf({ id, config, version, created_at, updated_at }: StateTables["tenants"]): StoredTenant {
  return { id, config: JSON.parse(config), version, created_at, updated_at };
}

function keyOf({ digest: _, scopes, allowed_models, ...row }: StateTables["keys"]): StoredKey {
  return { ...row, scopes: JSON.parse(scopes), allowed_models: allowed_models === null ? null : JSON.parse(allowed_models) };
}
