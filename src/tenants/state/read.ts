/** Reading the state from its tables: whole, or what changed since. */
import type { Kysely } from "kysely";
import type { StateRows } from "./rows.ts";
import type { StateTables } from "./schema.ts";

/** Where a mirror is: which store it knows, and up to which change. */
export interface Place {
  readonly store: string;
  readonly sequence: number;
}

export async function readPlace(db: Kysely<StateTables>): Promise<Place> {
  return await db.selectFrom("state").select(["store", "sequence"]).executeTakeFirstOrThrow();
}

/**
 * What is newer than `known`; undefined when nothing is, which costs one small query. Another store, or one that was set back to a
 * backup, is read whole. The place is read first: what is written meanwhile is read now and again next time, and nothing is missed.
 */
export async function readState(db: Kysely<StateTables>, known: Place | undefined): Promise<StateRows | undefined> {
  const place = await readPlace(db);
  if (known !== undefined && known.store === place.store && known.sequence === place.sequence) return undefined;
  if (known === undefined || known.store !== place.store || known.sequence > place.sequence) {
    const tenants = await db.selectFrom("tenants").selectAll().where("deleted_at", "is", null).execute();
    return { ...place, whole: true, tenants, keys: await db.selectFrom("keys").selectAll().execute() };
  }
  const tenants = await db.selectFrom("tenants").selectAll().where("sequence", ">", known.sequence).execute();
  return {
    ...place,
    whole: false,
    tenants,
    keys: await db.selectFrom("keys").selectAll().where("sequence", ">", known.sequence).execute(),
  };
}
