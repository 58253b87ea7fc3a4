/** Locks in shared memory between threads: a word is 0 when free, and else the number of the thread that is inside. */

/** Turns before a thread sleeps; a critical section takes a fraction of a microsecond. */
const SPINS = 2000;

/** A lock held this long belongs to a thread that was killed inside; milliseconds. */
const STALE_MS = 250;

export class SpinLocks {
  /** @param me This thread's number, from 1. */
  constructor(readonly words: Int32Array<SharedArrayBuffer>, readonly me: number) {}

  lock(word: number): void {
    if (Atomics.compareExchange(this.words, word, 0, this.me) !== 0) this.#wait(word);
  }

  unlock(word: number): void {
    Atomics.store(this.words, word, 0);
  }

  /** Frees what thread `owner`, which is no more, was inside of. */
  release(word: number, owner: number): void {
    Atomics.compareExchange(this.words, word, owner, 0);
  }

  /** The rare way: another thread is inside. */
  #wait(word: number): void {
    for (let turn = 0; turn < SPINS; turn++) if (Atomics.compareExchange(this.words, word, 0, this.me) === 0) return;
    const since = performance.now();
    while (true) {
      const owner = Atomics.compareExchange(this.words, word, 0, this.me);
      if (owner === 0) return;
      // Its thread was probably put off the processor: let it run.
      Atomics.wait(this.words, word, owner, 1);
      if (performance.now() - since > STALE_MS && Atomics.compareExchange(this.words, word, owner, this.me) === owner) return;
    }
  }
}
