/**
 * Text → words, phrases and units, shared by scoring and training so that both see the same. A unit is a sentence, at most 24 words.
 */
import { type Classes, isCjk } from "./lexicon.ts";
import { collapseRuns } from "./normalize.ts";
import { PhraseMatcher, type PhraseRule, type PhraseSet } from "./phrases.ts";
import { Tokenizer } from "./tokens.ts";
import type { Vocabulary, WordFacts } from "./vocabulary.ts";

/** Words after which a unit ends even without a sentence end. */
const UNIT_WORDS = 24;

/** Receives what a text holds, in order. */
export interface ReadingSink {
  /** A folded word, and its classes (in CJK text those of the words that end with it). */
  word(facts: WordFacts, classes: Classes): void;
  /** A phrase ended with the latest word. */
  phrase(rule: PhraseRule): void;
  /** Words were spelled in invisible characters. */
  hidden(): void;
  /** The unit under way is complete. */
  unit(): void;
}

/** Reads one text. Memory does not grow with it. */
export class Reading {
  readonly #tokenizer: Tokenizer;
  readonly #matcher: PhraseMatcher;
  #words = 0;
  #tail = "";
  /** Letters of the invisible words just read. */
  #hidden = 0;

  constructor(readonly vocabulary: Vocabulary, phrases: PhraseSet, readonly sink: ReadingSink) {
    this.#matcher = new PhraseMatcher(phrases, (rule) => sink.phrase(rule));
    this.#tokenizer = new Tokenizer({
      plain: (codes, length, hash) => this.#plain(vocabulary.lookPlain(codes, length, hash)),
      word: (text, hidden) => this.#word(text, hidden),
      letters: (joined) => this.#letters(joined),
      pause: () => this.#pause(),
    });
  }

  push(text: string): void {
    this.#tokenizer.push(text);
  }

  #plain(facts: WordFacts): void {
    this.#hidden = 0;
    this.#tail = "";
    this.#take(facts, facts.classes);
  }

  #word(word: string, hidden: boolean): void {
    // A flag's region (`gbeng`) is spelled in tag characters too: one short word is no message.
    this.#hidden = hidden ? this.#hidden + word.length : 0;
    if (this.#hidden > 6) this.sink.hidden();
    const facts = this.vocabulary.look(word);
    let classes: Classes = facts.classes;
    if (isCjk(word.charCodeAt(0))) {
      const { lexicon } = this.vocabulary;
      this.#tail = (this.#tail + word).slice(-lexicon.maxCjk);
      classes = lexicon.classesOfTail(this.#tail);
    } else this.#tail = "";
    this.#take(facts, classes);
  }

  #take(facts: WordFacts, classes: Classes): void {
    this.sink.word(facts, classes);
    this.#matcher.word(classes);
    if (++this.#words >= UNIT_WORDS) this.#endUnit();
  }

  #letters(apart: string): void {
    const joined = collapseRuns(apart, 1);
    const words = this.vocabulary.lexicon.split(joined);
    for (const word of words.length > 0 ? words : [joined.replaceAll(" ", "")]) this.#word(word, false);
  }

  #pause(): void {
    this.#tail = "";
    this.#matcher.pause();
    if (this.#words > 0) this.#endUnit();
  }

  #endUnit(): void {
    this.#words = 0;
    this.sink.unit();
  }
}
