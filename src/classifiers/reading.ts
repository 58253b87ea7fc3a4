/**
 * Text → words, phrases and units, shared by scoring and training so that both see the same. A unit is a sentence, at most 24 words.
 */
import { type Classes, isCjk, type Lexicon } from "./lexicon.ts";
import { PhraseMatcher, type PhraseRule, type PhraseSet } from "./phrases.ts";
import { Tokenizer } from "./tokens.ts";

/** Words after which a unit ends even without a sentence end. */
const UNIT_WORDS = 24;

/** Receives what a text holds, in order. */
export interface ReadingSink {
  /** A folded word. */
  word(text: string): void;
  /** A phrase ended with the latest word. */
  phrase(rule: PhraseRule): void;
  /** A word was spelled in invisible characters. */
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

  constructor(readonly lexicon: Lexicon, phrases: PhraseSet, readonly sink: ReadingSink) {
    this.#matcher = new PhraseMatcher(phrases, (rule) => sink.phrase(rule));
    this.#tokenizer = new Tokenizer({
      word: (text, hidden) => this.#word(text, hidden),
      letters: (joined) => this.#letters(joined),
      pause: () => this.#pause(),
    });
  }

  push(text: string): void {
    this.#tokenizer.push(text);
  }

  #word(word: string, hidden: boolean): void {
    if (hidden) this.sink.hidden();
    let classes: Classes;
    if (isCjk(word.charCodeAt(0))) {
      this.#tail = (this.#tail + word).slice(-this.lexicon.maxCjk);
      classes = this.lexicon.classesOfTail(this.#tail);
    } else {
      this.#tail = "";
      classes = this.lexicon.classes(word);
    }
    this.sink.word(word);
    this.#matcher.word(classes);
    if (++this.#words >= UNIT_WORDS) this.#endUnit();
  }

  #letters(joined: string): void {
    const words = this.lexicon.split(joined);
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
