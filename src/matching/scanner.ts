import type { State } from "./dfa.ts";
import { isAlive, type Machine, oldestStart, Thread } from "./exact.ts";
import { type Nfa, unreachable } from "./nfa.ts";
import type { Match, PatternSpec, Scanner } from "./types.ts";
import { undisguise } from "./disguise.ts";
import { Window } from "./window.ts";

/** A compiled set, as its scanners see it. */
export interface Compiled {
  readonly nfa: Nfa;
  readonly machine: Machine;
  readonly specs: readonly PatternSpec[];
  readonly contextChars: number;
  readonly foldEvasions: boolean;
}

/** A pattern that has matched somewhere in the held text: while it is being settled it is looked at by itself. */
interface Pursuit {
  readonly pattern: number;
  /** No match of the pattern can start before this: there it has been settled. */
  from: number;
  /** The first start that is still open. */
  thread: Thread | undefined;
  /** Places up to which the pattern matches from some start, with the threads there, in text order. */
  readonly ends: { readonly at: number; readonly state: State }[];
}

/** A frontier nearer than exact is given up after this many starts that proved too old to match in time. */
const maxFalseStarts = 16;

export class TextScanner implements Scanner {
  readonly #set: Compiled;
  readonly #window: Window;
  #state: State;
  #read = 0;
  #frontier = 0;
  #ended = false;
  readonly #pursuits = new Map<number, Pursuit>();
  /** Decided, not yet passed by the frontier. */
  #decided: Match[] = [];
  #passed: Match[] = [];

  constructor(set: Compiled) {
    this.#set = set;
    this.#window = new Window(set.nfa.alphabet);
    this.#state = set.machine.searching.state(new Int32Array(0), 0);
  }

  get frontier(): number {
    return this.#frontier;
  }

