import { type Nfa, Op, unreachable } from "./nfa.ts";
import { hopeless, Prospects } from "./prospects.ts";
import type { ReverseState } from "./reverse.ts";
import { hashOf, type Row, sameIntegers, StateTable } from "./state_table.ts";

/** A set of threads between two characters. */
export interface State extends Row {
  /** Landing nodes of all threads, sorted, without those that can neither match here nor later. */
  readonly nodes: Int32Array;
  /** The threads of `nodes` that can still match later, or match here depending on the next character. */
  readonly live: Int32Array;
  /** Kind of the character before (0: the text begins here). */
  readonly kind: number;
  /** Patterns that match up to here whatever comes next. */
  readonly now: readonly number[];
  /** Patterns that match up to before the character that led here, and did only because of that character. */
  readonly late: readonly number[];
  /** Fewest and most units that a thread of `live` needs to match; `unreachable` when there is none. */
  readonly least: number;
  readonly most: number;
  /** Fewest units by which a match can still grow; for a single thread with a match `now`, all that is open. */
  readonly growth: number;
  /** For walking backwards, made when first asked for: the threads of a pattern, or (`undefined`) all that are live. */
  readonly backwards: Map<number | undefined, ReverseState>;
}

const none: readonly number[] = [];

/** Flag of a transition in `ForwardDfa.table`: the state it leads to has something to report. */
export const reports = 1;

/** The automaton over sets of threads, built as texts ask for it. */
export class ForwardDfa {
  readonly #nfa: Nfa;
  readonly table: StateTable<State>;
  readonly prospects: Prospects;
  /** Kind before × class → where threads that start there land. */
  readonly #startSteps = new Map<number, Int32Array>();
  readonly #startStates = new Map<number, State>();
  readonly #visited: Int32Array;
  readonly #added: Int32Array;
  #round = 0;
  readonly #stack: number[] = [];

  /** @param searching A thread of every pattern starts before every character; else only the threads of the first state run. */
  constructor(nfa: Nfa, prospects: Prospects, maxStates: number, readonly searching: boolean) {
    this.#nfa = nfa;
    this.prospects = prospects;
    this.table = new StateTable(nfa.alphabet.width, maxStates);
    this.#visited = new Int32Array(nfa.size);
    this.#added = new Int32Array(nfa.size);
  }

  /** The state of threads on `nodes` (sorted) after a character of `kind`. */
  state(nodes: Int32Array, kind: number): State {
    return this.#intern(nodes, kind, none);
  }

  /** The state of a thread of `pattern`, or of every pattern, that starts after a character of `kind`. */
  startState(pattern: number | undefined, kind: number): State {
    const { alphabet, starts } = this.#nfa;
    const key = (pattern ?? starts.length) * alphabet.kinds + kind;
    const known = this.#startStates.get(key);
    if (known !== undefined) return known;
    const nodes = pattern === undefined ? starts : starts.subarray(pattern, pattern + 1);
    const state = this.state(Int32Array.from(new Set(nodes)).sort(), kind);
    this.#startStates.set(key, state);
    return state;
  }

  /** The state after reading a character of class `cls` (`alphabet.end`: after the end of the text). */
  step(from: State, cls: number): State {
    const { table } = this;
    const entry = table.cells[table.rowOf(from) + cls] ?? 0;
    return table.at((entry === 0 ? this.follow(from, cls) : entry) >> 2);
  }

  /** Works out a transition that the table does not have. Returns its cell. */
  follow(from: State, cls: number): number {
    const { half, skipped } = this.#nfa.alphabet;
    if (cls === half || cls === skipped) return this.table.link(from, cls, from, 0);
    const to = this.#compute(from, cls);
    return this.table.link(from, cls, to, to.now.length + to.late.length > 0 ? reports : 0);
  }

