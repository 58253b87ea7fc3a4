/**
 * Logistic regression over hashed n-grams, fitted the way it scores: a text's logit is that of its strongest window of units, and
 * only that window learns from the example. AdaGrad, seeded, then quantised to int8.
 */
import { CLASS_GAP, MAX_BACK, PAIR_COUNT, PHRASE_COUNT, phraseFeature } from "../../src/classifiers/lexical.ts";
import { type Classes, NO_CLASSES } from "../../src/classifiers/lexicon.ts";
import {
  classFeature,
  classPairFeature,
  DAMPING,
  letterFeatures,
  type LinearModelData,
  pairFeature,
  START,
  tripleFeature,
} from "../../src/classifiers/linear.ts";
import type { PhraseSet } from "../../src/classifiers/phrases.ts";
import { Reading } from "../../src/classifiers/reading.ts";
import type { Vocabulary } from "../../src/classifiers/vocabulary.ts";
import { random, type Row, shuffle } from "./rows.ts";

/** A text as the model sees it: feature buckets, and where each unit ends among them. */
export interface Example {
  readonly features: Int32Array;
  readonly ends: Int32Array;
  readonly label: 0 | 1;
  readonly weight: number;
}

export interface FitOptions {
  readonly version: string;
  readonly buckets: number;
  readonly letters: readonly [number, number];
  readonly epochs: number;
  readonly rate: number;
  /** Weight decay per update of a feature. */
  readonly decay: number;
  /** Weigh classes of words and pairs of them. @default false */
  readonly classes?: boolean;
  readonly seed: number;
}

/** Reads a text into features. */
export function example(
  row: Pick<Row, "text" | "label">,
  weight: number,
  vocabulary: Vocabulary,
  phrases: PhraseSet,
  options: Pick<FitOptions, "buckets" | "letters" | "classes">,
): Example {
  const features: number[] = [], ends: number[] = [];
  const mask = options.buckets - 1;
  let before = START, before2 = 0;
  let classesBefore: Classes = NO_CLASSES, unclassed = 0;
  const names = options.classes === true ? vocabulary.lexicon.names : [];
  const readClasses = (classes: Classes) => {
    if (classes.length === 0) {
      if (++unclassed > CLASS_GAP) classesBefore = NO_CLASSES;
      return;
    }
    for (const number of classes) {
      features.push(classFeature(names[number]!) & mask);
      for (const earlier of classesBefore) {
        for (let i = 0; i < PAIR_COUNT; i++) features.push(classPairFeature(names[earlier]!, names[number]!) & mask);
      }
    }
    classesBefore = classes;
    unclassed = 0;
  };
  const reading = new Reading(vocabulary, phrases, {
    word: ({ word, hash }, classes) => {
      const pair = pairFeature(before, hash);
      features.push(hash & mask, pair & mask);
      if (before2 !== 0) features.push(tripleFeature(before2, pair) & mask);
      letterFeatures(word, options.letters, (feature) => features.push(feature & mask));
      before2 = before;
      before = hash;
      if (options.classes === true) readClasses(classes);
    },
    phrase: (rule) => {
      for (let i = 0; i < PHRASE_COUNT; i++) features.push(phraseFeature(rule) & mask);
    },
    hidden: () => {},
    unit: () => ends.push(features.length),
  });
  reading.push(row.text.slice(0, 4000));
  if (ends.at(-1) !== features.length) ends.push(features.length);
  return { features: Int32Array.from(features), ends: Int32Array.from(ends), label: row.label, weight };
}

/** Strongest window of an example: `[from, to)` among its features, and its logit. */
function strongest(weights: Float32Array, bias: number, { features, ends }: Example): [number, number, number] {
  const sums: number[] = [];
  let best = -Infinity, from = 0, to = 0, at = 0;
  for (let u = 0; u < ends.length; u++) {
    let sum = 0;
    for (; at < ends[u]!; at++) sum += weights[features[at]!]!;
    sums.push(sum);
    let total = 0;
    for (let back = 0; back <= MAX_BACK && u - back >= 0; back++) {
      total += sums[u - back]!;
      const start = u - back === 0 ? 0 : ends[u - back - 1]!;
      const logit = bias + total / Math.sqrt(ends[u]! - start + DAMPING);
      if (logit > best) [best, from, to] = [logit, start, ends[u]!];
      if (sum <= 0) break;
    }
  }
  return [from, to, best];
}

/** Fits a model. Deterministic for the same examples in the same order. */
export function fit(examples: Example[], options: FitOptions): LinearModelData {
  const weights = new Float32Array(options.buckets), gradients = new Float32Array(options.buckets).fill(1e-4);
  const next = random(options.seed);
  let bias = -1, biasGradient = 1;
  const order = examples.map((_, index) => index);
  for (let epoch = 0; epoch < options.epochs; epoch++) {
    shuffle(order, next);
    for (const index of order) {
      const item = examples[index]!;
      if (item.features.length === 0) continue;
      // The first pass learns from whole texts: no window stands out yet.
      let from = 0, to = item.features.length, logit: number;
      if (epoch === 0) {
        let sum = 0;
        for (const feature of item.features) sum += weights[feature]!;
        logit = bias + sum / Math.sqrt(to + DAMPING);
      } else [from, to, logit] = strongest(weights, bias, item);
      const error = (1 / (1 + Math.exp(-logit)) - item.label) * item.weight;
      if (Math.abs(error) < 1e-3) continue;
      const slope = error / Math.sqrt(to - from + DAMPING);
      for (let i = from; i < to; i++) {
        const feature = item.features[i]!;
        const gradient = slope + options.decay * weights[feature]!;
        gradients[feature]! += gradient * gradient;
        weights[feature]! -= options.rate * gradient / Math.sqrt(gradients[feature]!);
      }
      biasGradient += error * error;
      bias -= options.rate * error / Math.sqrt(biasGradient);
    }
  }
  return quantise(weights, bias, options);
}

/** int8 with the scale at the 99.98th percentile; what lies beyond is clipped. */
function quantise(weights: Float32Array, bias: number, options: FitOptions): LinearModelData {
  const sizes = Float32Array.from(weights, Math.abs).sort();
  const scale = (sizes[Math.floor(sizes.length * 0.9998)]! || 1) / 127;
  let bytes = "";
  for (const weight of weights) bytes += String.fromCharCode(Math.max(-127, Math.min(127, Math.round(weight / scale))) & 255);
  return {
    version: options.version,
    buckets: options.buckets,
    scale,
    bias,
    letters: options.letters,
    classes: options.classes,
    weights: btoa(bytes),
  };
}
