/** The state in memory: tenants, and the keys that requests look up. */
import { KeyMirror } from "./key_mirror.ts";
import { keyOf, type StateRows, type StoredTenant, tenantOf } from "./rows.ts";
import type { StateTables } from "./schema.ts";
import type { Sealing } from "./sealing.ts";

export class Mirror {
  readonly #tenants = new Map<string, StoredTenant>();
  readonly #sequences = new Map<string, number>();
  readonly keys: KeyMirror;

  /** @param now Unix milliseconds. */
  constructor(now: () => number, readonly sealing: Sealing) {
    this.keys = new KeyMirror(now);
  }

  get tenants(): ReadonlyMap<string, StoredTenant> {
    return this.#tenants;
  }

  /** Takes over what was read. @returns ids of the tenants that changed, appeared or went. */
  apply({ whole, tenants, keys }: StateRows): string[] {
    const changed: string[] = [];
    if (whole) {
      const there = new Set(tenants.map(({ id }) => id));
      for (const id of this.#tenants.keys()) if (!there.has(id) && this.#forget(id)) changed.push(id);
      this.#revokeAllBut(new Set(keys.map(({ id }) => id)));
    }
    for (const row of tenants) if (this.#put(row)) changed.push(row.id);
    for (const row of keys) this.keys.set(row.digest, keyOf(row));
    return changed;
  }

  #put(row: StateTables["tenants"]): boolean {
    if (row.deleted_at !== null) return this.#forget(row.id);
    if (this.#sequences.get(row.id) === row.sequence) return false;
    this.#sequences.set(row.id, row.sequence);
    this.#tenants.set(row.id, tenantOf(row, this.sealing));
    return true;
  }

  #forget(id: string): boolean {
    this.#sequences.delete(id);
    return this.#tenants.delete(id);
  }

  /** Keys that the store does not know (it was set back to a backup) stop, and still never reach a backend. */
  #revokeAllBut(there: ReadonlySet<string>): void {
    const revoked_at = new Date(this.keys.now()).toISOString();
    for (const [digest, key] of [...this.keys.entries()]) {
      if (!there.has(key.id) && key.revoked_at === null) this.keys.set(digest, { ...key, revoked_at });
    }
  }
}
