import { type Nfa, Op, unreachable } from "./nfa.ts";
import type { Prospects } from "./prospects.ts";
import type { ReverseState } from "./reverse.ts";
import { hashOf, type Row, sameIntegers, StateTable } from "./state_table.ts";

/** A set of threads between two characters. */
export interface State extends Row<State> {
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
  /** For walking backwards, made when first asked for: the threads of a pattern, or (`undefined`) all that are live; those last asked for besides. */
  backwards: Map<number | undefined, ReverseState> | undefined;
  lastBackwards: ReverseState | undefined;
  lastPattern: number | undefined;
}

const none: readonly number[] = [];

/** Flags of a transition in `ForwardDfa.table`: the state it leads to has something to report; has no threads. */
export const reports = 1;
export const empty = 2;
export const allFlags = reports | empty;

/** The automaton over sets of threads, built as texts ask for it. */
export class ForwardDfa {
  readonly #nfa: Nfa;
  readonly table: StateTable<State>;
  readonly prospects: Prospects;
  /** Kind before × class → where threads that start there land. */
  readonly #startSteps = new Map<number, Int32Array>();
  readonly #startStates = new Map<number, State>();
  #initial: State | undefined;
  readonly #visited: Int32Array;
  readonly #added: Int32Array;
  readonly #landed: Int32Array;
  #count = 0;
  readonly #matched: number[] = [];
  #round = 0;
  readonly #stack: number[] = [];

  /** @param searching A thread of every pattern starts before every character; else only the threads of the first state run. */
  constructor(nfa: Nfa, prospects: Prospects, maxStates: number, readonly searching: boolean) {
    this.#nfa = nfa;
    this.prospects = prospects;
    this.table = new StateTable(nfa.alphabet.width, maxStates);
    this.#visited = new Int32Array(nfa.size);
    this.#added = new Int32Array(nfa.size);
    this.#landed = new Int32Array(nfa.size);
  }

  /** The state before the first character. */
  get initial(): State {
    return this.#initial ??= this.#intern(new Int32Array(0), 0, none);
  }

  /** The state of a thread of `pattern`, or of every pattern, that starts after a character of `kind`. */
  startState(pattern: number | undefined, kind: number): State {
    const { alphabet, starts } = this.#nfa;
    const key = (pattern ?? starts.length) * alphabet.kinds + kind;
    const known = this.#startStates.get(key);
    if (known !== undefined) return known;
    const nodes = pattern === undefined ? starts : starts.subarray(pattern, pattern + 1);
    this.#begin();
    for (const node of nodes) this.#land(node, kind);
    const state = this.#intern(this.#landed.slice(0, this.#count).sort(), kind, none);
    this.#startStates.set(key, state);
    return state;
  }

  /** The state after reading a character of class `cls` (`alphabet.end`: after the end of the text). */
  step(from: State, cls: number): State {
    const { table } = this;
    return table.at(table.next(table.rowOf(from), cls) || this.follow(from, cls));
  }

  /** Works out a transition that the table does not have. Returns the row of the next state. */
  follow(from: State, cls: number): number {
    const { half, skipped } = this.#nfa.alphabet;
    if (cls === half || cls === skipped) return this.table.rowOf(from);
    const to = this.#compute(from, cls);
    const flags = (to.now.length + to.late.length > 0 ? reports : 0) | (to.nodes.length === 0 ? empty : 0);
    return this.table.link(from, cls, to, flags);
  }

  #compute(from: State, cls: number): State {
    const { alphabet } = this.#nfa;
    const kind = alphabet.kindOf[cls] ?? 0;
    const begun = this.searching && cls !== alphabet.end ? this.#startStep(from.kind, cls) : undefined;
    this.#begin();
    for (const node of from.nodes) this.#read(node, from.kind, kind, cls);
    if (begun !== undefined) { for (const node of begun) this.#land(node, kind); }
    const matched = this.#matched;
    const late = matched.length === 0
      ? none
      : matched.filter((pattern, i) => matched.indexOf(pattern) === i && !from.now.includes(pattern));
    return this.#intern(this.#landed.slice(0, this.#count).sort(), kind, late);
  }

  /** Where threads land that start before a character: found once, as every state asks for it. */
  #startStep(before: number, cls: number): Int32Array {
    const { alphabet, starts } = this.#nfa;
    const key = before * alphabet.width + cls;
    const known = this.#startSteps.get(key);
    if (known !== undefined) return known;
    this.#begin();
    for (const node of starts) this.#read(node, before, alphabet.kindOf[cls] ?? 0, cls);
    const step = this.#landed.slice(0, this.#count);
    this.#startSteps.set(key, step);
    return step;
  }

  #begin(): void {
    this.#round++;
    this.#count = 0;
    this.#matched.length = 0;
  }

  /** Follows one thread over a character, or over the end of the text. */
  #read(start: number, before: number, after: number, cls: number): void {
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
          if (alphabet.members[extra * alphabet.width + cls] === 1) this.#land(target, after);
          break;
        case Op.either:
          stack.push(extra, target);
          break;
        case Op.look:
          if (conditions[extra]?.[before * alphabet.kinds + after] === 1) stack.push(target);
          break;
        case Op.match:
          this.#matched.push(extra);
          break;
      }
    }
  }

  #land(node: number, kind: number): void {
    if (this.#added[node] === this.#round) return;
    this.#added[node] = this.#round;
    if (!this.prospects.hopeless(node, kind)) this.#landed[this.#count++] = node;
  }

  /** @param nodes Sorted, none of them hopeless. */
  #intern(nodes: Int32Array, kind: number, late: readonly number[]): State {
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
    const { prospects } = this;
    let open = 0;
    let least = unreachable;
    let most = 0;
    let growth = unreachable;
    let matches: Map<number, number> | undefined;
    for (const node of nodes) {
      growth = Math.min(growth, prospects.growth(node, kind));
      const units = prospects.open(node, kind);
      if (units !== unreachable) {
        open++;
        least = Math.min(least, units);
        most = Math.max(most, units);
      }
      const kinds = prospects.matches(node, kind);
      if (kinds !== 0) {
        matches ??= new Map();
        const pattern = this.#nfa.patternOf[node] ?? 0;
        matches.set(pattern, (matches.get(pattern) ?? 0) | kinds);
      }
    }
    return {
      nodes,
      live: open === nodes.length ? nodes : nodes.filter((node) => prospects.open(node, kind) !== unreachable),
      kind,
      now: matches === undefined ? none : [...matches].flatMap(([pattern, kinds]) => kinds === prospects.always ? [pattern] : []),
      late: late.length === 0 ? none : late,
      least,
      most: open === 0 ? unreachable : most,
      growth,
      backwards: undefined,
      lastBackwards: undefined,
      lastPattern: undefined,
      row: 0,
      generation: 0,
      chain: undefined,
    };
  }
}
