import { type Nfa, Op, unreachable } from "./nfa.ts";
import type { ReverseState } from "./reverse.ts";

/**
 * A set of threads between two characters. Immutable but for `next`, which fills as texts need it and is emptied when the cache
 * is flushed; a state stays usable after that, so whoever holds one need not know.
 */
export interface State {
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
  /** `now` or `late` has something. */
  readonly reports: boolean;
  /** Fewest and most units that a thread of `live` needs to match; `unreachable` when there is none. */
  readonly least: number;
  readonly most: number;
  /** Fewest units by which a match can still grow; for a single thread with a match `now`, all that is open. */
  readonly growth: number;
  /** By class. */
  readonly next: (State | undefined)[];
  /** `nodes` and `live` for walking backwards, made when first asked for: `live` under -1, the threads of a pattern under it. */
  readonly backwards: Map<number, ReverseState>;
}

const none: readonly number[] = [];

/** Hash-consed sets of integers with a bound: what both automata keep their states in. */
export class StateCache<T extends { readonly next: (T | undefined)[] }> {
  readonly #buckets = new Map<number, T[]>();
  #states = 0;
  #slots = 0;
  constructor(readonly maxStates: number) {}

  /** The state with that hash and content, or the new one of `size` slots that `make` gives. Flushes everything else at the bound. */
  intern(hash: number, size: number, same: (state: T) => boolean, make: () => T): T {
    const found = this.#buckets.get(hash)?.find(same);
    if (found !== undefined) return found;
    this.#slots += size;
    // States of patterns with thousands of threads or classes are large: 64 slots each on average bounds the memory as well.
    if (++this.#states > this.maxStates || this.#slots > this.maxStates * 64) this.#flush();
    const state = make();
    const bucket = this.#buckets.get(hash);
    if (bucket === undefined) this.#buckets.set(hash, [state]);
    else bucket.push(state);
    return state;
  }

  #flush(): void {
    // Cutting the links frees the old states even while a scanner still stands on one of them.
    for (const bucket of this.#buckets.values()) for (const state of bucket) state.next.fill(undefined);
    this.#buckets.clear();
    this.#states = 1;
    this.#slots = 0;
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

/** What a thread on a landing node can still do, given the kind of character before it. */
interface Prospect {
  /** Bit per kind of next character (and the edge): it matches here. */
  readonly matches: number;
  /** Fewest units of a match that reads at least one more character. */
  readonly growth: number;
}

/** The automaton over sets of threads, built as texts ask for it. */
export class ForwardDfa {
  readonly #nfa: Nfa;
  readonly #cache: StateCache<State>;
  readonly #prospects = new Map<number, Prospect>();
  /** Kind before × class → where threads that start there land. */
  readonly #startSteps = new Map<number, Int32Array>();
  readonly #everyKind: number;
  readonly #visited: Int32Array;
  readonly #added: Int32Array;
  #round = 0;
  readonly #stack: number[] = [];

  /** @param searching A thread of every pattern starts before every character; else only the threads of the first state run. */
  constructor(nfa: Nfa, maxStates: number, readonly searching: boolean) {
    this.#nfa = nfa;
    this.#cache = new StateCache(maxStates);
    this.#everyKind = (1 << nfa.alphabet.kinds) - 1;
    this.#visited = new Int32Array(nfa.size);
    this.#added = new Int32Array(nfa.size);
  }

  /** The state of threads on `nodes` (sorted) after a character of `kind`. */
  state(nodes: Int32Array, kind: number): State {
    return this.#intern(nodes, kind, none);
  }

  /** The state after reading a character of class `cls` (`alphabet.end`: after the end of the text). */
  step(from: State, cls: number): State {
    const known = from.next[cls];
    if (known !== undefined) return known;
    const { alphabet } = this.#nfa;
    const state = cls === alphabet.half || cls === alphabet.skipped ? from : this.#compute(from, cls);
    from.next[cls] = state;
    return state;
  }

  #compute(from: State, cls: number): State {
    const { alphabet } = this.#nfa;
    const kind = alphabet.kindOf[cls] ?? 0;
    const landed: number[] = [];
    const matched: number[] = [];
    const begun = this.searching && cls !== alphabet.end ? this.#startStep(from.kind, cls) : undefined;
    this.#round++;
    for (const node of from.nodes) this.#read(node, from.kind, kind, cls, landed, matched);
    if (begun !== undefined) {
      for (const node of begun) {
        if (this.#added[node] === this.#round) continue;
        this.#added[node] = this.#round;
        landed.push(node);
      }
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
    const step = Int32Array.from(landed.filter((node) => this.#prospect(node, kind) !== hopeless));
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
    const nodes = landed.filter((node) => this.#prospect(node, kind) !== hopeless);
    let hash = hashOf(nodes, kind + 1);
    for (const pattern of late) hash = Math.imul(hash ^ pattern, 0x01000193);
    return this.#cache.intern(
      hash,
      nodes.length + this.#nfa.alphabet.width,
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
      const prospect = this.#prospect(node, kind);
      const pattern = this.#nfa.patternOf[node] ?? 0;
      if (prospect.matches !== 0) matches.set(pattern, (matches.get(pattern) ?? 0) | prospect.matches);
      growth = Math.min(growth, prospect.growth);
      const open = prospect.matches !== 0 && prospect.matches !== this.#everyKind ? 0 : prospect.growth;
      if (open === unreachable) continue;
      live.push(node);
      least = Math.min(least, open);
      most = Math.max(most, open);
    }
    const now = [...matches].filter(([, kinds]) => kinds === this.#everyKind).map(([pattern]) => pattern).sort((a, b) => a - b);
    return {
      nodes,
      live: live.length === nodes.length ? nodes : Int32Array.from(live),
      kind,
      now: now.length === 0 ? none : now,
      late: late.length === 0 ? none : late,
      reports: now.length + late.length > 0,
      least,
      most: live.length === 0 ? unreachable : most,
      growth,
      next: new Array<State | undefined>(this.#nfa.alphabet.width).fill(undefined),
      backwards: new Map(),
    };
  }

  /** Fewest units that a thread on `node` needs for a match that is not yet certain; `unreachable` when there is none. */
  open(node: number, kind: number): number {
    const { matches, growth } = this.#prospect(node, kind);
    return matches !== 0 && matches !== this.#everyKind ? 0 : growth;
  }

  #prospect(node: number, before: number): Prospect {
    const key = node * this.#nfa.alphabet.kinds + before;
    const known = this.#prospects.get(key);
    if (known !== undefined) return known;
    const { alphabet, op, out, arg, conditions, toMatch } = this.#nfa;
    let matches = 0;
    let growth = unreachable;
    for (let after = 0; after < alphabet.kinds; after++) {
      const visited = new Set<number>();
      const stack = [node];
      for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
        if (visited.has(at)) continue;
        visited.add(at);
        const extra = arg[at] ?? 0;
        if (op[at] === Op.match) matches |= 1 << after;
        else if (op[at] === Op.char) growth = Math.min(growth, toMatch[at * alphabet.kinds + after] ?? unreachable);
        else if (op[at] === Op.either) stack.push(extra, out[at] ?? 0);
        else if (op[at] === Op.look && conditions[extra]?.[before * alphabet.kinds + after] === 1) stack.push(out[at] ?? 0);
      }
    }
    const prospect = matches === 0 && growth === unreachable ? hopeless : { matches, growth };
    this.#prospects.set(key, prospect);
    return prospect;
  }
}

const hopeless: Prospect = { matches: 0, growth: unreachable };
