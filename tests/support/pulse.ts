/**
 * For how long a process that is killed could have worked: a thread of its own and the main thread's loop write down when they had a turn, the
 * thread each time after a write and a sync to the same disk. A promise of a second is then held to a second in which the process ran, however
 * full the machine is, without guessing from its load.
 */
import { join } from "./paths.ts";

/** Between two turns, ms. */
export const PULSE_MS = 25;
/** A gap between two turns counts for at most this, ms: in the rest of it nothing could run, or nothing could be written. */
const MOST_MS = 100;

/** Begins the two pulses of this process; they leave `pulse-thread` and `pulse-loop` in `folder`. */
export function startPulse(folder: string): void {
  const thread = new Worker(new URL("./pulse_worker.ts", import.meta.url), { type: "module" });
  thread.postMessage(join(folder, "pulse-thread"));
  const file = Deno.openSync(join(folder, "pulse-loop"), { create: true, write: true, truncate: true });
  setInterval(() => beat(file), PULSE_MS);
}

/** Writes down that this thread has its turn now. */
export function beat(file: Deno.FsFile): void {
  file.writeSync(new TextEncoder().encode(`${performance.timeOrigin + performance.now()}\n`));
}

/** Reads the pulses in `folder`: milliseconds of their process's time between two moments (Unix ms), by the slower of them. */
export function readPulse(folder: string): (from: number, to: number) => number {
  const pulses = ["pulse-thread", "pulse-loop"].map((name) => beats(join(folder, name)));
  return (from, to) => Math.min(...pulses.map((beats) => beatenMs(beats, from, to)));
}

/** Of `from` … `to`, what the beats between account for: a gap counts for `MOST_MS` at most. */
export function beatenMs(beats: readonly number[], from: number, to: number): number {
  let sum = 0;
  for (let i = 0; i <= beats.length; i++) {
    const begin = Math.max(from, beats[i - 1] ?? from);
    const end = Math.min(to, beats[i] ?? to);
    if (end > begin) sum += Math.min(end - begin, MOST_MS);
  }
  return sum;
}

/** Whole lines: the last may be cut off. */
function beats(path: string): number[] {
  try {
    return Deno.readTextFileSync(path).split("\n").slice(0, -1).map(Number);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
