/** What a classifier knows of single words, remembered: text repeats its words, so most words cost one look-up. */
import type { Classes, Lexicon } from "./lexicon.ts";
import { hashWord, letterFeatures, type LinearModel } from "./linear.ts";
import { lower } from "./normalize.ts";
import { WordTable } from "./word_table.ts";

/** What a word means by itself. */
export interface WordFacts {
  /** Folded. */
  readonly word: string;
  readonly hash: number;
  readonly classes: Classes;
  /** Weight of the word and its letter n-grams. */
  readonly sum: number;
  /** How many features that was. */
  readonly features: number;
}

/** Longer words are not remembered. */
const MAX_LENGTH = 24;

export class Vocabulary {
  readonly #table = new WordTable<WordFacts>();

  constructor(readonly lexicon: Lexicon, readonly model: LinearModel | undefined) {}

  /** Facts of a folded word. */
  look(word: string): WordFacts {
    const hash = hashWord(word);
    return this.#table.find(word, 0, word.length, hash) ?? this.#remember(word, hash);
  }

  /** Facts of the ASCII word at `text[from, to)`, capitals or not, of which `hash` is the folded word's `hashWord`. */
  lookAt(text: string, from: number, to: number, hash: number): WordFacts {
    return this.#table.find(text, from, to, hash) ?? this.#remember(lowered(text, from, to), hash);
  }

  #remember(word: string, hash: number): WordFacts {
    const facts = this.#learn(word, hash);
    if (word.length <= MAX_LENGTH) this.#table.keep(facts);
    return facts;
  }

  #learn(word: string, hash: number): WordFacts {
    const { lexicon, model } = this;
    const classes = lexicon.classes(word);
    if (model === undefined) return { word, hash, classes, sum: 0, features: 0 };
    const { weights, mask, data } = model;
    let sum = weights[hash & mask]!, features = 1;
    letterFeatures(word, data.letters, (feature) => {
      sum += weights[feature & mask]!;
      features++;
    });
    return { word, hash, classes, sum, features };
  }
}

/** A copy: a slice would keep the whole text it was cut from alive. */
function lowered(text: string, from: number, to: number): string {
  const codes: number[] = [];
  for (let i = from; i < to; i++) codes.push(lower(text.charCodeAt(i)));
  return String.fromCharCode(...codes);
}
