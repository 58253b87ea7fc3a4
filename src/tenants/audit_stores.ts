/** The audit trails of the running tenants: one open store per folder, kept across reloads, closed when the last tenant that uses it goes. */
import { openAuditStore } from "../audit/open.ts";
import type { AuditStore } from "../audit/types.ts";
import type { TenantConfig } from "../config/mod.ts";

interface OpenTrail {
  readonly settings: string;
  readonly store: Promise<AuditStore>;
}

export class AuditStores {
  readonly #open = new Map<string, OpenTrail>();

  /** The store of a tenant's folder; settings that changed reopen it. @throws {AuditError} */
  async open({ id, audit }: TenantConfig): Promise<AuditStore> {
    const settings = JSON.stringify([id, audit]);
    const known = this.#open.get(audit.path);
    if (known !== undefined && known.settings === settings) return await known.store;
    if (known !== undefined) await (await known.store).close();
    const store = openAuditStore({
      tenant: id,
      directory: audit.path,
      // The recorder decides which texts a record carries: what the tenant's settings ask for, and what rules that fired ask for.
      include: ["input", "output"],
      retentionDays: audit.retentionDays,
      durability: audit.durability,
      retryOpen: true,
    });
    this.#open.set(audit.path, { settings, store });
    try {
      return await store;
    } catch (error) {
      this.#open.delete(audit.path);
      throw error;
    }
  }

  /** Closes the trails whose folder is not in `kept`. */
  async closeExcept(kept: ReadonlySet<string>): Promise<void> {
    for (const [path, { store }] of this.#open) {
      if (kept.has(path)) continue;
      this.#open.delete(path);
      await (await store).close();
    }
  }
}
