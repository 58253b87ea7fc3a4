import { reports, type State } from "./dfa.ts";
import { undisguise } from "./disguise.ts";
import { type Machine, oldestStart, Thread } from "./exact.ts";
import { Oldest, oldestLive } from "./frontier.ts";
import type { Nfa } from "./nfa.ts";
import { Tape } from "./tape.ts";
import type { Match, PatternSpec, Scanner } from "./types.ts";

/** A compiled set, as its scanners see it. */
export interface Compiled {
  readonly nfa: Nfa;
  readonly machine: Machine;
  readonly specs: readonly PatternSpec[];
  /** Some pattern has a `check`, so the held text is kept. */
  readonly checks: boolean;
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
  /** Later starts lead to the first of `ends`, too. */
  others: boolean;
  /** Places up to which the pattern matches from some start, with the threads there, in text order. */
  readonly ends: { readonly at: number; readonly state: State }[];
}

/** A long push is read in slices, so that a tape stays short. UTF-16 units. */
const sliceChars = 2048;

/** From so many held characters on, the threads that hold them are followed. */
const longHoldChars = 16;

/** `Scanner` over a compiled set. */
export class TextScanner implements Scanner {
  readonly #set: Compiled;
  readonly #tape: Tape;
  #state: State;
  #frontier = 0;
  #ended = false;
  /** The first half of a surrogate pair whose second half has not come yet. */
  #half = "";
  readonly #pursuits = new Map<number, Pursuit>();
  /** Set while a long hold goes on and no pattern is pursued by itself. */
  #oldest: Oldest | undefined;
  /** Decided, not yet passed by the frontier. */
  #decided: Match[] = [];
  #passed: Match[] = [];
  /** For checks: the text from `#textBase`. */
  #text = "";
  #textBase = 0;

  constructor(set: Compiled) {
    this.#set = set;
    this.#tape = new Tape(set.nfa.alphabet);
    this.#state = set.machine.searching.initial;
  }

  get frontier(): number {
    return this.#frontier;
  }

