// Verifies an exported audit trail with nothing but this file, the export and the public key: no code of the gateway is used.
//   deno run --allow-read scripts/verify_audit.ts EXPORT.jsonl PUBLIC_KEY.pem        (Node 22 or newer: node scripts/verify_audit.ts …)
// Exit code 0: valid; 1: not; 2: wrong usage. The format: docs/audit.md.
import { Buffer } from "node:buffer";
import { createHash, createPublicKey, verify } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import process from "node:process";

type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
type Members = { [key: string]: Value };
/** RFC 8785: sorted members, ECMAScript's numbers and strings, no white space. */
function canonical(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`).join(",")}}`;
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
function members(value: Value | undefined, what: string): Members {
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw new Error(`statement: ${what} is no object`);
  return value;
}

class Chain {
  records = 0;
  #expected = 1;
  #hash = "";
  #to = Infinity;
  #begun = false;
  /** Found in the place of the record expected, which is searched in the rest: it may come later. */
  #instead = 0;
  #tenant: Value = null;
  #statements = 0;
  #statementHash = "";
  #head: Members | null = null;
  readonly #checkpoints = new Map<Value, Value>();
  readonly #gaps = new Map<Value, Members>();
  #about: Members = {};

  constructor(readonly signed: (text: string, signature: Value | undefined) => boolean) {}

  line(text: string): void {
    const value = members(JSON.parse(text), "a line");
    if ("audit_export" in value) this.#about = members(value.audit_export, "audit_export");
    else if ("statement" in value) this.#statement(members(value.statement, "statement"), value.signature);
    else if ("head" in value) this.#readHead(members(value.head, "head"), value.signature);
    else this.#record(value);
  }

  #statement(statement: Members, signature: Value | undefined): void {
    const text = canonical(statement);
    const seq = ++this.#statements;
    if (!this.signed(text, signature)) throw new Error(`statement ${seq} was changed, or signed with another key`);
    if (statement.seq !== seq || statement.previous !== this.#statementHash) throw new Error(`statement ${seq} is missing`);
    this.#statementHash = sha256(text);
    if (seq === 1) {
      if (statement.kind !== "genesis") throw new Error("statement 1 is not the genesis");
      const genesis = members(statement.genesis, "genesis");
      this.#tenant = genesis.tenant ?? null;
      this.#expected = Number(genesis.first_id);
      this.#hash = sha256(canonical(genesis));
    }
    if (statement.tenant !== this.#tenant) throw new Error(`statement ${seq} is about another tenant`);
    if (statement.kind === "checkpoint") this.#checkpoints.set(statement.id ?? null, statement.hash ?? null);
    if (statement.kind === "prune" && Array.isArray(statement.gaps)) {
      for (const gap of statement.gaps) this.#gaps.set(members(gap, "gap").from ?? null, members(gap, "gap"));
    }
  }

  #readHead(head: Members, signature: Value | undefined): void {
    if (!this.signed(canonical(head), signature)) throw new Error("statement changed: the head's signature does not hold");
    const known = head.statements === this.#statements && head.statement_hash === this.#statementHash;
    if (!known) throw new Error("statement missing: the head names others");
    this.#head = head;
  }

  /** Where the export says that it begins and ends must be the chain's own ends or signed checkpoints. */
  #begin(): void {
    if (this.#begun) return;
    if (this.#head === null) throw new Error("statement missing: the signed head");
    this.#begun = true;
    const { from_id, to_id } = this.#about;
    const before = this.#checkpoints.get(Number(from_id) - 1);
    if (Number(from_id) > this.#expected && typeof before === "string") {
      this.#expected = Number(from_id);
      this.#hash = before;
      const gap = [...this.#gaps.values()].find((gap) => Number(gap.from) < this.#expected && this.#expected <= Number(gap.to));
      if (gap !== undefined) [this.#expected, this.#hash] = [Number(gap.to) + 1, String(gap.after)];
    }
    this.#to = this.#checkpoints.has(to_id ?? null) ? Number(to_id) : Number(this.#head.id);
  }

  #overGaps(to: number): void {
    for (let gap; (gap = this.#gaps.get(this.#expected)) && this.#expected <= to && gap.before === this.#hash;) {
      [this.#expected, this.#hash] = [Number(gap.to) + 1, String(gap.after)];
    }
  }

  #record({ hash, ...record }: Members): void {
    this.#begin();
    const id = Number(record.id);
    if (this.#instead !== 0 && id !== this.#expected) return;
    if (this.#instead !== 0) throw new Error(`record ${id}: reordered, in its place is record ${this.#instead}`);
    this.#overGaps(id - 1);
    if (id < this.#expected) throw new Error(`record ${this.#expected}: reordered or inserted, in its place is record ${id}`);
    if (id > this.#to) throw new Error(`record ${id}: inserted, the signed end is record ${this.#to}`);
    if (id > this.#expected) return void (this.#instead = id);
    if (sha256(canonical(record)) !== hash) throw new Error(`record ${id}: changed, its hash does not match its content`);
    if (record.previous_hash !== this.#hash) throw new Error(`record ${id}: reordered or rewritten, it does not chain to the one before`);
    const signed = this.#checkpoints.get(id);
    if (signed !== undefined && signed !== hash) throw new Error(`record ${id}: rewritten, the signed checkpoint names another hash`);
    this.#hash = hash;
    this.#expected++;
    this.records++;
  }

  end(): void {
    this.#begin();
    if (this.#instead !== 0) throw new Error(`record ${this.#expected}: missing, in its place is record ${this.#instead}`);
    this.#overGaps(this.#to);
    if (this.#expected <= this.#to) throw new Error(`record ${this.#expected}: truncated, the signed end is record ${this.#to}`);
    const signed = this.#to === Number(this.#head?.id) ? this.#head?.hash : this.#checkpoints.get(this.#to);
    if (signed !== this.#hash) throw new Error(`record ${this.#to}: rewritten, the signature names another hash`);
  }
}

const [exported, key] = process.argv.slice(2);
if (exported === undefined || key === undefined) process.exit((console.error("usage: verify_audit.ts EXPORT.jsonl PUBLIC_KEY.pem"), 2));
const publicKey = createPublicKey(readFileSync(key, "utf8"));
const chain = new Chain((text, signature) =>
  verify(null, new TextEncoder().encode(text), publicKey, new Uint8Array(Buffer.from(String(signature), "base64")))
);
try {
  let rest = "";
  // Only a line feed ends a line: text inside a record may hold other line separators (U+2028).
  for await (const chunk of createReadStream(exported, "utf8")) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) chain.line(line);
  }
  if (rest !== "") chain.line(rest);
  chain.end();
  console.log(`valid: ${chain.records} records`);
} catch (error) {
  console.log(`invalid: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
