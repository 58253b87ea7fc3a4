/** The tenants of one configuration file, merged: each again only when it changed. */
import { mergeTenant } from "./merge.ts";
import type { MergedTenant } from "./model.ts";
import type { ConfigFile, TenantFile } from "./schema.ts";

interface Known {
  readonly stored: TenantFile | undefined;
  readonly merged: MergedTenant;
}

export class MergedTenants {
  readonly #known = new Map<string, Known>();

  /** `folder` is that of the configuration file. */
  constructor(readonly file: ConfigFile, readonly folder: string) {}

  /** Tenant `id` of the file (undefined: it is not in it) with what the database says of it. The same object as long as that is the same. */
  of(id: string, inFile: TenantFile | undefined, stored: TenantFile | undefined): MergedTenant {
    const known = this.#known.get(id);
    if (known !== undefined && known.stored === stored) return known.merged;
    const merged = mergeTenant(id, this.file, inFile, this.folder, stored);
    this.#known.set(id, { stored, merged });
    return merged;
  }
}