  #compute(from: State, cls: number): State {
    const { alphabet } = this.#nfa;
    const kind = alphabet.kindOf[cls] ?? 0;
    const landed: number[] = [];
    const matched: number[] = [];
    const begun = this.searching && cls !== alphabet.end ? this.#startStep(from.kind, cls) : none;
    this.#round++;
    for (const node of from.nodes) this.#read(node, from.kind, kind, cls, landed, matched);
    for (const node of begun) {
      if (this.#added[node] === this.#round) continue;
      this.#added[node] = this.#round;
      landed.push(node);
    }
    const late = matched.filter((pattern, i) => matched.indexOf(pattern) === i && !from.now.includes(pattern)).sort((a, b) => a - b);
    return this.#intern(Int32Array.from(landed).sort(), kind, late);
  }

  #startStep(before: number, cls: number): Int32Array {
    const { alphabet, starts } = this.#nfa;
    const key = before * alphabet.width + cls;
    const known = this.#startSteps.get(key);
    if (known !== undefined) return known;
    const landed: number[] = [];
    const kind = alphabet.kindOf[cls] ?? 0;
    this.#round++;
    for (const node of starts) this.#read(node, before, kind, cls, landed, []);
    const step = Int32Array.from(landed.filter((node) => this.prospects.of(node, kind) !== hopeless));
    this.#startSteps.set(key, step);
    return step;
  }

  /** Follows one thread over a character, or over the end of the text. */
  #read(start: number, before: number, after: number, cls: number, landed: number[], matched: number[]): void {
    const { alphabet, op, out, arg, conditions } = this.#nfa;
    const stack = this.#stack;
    stack.push(start);
    for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
      if (this.#visited[node] === this.#round) continue;
      this.#visited[node] = this.#round;
      const extra = arg[node] ?? 0;
      const target = out[node] ?? 0;
      switch (op[node]) {
        case Op.char:
          if (alphabet.members[extra * alphabet.width + cls] === 1 && this.#added[target] !== this.#round) {
            this.#added[target] = this.#round;
            landed.push(target);
          }
          break;
        case Op.either:
          stack.push(extra, target);
          break;
        case Op.look:
          if (conditions[extra]?.[before * alphabet.kinds + after] === 1) stack.push(target);
          break;
        case Op.match:
          matched.push(extra);
          break;
      }
    }
  }

  #intern(landed: Int32Array, kind: number, late: readonly number[]): State {
    const nodes = landed.filter((node) => this.prospects.of(node, kind) !== hopeless);
    let hash = hashOf(nodes, kind + 1);
    for (const pattern of late) hash = Math.imul(hash ^ pattern, 0x01000193);
    return this.table.intern(
      hash,
      nodes.length,
      (s) => s.kind === kind && sameIntegers(s.nodes, nodes) && sameIntegers(s.late, late),
      () => this.#describe(nodes, kind, late),
    );
  }

  #describe(nodes: Int32Array, kind: number, late: readonly number[]): State {
    const matches = new Map<number, number>();
    const live: number[] = [];
    let least = unreachable;
    let most = 0;
    let growth = unreachable;
    for (const node of nodes) {
      const prospect = this.prospects.of(node, kind);
      const pattern = this.#nfa.patternOf[node] ?? 0;
      if (prospect.matches !== 0) matches.set(pattern, (matches.get(pattern) ?? 0) | prospect.matches);
      growth = Math.min(growth, prospect.growth);
      const open = this.prospects.open(node, kind);
      if (open === unreachable) continue;
      live.push(node);
      least = Math.min(least, open);
      most = Math.max(most, open);
    }
    const now = [...matches].filter(([, kinds]) => kinds === this.prospects.always).map(([pattern]) => pattern).sort((a, b) => a - b);
    return {
      nodes,
      live: live.length === nodes.length ? nodes : Int32Array.from(live),
      kind,
      now: now.length === 0 ? none : now,
      late: late.length === 0 ? none : late,
      least,
      most: live.length === 0 ? unreachable : most,
      growth,
      backwards: new Map(),
      row: 0,
      generation: 0,
    };
  }
}
