/** The way to the state's database: opens it, follows it, knows whether it is up, and keeps a copy of a remote one. */
import { dirname } from "node:path";
import { type Kysely, sql, type Transaction } from "kysely";
import { type Database, filePath, openDatabase } from "../../store/database.ts";
import { StoreError, storeError } from "../../store/errors.ts";
import { type Hold, holdStore } from "../../store/hold.ts";
import { StateCopy } from "./copy.ts";
import type { Mirror } from "./mirror.ts";
import { type Place, readState } from "./read.ts";
import type { StateRows } from "./rows.ts";
import { STATE_MIGRATIONS, type StateTables } from "./schema.ts";

export interface ConnectionOptions {
  /** `file:./data/checkstream.db`, `libsql://host`, `https://host` or `http://host`. */
  readonly url: string;
  /** For a remote store. */
  readonly authToken?: string | undefined;
  readonly now: () => number;
  /** How a file is held. @default "shared" */
  readonly hold?: Hold;
  /** Folder for the copy of a remote store; without it there is none. */
  readonly copyFolder?: string;
  /** Told when the store goes down (null: comes up), and when the copy cannot be kept. */
  readonly onFailure?: (failure: StoreError | null) => void;
  readonly onCopyFailure?: (error: StoreError) => void;
}

/** Problems that the program cannot wait out: it is not the program for this store. */
const FINAL = new Set(["newer", "changed_migration"]);

export class Connection {
  #database: Database<StateTables> | undefined;
  #copy: StateCopy | undefined;
  /** Something could not be kept: the copy needs all of it again. */
  #copyIsBehind = false;
  #known: Place | undefined;
  #failure: StoreError | null = null;
  #failedAtMs = 0;
  /** Changes and readings take turns, so that neither undoes the other's in memory. */
  #turn: Promise<unknown> = Promise.resolve();
  #following: ReturnType<typeof setTimeout> | undefined;
  #closed = false;
  #onChange: (tenants: readonly string[]) => void = () => {};

  private constructor(
    readonly options: ConnectionOptions,
    readonly mirror: Mirror,
    readonly letGo: () => void,
  ) {}

  /** @throws {StoreError} @throws {StoreHeldError} */
  static async open(options: ConnectionOptions, mirror: Mirror): Promise<Connection> {
    const path = filePath(options.url);
    if (path !== null) await makeFolder(dirname(path));
    const connection = new Connection(options, mirror, path === null ? () => {} : await holdStore(path, options.hold ?? "shared"));
    try {
      await connection.#begin(path !== null);
    } catch (error) {
      await connection.close();
      throw error;
    }
    return connection;
  }

  /** Why the database cannot be used at present; null when it can. */
  get failure(): StoreError | null {
    return this.#failure;
  }

  /** Since when it cannot be used; Unix ms. */
  get failedAtMs(): number {
    return this.#failedAtMs;
  }

