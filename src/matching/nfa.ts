import { type Alphabet, buildAlphabet } from "./alphabet.ts";
import { type Instruction, PatternError, type Program } from "./parse.ts";

/** Node kinds. `char` reads one code point; the others read nothing. */
export const Op = { fail: 0, match: 1, either: 2, look: 3, char: 4 } as const;

/** More nodes than this would cost too much memory per tenant: about 40 bytes each, and states made of them. */
export const maxNodes = 200_000;

export const unreachable = 0x3fffffff;

/**
 * The programs of all patterns as one automaton. A *thread* is a run of a pattern from one start; between two characters it
 * rests on a *landing* node (the `out` of a `char` node, or a start).
 */
export interface Nfa {
  readonly alphabet: Alphabet;
  readonly size: number;
  readonly op: Uint8Array;
  readonly out: Int32Array;
  /** `either`: the other way. `char`: its row in `alphabet.members`. `look`: its number in `conditions`. `match`: the pattern. */
  readonly arg: Int32Array;
  /** Tables of `Alphabet.holds`. */
  readonly conditions: readonly Uint8Array[];
  /** Node → its pattern. */
  readonly patternOf: Int32Array;
  /** Pattern → its start node. */
  readonly starts: Int32Array;
  /** 1 for the `out` of a `char` node, 2 for a start, 3 for both. */
  readonly landing: Uint8Array;
  /** `node * kinds + kind` of a `char` node: the fewest UTF-16 units from there to a match when it reads a character of that kind. */
  readonly toMatch: Int32Array;
  /** Nodes that lead to a node: `predecessors[predecessorsFrom[n] … predecessorsFrom[n + 1]]`. */
  readonly predecessors: Int32Array;
  readonly predecessorsFrom: Int32Array;
}

/** @throws {PatternError} when the patterns together have more than `maxNodes` nodes. */
export function buildNfa(programs: readonly Program[], sources: readonly string[], foldEvasions: boolean): Nfa {
  const sets = new Interned<readonly number[]>();
  const looks = new Interned<number>();
  const nodes: { op: number; out: number; arg: number; pattern: number }[] = [];
  const starts: number[] = [];
  programs.forEach((program, pattern) => {
    const base = nodes.length;
    if (base + program.instructions.length > maxNodes) {
      throw new PatternError(
        `the pattern set needs more than ${maxNodes} states; shorten counted repetitions`,
        1,
        sources[pattern] ?? "",
        pattern,
      );
    }
    const target = (pc: number) => base + afterSkips(program.instructions, pc);
    for (const instruction of program.instructions) nodes.push({ ...toNode(instruction, pattern, target, sets, looks), pattern });
    starts.push(target(program.start));
  });

  const alphabet = buildAlphabet(sets.values, looks.values.reduce((all, look) => all | look, 0), foldEvasions);
  const op = Uint8Array.from(nodes, (n) => n.op);
  const out = Int32Array.from(nodes, (n) => n.out);
  const arg = Int32Array.from(nodes, (n) => n.arg);
  const landing = new Uint8Array(nodes.length);
  nodes.forEach((n) => n.op === Op.char && (landing[n.out] = 1));
  for (const start of starts) landing[start] = (landing[start] ?? 0) | 2;
  const graph = {
    alphabet,
    size: nodes.length,
    op,
    out,
    arg,
    conditions: looks.values.map((look) => alphabet.holds(look)),
    patternOf: Int32Array.from(nodes, (n) => n.pattern),
    starts: Int32Array.from(starts),
    landing,
    ...invert(op, out, arg),
  };
  return { ...graph, toMatch: distances(graph) };
}

class Interned<T> {
  readonly values: T[] = [];
  readonly #known = new Map<string, number>();
  number(value: T): number {
    const key = String(value);
    const known = this.#known.get(key) ?? this.values.push(value) - 1;
    this.#known.set(key, known);
    return known;
  }
}

function toNode(
  instruction: Instruction,
  pattern: number,
  target: (pc: number) => number,
  sets: Interned<readonly number[]>,
  looks: Interned<number>,
): { op: number; out: number; arg: number } {
  switch (instruction.op) {
    case "fail":
    case "skip": // nothing leads to it: see afterSkips
      return { op: Op.fail, out: -1, arg: 0 };
    case "match":
      return { op: Op.match, out: -1, arg: pattern };
    case "either":
      return { op: Op.either, out: target(instruction.out), arg: target(instruction.other) };
    case "look":
      return { op: Op.look, out: target(instruction.out), arg: looks.number(instruction.looks) };
    case "char":
      return { op: Op.char, out: target(instruction.out), arg: sets.number(instruction.ranges) };
  }
}

