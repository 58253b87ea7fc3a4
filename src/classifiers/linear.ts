/**
 * Linear models over hashed n-grams: a word costs its own features and nothing else, so scoring follows a stream.
 *
 * Features of a word: itself, with the word before, with the two before, and (optionally) its letter n-grams. Each hashes to one of
 * `buckets` int8 weights. A window's logit is `bias + scale × sum / √(features + DAMPING)`: integer sums, so the order of adding
 * cannot change a score.
 */

/** What a trained model file holds. */
export interface LinearModelData {
  /** Day of training, with a letter for a later one of that day. */
  readonly version: string;
  /** Power of two. */
  readonly buckets: number;
  /** Value of one weight step. */
  readonly scale: number;
  readonly bias: number;
  /** Letter n-gram sizes, inclusive; `[0, 0]` for none. */
  readonly letters: readonly [number, number];
  /** The model also weighs the lexicon's classes of words, and pairs of them. @default false */
  readonly classes?: boolean;
  /** int8 weights, base64. */
  readonly weights: string;
}

/** Added to a window's feature count: how much evidence short texts must bring. */
export const DAMPING = 12;

/** Hash of "no word before". */
export const START = 1;

/** What the hash of a word starts from. */
export const WORD_BASIS = 0x811c9dc5;

/** FNV-1a step (Fowler, Noll, Vo) on 16-bit units. */
export function step(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x01000193);
}

/** Spreads every bit over the low bits that pick a bucket. Signed, as V8 keeps such integers without a box. */
export function mix(hash: number): number {
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

/** 32-bit hash of a word: a `step` from `WORD_BASIS` for each of its units, then `mix`. */
export function hashWord(word: string): number {
  let hash = WORD_BASIS;
  for (let i = 0; i < word.length; i++) hash = step(hash, word.charCodeAt(i));
  return mix(hash);
}

/** Feature of a word after another, by their hashes. */
export function pairFeature(before: number, hash: number): number {
  return mix(step(before, hash) ^ 0x5bd1e995);
}

/** Feature of a pair of words after a third. */
export function tripleFeature(before2: number, pair: number): number {
  return mix(step(before2, pair) ^ 0x27d4eb2f);
}

/** Feature of a word of a lexicon's class. */
export function classFeature(name: string): number {
  return hashWord(`@${name}`);
}

/** Feature of a word of a class a few words after one of another: what "drop your earlier orders" and "ignore prior rules" share. */
export function classPairFeature(before: string, name: string): number {
  return hashWord(`@${before} ${name}`);
}

/** Calls `emit` with the letter n-grams of `<word>`; the marks make prefixes and suffixes features of their own. */
export function letterFeatures(word: string, [least, most]: readonly [number, number], emit: (hash: number) => void): void {
  if (most === 0) return;
  const length = word.length + 2;
  for (let from = 0; from + least <= length; from++) {
    let rolling = 0x9747b28c;
    for (let n = 0; n < most && from + n < length; n++) {
      const at = from + n - 1;
      rolling = step(rolling, at < 0 ? 2 : at >= word.length ? 3 : word.charCodeAt(at));
      if (n + 1 >= least) emit(mix(rolling));
    }
  }
}

/** A model ready to score. Throws `TypeError` when the weights do not fit the buckets. */
export class LinearModel {
  readonly weights: Int8Array;
  readonly mask: number;

  constructor(readonly data: LinearModelData) {
    const bytes = atob(data.weights);
    if (bytes.length !== data.buckets || (data.buckets & (data.buckets - 1)) !== 0) {
      throw new TypeError(`Cannot load model "${data.version}": ${bytes.length} weights for ${data.buckets} buckets`);
    }
    this.weights = Int8Array.from(bytes, (char) => char.charCodeAt(0));
    this.mask = data.buckets - 1;
  }

  /** Logit of a window with this weight sum over this many features. */
  logit(sum: number, features: number): number {
    return this.data.bias + this.data.scale * sum / Math.sqrt(features + DAMPING);
  }
}

/** Logistic function. */
export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
