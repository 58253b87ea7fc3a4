/**
 * Tenants and keys as state, in a database that several gateways may share: what is read is mirrored in memory, what is written is in the
 * database before anybody is told. A remote database that is down leaves what was last known.
 */
import type { Transaction } from "kysely";
import { filePath } from "../../store/database.ts";
import { keyDigest } from "../resolve.ts";
import { type Author, type Change, type ChangeFilter, type LoggedChange, pruneChanges, readChanges, writeChange } from "./change_log.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import type { KeyMirror } from "./key_mirror.ts";
import { LastUsed } from "./last_used.ts";
import { Mirror } from "./mirror.ts";
import { type KeyMaking, likeKey, makeSecret, newKeyRow } from "./new_keys.ts";
import { notePolicy, policyOf, type PolicyVersion, readVersion, readVersions } from "./policy_versions.ts";
import { type DeletedTenant, keyOf, type NewKey, type StateRows, type StoredKey, type StoredTenant, tenantOf } from "./rows.ts";
import type { StateTables } from "./schema.ts";
import { Sealing } from "./sealing.ts";

export type { Author } from "./change_log.ts";
export { type DeletedTenant, KEY_SCOPES, type KeyScope, type NewKey, type StoredKey, type StoredTenant } from "./rows.ts";

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
  constructor(id: string, where = "already") {
    super(`There is a tenant "${id}" ${where}; change it with PATCH`);
  }
}

/** There is no such deleted tenant. */
export class NotDeletedError extends Error {
  override readonly name = "NotDeletedError";
  constructor(id: string) {
    super(`There is no deleted tenant "${id}"`);
  }
}

/** The tenant was deleted meanwhile. */
export class TenantDeletedError extends Error {
  override readonly name = "TenantDeletedError";
  constructor(id: string) {
    super(`Tenant "${id}" was deleted`);
  }
}

/** The key is revoked, so nothing can follow it. */
export class KeyRevokedError extends Error {
  override readonly name = "KeyRevokedError";
  constructor(id: string) {
    super(`Key "${id}" is revoked; make a new one`);
  }
}

/** A key that is to be taken in belongs to another tenant. */
export class KeyTakenError extends Error {
  override readonly name = "KeyTakenError";
  constructor(id: string) {
    super(`This key is "${id}" of another tenant already`);
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
  /** Seals tenants' secrets: 32 bytes in base64. Without it a file has its own beside it, and a remote store takes no secrets. */
  readonly sealingKey?: string | undefined;
  /** Days that the log of changes is kept; for ever without it. */
  readonly logRetentionDays?: number;
}

/** What a change wrote. */
type Written = Pick<StateRows, "tenants" | "keys">;

export class TenantStore {
  readonly connection: Connection;
  readonly #mirror: Mirror;
  readonly #options: TenantStoreOptions;
  readonly #lastUsed: LastUsed;
  #prunedAtMs = -Infinity;

  private constructor(connection: Connection, mirror: Mirror, options: TenantStoreOptions) {
    this.connection = connection;
    this.#mirror = mirror;
    this.#options = options;
    this.#lastUsed = new LastUsed(connection, mirror.keys);
  }

  /** Opens the database (a file is made when absent) and reads all of it. @throws {StoreError} @throws {StoreHeldError} */
  static async open(options: TenantStoreOptions): Promise<TenantStore> {
    const path = filePath(options.url);
    const sealing = new Sealing({ key: options.sealingKey, keyFile: path === null ? undefined : `${path}.key` });
    const mirror = new Mirror(options.now, sealing);
    const store = new TenantStore(await Connection.open(options, mirror), mirror, options);
    await store.#pruneLog();
    return store;
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

  /** Stores a new tenant. The caller has checked `config`. An id that was deleted may come back; its former keys stay revoked. @throws {TenantExistsError} */
  async create(id: string, config: StoredTenant["config"], author: Author): Promise<StoredTenant> {
    const at = this.#time();
    const text = this.#mirror.sealing.seal(id, config);
    const change = { author, action: "create", target: `tenant ${id}`, tenant: id, after: config };
    const { tenants } = await this.#change(change, async (tx, sequence) => {
      const there = await tx.selectFrom("tenants").select(["version", "deleted_at"]).where("id", "=", id).executeTakeFirst();
      if (there !== undefined && there.deleted_at === null) throw new TenantExistsError(id);
      for (const table of ["tenants", "policy_versions"] as const) {
        await tx.deleteFrom(table).where(table === "tenants" ? "id" : "tenant", "=", id).execute();
      }
      // Counts on, so that a tag of the one that was deleted never fits this one.
      const row = { id, config: text, version: (there?.version ?? 0) + 1, created_at: at, updated_at: at, deleted_at: null, sequence };
      await tx.insertInto("tenants").values(row).execute();
      await notePolicy(tx, id, policyOf(config), { at, by: author.name });
      return { tenants: [row], keys: [] };
    });
    return tenantOf(tenants[0]!, this.#mirror.sealing);
  }

