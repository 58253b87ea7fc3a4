/** What a `StateTable` keeps in a state of its own; others leave it alone. */
export interface Row<T> {
  row: number;
  generation: number;
  /** The next state with the same hash. */
  chain: T | undefined;
}

/** Columns with the commonest symbols, as a power of two: they stand together. */
const nearBits = 5;

/** Rows that sixteen bits can name, besides 0. */
const mostRows = 65_535;

/** Rows kept free for states that outlived the last time the table was emptied. */
const spareRows = 1024;

/**
 * States of an automaton, each made once, and their transitions as rows of one table: a step is one look-up, `next()`.
 * Bounded: when it is full it is emptied and filled again as texts need it. States stay valid objects after that and get a new
 * row when they are next asked for, so whoever holds one need not know.
 */
export class StateTable<T extends Row<T>> {
  /** Row and one of the first columns → row of the next state; 0 where it is not known yet. A state takes one cache line. */
  #near: Uint16Array;
  /** The same for the other columns. */
  #far: Uint16Array;
  /** Row → flags of its state. */
  flags: Uint8Array;
  #columns: number;
  /** Where `run()` got to. */
  reached = 0;
  readonly #maxStates: number;
  readonly #chains = new Map<number, T>();
  #states: T[] = [];
  #slots = 0;
  #generation = 1;

  /** @param columns Number of symbols. */
  constructor(columns: number, maxStates: number) {
    this.#columns = columns;
    this.#maxStates = Math.min(maxStates, mostRows - spareRows);
    this.flags = new Uint8Array(16);
    this.#near = new Uint16Array(16 << nearBits);
    this.#far = new Uint16Array(16 * columns);
  }

  /** The state with that hash and content, or the new one that `make` gives, which holds `size` integers. */
  intern(hash: number, size: number, same: (state: T) => boolean, make: () => T): T {
    for (let state = this.#chains.get(hash); state !== undefined; state = state.chain) if (same(state)) return state;
    this.#slots += size + this.columns;
    // States of patterns with thousands of threads or classes are large: 128 slots each on average bounds the memory as well.
    if (this.#states.length >= this.#maxStates || this.#slots > this.#maxStates * 128) this.#flush();
    const state = make();
    this.#place(state);
    state.chain = this.#chains.get(hash);
    this.#chains.set(hash, state);
    return state;
  }

  /** Makes room for more columns than now. Empties the table. */
  widen(): void {
    this.#columns *= 2;
    this.#flush();
  }

  get columns(): number {
    return this.#columns;
  }

  rowOf(state: T): number {
    return state.generation === this.#generation ? state.row : this.#place(state);
  }

  at(row: number): T {
    const state = this.#states[row - 1];
    if (state === undefined) throw new RangeError(`Cannot find a state: row ${row} is not in use`);
    return state;
  }

  /** The row of the state that follows; 0 where it is not known yet. */
  next(row: number, column: number): number {
    return (column >> nearBits === 0 ? this.#near[(row << nearBits) | column] : this.#far[row * this.#columns + column]) ?? 0;
  }

  /**
   * Steps from `row` over the symbols `tape[from … to)` while the transitions are known and none leads to a state with a flag of `stops`. Symbols
   * from `silent` on are stepped over. Returns where it stopped, `to` at the most, with the row it got to in `reached`.
   *
   * A loop of its own for speed: what calls something cannot keep the arrays in registers.
   */
  run(row: number, tape: Uint16Array, from: number, to: number, silent: number, stops: number): number {
    const near = this.#near, far = this.#far, flags = this.flags, columns = this.#columns;
    let at = from;
    for (; at < to; at++) {
      const column = tape[at]!;
      if (column >= silent) continue;
      const next = column >> nearBits === 0 ? near[(row << nearBits) | column]! : far[row * columns + column]!;
      if (next === 0 || (flags[next]! & stops) !== 0) break;
      row = next;
    }
    this.reached = row;
    return at;
  }

  /** Notes a transition, and the flags of the state it leads to. Returns the row of that state. */
  link(from: T, column: number, to: T, flags: number): number {
    this.rowOf(to); // may empty the table, which the next two then do not
    const row = this.rowOf(from);
    const next = this.rowOf(to);
    this.flags[next] = flags;
    if (column >> nearBits === 0) this.#near[(row << nearBits) | column] = next;
    else this.#far[row * this.#columns + column] = next;
    return next;
  }

  #place(state: T): number {
    if (this.#states.length >= mostRows) this.#flush();
    state.generation = this.#generation;
    state.row = this.#states.push(state);
    if (state.row >= this.flags.length) {
      const rows = this.flags.length * 2;
      this.flags = widened(this.flags, new Uint8Array(rows));
      this.#near = widened(this.#near, new Uint16Array(rows << nearBits));
      this.#far = widened(this.#far, new Uint16Array(rows * this.#columns));
    }
    return state.row;
  }

  #flush(): void {
    this.#generation++;
    this.#chains.clear();
    this.#states = [];
    this.#slots = 0;
    this.#near.fill(0);
    if (this.#far.length === this.flags.length * this.#columns) this.#far.fill(0);
    else this.#far = new Uint16Array(this.flags.length * this.#columns);
  }
}

function widened<T extends Uint8Array | Uint16Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

export function hashOf(nodes: Int32Array, seed: number): number {
  let hash = seed | 0;
  for (let i = 0; i < nodes.length; i++) hash = Math.imul(hash ^ (nodes[i] ?? 0), 0x01000193) ^ (hash >>> 15);
  return hash;
}

export function sameIntegers(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
