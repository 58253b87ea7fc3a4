/** Opens what limits are counted with, as the configuration says, in a process's first thread or another. */
import { hostname } from "node:os";
import type { LimitStoreConfig } from "../config/rate_limit.ts";
import { FailoverStore, probeAfterMs } from "./failover_store.ts";
import { type MemoryStore, openMemoryStore } from "./memory_store.ts";
import { MAX_SLOTS } from "./memory_table.ts";
import { RedisStore } from "./redis_store.ts";
import { SavedLevels } from "./saved_levels.ts";
import type { LimitStore } from "./types.ts";
import { openWaitingRoom, type WaitingRoom } from "./waiting_room.ts";

export interface LimitsOptions {
  readonly config: LimitStoreConfig;
  /** The table of the process's first thread, in every other one. */
  readonly buffer?: SharedArrayBuffer;
  /** 0–31: this thread's own number; a thread that replaces a dead one takes its number. @default 0 */
  readonly worker?: number;
  /** Told when a shared store goes away (and why), and when it is back. */
  readonly onStore: (up: boolean, reason: string) => void;
  readonly onProblem: (problem: string) => void;
}

export interface OpenLimits {
  readonly store: LimitStore;
  /** Where requests of this thread wait. */
  readonly room: WaitingRoom;
  /** The in-process counts, on which other threads open theirs. */
  readonly memory: MemoryStore;
  /** Saves, where this thread made the table, and lets go. */
  close(): Promise<void>;
}

/** Opens it. A Redis that does not answer does not keep a gateway from starting: `on_store_error` says what holds until it does. */
export async function openLimits({ config, buffer, worker = 0, onStore, onProblem }: LimitsOptions): Promise<OpenLimits> {
  const slots = Math.min(MAX_SLOTS, 2 ** Math.ceil(Math.log2(config.maxSubjects)));
  const memory = openMemoryStore(buffer, { worker, slots });
  let saving: SavedLevels | undefined;
  if (buffer === undefined && config.saveIntervalMs > 0) {
    saving = new SavedLevels(memory.table, { path: config.savePath, now: Date.now, onProblem });
    await saving.restore();
    saving.start(config.saveIntervalMs);
  }
  const store = config.url === undefined ? memory : await openShared(config, config.url, memory, onStore);
  return {
    store,
    room: openWaitingRoom(),
    memory,
    close: async () => {
      await store.close();
      await saving?.close();
    },
  };
}

async function openShared(
  config: LimitStoreConfig,
  url: string,
  local: MemoryStore,
  onStore: LimitsOptions["onStore"],
): Promise<FailoverStore> {
  const ca = config.caPath === undefined ? undefined : await Deno.readTextFile(config.caPath);
  let problem = "no answer in time";
  const remote = await RedisStore.open({
    url,
    ca,
    timeoutMs: config.timeoutMs,
    reconnectMs: () => probeAfterMs(Math.random()),
    onProblem: (said) => problem = said,
  });
  const ready = await remote.whenReady(Math.max(2000, config.timeoutMs));
  return new FailoverStore(remote, local, {
    mode: config.onError,
    share: config.localShare,
    gateway: `${hostname()}:${Deno.pid}`,
    up: ready,
    onChange: onStore,
    random: Math.random,
    ...(!ready && { reason: problem }),
  });
}
