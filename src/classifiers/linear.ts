/**
 * Linear models over hashed n-grams: a word costs its own features and nothing else, so scoring follows a stream.
 *
 * Features of a word: itself, with the word before, with the two before, and (optionally) its letter n-grams. Each hashes to one of
 * `buckets` int8 weights. A window's logit is `bias + scale × sum / √(features + damping)`: integer sums, so the order of adding
 * cannot change a score.
 */

/** What a trained model file holds. */
export interface LinearModelData {
  /** Name and date of training, shown in model cards. */
  readonly version: string;
  /** Power of two. */
  readonly buckets: number;
  /** Value of one weight step. */
  readonly scale: number;
  readonly bias: number;
  /** Letter n-gram sizes, inclusive; `[0, 0]` for none. */
  readonly letters: readonly [number, number];
  /** int8 weights, base64. */
  readonly weights: string;
}

/** Added to a window's feature count: how much evidence short texts must bring. */
export const DAMPING = 12;

const SEED = 0x811c9dc5;

/** FNV-1a step with a final-mix-friendly odd multiplier. */
function step(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x01000193);
}

function mix(hash: number): number {
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** 32-bit hash of a word. */
export function hashWord(word: string): number {
  let hash = SEED;
  for (let i = 0; i < word.length; i++) hash = step(hash, word.charCodeAt(i));
  return mix(hash);
}

/** Calls `emit` with the hash of every feature of `word`; `before` and `before2` are the hashes of the two words before it (0: none). */
export function wordFeatures(
  word: string,
  hash: number,
  before: number,
  before2: number,
  letters: readonly [number, number],
  emit: (hash: number) => void,
): void {
  emit(hash);
  const pair = mix(step(before, hash) ^ 0x5bd1e995);
  emit(pair);
  if (before2 !== 0) emit(mix(step(before2, pair) ^ 0x27d4eb2f));
  const [least, most] = letters;
  if (most === 0) return;
  // "<word>" with markers, so that prefixes and suffixes are features of their own.
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

/** Weight sum and feature count of the words of one text as they arrive. */
export class LinearScan {
  sum = 0;
  features = 0;
  #before = 1;
  #before2 = 0;

  constructor(readonly model: LinearModel) {}

  word(word: string): void {
    const { weights, mask } = this.model;
    const hash = hashWord(word);
    wordFeatures(word, hash, this.#before, this.#before2, this.model.data.letters, (feature) => {
      this.sum += weights[feature & mask]!;
      this.features++;
    });
    this.#before2 = this.#before;
    this.#before = hash;
  }

  /** A feature that is not text, e.g. a phrase found. */
  hit(hash: number): void {
    this.sum += this.model.weights[hash & this.model.mask]!;
    this.features++;
  }
}

/** Logistic function. */
export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
