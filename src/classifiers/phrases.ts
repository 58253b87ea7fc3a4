/** Finds phrases as sequences of word classes with gaps ("ignore … previous … instructions"), one word at a time, in constant memory. */

/** One phrase. */
export interface PhraseRule {
  readonly name: string;
  /** What the hit counts for. */
  readonly family: string;
  /** Strength of the evidence, 0–1. */
  readonly score: number;
  /** Class masks in order: a word of any class in the mask fills the slot. At most 6. */
  readonly slots: readonly number[];
  /** Most words between two slots. @default 3 */
  readonly gap?: number;
  /** A word of these classes up to 4 words before the first slot voids the phrase (negation, quotation). @default none */
  readonly unless?: number;
  /** Sentence ends between slots do not break the phrase. @default false */
  readonly acrossPauses?: boolean;
}

/** Receives phrases as their last word arrives. */
export type PhraseSink = (rule: PhraseRule) => void;

const UNLESS_WINDOW = 4;
const NEVER = -1_000_000;

/** Compiled rules: for each class bit, the slots that it can fill. */
export class PhraseSet {
  /** `byBit[bit]`: flat list of (rule, slot). */
  readonly byBit: readonly (readonly (readonly [number, number])[])[];
  readonly unlessMask: number;

  constructor(readonly rules: readonly PhraseRule[]) {
    const byBit: (readonly [number, number])[][] = Array.from({ length: 32 }, () => []);
    let unless = 0;
    rules.forEach((rule, r) => {
      unless |= rule.unless ?? 0;
      // Later slots first, so that one word never fills two slots of a rule.
      for (let s = rule.slots.length - 1; s >= 0; s--) {
        for (let bit = 0; bit < 32; bit++) if ((rule.slots[s]! & (1 << bit)) !== 0) byBit[bit]!.push([r, s]);
      }
    });
    this.byBit = byBit;
    this.unlessMask = unless;
  }
}

/** Progress of a text through a `PhraseSet`. Cost per word: the slots its classes can fill; most words have none. */
export class PhraseMatcher {
  /** Index of the latest word that completed slots 0..s of rule r, at `r * 8 + s`. */
  readonly #at: Int32Array;
  readonly #unlessAt: Int32Array = new Int32Array(32).fill(NEVER);
  #pausedAt = NEVER;
  #index = 0;

  constructor(readonly set: PhraseSet, readonly sink: PhraseSink) {
    this.#at = new Int32Array(set.rules.length * 8).fill(NEVER);
  }

  word(mask: number): void {
    const index = ++this.#index;
    if (mask === 0) return;
    const { rules, byBit, unlessMask } = this.set;
    let done = 0;
    for (let rest = mask; rest !== 0; rest &= rest - 1) {
      const bit = 31 - Math.clz32(rest & -rest);
      for (const [r, s] of byBit[bit]!) {
        const rule = rules[r]!;
        if (s === 0) {
          if (rule.unless !== undefined && this.#voided(rule.unless, index)) continue;
        } else {
          const before = this.#at[r * 8 + s - 1]!;
          if (before === index || index - before > (rule.gap ?? 3) + 1) continue;
          if (!rule.acrossPauses && before <= this.#pausedAt) continue;
        }
        this.#at[r * 8 + s] = index;
        if (s === rule.slots.length - 1 && done !== r + 1) {
          done = r + 1;
          this.sink(rule);
        }
      }
    }
    if ((mask & unlessMask) !== 0) {
      for (let rest = mask & unlessMask; rest !== 0; rest &= rest - 1) this.#unlessAt[31 - Math.clz32(rest & -rest)] = index;
    }
  }

  pause(): void {
    this.#pausedAt = this.#index;
  }

  #voided(mask: number, index: number): boolean {
    for (let rest = mask; rest !== 0; rest &= rest - 1) {
      const at = this.#unlessAt[31 - Math.clz32(rest & -rest)]!;
      if (index - at <= UNLESS_WINDOW && at > this.#pausedAt) return true;
    }
    return false;
  }
}
