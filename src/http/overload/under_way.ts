/** Requests under way in all threads of the process. */

/** Threads counted: the control plane and its workers. */
const THREADS = 32;

export class UnderWay {
  readonly #counts: Int32Array;

  /** @param buffer that of another thread's; made when absent. @param thread 0–31. */
  constructor(readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(THREADS * Int32Array.BYTES_PER_ELEMENT), readonly thread = 0) {
    this.#counts = new Int32Array(buffer);
  }

  /** Says how many this thread has, or another that is no more. */
  set(count: number, thread: number = this.thread): void {
    Atomics.store(this.#counts, thread, count);
  }

  get total(): number {
    let total = 0;
    for (let thread = 0; thread < THREADS; thread++) total += Atomics.load(this.#counts, thread);
    return total;
  }
}
