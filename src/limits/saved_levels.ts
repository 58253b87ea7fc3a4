/**
 * What was used up, in a small file: a restart is no way around a limit, and a kill -9 loses at most one interval. Hashes of ids and refill
 * times, nothing else; requests under way end with their process and are not kept.
 */
import { dirname } from "node:path";
import { z } from "zod";
import type { MemoryTable } from "./memory_table.ts";
import { LimitStoreError } from "./types.ts";

const saved = z.strictObject({
  version: z.literal(1),
  /** Unix milliseconds. */
  saved_at: z.number().min(0),
  /** Hash of the subject's id, debts of requests and tokens in milliseconds. */
  levels: z.array(z.tuple([z.string().regex(/^[0-9a-f]{32}$/), z.number().min(0), z.number().min(0)])).max(1 << 20),
});

export interface SavedLevelsOptions {
  readonly path: string;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Told once when saving begins to fail. */
  readonly onProblem: (problem: string) => void;
}

export class SavedLevels {
  #timer: ReturnType<typeof setInterval> | undefined;
  #writing: Promise<void> | undefined;
  /** The file says that something is owed. */
  #owing = false;
  #failing = false;

  constructor(readonly table: MemoryTable, readonly options: SavedLevelsOptions) {}

  /** Takes over what was saved, less what was refilled since. A file that is not there, or not ours, changes nothing; the latter is told. */
  async restore(): Promise<void> {
    const { path, now, onProblem } = this.options;
    let text: string;
    try {
      text = await Deno.readTextFile(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) onProblem(`Limits begin afresh: ${path} cannot be read (${said(error)})`);
      return;
    }
    let read;
    try {
      read = saved.parse(JSON.parse(text));
    } catch {
      return onProblem(`Limits begin afresh: ${path} does not hold what a gateway saves there`);
    }
    const nowMs = now();
    // A clock that was set back in between refills nothing.
    const elapsedMs = Math.max(0, nowMs - read.saved_at);
    this.#owing = read.levels.length > 0;
    try {
      for (const [hash, requestsMs, tokensMs] of read.levels) {
        if (requestsMs <= elapsedMs && tokensMs <= elapsedMs) continue;
        this.table.raise(this.table.placeOf(hash), Math.max(0, requestsMs - elapsedMs), Math.max(0, tokensMs - elapsedMs), nowMs);
      }
    } catch (error) {
      // A smaller table than before.
      if (!(error instanceof LimitStoreError)) throw error;
      onProblem(`Some limits begin afresh: ${error.message}`);
    }
  }

  /** Saves every `intervalMs` from now on. */
  start(intervalMs: number): void {
    this.#timer = setInterval(() => void this.save(), intervalMs);
    Deno.unrefTimer(this.#timer);
  }

  /** Saves once; a save that is still under way is the one. */
  save(): Promise<void> {
    return this.#writing ??= this.#write().finally(() => this.#writing = undefined);
  }

  /** Saves a last time. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    await this.save();
  }

  async #write(): Promise<void> {
    const { path, now, onProblem } = this.options;
    const nowMs = now();
    const levels = [...this.table.debts(nowMs)];
    if (levels.length === 0 && !this.#owing) return;
    try {
      await Deno.mkdir(dirname(path), { recursive: true });
      // Whole or not at all: a process that is killed half-way leaves the file before.
      await Deno.writeTextFile(`${path}.new`, JSON.stringify({ version: 1, saved_at: nowMs, levels }));
      await Deno.rename(`${path}.new`, path);
      this.#owing = levels.length > 0;
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) onProblem(`What was used up of limits cannot be saved to ${path} (${said(error)}): a restart forgives it`);
      this.#failing = true;
    }
  }
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
