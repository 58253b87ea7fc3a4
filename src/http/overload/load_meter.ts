/** How late this thread's event loop runs, and how much of the memory it may have is in use. */
import { getHeapStatistics } from "node:v8";

/** Between two looks at the clock; milliseconds. */
export const TICK_MS = 100;
/** Ticks whose lateness is looked at together. */
const WINDOW = 5;
/** Memory is looked at every so many ticks: the question costs more than the answer changes. */
const MEMORY_TICKS = 10;

export class LoadMeter {
  readonly #late: number[] = [];
  #expectedMs: number;
  #memory = 0;
  #ticks = 0;

  constructor(readonly now: () => number, readonly memory: () => number) {
    this.#expectedMs = now() + TICK_MS;
  }

  /** How late the loop runs: the middle one of the last five looks, so that one long turn is not taken for a load. Milliseconds. */
  get lagMs(): number {
    if (this.#late.length < WINDOW) return 0;
    return this.#late.toSorted((a, b) => a - b)[WINDOW >> 1]!;
  }

  /** Share in use, from 0. */
  get memoryShare(): number {
    return this.#memory;
  }

  /** To be called every `TICK_MS`, as near as the loop gets to it. */
  tick(): void {
    const nowMs = this.now();
    this.#late.push(Math.max(0, nowMs - this.#expectedMs));
    if (this.#late.length > WINDOW) this.#late.shift();
    this.#expectedMs = nowMs + TICK_MS;
    if (this.#ticks++ % MEMORY_TICKS === 0) this.#memory = this.memory();
  }
}

/** The larger of what this thread uses of its heap's limit and what the process uses of the memory it may have. */
export function memoryInUse(): () => number {
  const limit = memoryLimitBytes();
  return () => {
    const { used_heap_size, heap_size_limit } = getHeapStatistics();
    return Math.max(used_heap_size / heap_size_limit, Deno.memoryUsage().rss / limit);
  };
}

/** Of the container (cgroup version 2), or of the machine; bytes. */
function memoryLimitBytes(): number {
  const { total } = Deno.systemMemoryInfo();
  try {
    const limit = Number(Deno.readTextFileSync("/sys/fs/cgroup/memory.max"));
    // "max" is no number: no limit of its own.
    return Number.isFinite(limit) ? Math.min(limit, total) : total;
  } catch {
    return total;
  }
}
