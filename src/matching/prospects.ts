import { type Nfa, Op, unreachable } from "./nfa.ts";

const unknown = -1;

/**
 * What a thread on a landing node can still do, by node and kind of the character before; worked out when first asked for.
 * Flat arrays, as every new state asks for each of its threads.
 */
export class Prospects {
  readonly #nfa: Nfa;
  readonly #matches: Uint8Array;
  readonly #growth: Int32Array;
  /** `matches()` of a thread that matches whatever comes next. */
  readonly always: number;

  constructor(nfa: Nfa) {
    this.#nfa = nfa;
    this.#matches = new Uint8Array(nfa.size * nfa.alphabet.kinds);
    this.#growth = new Int32Array(nfa.size * nfa.alphabet.kinds).fill(unknown);
    this.always = (1 << nfa.alphabet.kinds) - 1;
  }

  /** Bit per kind of next character (and the edge of the text): the thread matches here. */
  matches(node: number, before: number): number {
    return this.#matches[this.#place(node, before)] ?? 0;
  }

  /** Fewest UTF-16 units of a match that reads at least one more character; `unreachable` when there is none. */
  growth(node: number, before: number): number {
    return this.#growth[this.#place(node, before)] ?? unreachable;
  }

  /** Fewest units that the thread needs for a match that is not certain yet: 0 when the next character decides. */
  open(node: number, before: number): number {
    const place = this.#place(node, before);
    const matches = this.#matches[place] ?? 0;
    return matches !== 0 && matches !== this.always ? 0 : this.#growth[place] ?? unreachable;
  }

  /** The thread can neither match here nor later: it need not be kept. */
  hopeless(node: number, before: number): boolean {
    const place = this.#place(node, before);
    return this.#growth[place] === unreachable && this.#matches[place] === 0;
  }

  #place(node: number, before: number): number {
    const place = node * this.#nfa.alphabet.kinds + before;
    if (this.#growth[place] === unknown) this.#workOut(place, node, before);
    return place;
  }

  #workOut(place: number, node: number, before: number): void {
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
    this.#matches[place] = matches;
    this.#growth[place] = growth;
  }
}
