/** Finds phrases as sequences of word classes with gaps ("ignore … previous … instructions"), one word at a time, in constant memory. */
import type { Classes } from "./lexicon.ts";

/** One phrase. */
export interface PhraseRule {
  readonly name: string;
  /** What the hit counts for. */
  readonly family: string;
  /** Strength of the evidence, 0–1. */
  readonly score: number;
  /** Classes in order: a word of any of a slot's classes fills it. At most `MAX_SLOTS`. */
  readonly slots: readonly Classes[];
  /** Most words between two slots. @default 3 */
  readonly gap?: number;
  /** A word of these classes up to 4 words before the first slot voids the phrase (negation, quotation). @default none */
  readonly unless?: Classes;
  /** Sentence ends between slots do not break the phrase. @default false */
  readonly acrossPauses?: boolean;
}

/** Receives phrases as their last word arrives. */
export type PhraseSink = (rule: PhraseRule) => void;

const MAX_SLOTS = 8;
const UNLESS_WINDOW = 4;
const NEVER = -1_000_000;

/** Compiled rules: for each class, the slots that it can fill. */
export class PhraseSet {
  /** By class: pairs of rule and slot, flat; later slots first, so that one word never fills two slots of a rule. */
  readonly byClass: readonly (readonly number[])[];

  /** Throws `RangeError` for a rule of too many slots. */
  constructor(readonly rules: readonly PhraseRule[], classes: number) {
    const byClass: number[][] = Array.from({ length: classes }, () => []);
    rules.forEach((rule, r) => {
      if (rule.slots.length > MAX_SLOTS) throw new RangeError(`Cannot compile phrase "${rule.name}": more than ${MAX_SLOTS} slots`);
      for (let s = rule.slots.length - 1; s >= 0; s--) for (const number of rule.slots[s]!) byClass[number]!.push(r, s);
    });
    this.byClass = byClass;
  }
}

/** Progress of a text through a `PhraseSet`. Cost per word: the slots its classes can fill; most words have none. */
export class PhraseMatcher {
  /** Number of the latest word that completed slots 0..s of rule r, at `r * MAX_SLOTS + s`. */
  readonly #at: Int32Array;
  /** Number of the latest word of each class. */
  readonly #seen: Int32Array;
  #pausedAt = NEVER;
  #index = 0;

  constructor(readonly set: PhraseSet, readonly sink: PhraseSink) {
    this.#at = new Int32Array(set.rules.length * MAX_SLOTS).fill(NEVER);
    this.#seen = new Int32Array(set.byClass.length).fill(NEVER);
  }

  word(classes: Classes): void {
    const index = ++this.#index;
    const { rules, byClass } = this.set;
    const at = this.#at;
    let done = -1;
    for (const number of classes) {
      const fills = byClass[number]!;
      for (let f = 0; f < fills.length; f += 2) {
        const r = fills[f]!, s = fills[f + 1]!;
        const rule = rules[r]!;
        if (s === 0) {
          if (rule.unless !== undefined && this.#voided(rule.unless, index)) continue;
        } else {
          const before = at[r * MAX_SLOTS + s - 1]!;
          if (before === index || index - before > (rule.gap ?? 3) + 1) continue;
          if (!rule.acrossPauses && before <= this.#pausedAt) continue;
        }
        at[r * MAX_SLOTS + s] = index;
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
