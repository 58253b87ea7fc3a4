import { canonicalJson } from "./canonical.ts";
import { type Genesis, genesisHash, sha256 } from "./chain.ts";
import type { SigningKey, VerifyingKey } from "./signing_key.ts";

/** Records `from`…`to` were removed on purpose: the record before them hashed to `before`, the last of them to `after`. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly before: string;
  readonly after: string;
}

interface Numbered {
  readonly tenant: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  /** From 1, without gaps. */
  readonly seq: number;
  /** SHA-256, hex, of the canonical statement before this one; empty for the first. */
  readonly previous: string;
}

/** What the gateway signs (Ed25519 over the canonical encoding). Statements form their own chain by `seq` and `previous`. */
export type Statement =
  | Numbered & { readonly kind: "genesis"; readonly genesis: Genesis; readonly public_key: string }
  | Numbered & { readonly kind: "checkpoint"; readonly id: number; readonly hash: string }
  | Numbered & { readonly kind: "prune"; readonly reason: string; readonly records: number; readonly gaps: readonly Gap[] };

/** The newest record and the newest statement, signed again in every commit: a cut tail cannot be hidden. */
export interface Head {
  readonly kind: "head";
  readonly tenant: string;
  readonly time: string;
  /** Id and hash of the newest record; before the first one, the id before `first_id` and the genesis hash. */
  readonly id: number;
  readonly hash: string;
  readonly statements: number;
  readonly statement_hash: string;
}

/** A statement as it is stored and exported. */
export interface Signed<T> {
  readonly statement: T;
  /** Base64. */
  readonly signature: string;
}

/** The canonical text of a statement; what is signed and hashed. */
export function statementText(statement: Statement | Head): string {
  if (statement.kind === "genesis") {
    const { set_aside, ...rest } = statement.genesis;
    return canonicalJson({ ...statement, genesis: { ...rest, set_aside: set_aside === undefined ? undefined : { ...set_aside } } });
  }
  if (statement.kind === "prune") return canonicalJson({ ...statement, gaps: statement.gaps.map((gap) => ({ ...gap })) });
  return canonicalJson({ ...statement });
}

export function statementHash(statement: Statement): string {
  return sha256(statementText(statement));
}

export function signStatement<T extends Statement | Head>(statement: T, key: SigningKey): Signed<T> {
  return { statement, signature: key.sign(statementText(statement)) };
}

export function isSigned(signed: Signed<Statement | Head>, key: VerifyingKey): boolean {
  return key.verify(statementText(signed.statement), signed.signature);
}

/** The head of a segment without records. */
export function emptyHead(genesis: Signed<Extract<Statement, { kind: "genesis" }>>): Head {
  const { statement } = genesis;
  return {
    kind: "head",
    tenant: statement.tenant,
    time: statement.time,
    id: statement.genesis.first_id - 1,
    hash: genesisHash(statement.genesis),
    statements: statement.seq,
    statement_hash: statementHash(statement),
  };
}
