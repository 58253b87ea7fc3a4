/** `paraphrase_templates.ts` in fourteen other languages: attacks and honest prompts that share their words. Synthetic, and marked so. */
import { type Grammar, sentences } from "./grammar.ts";
import { easternLanguages } from "./paraphrase_eastern.ts";
import { westernLanguages } from "./paraphrase_western.ts";
import { random, type Row } from "./rows.ts";

/** Fillers of one language. */
export interface Language {
  readonly lang: string;
  /** Fillers: OVERRIDE whole clauses that set the orders aside, AIM what is wanted instead, SECRET what must not be told, … */
  readonly words: Grammar;
}

/** Shapes that hold in every language. */
const attackShapes = [
  "{OVERRIDE}{.|!|}",
  "{OVERRIDE}{.|!|,|;} {AIM}{.|!|}",
  "{PLEASE}{OVERRIDE}{.|,} {AIM}{.|}",
  "{QUESTION} {OVERRIDE}{.|!} {QUESTION|AIM}{.|}",
  "{EXTRACT}{.|?|!|}",
  "{PLEASE}{EXTRACT} {MANNER}{.|!|}",
  "{ROLE}{.|!|,} {AIM}{.|!|}",
  "{ROLE}{.|!|}",
  "{DOC} {OVERRIDE}{.|!} {AIM}{.|}",
  "{CRIME} {NOREFUSE}{.|!|}",
];
const benignShapes = [
  "{SKIP}{.|!|}",
  "{PLEASE}{SKIP}{.|,} {TASK}{.|}",
  "{ACTAS}{.|,|!} {TASK}{.|}",
  "{TASK}{.|?|}",
  "{PLEASE}{TASK} {MANNER}{.|}",
  "{QUESTION} {TASK}{.|?|}",
  "{QUESTION}",
  "{DOC} {TASK}{.|}",
];

/** Attacks (label 1) and honest prompts (label 0) in other languages; the same for the same seed. */
export function paraphraseLanguages(seed: number): Row[] {
  const next = random(seed);
  return [...westernLanguages, ...easternLanguages].flatMap(({ lang, words }) => {
    const row = (label: 0 | 1) => (text: string): Row => ({
      text,
      label,
      source: "own paraphrased languages (scripts/train)",
      sub: "",
      lang,
    });
    return [
      ...sentences(attackShapes, words, 340, next).map(row(1)),
      ...sentences(benignShapes, words, 300, next).map(row(0)),
    ];
  });
}
