/**
 * `financial_advice`, `medical_advice`, `legal_advice`: a recommendation given to a person, as against information. Asking for
 * advice scores moderately; a disclaimer or a referral to a professional lowers the score.
 */
import { adviceLexicon } from "./lexicons/advice.ts";
import {
  financialPhrases,
  investmentPhrases,
  legalPhrases,
  medicalPhrases,
  promotionPhrases,
  riskPhrases,
} from "./lexicons/advice_phrases.ts";
import { type Evidence, type LexicalSpec, openLexical } from "./lexical.ts";
import { LinearModel, sigmoid } from "./linear.ts";
import { financialAdviceModel } from "./models/financial_advice.ts";
import { legalAdviceModel } from "./models/legal_advice.ts";
import { medicalAdviceModel } from "./models/medical_advice.ts";
import type { PhraseSet } from "./phrases.ts";
import type { Classifier, Score } from "./types.ts";
import { Vocabulary } from "./vocabulary.ts";

/** Recommendations to buy, sell, hold or move money. Tier A. */
export function financialAdvice(name = "financial_advice"): Classifier {
  return advice(name, financialPhrases, new LinearModel(financialAdviceModel));
}

/** Recommendations to take, change or stop a treatment, and diagnoses given to a person. Tier A. */
export function medicalAdvice(name = "medical_advice"): Classifier {
  return advice(name, medicalPhrases, new LinearModel(medicalAdviceModel));
}

/** Recommendations to take or leave a legal step. Tier A. */
export function legalAdvice(name = "legal_advice"): Classifier {
  return advice(name, legalPhrases, new LinearModel(legalAdviceModel));
}

/** Talk about investing of any kind. Tier A. */
export function investmentDiscussion(name = "investment_discussion"): Classifier {
  return advice(name, investmentPhrases, undefined);
}

/** Invitations to invest: promised returns, urgency. Tier A. */
export function financialPromotion(name = "financial_promotion"): Classifier {
  return advice(name, promotionPhrases, undefined);
}

/** Warnings that an investment may lose money. Tier A. */
export function riskDisclosure(name = "risk_disclosure"): Classifier {
  return advice(name, riskPhrases, undefined);
}

function advice(name: string, phrases: PhraseSet, model: LinearModel | undefined): Classifier {
  const spec = adviceSpec(phrases, model);
  return { name, tier: "A", labels: [], open: (context) => openLexical(spec, context) };
}

/** The parts of an advice classifier around its phrases and model. */
export function adviceSpec(phrases: PhraseSet, model: LinearModel | undefined): LexicalSpec {
  return { vocabulary: new Vocabulary(adviceLexicon, model), phrases, score: combine };
}

/** Stretches the logit so that the default threshold of 0.85 lies where the model alone is a little more than even. */
const SLOPE = 1.28, OFFSET = 1.4;

/** Asking scores in between: a question is no recommendation, but its answer may be. */
const ASKING = 0.5, ASKING_MAX = 0.6;
/** A disclaimer beside a recommendation lowers it, but does not undo it. */
const DISCLAIMED = 0.85;

/** Least share of its strength that a phrase keeps when the model is sure of the contrary ("the patient takes …"). */
const KEPT = 0.65;

function combine({ families, logit }: Evidence): Score {
  let strength = families.get("advice") ?? 0;
  for (const [family, score] of families) if (family !== "asking" && family !== "disclaimer") strength = Math.max(strength, score);
  if (logit > -Infinity) strength *= KEPT + (1 - KEPT) * sigmoid(logit + 5);
  let score = Math.max(strength, sigmoid(SLOPE * logit + OFFSET));
  if (families.has("disclaimer")) score *= DISCLAIMED;
  else if (families.has("asking") && strength < 0.9) score = Math.min(Math.max(score, ASKING), ASKING_MAX);
  return { score };
}