  /**
   * Replaces a tenant's configuration; `restoredFrom` when that brings back the policy of an earlier version.
   * @throws {StaleVersionError} when it is not at `version` any more.
   */
  async update(
    id: string,
    config: StoredTenant["config"],
    version: number,
    author: Author,
    restoredFrom?: number,
  ): Promise<StoredTenant> {
    const before = this.tenants.get(id)?.config;
    const at = this.#time();
    const sealed = this.#mirror.sealing.seal(id, config);
    const action = restoredFrom === undefined ? "update" : "rollback";
    const { tenants } = await this.#change(
      { author, action, target: `tenant ${id}`, tenant: id, before, after: config },
      async (tx, sequence) => {
        const rows = await tx.updateTable("tenants")
          .set({ config: sealed, version: version + 1, updated_at: at, sequence })
          .where("id", "=", id).where("version", "=", version).where("deleted_at", "is", null).returningAll().execute();
        if (rows.length > 0) {
          await notePolicy(tx, id, policyOf(config), { at, by: author.name, ...(restoredFrom !== undefined && { restoredFrom }) });
          return { tenants: rows, keys: [] };
        }
        const now = await tx.selectFrom("tenants").select("version").where("id", "=", id).where("deleted_at", "is", null)
          .executeTakeFirst();
        throw new StaleVersionError(id, now?.version ?? 0);
      },
    );
    return tenantOf(tenants[0]!, this.#mirror.sealing);
  }