  push(text: string): void {
    if (this.#ended) throw new Error("Cannot push text: the scanner is finished");
    if (text === "") return;
    this.#window.append(text);
    this.#scan();
    this.#moveFrontier();
  }

  take(): readonly Match[] {
    const taken = this.#passed;
    if (taken.length > 0) this.#passed = [];
    return taken;
  }

  finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#scan();
    const { machine } = this.#set;
    for (const pattern of machine.searching.step(this.#state, machine.end).late) {
      this.#matched(pattern, this.#window.lastRead(this.#read), this.#state);
    }
    for (const pursuit of this.#pursuits.values()) this.#pursue(pursuit);
    this.#frontier = this.#read;
    this.#emit(Infinity);
  }

  /** The hot loop: two look-ups per character. */
  #scan(): void {
    const { alphabet } = this.#set.nfa;
    const { searching, ignored } = this.#set.machine;
    const ascii = alphabet.ascii;
    const text = this.#window.text;
    const base = this.#window.base;
    const length = text.length;
    let state = this.#state;
    let at = this.#read - base;
    // A pair may be cut between two pushes: its first half waits for the second.
    const stop = !this.#ended && length > 0 && (text.charCodeAt(length - 1) & 0xfc00) === 0xd800 ? length - 1 : length;
    this.#read = base + stop;
    while (at < stop) {
      const unit = text.charCodeAt(at);
      let next = at + 1;
      let cls: number;
      if (unit < 128) {
        cls = ascii[unit] ?? 0;
      } else {
        const code = text.codePointAt(at) ?? 0;
        if (code > 0xffff) next++;
        cls = alphabet.classOf(code);
      }
      const following = state.next[cls] ?? searching.step(state, cls);
      if (following.reports && cls !== ignored) {
        if (following.late.length > 0) {
          const end = this.#window.lastRead(base + at);
          for (const pattern of following.late) this.#matched(pattern, end, state);
        }
        for (const pattern of following.now) this.#matched(pattern, base + next, following);
      }
      state = following;
      at = next;
    }
    this.#state = state;
  }

  /** The automaton says that `pattern` matches up to `at` from some start. */
  #matched(pattern: number, at: number, state: State): void {
    let pursuit = this.#pursuits.get(pattern);
    if (pursuit === undefined) {
      pursuit = { pattern, from: this.#frontier, thread: undefined, ends: [] };
      this.#pursuits.set(pattern, pursuit);
    }
    if (at <= pursuit.from) return;
    pursuit.ends.push({ at, state });
    if (pursuit.thread === undefined) this.#pursue(pursuit);
  }

  /** Settles matches of one pattern, first start first, as far as the text read so far decides them. */
  #pursue(pursuit: Pursuit): void {
    const { machine, nfa } = this.#set;
    for (;;) {
      if (pursuit.thread !== undefined) {
        if (!pursuit.thread.advance(this.#window, this.#read, this.#ended)) return;
        pursuit.from = this.#settle(pursuit.pattern, pursuit.thread);
        pursuit.thread = undefined;
      }
      const end = pursuit.ends[0];
      if (end === undefined) return;
      const lower = Math.max(pursuit.from, end.at - machine.maxHoldbackChars);
      const threads = end.state.nodes.filter((node) => nfa.patternOf[node] === pursuit.pattern);
      const start = end.at > lower ? oldestStart(machine, this.#window, machine.backwards.state(threads), end.at, lower) : -1;
      if (start >= 0) {
        pursuit.thread = new Thread(machine, nfa.starts.subarray(pursuit.pattern, pursuit.pattern + 1), this.#window, start);
      } else {
        // Whatever still runs here began too early; remembering that keeps the next look-up from walking back again.
        pursuit.from = Math.max(pursuit.from, end.at);
        pursuit.ends.shift();
      }
    }
  }

  /** Takes or refuses the match that `thread` found. Returns where the next one may start. */
  #settle(pattern: number, { start, end }: Thread): number {
    if (end === start) return start + 1;
    const { specs, contextChars, foldEvasions } = this.#set;
    const check = specs[pattern]?.check;
    let score = 1;
    if (check !== undefined) {
      const match = this.#window.slice(start, end);
      let before = this.#window.slice(Math.max(0, start - contextChars), start);
      if ((before.charCodeAt(0) & 0xfc00) === 0xdc00) before = before.slice(1);
      score = foldEvasions ? check(undisguise(match), undisguise(before)) : check(match, before);
    }
    if (!(score > 0)) return start + 1;
    this.#decided.push({ pattern, from: start, to: end, score });
    return end;
  }

  /** Exact: the oldest start of a thread that can still match, over all patterns. */
  #moveFrontier(): void {
    for (const pursuit of this.#pursuits.values()) if (pursuit.thread !== undefined) this.#pursue(pursuit);
    const { nfa } = this.#set;
    const { live } = this.#state;
    let frontier = this.#read;
    if (this.#pursuits.size === 0) {
      if (live.length > 0) frontier = this.#oldestLive(live, nfa.starts, this.#frontier);
    } else {
      for (const { pattern, from, thread } of this.#pursuits.values()) {
        const own = live.filter((node) => nfa.patternOf[node] === pattern);
        const oldest = thread?.start ?? this.#oldestLive(own, nfa.starts.subarray(pattern, pattern + 1), Math.max(this.#frontier, from));
        frontier = Math.min(frontier, oldest);
      }
      const others = live.filter((node) => !this.#pursuits.has(nfa.patternOf[node] ?? 0));
      frontier = Math.min(frontier, this.#oldestLive(others, nfa.starts, this.#frontier));
    }
    this.#frontier = frontier;
    for (const [pattern, { from, thread }] of this.#pursuits) {
      if (thread === undefined && from <= frontier) this.#pursuits.delete(pattern);
    }
    if (this.#decided.length > 0) this.#emit(frontier);
    // Two more: the character before decides looks, and may be a pair.
    this.#window.trim(frontier - this.#set.contextChars - 2);
  }

  /** The oldest start from which one of `threads` can still match in time; the end of the text so far when there is none. */
  #oldestLive(threads: Int32Array, startNodes: Int32Array, from: number): number {
    if (threads.length === 0) return this.#read;
    const { machine } = this.#set;
    let { least, most } = this.#state;
    if (threads !== this.#state.live) {
      least = unreachable;
      most = 0;
      for (const node of threads) {
        const units = machine.searching.open(node, this.#state.kind);
        least = Math.min(least, units);
        most = Math.max(most, units);
      }
    }
    const state = machine.backwards.state(threads);
    let lower = Math.max(from, this.#read - machine.maxHoldbackChars + least);
    for (let tries = 0;; tries++) {
      const start = oldestStart(machine, this.#window, state, this.#read, lower);
      if (start < 0) return this.#read;
      if (this.#read - start + most <= machine.maxHoldbackChars || tries === maxFalseStarts) return start;
      if (isAlive(machine, startNodes, this.#window, start, this.#read, threads)) return start;
      lower = start + 1;
    }
  }

  #emit(before: number): void {
    const rest: Match[] = [];
    for (const match of this.#decided) (match.from < before ? this.#passed : rest).push(match);
    this.#passed.sort((a, b) => a.from - b.from || a.pattern - b.pattern);
    this.#decided = rest;
  }
}
