import { type Nfa, Op, unreachable } from "./nfa.ts";

/** What a thread on a landing node can still do. */
export interface Prospect {
  /** Bit per kind of next character (and the edge of the text): it matches here. */
  readonly matches: number;
  /** Fewest UTF-16 units of a match that reads at least one more character; `unreachable` when there is none. */
  readonly growth: number;
}

/** Nothing: the thread need not be kept. */
export const hopeless: Prospect = { matches: 0, growth: unreachable };

/** The prospects of threads by node and kind of the character before, worked out when first asked for. */
export class Prospects {
  readonly #nfa: Nfa;
  readonly #known = new Map<number, Prospect>();
  /** `matches` of a thread that matches whatever comes next. */
  readonly always: number;

  constructor(nfa: Nfa) {
    this.#nfa = nfa;
    this.always = (1 << nfa.alphabet.kinds) - 1;
  }

  of(node: number, before: number): Prospect {
    const key = node * this.#nfa.alphabet.kinds + before;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const prospect = this.#workOut(node, before);
    this.#known.set(key, prospect);
    return prospect;
  }

  /** Fewest units that the thread needs for a match that is not certain yet: 0 when the next character decides. */
  open(node: number, before: number): number {
    const { matches, growth } = this.of(node, before);
    return matches !== 0 && matches !== this.always ? 0 : growth;
  }

  #workOut(node: number, before: number): Prospect {
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
    return matches === 0 && growth === unreachable ? hopeless : { matches, growth };
  }
}
