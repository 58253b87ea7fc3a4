/** Where `checkstream tenants` and `keys` find the state: a running gateway's admin API, or the database itself while no gateway holds it. */
import type { Json } from "../tenants/state/merge_patch.ts";
import type { NewKey } from "../tenants/state/store.ts";

export type Row = Readonly<Record<string, unknown>>;

/** What the commands can do; answers are those of the admin API. */
export interface TenantSource extends AsyncDisposable {
  list(): Promise<readonly Row[]>;
  /** As stored, and under `effective` and `origins` merged with everything else. */
  show(id: string): Promise<Row>;
  add(id: string, config: Json): Promise<Row>;
  update(id: string, patch: Json): Promise<Row>;
  remove(id: string): Promise<void>;
  keys(id: string): Promise<readonly Row[]>;
  createKey(id: string, key: NewKey): Promise<Row>;
  /** Takes in a key that clients have already. @returns false when the tenant had it. */
  importKey(id: string, secret: string, name: string): Promise<boolean>;
  rotateKey(id: string, key: string, overlapS: number): Promise<Row>;
  revokeKey(id: string, key: string): Promise<void>;
}