  /** @throws {StoreError} while it is down since the start. */
  db(): Kysely<StateTables> {
    if (this.#database !== undefined) return this.#database.db;
    throw this.#failure ?? new StoreError("unreachable", "The tenant store is closed");
  }

  /** Reads what others changed. @throws {StoreError} */
  sync(): Promise<void> {
    return this.#inTurn(() => this.#read());
  }

  /**
   * Runs one write transaction with the number of its change, then serves what it wrote.
   * @throws {StoreError} when the database cannot be used: nothing is changed then.
   */
  change<T extends Pick<StateRows, "tenants" | "keys">>(
    work: (tx: Transaction<StateTables>, sequence: number) => Promise<T>,
  ): Promise<T> {
    return this.#inTurn(async () => {
      let sequence = 0;
      let written: T;
      try {
        await this.#connect();
        written = await this.db().transaction().execute(async (tx) => {
          const next = await tx.updateTable("state").set((eb) => ({ sequence: eb("sequence", "+", 1) })).returning("sequence")
            .executeTakeFirstOrThrow();
          return await work(tx, sequence = next.sequence);
        });
      } catch (error) {
        if (error instanceof StoreError && error.code !== "failed") this.#set(error);
        throw error;
      }
      this.#set(null);
      const known = this.#known!;
      const rows = { ...known, whole: false, tenants: written.tenants, keys: written.keys };
      this.mirror.apply(rows);
      // What others changed in between is still to be read.
      if (sequence === known.sequence + 1) {
        this.#known = { ...known, sequence };
        await this.#keepCopy({ ...rows, sequence });
      }
      return written;
    });
  }

  /** Looks every `pollMs` for what others changed, and tells `onChange` the tenants, whoever asked for the reading that found them. */
  follow(pollMs: number, onChange: (tenants: readonly string[]) => void): void {
    this.#onChange = onChange;
    const look = async () => {
      try {
        await this.sync();
      } catch {
        // Told by `onFailure`; the last known state serves on.
      }
      if (!this.#closed) this.#following = this.#later(look, pollMs);
    };
    this.#following = this.#later(look, pollMs);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#following);
    await this.#turn;
    // All of it in the one file, for whoever copies that.
    const database = this.#database;
    if (database !== undefined && database.path !== null) await sql`pragma wal_checkpoint(truncate)`.execute(database.db).catch(() => {});
    await database?.close();
    await this.#copy?.close();
    this.#database = undefined;
    this.letGo();
  }

  async #begin(isFile: boolean): Promise<void> {
    if (!isFile && this.options.copyFolder !== undefined) {
      try {
        this.#copy = await StateCopy.open(this.options.copyFolder, this.options.url, this.options.now);
      } catch (error) {
        this.options.onCopyFailure?.(storeError(error, "copy of the store"));
      }
    }
    try {
      await this.#read();
    } catch (error) {
      if (isFile || !(error instanceof StoreError) || FINAL.has(error.code)) throw error;
      const rows = await this.#copy?.read();
      // Without a copy nothing is known of the tenants; better no start than one that refuses them all.
      if (rows === undefined) throw error;
      this.mirror.apply(rows);
      this.#known = rows;
    }
  }

  async #connect(): Promise<void> {
    const { url, authToken, now } = this.options;
    this.#database ??= await openDatabase<StateTables>({
      url,
      migrations: STATE_MIGRATIONS,
      thread: true,
      now,
      ...(authToken !== undefined && { authToken }),
    });
  }

  async #read(): Promise<void> {
    let rows: StateRows | undefined;
    let changed: string[] = [];
    try {
      await this.#connect();
      rows = await readState(this.db(), this.#known);
      // Also fails for what was sealed with another key.
      if (rows !== undefined) changed = this.mirror.apply(rows);
    } catch (error) {
      const failure = storeError(error, "tenant store");
      this.#set(failure);
      throw failure;
    }
    this.#set(null);
    if (rows === undefined) return;
    const { store, sequence } = rows;
    this.#known = { store, sequence };
    await this.#keepCopy(rows);
    if (changed.length > 0) this.#onChange(changed);
  }

  async #keepCopy(rows: StateRows): Promise<void> {
    if (this.#copy === undefined) return;
    try {
      const whole = this.#copyIsBehind && !rows.whole ? await readState(this.db(), undefined) : rows;
      this.#copyIsBehind = true;
      if (whole !== undefined) await this.#copy.keep(whole);
      this.#copyIsBehind = false;
    } catch (error) {
      this.options.onCopyFailure?.(storeError(error, "copy of the store"));
    }
  }

  #set(failure: StoreError | null): void {
    const before = this.#failure;
    this.#failure = failure;
    if ((before === null) === (failure === null)) return;
    if (failure !== null) this.#failedAtMs = this.options.now();
    this.options.onFailure?.(failure);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => {});
    return mine;
  }

  #later(work: () => Promise<void>, ms: number): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => void work(), ms);
    Deno.unrefTimer(timer);
    return timer;
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw storeError(error, folder);
  }
}
