import { hashOf, sameIntegers, type State, StateCache } from "./dfa.ts";
import { type Nfa, Op } from "./nfa.ts";

/** Landing nodes from which the text read so far (backwards) leads to the wanted threads. */
export interface ReverseState {
  readonly nodes: Int32Array;
  /** A pattern can start here. */
  readonly starts: boolean;
  /** By class of the character before, then by kind of the one before that. */
  readonly next: (ReverseState | undefined)[];
}

/**
 * The automaton run backwards: from threads at a place, where in the text can they have started? It costs a step per character
 * walked, so it is asked only about the few held characters.
 */
export class ReverseDfa {
  readonly #nfa: Nfa;
  readonly #cache: StateCache<ReverseState>;
  readonly #visited: Int32Array;
  #round = 0;

  constructor(nfa: Nfa, maxStates: number) {
    this.#nfa = nfa;
    this.#cache = new StateCache(maxStates);
    this.#visited = new Int32Array(nfa.size);
  }

  /** The threads of `state`: those of one pattern, or (-1) all that are still open. Remembered in the state. */
  threads(state: State, pattern: number): ReverseState {
    const known = state.backwards.get(pattern);
    if (known !== undefined) return known;
    const { patternOf } = this.#nfa;
    const threads = this.state(pattern < 0 ? state.live : state.nodes.filter((node) => patternOf[node] === pattern));
    state.backwards.set(pattern, threads);
    return threads;
  }

  /** @param nodes Sorted landing nodes. */
  state(nodes: Int32Array, starts = false): ReverseState {
    return this.#cache.intern(
      hashOf(nodes, starts ? 2 : 1),
      nodes.length + this.#nfa.alphabet.width * this.#nfa.alphabet.kinds,
      (s) => s.starts === starts && sameIntegers(s.nodes, nodes),
      () => ({
        nodes,
        starts,
        next: new Array<ReverseState | undefined>(this.#nfa.alphabet.width * this.#nfa.alphabet.kinds).fill(undefined),
      }),
    );
  }

  /** Steps back over a character of class `cls` that follows one of kind `before` (0: that begins the text). */
  step(from: ReverseState, cls: number, before: number): ReverseState {
    const key = cls * this.#nfa.alphabet.kinds + before;
    const known = from.next[key];
    if (known !== undefined) return known;
    const state = this.#compute(from, cls, before);
    from.next[key] = state;
    return state;
  }

  #compute(from: ReverseState, cls: number, before: number): ReverseState {
    const { alphabet, op, arg, conditions, landing, predecessors, predecessorsFrom } = this.#nfa;
    const pair = before * alphabet.kinds + (alphabet.kindOf[cls] ?? 0);
    const stack: number[] = [];
    const nodes: number[] = [];
    let starts = false;
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
      if (lands & 2) starts = true;
      for (let i = predecessorsFrom[node] ?? 0; i < (predecessorsFrom[node + 1] ?? 0); i++) {
        const previous = predecessors[i] ?? 0;
        if (op[previous] === Op.either || (op[previous] === Op.look && conditions[arg[previous] ?? 0]?.[pair] === 1)) stack.push(previous);
      }
    }
    return this.state(Int32Array.from(nodes).sort(), starts);
  }
}
