/**
 * The common session of lexical classifiers: text → words → phrases found and a linear score, gathered over units (a sentence, at
 * most 24 words) and the few units before. Memory does not grow with the text.
 */
import { type Classes, NO_CLASSES } from "./lexicon.ts";
import { hashWord, pairFeature, START, tripleFeature } from "./linear.ts";
import type { PhraseRule, PhraseSet } from "./phrases.ts";
import { Reading } from "./reading.ts";
import type { ClassifierSession, Score, ScoreContext } from "./types.ts";
import type { ClassWeights, Vocabulary, WordFacts } from "./vocabulary.ts";

/** Earlier units that a window reaches back to at most. */
export const MAX_BACK = 3;

/** How many features a phrase counts for: it says more than a letter n-gram. */
export const PHRASE_COUNT = 4;

/** As `PHRASE_COUNT`, for a pair of classes. */
export const PAIR_COUNT = 2;

/** Words without a class that may stand between a pair of classes. */
export const CLASS_GAP = 3;

/** What a stretch of text showed. */
export interface Evidence {
  /** Strongest phrase per family. */
  readonly families: Map<string, number>;
  /** Highest logit of a window; `-Infinity` without words or model. */
  logit: number;
}

/** A lexical classifier's parts. */
export interface LexicalSpec {
  /** Lexicon and model. */
  readonly vocabulary: Vocabulary;
  readonly phrases: PhraseSet;
  /** Turns evidence into a score. */
  score(evidence: Evidence, context: Pick<ScoreContext, "role">): Score;
  /** Findings in the raw segment that words cannot show (templates, encodings); called once per segment. */
  raw?(segment: string, note: (family: string, score: number) => void): void;
}

/** What a session needs to know of its text. */
export type LexicalContext = Pick<ScoreContext, "contextChunks" | "role">;

/** Opens a session on `spec`. */
export function openLexical(spec: LexicalSpec, context: LexicalContext): LexicalSession {
  return new LexicalSession(spec, context);
}

/** Hash of "this phrase was found", a feature of the linear model. */
export function phraseFeature(rule: PhraseRule): number {
  return hashWord(`#${rule.family}/${rule.name}`);
}

interface Unit {
  readonly sum: number;
  readonly features: number;
}

/** Scores one text. With `contextChunks` 0 the score is that of the whole text so far; otherwise that of the latest segment. */
export class LexicalSession implements ClassifierSession {
  readonly #reading: Reading;
  readonly #back: Unit[] = [];
  readonly #maxBack: number;
  readonly #whole: boolean;
  #evidence: Evidence = { families: new Map(), logit: -Infinity };
  /** Of the unit under way. */
  #sum = 0;
  #features = 0;
  #before = START;
  #before2 = 0;
  /** Classes of the latest word that has any, at most `CLASS_GAP` words ago. */
  #classesBefore: Classes = NO_CLASSES;
  #unclassed = 0;

  constructor(readonly spec: LexicalSpec, readonly context: LexicalContext) {
    this.#whole = context.contextChunks === 0;
    this.#maxBack = this.#whole ? MAX_BACK : Math.min(MAX_BACK, context.contextChunks);
    this.#reading = new Reading(spec.vocabulary, spec.phrases, {
      word: (facts, classes) => this.#word(facts, classes),
      phrase: (rule) => this.#phrase(rule),
      hidden: () => this.#note("hidden_text", 0.9),
      unit: () => this.#endUnit(),
    });
  }

  push(segment: string): Score {
    if (!this.#whole) this.#evidence = { families: new Map(), logit: -Infinity };
    this.#reading.push(segment);
    this.spec.raw?.(segment, (family, score) => this.#note(family, score));
    const { families, logit } = this.#evidence;
    return this.spec.score({ families, logit: Math.max(logit, this.#logit()) }, this.context);
  }

  #word({ hash, sum, features }: WordFacts, classes: Classes): void {
    const { model } = this.spec.vocabulary;
    if (model === undefined) return;
    const { weights, mask } = model;
    const pair = pairFeature(this.#before, hash);
    this.#sum += sum + weights[pair & mask]!;
    this.#features += features + 1;
    if (this.#before2 !== 0) {
      this.#sum += weights[tripleFeature(this.#before2, pair) & mask]!;
      this.#features++;
    }
    this.#before2 = this.#before;
    this.#before = hash;
    const known = this.spec.vocabulary.classes;
    if (known === undefined) return;
    if (classes.length > 0) this.#classes(classes, known);
    else if (++this.#unclassed > CLASS_GAP) this.#classesBefore = NO_CLASSES;
  }

  #classes(classes: Classes, { single, pairs, size }: ClassWeights): void {
    const before = this.#classesBefore;
    let sum = 0;
    for (let i = 0; i < classes.length; i++) {
      const number = classes[i]!;
      sum += single[number]!;
      for (let j = 0; j < before.length; j++) sum += PAIR_COUNT * pairs[before[j]! * size + number]!;
    }
    this.#sum += sum;
    this.#features += classes.length * (1 + PAIR_COUNT * before.length);
    this.#classesBefore = classes;
    this.#unclassed = 0;
  }

  #phrase(rule: PhraseRule): void {
    this.#note(rule.family, rule.score);
    const { model } = this.spec.vocabulary;
    if (model === undefined) return;
    this.#sum += PHRASE_COUNT * model.weights[phraseFeature(rule) & model.mask]!;
    this.#features += PHRASE_COUNT;
  }

  #note(family: string, score: number): void {
    const { families } = this.#evidence;
    if (score > (families.get(family) ?? 0)) families.set(family, score);
  }

  #endUnit(): void {
    if (this.#features === 0) return;
    this.#evidence.logit = Math.max(this.#evidence.logit, this.#logit());
    this.#back.push({ sum: this.#sum, features: this.#features });
    if (this.#back.length > this.#maxBack) this.#back.shift();
    this.#sum = 0;
    this.#features = 0;
  }

  /**
   * Highest logit of the windows that end here: this unit alone, or with units before it where it adds to them. Where it merely dilutes
   * them, they have been counted at their own end, and what follows an insult is no insult.
   */
  #logit(): number {
    const { model } = this.spec.vocabulary;
    if (model === undefined || this.#features === 0) return -Infinity;
    const sum = this.#sum, features = this.#features;
    let best = model.logit(sum, features);
    if (sum <= 0) return best;
    let sumBefore = 0, featuresBefore = 0;
    for (let i = this.#back.length - 1; i >= 0; i--) {
      sumBefore += this.#back[i]!.sum;
      featuresBefore += this.#back[i]!.features;
      const logit = model.logit(sum + sumBefore, features + featuresBefore);
      if (logit > model.logit(sumBefore, featuresBefore)) best = Math.max(best, logit);
    }
    return best;
  }
}
