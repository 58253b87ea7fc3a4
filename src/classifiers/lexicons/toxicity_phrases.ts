/** Offensive phrases by label. Scores say how often the phrase is meant to offend. */
import { phrases } from "../phrases.ts";
import { toxicityLexicon } from "./toxicity.ts";

export const toxicityPhrases = phrases(
  toxicityLexicon,
  `
  insult 0.93 3: you are insult !negate|said
  insult 0.7 0: you insult !negate|said
  insult 0.7 1: insult insult !negate|said
  insult 0.9 1: profanity insult|profanity
  insult 0.35 0: insult
  insult 0.9 3: you profanity !said
  insult 0.85 1: go off you|them
  insult 0.6 4: go back country
  insult 0.85 1: rot hell !negate|i
  # No evidence by themselves: the model learns what negation and quotation change.
  negated 0 2: negate insult
  reported 0 4: said insult
  reported 0 1: i insult
  profanity 0.6 0: profanity
  identity_hate 0.9 0: slur
  identity_hate 0.4 0: reclaimed
  identity_hate 0.4 0: homonym
  identity_hate 0.85 2: you|are|insult homonym !negate|said|i
  identity_hate 0.85 2: you|are|insult|profanity reclaimed|slur !negate|said|i
  identity_hate 0.85 1: ihate group !negate
  identity_hate 0.85 2: group are hate|insult|profanity !negate
  identity_hate 0.92 2: kill|die group !negate
  identity_hate 0.93 2: group will kill|die
  threat 0.93 4: will kill you|them !negate
  threat 0.85 2: you will die|kill !negate
  threat 0.9 2: i|will knock you face !negate|said
  self_harm 0.92 0: kill|cut self !negate
  self_harm 0.9 0: selfharm
  self_harm 0.65 3: i want die|kill|end
  self_harm 0.65 2: end|kill my|i life|self
  violence 0.5 1: kill them !negate
  sexual 0.45 0: sexual
  sexual 0.85 3: sexual sexual|profanity
  `,
);
