import type { Kysely } from "kysely";
import type { Database } from "../store/database.ts";
import { firstGenesis, type Genesis } from "./chain.ts";
import { encrypter, type TextCipher } from "./encrypt.ts";
import { AuditError, auditError } from "./errors.ts";
import { type FileIdentity, identityOf, isSameFile, Moved } from "./file_identity.ts";
import { seal, type SealedRecord } from "./record.ts";
import { insertRecords } from "./records_table.ts";
import { setAside } from "./recover.ts";
import { CHECKPOINT_EVERY_RECORDS, CHECKPOINT_INTERVAL_MS, type TrailSettings } from "./settings.ts";
import type { SigningKey } from "./signing_key.ts";
import { emptyHead, type Head, isSigned, signStatement, type Statement, statementText } from "./statement.ts";
import { parsedHead, parsedStatement, readHead, writeHead, writeStatement } from "./statements_table.ts";
import type { TrailTables } from "./tables.ts";
import { keyOf, openTrailDatabase, trailPath } from "./trail_database.ts";
import type { AuditEntry } from "./types.ts";

/**
 * One `audit.db`, open for writing. Works in the calling thread; `writer.ts` keeps it in a worker. Every commit reads the head inside its
 * transaction, so several processes may write the same trail.
 */
export class TrailFile {
  #database: Database<TrailTables>;
  /** The head's text as this object last wrote it: a head that differs was written by someone else and is checked. */
  #ownHead = "";
  /** The first statement, which names the segment. */
  #genesis = "";
  /** When records were last pruned, Unix ms. */
  prunedMs = -Infinity;
  #lastCheckpoint: { seq: number; id: number; time: number } = { seq: -1, id: 0, time: 0 };
  readonly #cipher: TextCipher | null;

  /** The file that is open. */
  #file: FileIdentity | null;

  private constructor(readonly settings: TrailSettings, readonly key: SigningKey, database: Database<TrailTables>) {
    this.#database = database;
    this.#file = identityOf(trailPath(settings));
    this.#cipher = settings.encryptionKey === undefined ? null : encrypter(settings.encryptionKey, settings.tenant);
  }

  get db(): Kysely<TrailTables> {
    return this.#database.db;
  }

  /** Opens or creates the trail; a damaged file is set aside and a new segment begins. @throws {AuditError} */
  static async open(settings: TrailSettings, now: number): Promise<TrailFile> {
    const key = keyOf(settings);
    try {
      const trail = new TrailFile(settings, key, await openTrailDatabase(settings));
      try {
        await trail.#checkOrBegin(now);
        return trail;
      } catch (error) {
        await trail.close();
        throw error;
      }
    } catch (error) {
      const problem = auditError(error);
      if (problem.code !== "corrupt") throw problem;
      return await TrailFile.#beginAgain(settings, key, problem.message, now);
    }
  }

  /**
   * Appends entries (from `cleanEntry`) in order, in one durable transaction. Groups of a few hundred: measured 190 µs, and 33 µs for each entry.
   * @returns how many records the trail gained. @throws {AuditError} and then nothing was appended.
   */
  async commit(entries: readonly AuditEntry[], now: number): Promise<number> {
    try {
      return await this.#commit(entries, now);
    } catch (error) {
      const problem = auditError(error);
      if (problem.code !== "corrupt") throw problem;
      await this.close();
      const again = await TrailFile.#beginAgain(this.settings, this.key, problem.message, now, parsedHead(this.#ownHead)?.id);
      this.#database = again.#database;
      this.#file = again.#file;
      this.#ownHead = again.#ownHead;
      this.#genesis = again.#genesis;
      this.#lastCheckpoint = again.#lastCheckpoint;
      return await this.#commit(entries, now);
    }
  }

  /** Signs a checkpoint when the last one is an hour old and records came since. @returns whether it did */
  async checkpoint(now: number, always = false): Promise<boolean> {
    return await this.transaction(async (tx, head) => {
      const next = await this.#checkpointed(tx, head, now, always);
      if (next !== head) await this.writeHead(tx, next);
      return next !== head;
    });
  }