function afterSkips(instructions: readonly Instruction[], pc: number): number {
  let at = pc;
  for (let hops = 0; hops <= instructions.length; hops++) {
    const instruction = instructions[at];
    if (instruction?.op !== "skip") return at;
    at = instruction.out;
  }
  return 0; // re2js's instruction 0 is "fail": a loop that reads nothing and has no way out
}

function invert(op: Uint8Array, out: Int32Array, arg: Int32Array): { predecessors: Int32Array; predecessorsFrom: Int32Array } {
  const from = new Int32Array(op.length + 1);
  const edges: [number, number][] = [];
  for (let node = 0; node < op.length; node++) {
    const next = out[node] ?? -1;
    if (next >= 0) edges.push([node, next]);
    if (op[node] === Op.either) edges.push([node, arg[node] ?? 0]);
  }
  for (const [, to] of edges) from[to + 1] = (from[to + 1] ?? 0) + 1;
  for (let node = 0; node < op.length; node++) from[node + 1] = (from[node + 1] ?? 0) + (from[node] ?? 0);
  const fill = from.slice();
  const list = new Int32Array(edges.length);
  for (const [node, to] of edges) {
    const at = fill[to] ?? 0;
    list[at] = node;
    fill[to] = at + 1;
  }
  return { predecessors: list, predecessorsFrom: from };
}

/**
 * `toMatch`: shortest ways to a match, walked backwards from the match nodes. A place is a node between two kinds of
 * characters, because looks ask for both; only the numbers of `char` nodes are kept.
 */
function distances(nfa: Omit<Nfa, "toMatch">): Int32Array {
  const { alphabet, op, arg, conditions, predecessors, predecessorsFrom } = nfa;
  const kinds = alphabet.kinds;
  const pairs = kinds * kinds;
  const units = unitsByKind(alphabet);
  const found = new Int32Array(nfa.size * pairs).fill(unreachable);
  const buckets: number[][] = [[], [], []]; // by distance modulo 3, as a step costs at most 2
  const reach = (place: number, distance: number) => {
    if (distance >= (found[place] ?? 0)) return;
    found[place] = distance;
    buckets[distance % 3]?.push(place);
  };
  for (let node = 0; node < nfa.size; node++) {
    if (op[node] === Op.match) { for (let pair = 0; pair < pairs; pair++) reach(node * pairs + pair, 0); }
  }
  for (let distance = 0, empty = 0; empty < 3; distance++) {
    const bucket = buckets[distance % 3] ?? [];
    empty = bucket.length === 0 ? empty + 1 : 0;
    for (let place = bucket.pop(); place !== undefined; place = bucket.pop()) {
      if (found[place] !== distance) continue;
      const node = Math.floor(place / pairs);
      const pair = place % pairs;
      const before = Math.floor(pair / kinds);
      for (let i = predecessorsFrom[node] ?? 0; i < (predecessorsFrom[node + 1] ?? 0); i++) {
        const from = predecessors[i] ?? 0;
        if (op[from] === Op.char) {
          const cost = units[(arg[from] ?? 0) * kinds + before] ?? 0;
          // `before` is now the kind of the character that `from` reads; what stands before that one is open.
          if (cost > 0) { for (let kind = 0; kind < kinds; kind++) reach(from * pairs + kind * kinds + before, distance + cost); }
        } else if (op[from] === Op.either || conditions[arg[from] ?? 0]?.[pair] === 1) {
          reach(from * pairs + pair, distance);
        }
      }
    }
  }
  const result = new Int32Array(nfa.size * kinds).fill(unreachable);
  for (let node = 0; node < nfa.size; node++) {
    if (op[node] !== Op.char) continue;
    // A char node does not look behind, so any kind before gives the same; it is indexed by the kind it reads.
    for (let kind = 0; kind < kinds; kind++) result[node * kinds + kind] = found[node * pairs + kind] ?? unreachable;
  }
  return result;
}

/** `set * kinds + kind` → fewest units of a character of that kind in the set, 0 where there is none. */
function unitsByKind(alphabet: Alphabet): Uint8Array {
  const { members, width, kinds } = alphabet;
  const result = new Uint8Array(members.length / width * kinds);
  members.forEach((member, i) => {
    if (member === 0) return;
    const cls = i % width;
    const at = Math.floor(i / width) * kinds + (alphabet.kindOf[cls] ?? 0);
    const units = alphabet.unitsOf[cls] ?? 1;
    const known = result[at] ?? 0;
    result[at] = known === 0 ? units : Math.min(known, units);
  });
  return result;
}