  push(text: string): void {
    if (this.#ended) throw new Error("Cannot push text: the scanner is finished");
    const whole = this.#half === "" ? text : this.#half + text;
    this.#half = isFirstHalf(whole, whole.length - 1) ? whole.slice(-1) : "";
    this.#read(whole, whole.length - this.#half.length);
  }

  get decided(): boolean {
    if (this.#half !== "" || this.#pursuits.size > 0 || this.#decided.length > 0) return false;
    if (this.#ended || this.#state.live.length === 0) return true;
    const { searching, alphabet } = this.#set.machine;
    return searching.step(this.#state, alphabet.end).late.length === 0;
  }

  take(): readonly Match[] {
    const taken = this.#passed;
    if (taken.length > 0) this.#passed = [];
    return taken;
  }

  finish(): void {
    if (this.#ended) return;
    this.#read(this.#half, this.#half.length);
    this.#ended = true;
    const { searching, alphabet } = this.#set.machine;
    const end = this.#tape.lastRead(this.#tape.end);
    for (const pattern of searching.step(this.#state, alphabet.end).late) this.#matched(pattern, end, this.#state);
    for (const pursuit of this.#pursuits.values()) this.#pursue(pursuit);
    this.#frontier = this.#tape.end;
    this.#emit(Infinity);
  }

  #read(text: string, length: number): void {
    try {
      this.#readSlices(text, length);
    } finally {
      this.#tape.release(this.#frontier - 1);
    }
  }

  #readSlices(text: string, length: number): void {
    for (let from = 0; from < length;) {
      let to = Math.min(from + sliceChars, length);
      if (to < length && isFirstHalf(text, to - 1)) to--;
      if (this.#set.checks) this.#keep(from === 0 && to === text.length ? text : text.slice(from, to));
      const position = this.#tape.end;
      this.#tape.append(text, from, to, this.#frontier - 1);
      this.#scan(position);
      this.#moveFrontier();
      from = to;
    }
  }

  /** The hot loop is `StateTable.run()`: one look-up per character there, one in `Tape.append()`. */
  #scan(position: number): void {
    const { searching, alphabet: { half } } = this.#set.machine;
    const { table } = searching;
    const { slots, base } = this.#tape;
    const end = this.#tape.end - base;
    let row = table.rowOf(this.#state);
    for (let slot = position - base;; slot++) {
      slot = table.run(row, slots, slot, end, half, reports);
      row = table.reached;
      if (slot >= end) break;
      const from = table.at(row);
      row = table.next(row, slots[slot] ?? 0) || searching.follow(from, slots[slot] ?? 0);
      if ((table.flags[row] ?? 0) & reports) this.#report(from, table.at(row), base + slot);
    }
    this.#state = table.at(row);
  }

  /** The step from one state to another over the character (or its second half) at `position` settled something. */
  #report(from: State, to: State, position: number): void {
    if (to.late.length > 0) {
      const before = this.#tape.lastRead(position);
      for (const pattern of to.late) this.#matched(pattern, before, from);
    }
    for (const pattern of to.now) this.#matched(pattern, position + 1, to);
  }

  /** The automaton says that `pattern` matches up to `at` from some start. */
  #matched(pattern: number, at: number, state: State): void {
    const mayPass = this.#set.specs[pattern]?.mayPass;
    if (mayPass !== undefined && !mayPass(this.#text, at - this.#textBase)) return;
    let pursuit = this.#pursuits.get(pattern);
    if (pursuit === undefined) {
      pursuit = { pattern, from: this.#frontier, thread: undefined, others: false, ends: [] };
      this.#pursuits.set(pattern, pursuit);
    }
    if (at <= pursuit.from) return;
    pursuit.ends.push({ at, state });
    if (pursuit.thread === undefined) this.#pursue(pursuit);
  }

  /** Settles matches of one pattern, first start first, as far as the text so far decides them. */
  #pursue(pursuit: Pursuit): void {
    const { machine } = this.#set;
    const { pattern, ends } = pursuit;
    for (;;) {
      const end = ends[0];
      if (end === undefined) return;
      if (pursuit.thread === undefined) {
        const lower = Math.max(pursuit.from, end.at - machine.maxHoldbackChars);
        const start = oldestStart(machine, this.#tape, machine.backwards.threads(end.state, pattern), end.at, lower);
        pursuit.others = machine.backwards.startsPassed > 1;
        if (start >= 0) pursuit.thread = new Thread(machine, pattern, this.#tape, start);
      }
      if (pursuit.thread !== undefined) {
        if (!pursuit.thread.advance(this.#tape, this.#ended)) return;
        pursuit.from = this.#settle(pattern, pursuit.thread);
        pursuit.thread = undefined;
        if (pursuit.others && pursuit.from < end.at) continue;
      }
      // Whatever still runs here began too early; remembering that keeps the next look-up from walking back again.
      pursuit.from = Math.max(pursuit.from, end.at);
      ends.shift();
    }
  }

  /** Takes or refuses the match that `thread` found. Returns where the next one may start. */
  #settle(pattern: number, { start, end }: Thread): number {
    if (end === start) return start + 1;
    const score = this.#score(pattern, start, end);
    if (!(score > 0)) return start + 1;
    this.#decided.push({ pattern, from: start, to: end, score });
    return end;
  }

  #score(pattern: number, start: number, end: number): number {
    const { specs, contextChars, foldEvasions } = this.#set;
    const check = specs[pattern]?.check;
    if (check === undefined) return 1;
    const from = start - this.#textBase;
    const match = this.#text.slice(from, end - this.#textBase);
    let first = Math.max(0, from - contextChars);
    if (isSecondHalf(this.#text, first)) first++;
    const before = this.#text.slice(first, from);
    return foldEvasions && !this.#tape.plain ? check(undisguise(match), undisguise(before)) : check(match, before);
  }

  #moveFrontier(): void {
    if (this.#pursuits.size === 0) {
      this.#frontier = this.#frontierOfAll();
      return;
    }
    this.#oldest = undefined;
    for (const pursuit of this.#pursuits.values()) if (pursuit.thread !== undefined) this.#pursue(pursuit);
    const frontier = this.#frontierPastPursuits() ?? this.#frontierAmongPursuits();
    if (frontier === this.#frontier) return;
    this.#frontier = frontier;
    for (const [pattern, { from, thread }] of this.#pursuits) {
      if (thread === undefined && from <= frontier) this.#pursuits.delete(pattern);
    }
    if (this.#decided.length > 0) this.#emit(frontier);
  }

  #frontierOfAll(): number {
    const { live, least } = this.#state;
    if (live.length === 0) {
      this.#oldest = undefined;
      return this.#tape.end;
    }
    if (this.#oldest !== undefined && !this.#oldest.isOpen(this.#tape)) this.#oldest = this.#oldest.next(this.#tape, least);
    if (this.#oldest !== undefined) return this.#oldest.start;
    const frontier = this.#oldestLive(live, undefined, this.#frontier);
    if (this.#tape.end - frontier > longHoldChars) this.#oldest = new Oldest(this.#set.machine, this.#tape, frontier);
    return frontier;
  }

  /**
   * The frontier when every pursued pattern is settled up to before the oldest start that is open for any pattern, as it mostly is some
   * text after its match: nothing needs to be told apart then. `undefined` when that is not certain.
   */
  #frontierPastPursuits(): number | undefined {
    const { most } = this.#state;
    const { end } = this.#tape;
    const open = this.#oldestLive(this.#state.live, undefined, this.#frontier);
    if (open < end && end - open + most > this.#set.machine.maxHoldbackChars) return undefined; // too old for some, perhaps
    let frontier = open;
    for (const { from, thread } of this.#pursuits.values()) {
      if (from > open) return undefined;
      if (thread !== undefined) frontier = Math.min(frontier, thread.start);
    }
    return frontier;
  }

  #frontierAmongPursuits(): number {
    const { patternOf } = this.#set.nfa;
    const { live } = this.#state;
    let frontier = this.#tape.end;
    for (const pursuit of this.#pursuits.values()) {
      const { pattern, thread, from } = pursuit;
      const own = thread === undefined ? live.filter((node) => patternOf[node] === pattern) : live;
      frontier = Math.min(frontier, thread?.start ?? this.#oldestLive(own, pattern, Math.max(from, this.#frontier)));
    }
    const others = live.filter((node) => !this.#pursuits.has(patternOf[node] ?? 0));
    return Math.min(frontier, this.#oldestLive(others.length === live.length ? live : others, undefined, this.#frontier));
  }

  /** The oldest start, not before `from`, that is still open for some of the live threads; the end of the tape when there is none. */
  #oldestLive(live: Int32Array, pattern: number | undefined, from: number): number {
    return live.length === 0 ? this.#tape.end : oldestLive(this.#set.machine, this.#tape, this.#state, live, pattern, from);
  }

  #emit(before: number): void {
    const rest: Match[] = [];
    for (const match of this.#decided) (match.from < before ? this.#passed : rest).push(match);
    this.#passed.sort((a, b) => a.from - b.from || a.pattern - b.pattern);
    this.#decided = rest;
  }

  /** Keeps the held text and its context; joined and cut now and then, so that a push costs no copy. */
  #keep(text: string): void {
    const needed = Math.max(this.#textBase, this.#frontier - this.#set.contextChars - 1);
    if (needed - this.#textBase > sliceChars) {
      this.#text = this.#text.slice(needed - this.#textBase);
      this.#textBase = needed;
    }
    this.#text += text;
  }
}

const isFirstHalf = (text: string, at: number) => (text.charCodeAt(at) & 0xfc00) === 0xd800;
const isSecondHalf = (text: string, at: number) => (text.charCodeAt(at) & 0xfc00) === 0xdc00;
