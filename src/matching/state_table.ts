/** What a `StateTable` keeps in a state of its own; others leave it alone. */
export interface Row<T> {
  row: number;
  generation: number;
  /** The next state with the same hash. */
  chain: T | undefined;
}

/**
 * States of an automaton, each made once, and their transitions as rows of one table: a step is one look-up in `cells`.
 * Bounded: when it is full it is emptied and filled again as texts need it. States stay valid objects after that and get a new
 * row when they are next asked for, so whoever holds one need not know.
 */
export class StateTable<T extends Row<T>> {
  /** `row + column` → `(row of the next state) * 4 + flags`; 0 where it is not known yet. Replaced when it grows. */
  cells: Int32Array;
  #columns: number;
  readonly #maxStates: number;
  readonly #chains = new Map<number, T>();
  #states: T[] = [];
  #slots = 0;
  #generation = 1;

  /** @param columns Number of symbols. */
  constructor(columns: number, maxStates: number) {
    this.#columns = columns;
    this.#maxStates = maxStates;
    this.cells = new Int32Array(16 * columns);
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
    const state = this.#states[row / this.#columns - 1];
    if (state === undefined) throw new RangeError(`Cannot find a state: row ${row} is not in use`);
    return state;
  }

  /** Notes a transition. `flags` (0 to 3) come back with it. Returns the cell's content. */
  link(from: T, column: number, to: T, flags: number): number {
    const row = this.rowOf(from);
    const entry = this.rowOf(to) * 4 + flags;
    this.cells[row + column] = entry;
    return entry;
  }

  #place(state: T): number {
    state.generation = this.#generation;
    state.row = this.#states.push(state) * this.#columns;
    const needed = state.row + this.columns;
    if (needed > this.cells.length) {
      const larger = new Int32Array(Math.max(needed, this.cells.length * 2));
      larger.set(this.cells);
      this.cells = larger;
    }
    return state.row;
  }

  #flush(): void {
    this.#generation++;
    this.#chains.clear();
    this.#states = [];
    this.#slots = 0;
    this.cells.fill(0);
  }
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