  /** Deletes a tenant, softly, and revokes its keys. One that is gone already stays so. */
  async remove(id: string, author: Author): Promise<void> {
    const at = this.#time();
    const before = this.tenants.get(id)?.config;
    await this.#change({ author, action: "delete", target: `tenant ${id}`, tenant: id, before }, async (tx, sequence) => ({
      tenants: await tx.updateTable("tenants").set({ deleted_at: at, updated_at: at, sequence })
        .where("id", "=", id).where("deleted_at", "is", null).returningAll().execute(),
      keys: await tx.updateTable("keys").set({ revoked_at: at, sequence })
        .where("tenant", "=", id).where("revoked_at", "is", null).returningAll().execute(),
    }));
  }

  /** Deleted tenants that were not purged, by id. */
  async deleted(): Promise<DeletedTenant[]> {
    const rows = await this.connection.db().selectFrom("tenants").selectAll().where("deleted_at", "is not", null).orderBy("id").execute();
    return rows.map((row) => ({ ...tenantOf(row, this.#mirror.sealing), deleted_at: row.deleted_at ?? "" }));
  }

  /**
   * Brings a deleted tenant back, and `withKeys` the keys that its deletion revoked.
   * @throws {NotDeletedError}
   */
  async restore(id: string, withKeys: boolean, author: Author): Promise<StoredTenant> {
    const at = this.#time();
    const change = { author, action: "restore", target: `tenant ${id}`, tenant: id, after: { keys: withKeys } };
    const { tenants } = await this.#change(change, async (tx, sequence) => {
      const there = await tx.selectFrom("tenants").select(["deleted_at", "version"]).where("id", "=", id)
        .where("deleted_at", "is not", null).executeTakeFirst();
      if (there === undefined) throw new NotDeletedError(id);
      return {
        tenants: await tx.updateTable("tenants").set({ deleted_at: null, updated_at: at, version: there.version + 1, sequence })
          .where("id", "=", id).returningAll().execute(),
        keys: !withKeys ? [] : await tx.updateTable("keys").set({ revoked_at: null, sequence })
          .where("tenant", "=", id).where("revoked_at", "=", there.deleted_at).returningAll().execute(),
      };
    });
    return tenantOf(tenants[0]!, this.#mirror.sealing);
  }

  /** Forgets a deleted tenant: its configuration, keys and policies. @throws {NotDeletedError} */
  async purge(id: string, author: Author): Promise<void> {
    await this.#change({ author, action: "purge", target: `tenant ${id}`, tenant: id }, async (tx) => {
      const { numDeletedRows } = await tx.deleteFrom("tenants").where("id", "=", id).where("deleted_at", "is not", null).executeTakeFirst();
      if (numDeletedRows === 0n) throw new NotDeletedError(id);
      for (const table of ["keys", "policy_versions"] as const) await tx.deleteFrom(table).where("tenant", "=", id).execute();
      // That it was there and who did what to it stays in the log; what it was like does not.
      await tx.updateTable("changes").set({ before: null, after: null }).where("tenant", "=", id).execute();
      return { tenants: [], keys: [] };
    });
  }

  /** A tenant's policies by the database, newest first; `below`: only those before this version. */
  policyVersions(id: string, page: { readonly limit: number; readonly below?: number | undefined }): Promise<PolicyVersion[]> {
    return readVersions(this.connection.db(), id, page);
  }

  policyVersion(id: string, version: number): Promise<PolicyVersion | undefined> {
    return readVersion(this.connection.db(), id, version);
  }

  /** The log of changes, newest first. */
  changes(filter: ChangeFilter): Promise<LoggedChange[]> {
    return readChanges(this.connection.db(), filter);
  }

  /** Logs what changed no tenant and no key. */
  async note(change: Change): Promise<void> {
    await this.#change(change, () => Promise.resolve({ tenants: [], keys: [] }));
  }

  /** Makes a key. @throws {TenantDeletedError} */
  async createKey(tenant: string, wanted: NewKey, author: Author): Promise<MadeKey> {
    const secret = makeSecret();
    return { key: await this.#addKey(tenant, secret, wanted, author), secret };
  }

  /**
   * Takes in a key that stood elsewhere (`api_key_map`). One that the tenant has already stays as it is.
   * @throws {KeyTakenError} when it is another tenant's.
   */
  async importKey(tenant: string, secret: string, wanted: NewKey, author: Author): Promise<{ key: StoredKey; created: boolean }> {
    const known = this.keys.byDigest(keyDigest(secret, this.#options.pepper));
    if (known !== undefined && known.tenant !== tenant) throw new KeyTakenError(known.id);
    if (known !== undefined) return { key: known, created: false };
    return { key: await this.#addKey(tenant, secret, wanted, author), created: true };
  }

  /** A new key like `id`, which itself expires after `overlapMs`: both or neither. @throws {KeyRevokedError} @throws {TenantDeletedError} */
  async rotateKey(tenant: string, id: string, overlapMs: number, author: Author): Promise<MadeKey> {
    const old = this.keys.get(id)!.key;
    const secret = makeSecret();
    const row = newKeyRow(tenant, secret, likeKey(old, this.#options.now()), this.#making(author));
    const until = new Date(this.#options.now() + overlapMs).toISOString();
    const expires_at = old.expires_at !== null && old.expires_at < until ? old.expires_at : until;
    const set = overlapMs === 0 ? { revoked_at: this.#time() } : { expires_at };
    const change = {
      author,
      action: "rotate",
      target: `key ${id} of ${tenant}`,
      tenant,
      before: old,
      after: { ...old, ...set, replaced_by: row.id },
    };
    await this.#change(change, async (tx, sequence) => {
      // Another gateway may have been faster.
      await refuseDeleted(tx, tenant);
      const now = await tx.selectFrom("keys").select("revoked_at").where("id", "=", id).executeTakeFirst();
      if (now === undefined || now.revoked_at !== null) throw new KeyRevokedError(id);
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
  async revokeKey(id: string, author: Author): Promise<void> {
    const before = this.keys.get(id)!.key;
    const set = { revoked_at: this.#time() };
    const change = {
      author,
      action: "revoke",
      target: `key ${id} of ${before.tenant}`,
      tenant: before.tenant,
      before,
      after: { ...before, ...set },
    };
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

  async #addKey(tenant: string, secret: string, wanted: NewKey, author: Author): Promise<StoredKey> {
    const row = newKeyRow(tenant, secret, wanted, this.#making(author));
    const key = keyOf({ ...row, sequence: 0 });
    await this.#change({ author, action: "create", target: `key ${row.id} of ${tenant}`, tenant, after: key }, async (tx, sequence) => {
      await refuseDeleted(tx, tenant);
      await tx.insertInto("keys").values({ ...row, sequence }).execute();
      return { tenants: [], keys: [{ ...row, sequence }] };
    });
    return key;
  }

  /** One transaction: the change and its line in the log of changes. What it wrote is served when it is stored. */
  async #change(change: Change, apply: (tx: Transaction<StateTables>, sequence: number) => Promise<Written>): Promise<Written> {
    const written = await this.connection.change(async (tx, sequence) => {
      const written = await apply(tx, sequence);
      await writeChange(tx, this.#time(), change);
      return written;
    });
    await this.#pruneLog();
    return written;
  }

  async #pruneLog(): Promise<void> {
    const { logRetentionDays, now } = this.#options;
    if (logRetentionDays === undefined || this.connection.failure !== null) return;
    // At most hourly: it is housekeeping, and nobody waits for it but the first.
    if (Math.abs(now() - this.#prunedAtMs) < 3_600_000) return;
    this.#prunedAtMs = now();
    // What fails here fails at the next change too, where it is told.
    await pruneChanges(this.connection.db(), new Date(now() - logRetentionDays * 86_400_000).toISOString()).catch(() => {});
  }

  #making(author: Author): KeyMaking {
    return { pepper: this.#options.pepper, at: this.#time(), by: author.name };
  }

  #time(): string {
    return new Date(this.#options.now()).toISOString();
  }
}

/** A key made while its tenant is being deleted must not wait for another tenant of that name. */
async function refuseDeleted(tx: Transaction<StateTables>, tenant: string): Promise<void> {
  const row = await tx.selectFrom("tenants").select("deleted_at").where("id", "=", tenant).executeTakeFirst();
  if (row !== undefined && row.deleted_at !== null) throw new TenantDeletedError(tenant);
}
