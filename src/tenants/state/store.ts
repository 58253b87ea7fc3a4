/**
 * Tenants and keys as state, in a database that several gateways may share: what is read is mirrored in memory, what is written is in the
 * database before anybody is told. A remote database that is down leaves what was last known.
 */
import { randomBytes, randomUUID } from "node:crypto";
import type { Transaction } from "kysely";
import { KEY_PREFIX, keyDigest } from "../resolve.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import type { KeyMirror } from "./key_mirror.ts";
import { LastUsed } from "./last_used.ts";
import { Mirror } from "./mirror.ts";
import { keyOf, type NewKey, type StateRows, type StoredKey, type StoredTenant, tenantOf } from "./rows.ts";
import type { StateTables } from "./schema.ts";

export { KEY_SCOPES, type KeyScope, type NewKey, type StoredKey, type StoredTenant } from "./rows.ts";

/** The tenant changed since it was read. */
export class StaleVersionError extends Error {
  override readonly name = "StaleVersionError";
  constructor(readonly id: string, readonly version: number) {
    super(`Tenant "${id}" is at version ${version} by now`);
  }
}

/** There is such a tenant already, and it is not the same. */
export class TenantExistsError extends Error {
  override readonly name = "TenantExistsError";
  constructor(id: string) {
    super(`There is a tenant "${id}" already; change it with PATCH`);
  }
}

/** A key that was made. `secret` is the only copy of it there ever is. */
export interface MadeKey {
  readonly key: StoredKey;
  readonly secret: string;
}

export interface TenantStoreOptions extends ConnectionOptions {
  /** Mixed into key digests when set. */
  readonly pepper: string | undefined;
}

interface Change {
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** What a change wrote. */
type Written = Pick<StateRows, "tenants" | "keys">;

export class TenantStore {
  readonly connection: Connection;
  readonly #mirror: Mirror;
  readonly #options: TenantStoreOptions;
  readonly #lastUsed: LastUsed;

  private constructor(connection: Connection, mirror: Mirror, options: TenantStoreOptions) {
    this.connection = connection;
    this.#mirror = mirror;
    this.#options = options;
    this.#lastUsed = new LastUsed(connection, mirror.keys);
  }

  /** Opens the database (a file is made when absent) and reads all of it. @throws {StoreError} @throws {StoreHeldError} */
  static async open(options: TenantStoreOptions): Promise<TenantStore> {
    const mirror = new Mirror(options.now);
    return new TenantStore(await Connection.open(options, mirror), mirror, options);
  }

  /** Tenants by id. */
  get tenants(): ReadonlyMap<string, StoredTenant> {
    return this.#mirror.tenants;
  }

  /** What requests look keys up in. */
  get keys(): KeyMirror {
    return this.#mirror.keys;
  }

  keysOf(tenant: string): StoredKey[] {
    return this.keys.ofTenant(tenant);
  }

  key(tenant: string, id: string): StoredKey | undefined {
    const key = this.keys.get(id)?.key;
    return key?.tenant === tenant ? key : undefined;
  }

  /** Takes over what others changed. @throws {StoreError} */
  sync(): Promise<void> {
    return this.connection.sync();
  }

