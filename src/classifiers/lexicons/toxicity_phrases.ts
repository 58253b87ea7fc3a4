/** Phrases that are offensive whatever surrounds them, by label. */
import { PhraseSet } from "../phrases.ts";
import { toxicityLexicon as lexicon } from "./toxicity.ts";

const c = (...names: Parameters<typeof lexicon.classesNamed>) => lexicon.classesNamed(...names);
const negate = c("negate");

export const toxicityPhrases = new PhraseSet([
  { family: "insult", name: "you are insult", score: 0.93, slots: [c("you"), c("are"), c("insult")], gap: 3, unless: negate },
  { family: "insult", name: "you insult", score: 0.8, slots: [c("you"), c("insult")], gap: 0, unless: negate },
  { family: "insult", name: "insult insult", score: 0.7, slots: [c("insult"), c("insult")], gap: 1, unless: negate },
  { family: "insult", name: "profane insult", score: 0.9, slots: [c("profanity"), c("insult", "profanity")], gap: 1 },
  { family: "insult", name: "insult", score: 0.35, slots: [c("insult")] },
  { family: "insult", name: "you profanity", score: 0.9, slots: [c("you"), c("profanity")], gap: 3 },
  { family: "insult", name: "get lost", score: 0.85, slots: [c("go"), c("off"), c("you", "them")], gap: 1 },
  { family: "profanity", name: "profanity", score: 0.6, slots: [c("profanity")] },
  { family: "identity_hate", name: "slur", score: 0.9, slots: [c("slur")] },
  { family: "identity_hate", name: "hate group", score: 0.85, slots: [c("ihate"), c("group")], gap: 1, unless: negate },
  {
    family: "identity_hate",
    name: "group are hated",
    score: 0.85,
    slots: [c("group"), c("are"), c("hate", "insult", "profanity")],
    gap: 2,
    unless: negate,
  },
  { family: "identity_hate", name: "kill group", score: 0.92, slots: [c("kill", "die"), c("group")], gap: 2, unless: negate },
  { family: "identity_hate", name: "group must die", score: 0.93, slots: [c("group"), c("will"), c("kill", "die")], gap: 2 },
  { family: "threat", name: "will kill you", score: 0.93, slots: [c("will"), c("kill"), c("you")], gap: 2, unless: negate },
  { family: "threat", name: "you will die", score: 0.85, slots: [c("you"), c("will"), c("die", "kill")], gap: 2, unless: negate },
  { family: "self_harm", name: "kill yourself", score: 0.92, slots: [c("kill", "cut"), c("self")], gap: 0, unless: negate },
  { family: "self_harm", name: "kys", score: 0.9, slots: [c("selfharm")] },
  { family: "violence", name: "kill them", score: 0.5, slots: [c("kill"), c("them")], gap: 1, unless: negate },
  { family: "sexual", name: "sexual", score: 0.45, slots: [c("sexual")] },
  { family: "sexual", name: "sexual profanity", score: 0.85, slots: [c("sexual"), c("sexual", "profanity")], gap: 3 },
], lexicon.size);
