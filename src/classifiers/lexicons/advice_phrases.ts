/** Phrases of advice given, of promotion and of risk warnings. */
import { phrases, type PhraseSet } from "../phrases.ts";
import { adviceLexicon } from "./advice.ts";

/** Recommendation frames for an action with an object. */
function advice(act: string, object: string, more = ""): PhraseSet {
  return phrases(
    adviceLexicon,
    `
    advice 0.92 6: you modal ${act} ${object}
    advice 0.92 5: irecommend ${act} ${object}
    advice 0.82 4: irecommend ${object}
    advice 0.92 6: if you ${act} ${object}
    advice 0.82 6: ${act} ${object} time
    advice 0.67 4: modal ${act} ${object}
    advice 0.82 5: ${act} you|money ${object}
    ${more}
    `,
  );
}

export const financialPhrases = advice("buy", "instrument");
export const medicalPhrases = advice("take", "treatment", "advice 0.85 4: take treatment dose");
export const legalPhrases = advice("lawact", "legal");
export const promotionPhrases = phrases(
  adviceLexicon,
  `
  promotion 0.9 3: guarantee returns !negate
  promotion 0.85 2: guarantee you returns|money !negate
  `,
);
export const riskPhrases = phrases(
  adviceLexicon,
  `
  risk 0.9 6: risk|invest|money lossverb risk|money|invest
  risk 0.9 4: risk risk negate lossverb
  `,
);
export const investmentPhrases = phrases(
  adviceLexicon,
  `
  topic 0.55 0: invest
  topic 0.85 10: invest invest
  `,
);
