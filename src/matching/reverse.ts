import type { State } from "./dfa.ts";
import { type Nfa, Op } from "./nfa.ts";
import { hashOf, type Row, sameIntegers, StateTable } from "./state_table.ts";

/** Landing nodes from which the text read so far (backwards) leads to the wanted threads. */
export interface ReverseState extends Row<ReverseState> {
  readonly nodes: Int32Array;
  /** A pattern can start here. */
  readonly starts: boolean;
}

/** Flags of a transition in `ReverseDfa.table`: a pattern can start there; no thread can have begun earlier. */
export const starts = 1;
export const exhausted = 2;

/**
 * The automaton run backwards: from threads at a place, where in the text can they have started? It costs a step per character
 * walked, so it is asked only about the few held characters.
 */
export class ReverseDfa {
  readonly #nfa: Nfa;
  readonly table: StateTable<ReverseState>;
  /**
   * `class * kinds + kind of the character before that one` → its column in the table, given when it first occurs: texts have few
   * of the many pairs. 0, which no transition uses, for those that have none.
   */
  readonly columns: Uint16Array;
  #lastColumn = 0;
  /** How many starts the last walk passed. */
  startsPassed = 0;
  readonly #visited: Int32Array;
  #round = 0;

  constructor(nfa: Nfa, maxStates: number) {
    this.#nfa = nfa;
    this.table = new StateTable(32, maxStates);
    this.columns = new Uint16Array(nfa.alphabet.width * nfa.alphabet.kinds);
    this.#visited = new Int32Array(nfa.size);
  }

  /** The threads of `state`: those of one pattern, or all that are live. Remembered in the state. */
  threads(state: State, pattern: number | undefined): ReverseState {
    // Most states match one pattern: the map, with its many places in memory, is not asked then.
    if (state.lastBackwards !== undefined && state.lastPattern === pattern) return state.lastBackwards;
    state.backwards ??= new Map();
    let threads = state.backwards.get(pattern);
    if (threads === undefined) {
      const { patternOf } = this.#nfa;
      threads = this.state(pattern === undefined ? state.live : state.nodes.filter((node) => patternOf[node] === pattern));
      state.backwards.set(pattern, threads);
    }
    state.lastPattern = pattern;
    state.lastBackwards = threads;
    return threads;
  }

  /** @param nodes Sorted landing nodes. */
  state(nodes: Int32Array, starts = false): ReverseState {
    return this.table.intern(
      hashOf(nodes, starts ? 2 : 1),
      nodes.length,
      (s) => s.starts === starts && sameIntegers(s.nodes, nodes),
      () => ({ nodes, starts, row: 0, generation: 0, chain: undefined }),
    );
  }

  /**
   * Works out a transition that the table does not have: back over a character of class `cls` that follows one of kind `before`
   * (0: that begins the text). Returns the row of the next state.
   */
  follow(from: ReverseState, cls: number, before: number): number {
    const pair = cls * this.#nfa.alphabet.kinds + before;
    const column = this.columns[pair] || ++this.#lastColumn;
    this.columns[pair] = column;
    if (column >= this.table.columns) this.table.widen();
    const to = this.#compute(from, cls, before);
    const flags = (to.starts ? starts : 0) | (to.nodes.length === 0 ? exhausted : 0);
    return this.table.link(from, column, to, flags);
  }

  #compute(from: ReverseState, cls: number, before: number): ReverseState {
    const { alphabet, op, arg, conditions, landing, predecessors, predecessorsFrom } = this.#nfa;
    const pair = before * alphabet.kinds + (alphabet.kindOf[cls] ?? 0);
    const stack: number[] = [];
    const nodes: number[] = [];
    let begins = false;
    this.#round++;
    for (const node of from.nodes) {
      for (let i = predecessorsFrom[node] ?? 0; i < (predecessorsFrom[node + 1] ?? 0); i++) {
        const read = predecessors[i] ?? 0;
        if (op[read] === Op.char && alphabet.members[(arg[read] ?? 0) * alphabet.width + cls] === 1) stack.push(read);
      }
    }
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (this.#visited[node] === this.#round) continue;
      this.#visited[node] = this.#round;
      const lands = landing[node] ?? 0;
      if (lands & 1) nodes.push(node);
      if (lands & 2) begins = true;
      for (let i = predecessorsFrom[node] ?? 0; i < (predecessorsFrom[node + 1] ?? 0); i++) {
        const previous = predecessors[i] ?? 0;
        if (op[previous] === Op.either || (op[previous] === Op.look && conditions[arg[previous] ?? 0]?.[pair] === 1)) stack.push(previous);
      }
    }
    return this.state(Int32Array.from(nodes).sort(), begins);
  }
}