  /** Stores a new tenant. The caller has checked `config`. @throws {TenantExistsError} */
  async create(id: string, config: StoredTenant["config"], actor: string): Promise<StoredTenant> {
    const at = this.#time();
    const text = JSON.stringify(config);
    const { tenants } = await this.#change({ actor, action: "create", target: `tenant ${id}`, after: config }, async (tx, sequence) => {
      // An id that was deleted may come back; its former keys stay revoked.
      await tx.deleteFrom("tenants").where("id", "=", id).where("deleted_at", "is not", null).execute();
      const there = await tx.selectFrom("tenants").select("id").where("id", "=", id).executeTakeFirst();
      if (there !== undefined) throw new TenantExistsError(id);
      const row = { id, config: text, version: 1, created_at: at, updated_at: at, deleted_at: null, sequence };
      await tx.insertInto("tenants").values(row).execute();
      return { tenants: [row], keys: [] };
    });
    return tenantOf(tenants[0]!);
  }

  /** Replaces a tenant's configuration. @throws {StaleVersionError} when it is not at `version` any more. */
  async update(id: string, config: StoredTenant["config"], version: number, actor: string): Promise<StoredTenant> {
    const before = this.tenants.get(id)?.config;
    const { tenants } = await this.#change(
      { actor, action: "update", target: `tenant ${id}`, before, after: config },
      async (tx, sequence) => {
        const rows = await tx.updateTable("tenants")
          .set({ config: JSON.stringify(config), version: version + 1, updated_at: this.#time(), sequence })
          .where("id", "=", id).where("version", "=", version).where("deleted_at", "is", null).returningAll().execute();
        if (rows.length > 0) return { tenants: rows, keys: [] };
        const now = await tx.selectFrom("tenants").select("version").where("id", "=", id).where("deleted_at", "is", null)
          .executeTakeFirst();
        throw new StaleVersionError(id, now?.version ?? 0);
      },
    );
    return tenantOf(tenants[0]!);
  }

  /** Deletes a tenant, softly, and revokes its keys. One that is gone already stays so. */
  async remove(id: string, actor: string): Promise<void> {
    const at = this.#time();
    const before = this.tenants.get(id)?.config;
    await this.#change({ actor, action: "delete", target: `tenant ${id}`, before }, async (tx, sequence) => ({
      tenants: await tx.updateTable("tenants").set({ deleted_at: at, updated_at: at, sequence })
        .where("id", "=", id).where("deleted_at", "is", null).returningAll().execute(),
      keys: await tx.updateTable("keys").set({ revoked_at: at, sequence })
        .where("tenant", "=", id).where("revoked_at", "is", null).returningAll().execute(),
    }));
  }

  /** Makes a key of 256 random bits. */
  async createKey(tenant: string, wanted: NewKey, actor: string): Promise<MadeKey> {
    const secret = KEY_PREFIX + randomBytes(32).toString("base64url");
    return { key: await this.#addKey(tenant, secret, wanted, actor), secret };
  }

  /**
   * Takes in a key that stood elsewhere (`api_key_map`). One that is known stays as it is.
   * @returns undefined when it was known.
   */
  async importKey(tenant: string, secret: string, wanted: NewKey, actor: string): Promise<StoredKey | undefined> {
    return this.keys.isKey(keyDigest(secret, this.#options.pepper)) ? undefined : await this.#addKey(tenant, secret, wanted, actor);
  }

  /** A new key like `id`, which itself expires after `overlapMs`: both or neither. */
  async rotateKey(tenant: string, id: string, overlapMs: number, actor: string): Promise<MadeKey> {
    const old = this.keys.get(id)!.key;
    const secret = KEY_PREFIX + randomBytes(32).toString("base64url");
    const row = this.#newRow(tenant, secret, withoutNulls(old), actor);
    const until = new Date(this.#options.now() + overlapMs).toISOString();
    const expires_at = old.expires_at !== null && old.expires_at < until ? old.expires_at : until;
    const set = overlapMs === 0 ? { revoked_at: old.revoked_at ?? this.#time() } : { expires_at };
    const change = {
      actor,
      action: "rotate",
      target: `key ${id} of ${tenant}`,
      before: old,
      after: { ...old, ...set, replaced_by: row.id },
    };
    await this.#change(change, async (tx, sequence) => {
      const next = { ...row, sequence };
      await tx.insertInto("keys").values(next).execute();
      return {
        tenants: [],
        keys: [next, ...await tx.updateTable("keys").set({ ...set, sequence }).where("id", "=", id).returningAll().execute()],
      };
    });
    return { key: keyOf({ ...row, sequence: 0 }), secret };
  }

  /** Revokes a key; it stops working at once. */
  async revokeKey(id: string, actor: string): Promise<void> {
    const before = this.keys.get(id)!.key;
    const set = { revoked_at: this.#time() };
    const change = { actor, action: "revoke", target: `key ${id} of ${before.tenant}`, before, after: { ...before, ...set } };
    await this.#change(change, async (tx, sequence) => ({
      tenants: [],
      keys: await tx.updateTable("keys").set({ ...set, sequence }).where("id", "=", id).where("revoked_at", "is", null).returningAll()
        .execute(),
    }));
  }

  async close(): Promise<void> {
    await this.#lastUsed.stop();
    await this.connection.close();
  }

  async #addKey(tenant: string, secret: string, wanted: NewKey, actor: string): Promise<StoredKey> {
    const row = this.#newRow(tenant, secret, wanted, actor);
    const key = keyOf({ ...row, sequence: 0 });
    await this.#change({ actor, action: "create", target: `key ${row.id} of ${tenant}`, after: key }, async (tx, sequence) => {
      await tx.insertInto("keys").values({ ...row, sequence }).execute();
      return { tenants: [], keys: [{ ...row, sequence }] };
    });
    return key;
  }

  #newRow(tenant: string, secret: string, wanted: NewKey, actor: string): Omit<StateTables["keys"], "sequence"> {
    const { name, scopes, allowed_models, rate_limit, budget, expires_at } = wanted;
    const json = (value: unknown) => value === undefined ? null : JSON.stringify(value);
    return {
      id: `key_${randomUUID().replaceAll("-", "")}`,
      tenant,
      digest: keyDigest(secret, this.#options.pepper),
      // Enough to know it again, and far from enough to guess the rest.
      prefix: secret.slice(0, secret.startsWith(KEY_PREFIX) ? KEY_PREFIX.length + 6 : Math.min(6, secret.length >> 1)),
      name,
      scopes: JSON.stringify(scopes),
      allowed_models: json(allowed_models),
      rate_limit: json(rate_limit),
      budget: json(budget),
      created_at: this.#time(),
      created_by: actor,
      expires_at: expires_at ?? null,
      revoked_at: null,
      last_used_at: null,
    };
  }

  /** One transaction: the change and its line in the log of changes. What it wrote is served when it is stored. */
  async #change(
    { actor, action, target, before, after }: Change,
    apply: (tx: Transaction<StateTables>, sequence: number) => Promise<Written>,
  ): Promise<Written> {
    return await this.connection.change(async (tx, sequence) => {
      const written = await apply(tx, sequence);
      await tx.insertInto("changes").values({
        at: this.#time(),
        actor,
        action,
        target,
        before: before === undefined ? null : JSON.stringify(before),
        after: after === undefined ? null : JSON.stringify(after),
      }).execute();
      return written;
    });
  }

  #time(): string {
    return new Date(this.#options.now()).toISOString();
  }
}

/** What a rotated key hands on. */
function withoutNulls({ name, scopes, allowed_models, rate_limit, budget }: StoredKey): NewKey {
  return {
    name,
    scopes,
    ...(allowed_models !== null && { allowed_models }),
    ...(rate_limit !== null && { rate_limit }),
    ...(budget !== null && { budget }),
  };
}
