/** What a classifier knows of single words, remembered: text repeats its words, so most words cost one look-up. */
import type { Classes, Lexicon } from "./lexicon.ts";
import { classFeature, classPairFeature, hashWord, letterFeatures, type LinearModel } from "./linear.ts";
import { MAX_LENGTH, WordTable } from "./word_table.ts";

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

/** What a model says of classes of words. */
export interface ClassWeights {
  /** Weight by class. */
  readonly single: Int8Array;
  /** Weight of a class after another, at `before × size + class`. */
  readonly pairs: Int8Array;
  readonly size: number;
}

export class Vocabulary {
  readonly #table = new WordTable<WordFacts>();
  /** Undefined when the model does not weigh classes. */
  readonly classes: ClassWeights | undefined;

  constructor(readonly lexicon: Lexicon, readonly model: LinearModel | undefined) {
    this.classes = model?.data.classes === true ? classWeights(lexicon, model) : undefined;
  }

  /** Facts of a folded word. */
  look(word: string): WordFacts {
    const hash = hashWord(word);
    return this.#table.find(word, hash) ?? this.#remember(word, hash);
  }

  /** Facts of a folded ASCII word, the first `length` of `codes`, of which `hash` is the `hashWord`. */
  lookPlain(codes: Uint8Array, length: number, hash: number): WordFacts {
    return this.#table.findPlain(codes, length, hash) ?? this.#remember(String.fromCharCode(...codes.subarray(0, length)), hash);
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

function classWeights({ names }: Lexicon, { weights, mask }: LinearModel): ClassWeights {
  const weight = (feature: number) => weights[feature & mask]!;
  return {
    single: Int8Array.from(names, (name) => weight(classFeature(name))),
    pairs: Int8Array.from(names.flatMap((before) => names.map((name) => weight(classPairFeature(before, name))))),
    size: names.length,
  };
}
