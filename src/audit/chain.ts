import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical.ts";

/** Names the encoding, so that a later one can be told apart. */
export const FORMAT = "checkstream-audit-1";

/** What a segment's first record chains to. A trail has one segment, and one more each time a damaged file was set aside. */
export interface Genesis {
  readonly format: string;
  readonly tenant: string;
  /** From 1. */
  readonly segment: number;
  /** Id of the segment's first record. */
  readonly first_id: number;
  /** The damaged file that the segment before it is kept in. */
  readonly set_aside?: SetAside;
}

export interface SetAside {
  /** Name in the trail's folder. */
  readonly file: string;
  /** SHA-256, hex, of that file's bytes. */
  readonly sha256: string;
  readonly reason: string;
}

/** The first segment's genesis follows from the tenant alone, so a chain cannot be passed off as another tenant's. */
export function firstGenesis(tenant: string): Genesis {
  return { format: FORMAT, tenant, segment: 1, first_id: 1 };
}

/** SHA-256, hex, of the canonical genesis: the `previous_hash` of the segment's first record. */
export function genesisHash(genesis: Genesis): string {
  const { format, tenant, segment, first_id, set_aside } = genesis;
  return sha256(canonicalJson({
    format,
    tenant,
    segment,
    first_id,
    set_aside: set_aside === undefined ? undefined : { ...set_aside },
  }));
}

/** A record's hash: SHA-256, hex, of its canonical encoding without `hash` (it does contain `id` and `previous_hash`). */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
