/** Finds phrases as sequences of word classes with gaps ("ignore … previous … instructions"), one word at a time, in constant memory. */
import type { Classes, Lexicon } from "./lexicon.ts";

/** One phrase. */
export interface PhraseRule {
  readonly name: string;
  /** What the hit counts for. */
  readonly family: string;
  /** Strength of the evidence, 0–1. */
  readonly score: number;
  /** Classes in order: a word of any of a slot's classes fills it. At most `MAX_SLOTS`. */
  readonly slots: readonly Classes[];
  /** Most words between two slots. */
  readonly gap: number;
  /** A word of these classes up to 4 words before any slot's word voids the phrase (negation, quotation). @default none */
  readonly unless?: Classes;
  /** The first slot's word opens its sentence, or follows one word that does (an imperative). @default false */
  readonly opening?: boolean;
}

/** Receives phrases as their last word arrives. */
export type PhraseSink = (rule: PhraseRule) => void;

const MAX_SLOTS = 8;
const UNLESS_WINDOW = 4;
/** Number before the first word's: so far from 0 that arrays of zeros mean "never", and a session need not fill them. */
const BEGIN = 1_000_000;

/** Compiled rules: for each class, the slots that it can fill. */
export class PhraseSet {
  /** By class: pairs of rule and slot, flat; later slots first, so that one word never fills two slots of a rule. */
  readonly byClass: readonly (readonly number[])[];
  /** By rule: how many slots the rules before it have. */
  readonly starts: readonly number[];
  /** Slots of all rules. */
  readonly slots: number;

  /** Throws `RangeError` for a rule of too many slots. */
  constructor(readonly rules: readonly PhraseRule[], classes: number) {
    const byClass: number[][] = Array.from({ length: classes }, () => []);
    const starts: number[] = [];
    let slots = 0;
    rules.forEach((rule, r) => {
      starts.push(slots);
      slots += rule.slots.length;
      if (rule.slots.length > MAX_SLOTS) throw new RangeError(`Cannot compile phrase "${rule.name}": more than ${MAX_SLOTS} slots`);
      for (let s = rule.slots.length - 1; s >= 0; s--) for (const number of rule.slots[s]!) byClass[number]!.push(r, s);
    });
    this.byClass = byClass;
    this.starts = starts;
    this.slots = slots;
  }
}

/**
 * Compiles phrases written one a line: `family score gap: class|class class !class`, e.g.
 * `threat 0.93 2: will kill you !negate`; `^` before the first class means it opens the sentence. Blank lines and lines that start with `#` are skipped.
 * Throws `SyntaxError` for a line that does not parse or names a class that `lexicon` lacks.
 */
export function phrases(lexicon: Lexicon, source: string): PhraseSet {
  const rules: PhraseRule[] = [];
  for (const line of source.split("\n").map((text) => text.trim())) {
    if (line === "" || line.startsWith("#")) continue;
    const [, family, score, gap, body] = /^(\w+) ([\d.]+) (\d+): (.+)$/.exec(line) ?? [];
    if (family === undefined || body === undefined) {
      throw new SyntaxError(`Cannot read phrase "${line}": expected "family score gap: classes"`);
    }
    const classes = (names: string): Classes =>
      names.split("|").map((name) => lexicon.classNamed(name) ?? fail(`Cannot read phrase "${line}": no class "${name}"`));
    const slots: Classes[] = [];
    let unless: Classes | undefined;
    for (const part of body.split(/\s+/)) {
      if (part.startsWith("!")) unless = classes(part.slice(1));
      else slots.push(classes(part.replace("^", "")));
    }
    rules.push({ name: body, family, score: Number(score), gap: Number(gap), slots, unless, opening: body.startsWith("^") });
  }
  return new PhraseSet(rules, lexicon.size);
}

function fail(message: string): never {
  throw new SyntaxError(message);
}

/** Progress of a text through a `PhraseSet`. Cost per word: the slots its classes can fill; most words have none. */
export class PhraseMatcher {
  /** Number of the latest word that completed slots 0..s of rule r, at `starts[r] + s`. */
  readonly #at: Int32Array;
  /** Number of the latest word of each class. */
  readonly #seen: Int32Array;
  #pausedAt = BEGIN;
  #index = BEGIN;

  constructor(readonly set: PhraseSet, readonly sink: PhraseSink) {
    this.#at = new Int32Array(set.slots);
    this.#seen = new Int32Array(set.byClass.length);
  }

  word(classes: Classes): void {
    const index = ++this.#index;
    if (classes.length === 0) return;
    const { rules, byClass, starts } = this.set;
    const at = this.#at;
    let done = -1;
    for (const number of classes) {
      const fills = byClass[number]!;
      for (let f = 0; f < fills.length; f += 2) {
        const r = fills[f]!, s = fills[f + 1]!;
        const rule = rules[r]!;
        if (rule.unless !== undefined && this.#voided(rule.unless, index)) continue;
        if (s === 0) {
          if (rule.opening && index - this.#pausedAt > 2) continue;
        } else {
          const before = at[starts[r]! + s - 1]!;
          if (before === index || index - before > rule.gap + 1) continue;
          if (before <= this.#pausedAt) continue;
        }
        at[starts[r]! + s] = index;
        if (s === rule.slots.length - 1 && done !== r) {
          done = r;
          this.sink(rule);
        }
      }
    }
    for (const number of classes) this.#seen[number] = index;
  }

  pause(): void {
    this.#pausedAt = this.#index;
  }

  #voided(classes: Classes, index: number): boolean {
    for (const number of classes) {
      const at = this.#seen[number]!;
      if (index - at <= UNLESS_WINDOW && at > this.#pausedAt) return true;
    }
    return false;
  }
}
