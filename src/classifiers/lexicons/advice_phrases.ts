/** Phrases of advice given, of promotion and of risk warnings. */
import type { Classes } from "../lexicon.ts";
import { PhraseSet } from "../phrases.ts";
import { adviceLexicon as lexicon } from "./advice.ts";

const c = (...names: Parameters<typeof lexicon.classesNamed>) => lexicon.classesNamed(...names);
const negate = c("negate");

/** Recommendation frames for an action with an object. */
function advice(family: string, act: Classes, object: Classes, score: number) {
  return [
    { family, name: "you should act", score, slots: [c("you"), c("modal"), act, object], gap: 6 },
    { family, name: "recommend act", score, slots: [c("irecommend"), act, object], gap: 5 },
    { family, name: "recommend object", score: score - 0.1, slots: [c("irecommend"), object], gap: 4 },
    { family, name: "if i were you", score, slots: [c("if"), c("you"), act, object], gap: 6 },
    { family, name: "act object now", score: score - 0.1, slots: [act, object, c("time")], gap: 6 },
    { family, name: "modal act object", score: score - 0.25, slots: [c("modal"), act, object], gap: 4 },
    { family, name: "act your object", score: score - 0.1, slots: [act, c("you", "money"), object], gap: 5 },
  ];
}

export const financialPhrases = new PhraseSet(advice("advice", c("buy"), c("instrument"), 0.92), lexicon.size);
export const medicalPhrases = new PhraseSet([
  ...advice("advice", c("take"), c("treatment"), 0.92),
  { family: "advice", name: "take dose", score: 0.85, slots: [c("take"), c("treatment"), c("dose")], gap: 4 },
], lexicon.size);
export const legalPhrases = new PhraseSet(advice("advice", c("lawact"), c("legal"), 0.9), lexicon.size);
export const promotionPhrases = new PhraseSet([
  { family: "promotion", name: "guaranteed returns", score: 0.9, slots: [c("guarantee"), c("returns")], gap: 3, unless: negate },
  {
    family: "promotion",
    name: "double your money",
    score: 0.85,
    slots: [c("guarantee"), c("you"), c("returns", "money")],
    gap: 2,
    unless: negate,
  },
], lexicon.size);
export const riskPhrases = new PhraseSet([
  { family: "risk", name: "lose", score: 0.9, slots: [c("risk", "invest", "money"), c("lossverb"), c("risk", "money", "invest")], gap: 6 },
  { family: "risk", name: "past performance", score: 0.9, slots: [c("risk"), c("risk"), c("negate"), c("lossverb")], gap: 4 },
], lexicon.size);
export const investmentPhrases = new PhraseSet([
  { family: "topic", name: "invest", score: 0.55, slots: [c("invest")] },
  { family: "topic", name: "invest twice", score: 0.85, slots: [c("invest"), c("invest")], gap: 10 },
], lexicon.size);
