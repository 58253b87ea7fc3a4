import { parseSpec } from "./parse.ts";
import type { Instruction, Program } from "./parse.ts";
import type { PatternSpec } from "./types.ts";

/**
 * The longest text that a pattern can match, in UTF-16 units; `Infinity` when there is no longest, 0 when it can match nothing
 * but the empty text. An upper bound where looks (`^`, `\b`, …) forbid some ways. What exceeds `maxHoldbackChars` goes unfound.
 * @throws {PatternError}
 */
export function maxMatchLength(spec: PatternSpec): number {
  const program = parseSpec(spec);
  const useful = leadingToMatch(program);
  return longest(program.instructions, program.start, useful);
}

function ways(instruction: Instruction | undefined): readonly number[] {
  if (instruction === undefined || instruction.op === "fail" || instruction.op === "match") return [];
  return instruction.op === "either" ? [instruction.out, instruction.other] : [instruction.out];
}

function units(instruction: Instruction | undefined): number {
  if (instruction?.op !== "char") return 0;
  return (instruction.ranges.at(-1) ?? 0) > 0xffff ? 2 : 1;
}

function leadingToMatch({ instructions }: Program): ReadonlySet<number> {
  const sources = new Map<number, number[]>();
  instructions.forEach((instruction, from) => {
    if (instruction.op === "char" && instruction.ranges.length === 0) return;
    for (const to of ways(instruction)) {
      const known = sources.get(to);
      if (known === undefined) sources.set(to, [from]);
      else known.push(from);
    }
  });
  const pending = instructions.flatMap((instruction, at) => instruction.op === "match" ? [at] : []);
  const found = new Set(pending);
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const from of sources.get(at) ?? []) {
      if (found.has(from)) continue;
      found.add(from);
      pending.push(from);
    }
  }
  return found;
}

/**
 * Longest way through the program by strongly connected components (Tarjan 1972, without recursion: programs are deep).
 * A component that reads a character can be gone through for ever.
 */
function longest(instructions: readonly Instruction[], start: number, useful: ReadonlySet<number>): number {
  if (!useful.has(start)) return 0;
  const order = new Map<number, number>();
  const low = new Map<number, number>();
  const open: number[] = [];
  const isOpen = new Set<number>();
  /** Longest way to a match, for closed components. */
  const reach = new Map<number, number>();
  const path: { at: number; way: number }[] = [];
  const next = (at: number) => ways(instructions[at]).filter((to) => useful.has(to));
  const enter = (at: number) => {
    order.set(at, order.size);
    low.set(at, order.size - 1);
    open.push(at);
    isOpen.add(at);
    path.push({ at, way: 0 });
  };
  const lower = (at: number, to: number) => low.set(at, Math.min(low.get(at) ?? 0, to));
  enter(start);
  for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
    const to = next(step.at)[step.way++];
    if (to !== undefined) {
      if (!order.has(to)) enter(to);
      else if (isOpen.has(to)) lower(step.at, order.get(to) ?? 0);
      continue;
    }
    path.pop();
    const parent = path.at(-1);
    if (parent !== undefined) lower(parent.at, low.get(step.at) ?? 0);
    if (low.get(step.at) !== order.get(step.at)) continue;
    const component = open.splice(open.lastIndexOf(step.at));
    for (const at of component) isOpen.delete(at);
    const inside = new Set(component);
    let best = 0;
    for (const at of component) {
      for (const to of next(at)) {
        const here = units(instructions[at]);
        if (!inside.has(to)) best = Math.max(best, here + (reach.get(to) ?? 0));
        else if (here > 0) best = Infinity;
      }
    }
    for (const at of component) reach.set(at, best);
  }
  return reach.get(start) ?? 0;
}