  /** Runs `work` in a write transaction with the checked head, on the file that stands at the trail's path. */
  async transaction<R>(work: (tx: Kysely<TrailTables>, head: Head) => Promise<R>): Promise<R> {
    for (let tries = 1;; tries++) {
      const before = this.#ownHead;
      try {
        return await this.db.transaction().execute(async (tx) => {
          this.#expectSameFile();
          return await work(tx, await this.#head(tx));
        });
      } catch (error) {
        this.#ownHead = before;
        this.#lastCheckpoint.seq = -1;
        if (!(error instanceof Moved) || tries > 3) throw auditError(error);
        await this.#follow();
      }
    }
  }

  async writeHead(tx: Kysely<TrailTables>, head: Head): Promise<void> {
    this.#ownHead = await writeHead(tx, head, this.key);
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  #expectSameFile(): void {
    const path = trailPath(this.settings);
    if (this.#file !== null && !isSameFile(this.#file, identityOf(path))) throw new Moved(path);
  }

  /**
   * Goes on in the file that stands at the trail's path now: another process has set ours aside and begun the next segment. Where there is
   * none, ours was removed while in use: the next segment says so, and its ids go on.
   */
  async #follow(): Promise<void> {
    await this.close();
    this.#database = await openTrailDatabase(this.settings);
    this.#file = identityOf(trailPath(this.settings));
    const first = await this.db.selectFrom("statements").select("body").orderBy("seq").limit(1).executeTakeFirst();
    const own = parsedHead(this.#ownHead);
    // The same beginning with an older head is a copy, which `#expectNewer` tells.
    if (first?.body === this.#genesis || own === null) return;
    if (first !== undefined) {
      this.#ownHead = "";
      return await this.#checkOrBegin(Date.parse(own.time));
    }
    const genesis = parsedStatement(this.#genesis);
    await this.#begin({
      ...firstGenesis(this.settings.tenant),
      segment: (genesis?.kind === "genesis" ? genesis.genesis.segment : 1) + 1,
      first_id: own.id + 1,
      set_aside: { file: "(gone)", sha256: "", reason: `the trail was removed while in use, with records up to ${own.id}` },
    }, Date.parse(own.time));
  }

  async #commit(entries: readonly AuditEntry[], now: number): Promise<number> {
    const ready = entries.map((entry) => this.#prepared(entry));
    return await this.transaction(async (tx, head) => {
      let { id, hash } = head;
      const records: SealedRecord[] = [];
      for (const entry of ready) {
        const record = seal(entry, id + 1, hash);
        ({ id, hash } = record);
        records.push(record);
      }
      await insertRecords(tx, records);
      const next = await this.#checkpointed(tx, { ...head, id, hash, time: new Date(now).toISOString() }, now, false);
      await this.writeHead(tx, next);
      return records.length;
    });
  }

  /** Keeps the texts that `include` names, encrypted where a key is set. */
  #prepared(entry: AuditEntry): AuditEntry {
    const { input, output, ...rest } = entry;
    const kept = (name: "input" | "output", text: string | undefined) => {
      if (text === undefined || !this.settings.include?.includes(name)) return {};
      return { [name]: this.#cipher === null ? text : this.#cipher.encrypt(text, `${name}:${rest.request_id}`) };
    };
    return { ...rest, ...kept("input", input), ...kept("output", output) };
  }

  async #checkpointed(tx: Kysely<TrailTables>, head: Head, now: number, always: boolean): Promise<Head> {
    if (this.#lastCheckpoint.seq !== head.statements) await this.#findLastCheckpoint(tx, head);
    const { id, time } = this.#lastCheckpoint;
    const fresh = head.id - id;
    if (fresh <= 0) return head;
    if (!always && fresh < (this.settings.checkpointEvery ?? CHECKPOINT_EVERY_RECORDS) && now - time < CHECKPOINT_INTERVAL_MS) return head;
    const { named } = await writeStatement(tx, {
      kind: "checkpoint",
      tenant: this.settings.tenant,
      time: new Date(now).toISOString(),
      seq: head.statements + 1,
      previous: head.statement_hash,
      id: head.id,
      hash: head.hash,
    }, this.key);
    this.#lastCheckpoint = { seq: named.statements, id: head.id, time: now };
    return { ...head, ...named };
  }

  async #findLastCheckpoint(tx: Kysely<TrailTables>, head: Head): Promise<void> {
    const row = await tx.selectFrom("statements").select("body").where("body", "not like", '%"kind":"prune"%').orderBy("seq", "desc").limit(
      1,
    )
      .executeTakeFirst();
    const statement = row === undefined ? null : parsedStatement(row.body);
    if (statement === null) throw new AuditError("corrupt", "The audit trail has no readable signed statement");
    const id = statement.kind === "checkpoint" ? statement.id : statement.kind === "genesis" ? statement.genesis.first_id - 1 : 0;
    this.#lastCheckpoint = { seq: head.statements, id, time: Date.parse(statement.time) };
  }

  /** The head, checked against its signature and the newest record, so that nothing altered is ever signed again. */
  async #head(tx: Kysely<TrailTables>): Promise<Head> {
    const head = await readHead(tx);
    if (head === null) throw new AuditError("corrupt", "The audit trail has lost its signed head");
    if (head.text === this.#ownHead) return head.statement;
    if (!isSigned(head, this.key)) throw new AuditError("corrupt", "The audit trail's head does not carry this gateway's signature");
    await this.#expectNewer(tx, head.statement);
    const newest = await tx.selectFrom("records").select(["id", "hash"]).orderBy("id", "desc").limit(1).executeTakeFirst();
    if (
      newest !== undefined && (newest.id > head.statement.id || (newest.id === head.statement.id && newest.hash !== head.statement.hash))
    ) {
      throw new AuditError("corrupt", `Record ${newest.id} is not the one that the signed head names`);
    }
    if (newest === undefined || newest.id < head.statement.id) await this.#expectPruned(tx, newest?.id, head.statement);
    return head.statement;
  }

  /** An older copy of the file, put in its place while the gateway runs, is signed too. */
  async #expectNewer(tx: Kysely<TrailTables>, head: Head): Promise<void> {
    const own = parsedHead(this.#ownHead);
    if (own === null || (head.id >= own.id && head.statements >= own.statements)) return;
    const first = await tx.selectFrom("statements").select("body").where("seq", "=", 1).executeTakeFirst();
    // Another process may have set the file aside and begun the next segment.
    if (first?.body !== this.#genesis) return;
    throw new AuditError("corrupt", `The trail went back from record ${own.id} to ${head.id}: an older copy was put in its place`);
  }

  /** The newest records may be gone only if a signed statement says so. */
  async #expectPruned(tx: Kysely<TrailTables>, newest: number | undefined, head: Head): Promise<void> {
    const rows = await tx.selectFrom("statements").selectAll().orderBy("seq", "desc").limit(1).execute();
    const first = await tx.selectFrom("statements").selectAll().orderBy("seq").limit(1).executeTakeFirst();
    const begun = first === undefined ? null : parsedStatement(first.body);
    if (newest === undefined && begun?.kind === "genesis" && begun.genesis.first_id - 1 === head.id) return;
    for (let seq = rows[0]?.seq ?? 0; seq > 0; seq--) {
      const row = await tx.selectFrom("statements").selectAll().where("seq", "=", seq).executeTakeFirst();
      const statement = row === undefined ? null : parsedStatement(row.body);
      if (row === undefined || statement === null || !isSigned({ statement, signature: row.signature }, this.key)) break;
      if (statement.kind === "prune" && statement.gaps.some((gap) => gap.to === head.id && gap.after === head.hash)) return;
    }
    throw new AuditError(
      "corrupt",
      `The tail is truncated: the signed head names record ${head.id}, the newest one is ${newest ?? "none"}`,
    );
  }

  async #checkOrBegin(now: number): Promise<void> {
    const first = await this.db.selectFrom("statements").select(["body", "signature"]).orderBy("seq").limit(1).executeTakeFirst();
    if (first === undefined) {
      const any = await this.db.selectFrom("records").select("id").limit(1).executeTakeFirst();
      if (any !== undefined) throw new AuditError("corrupt", "The audit trail has records but no signed statement");
      return await this.#begin(firstGenesis(this.settings.tenant), now);
    }
    this.#genesis = first.body;
    const statement = parsedStatement(first.body);
    if (statement?.kind !== "genesis") throw new AuditError("corrupt", "The audit trail does not begin with a genesis statement");
    if (statement.tenant !== this.settings.tenant) {
      throw new AuditError(
        "shared_path",
        `The trail in ${this.settings.directory} belongs to tenant "${statement.tenant}": give "${this.settings.tenant}" its own audit.path`,
      );
    }
    if (statement.public_key !== this.key.publicPem) {
      throw new AuditError(
        "key",
        `The trail in ${this.settings.directory} was signed with another key: restore that signing key, or move the folder away to begin a new trail`,
      );
    }
    await this.transaction((_tx, head) => Promise.resolve(head));
  }

  async #begin(genesis: Genesis, now: number): Promise<void> {
    await this.db.transaction().execute(async (tx) => {
      // Another process may have begun the same trail meanwhile.
      if (await readHead(tx) !== null) return;
      const time = new Date(now).toISOString();
      const statement: Extract<Statement, { kind: "genesis" }> = {
        kind: "genesis",
        tenant: genesis.tenant,
        time,
        seq: 1,
        previous: "",
        genesis,
        public_key: this.key.publicPem,
      };
      await writeStatement(tx, statement, this.key);
      this.#genesis = statementText(statement);
      await this.writeHead(tx, emptyHead(signStatement(statement, this.key)));
    });
  }

  /** `known`: an id that was given already. */
  static async #beginAgain(settings: TrailSettings, key: SigningKey, reason: string, now: number, known = 0): Promise<TrailFile> {
    const aside = await setAside(trailPath(settings), reason);
    const trail = new TrailFile(settings, key, await openTrailDatabase(settings));
    await trail.#begin({
      ...firstGenesis(settings.tenant),
      segment: aside.segment + 1,
      first_id: Math.max(aside.lastId, known) + 1,
      set_aside: aside.reference,
    }, now);
    return trail;
  }
}
