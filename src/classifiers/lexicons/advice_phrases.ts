/** Phrases of advice given, of promotion and of risk warnings. */
import { phrases, type PhraseSet } from "../phrases.ts";
import { adviceLexicon } from "./advice.ts";

/** Recommendation frames for an action with an object; `asking` and `disclaimer` count against. */
function advice(act: string, object: string, more = ""): PhraseSet {
  return phrases(
    adviceLexicon,
    `
    advice 0.92 6: you modal ${act} ${object} !cannot|whether
    advice 0.9 5: youmodal ${act} ${object}
    advice 0.9 5: youmodal ${object} ${act}
    advice 0.92 5: irecommend ${act} ${object} !cannot
    advice 0.87 4: irecommend ${object} !cannot
    advice 0.92 6: if you ${act} ${object}
    advice 0.88 6: i would ${act} ${object} !cannot|ask
    advice 0.88 5: iwould ${act} ${object} !cannot
    advice 0.88 6: ^${act} ${object} !cannot|ask|what
    advice 0.86 6: ${act} ${object} time !cannot|ask|what
    advice 0.6 4: modal ${act} ${object} !cannot|ask
    advice 0.86 5: ${act} you|money ${object} !cannot|ask|what
    asking 0.5 5: ask i ${act} ${object}
    asking 0.5 3: what best ${object}
    asking 0.5 3: whether ${act} ${object}
    disclaimer 0.5 4: cannot irecommend|tell
    disclaimer 0.5 4: negate disclaim irecommend|disclaim
    disclaimer 0.5 4: consult disclaim
    ${more}
    `,
  );
}

export const financialPhrases = advice(
  "buy",
  "instrument",
  `
  advice 0.92 6: you modal place in instrument !cannot|whether
  advice 0.92 6: irecommend place in instrument !cannot
  advice 0.88 7: ^place in instrument !cannot
  advice 0.86 5: place you|money in instrument !cannot|ask
  advice 0.9 3: you modal out instrument !cannot
  advice 0.86 2: go with instrument !cannot|ask
  advice 0.86 8: you instrument right !cannot|ask|what
  asking 0.5 6: ask i place instrument
  asking 0.5 6: whether place instrument
  `,
);
export const medicalPhrases = advice(
  "take",
  "treatment",
  `
  advice 0.85 4: take treatment dose !ask|cannot
  advice 0.8 4: you have condition !ask|if
  advice 0.7 3: prescribe you
  advice 0.85 3: you can take treatment !ask|cannot
  advice 0.85 3: you negate need doctor
  `,
);
export const legalPhrases = advice("lawact", "legal", "advice 0.8 3: you case|entitled lawact|legal");
export const promotionPhrases = phrases(
  adviceLexicon,
  `
  promotion 0.9 3: guarantee returns !negate
  promotion 0.85 3: grow you returns|money !negate
  promotion 0.85 4: urge now invest|opportunity
  promotion 0.85 4: invest urge now
  promotion 0.8 4: urge opportunity invest|returns
  promotion 0.85 5: urge invest opportunity
  promotion 0.8 4: invest opportunity urge|now
  promotion 0.6 2: high returns
  promotion 0.85 3: negate risk returns|profit
  `,
);
export const riskPhrases = phrases(
  adviceLexicon,
  `
  risk 0.9 6: risk|invest|money|capital lossverb risk|money|invest|capital|value
  risk 0.9 5: performance negate|lossverb lossverb|performance|returns
  risk 0.9 3: capital risk
  risk 0.85 6: invest|instrument high risk
  risk 0.87 5: invest|value lossverb lossverb
  risk 0.85 3: you lose money|capital|all
  risk 0.7 5: value down|lossverb
  `,
);
export const investmentPhrases = phrases(
  adviceLexicon,
  `
  topic 0.55 0: invest
  topic 0.55 0: instrument
  topic 0.9 10: invest invest|instrument
  topic 0.9 10: instrument invest
  topic 0.8 6: buy instrument
  `,
);
