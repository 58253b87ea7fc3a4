/** What a classifier knows of single words, remembered: text repeats its words, so most words cost one look-up. */
import type { Classes, Lexicon } from "./lexicon.ts";
import { hashWord, letterFeatures, type LinearModel } from "./linear.ts";

/** What a word means by itself. */
export interface WordFacts {
  readonly hash: number;
  readonly classes: Classes;
  /** Weight of the word and its letter n-grams. */
  readonly sum: number;
  /** How many features that was. */
  readonly features: number;
}

/** Words remembered; when full it starts again, so unusual text costs time, never memory. */
const MAX_WORDS = 32_768;
/** Longer words are not remembered. */
const MAX_LENGTH = 24;

export class Vocabulary {
  readonly #facts = new Map<string, WordFacts>();

  constructor(readonly lexicon: Lexicon, readonly model: LinearModel | undefined) {}

  /** Facts of a folded word. */
  look(word: string): WordFacts {
    const known = this.#facts.get(word);
    if (known !== undefined) return known;
    const facts = this.#learn(word);
    if (word.length <= MAX_LENGTH) {
      if (this.#facts.size >= MAX_WORDS) this.#facts.clear();
      this.#facts.set(word, facts);
    }
    return facts;
  }

  #learn(word: string): WordFacts {
    const { lexicon, model } = this;
    const hash = hashWord(word), classes = lexicon.classes(word);
    if (model === undefined) return { hash, classes, sum: 0, features: 0 };
    const { weights, mask, data } = model;
    let sum = weights[hash & mask]!, features = 1;
    letterFeatures(word, data.letters, (feature) => {
      sum += weights[feature & mask]!;
      features++;
    });
    return { hash, classes, sum, features };
  }
}
