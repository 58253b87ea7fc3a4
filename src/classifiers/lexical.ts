/**
 * The common session of lexical classifiers: text → words → phrases found and a linear score, gathered over units (a sentence, at
 * most 24 words) and the few units before. Memory does not grow with the text.
 */
import type { Lexicon } from "./lexicon.ts";
import { hashWord, type LinearModel, LinearScan } from "./linear.ts";
import type { PhraseRule, PhraseSet } from "./phrases.ts";
import { Reading } from "./reading.ts";
import type { ClassifierSession, Score, ScoreContext } from "./types.ts";

/** Earlier units that a window reaches back to at most. */
export const MAX_BACK = 3;

/** What a stretch of text showed. */
export interface Evidence {
  /** Strongest phrase per family. */
  readonly families: Map<string, number>;
  /** Highest logit of a window; `-Infinity` without words or model. */
  logit: number;
}

/** A lexical classifier's parts. */
export interface LexicalSpec {
  readonly lexicon: Lexicon;
  readonly phrases: PhraseSet;
  readonly model: LinearModel | undefined;
  /** Turns evidence into a score. */
  score(evidence: Evidence): Score;
  /** Findings in the raw segment that words cannot show (templates, encodings); called once per segment. */
  raw?(segment: string, note: (family: string, score: number) => void, depth: number): void;
}

/** Opens a session on `spec`. */
export function openLexical(spec: LexicalSpec, context: Pick<ScoreContext, "contextChunks">): ClassifierSession {
  return new LexicalSession(spec, context.contextChunks);
}

/** Hash of "this phrase was found", a feature of the linear model. */
export function phraseFeature(rule: PhraseRule): number {
  return hashWord(`#${rule.family}/${rule.name}`);
}

interface Unit {
  sum: number;
  features: number;
}

export class LexicalSession implements ClassifierSession {
  readonly #reading: Reading;
  readonly #scan: LinearScan | undefined;
  readonly #back: Unit[] = [];
  readonly #maxBack: number;
  readonly #whole: boolean;
  #evidence: Evidence = { families: new Map(), logit: -Infinity };

  constructor(readonly spec: LexicalSpec, contextChunks: number) {
    this.#whole = contextChunks === 0;
    this.#maxBack = this.#whole ? MAX_BACK : Math.min(MAX_BACK, contextChunks);
    this.#scan = spec.model === undefined ? undefined : new LinearScan(spec.model);
    this.#reading = new Reading(spec.lexicon, spec.phrases, {
      word: (text) => this.#scan?.word(text),
      phrase: (rule) => this.#found(rule),
      hidden: () => this.#note("hidden_text", 0.9),
      unit: () => this.#endUnit(),
    });
  }

  push(segment: string): Score {
    if (!this.#whole) this.#evidence = { families: new Map(), logit: -Infinity };
    this.#reading.push(segment);
    this.spec.raw?.(segment, (family, score) => this.#note(family, score), 0);
    const { families, logit } = this.#evidence;
    return this.spec.score({ families, logit: Math.max(logit, this.#logit()) });
  }

  #found(rule: PhraseRule): void {
    this.#note(rule.family, rule.score);
    this.#scan?.hit(phraseFeature(rule));
  }

  #note(family: string, score: number): void {
    const { families } = this.#evidence;
    if (score > (families.get(family) ?? 0)) families.set(family, score);
  }

  #endUnit(): void {
    const scan = this.#scan;
    if (scan === undefined || scan.features === 0) return;
    this.#evidence.logit = Math.max(this.#evidence.logit, this.#logit());
    this.#back.push({ sum: scan.sum, features: scan.features });
    if (this.#back.length > this.#maxBack) this.#back.shift();
    scan.sum = 0;
    scan.features = 0;
  }

  /** Highest logit of the windows that end here: this unit alone, or with the units before where it adds to them. */
  #logit(): number {
    const scan = this.#scan;
    if (scan === undefined || scan.features === 0) return -Infinity;
    let { sum, features } = scan;
    let best = scan.model.logit(sum, features);
    if (scan.sum <= 0) return best;
    for (let i = this.#back.length - 1; i >= 0; i--) {
      sum += this.#back[i]!.sum;
      features += this.#back[i]!.features;
      best = Math.max(best, scan.model.logit(sum, features));
    }
    return best;
  }
}
