/** Words of praise and blame: en, with common ones in es, fr, de, it, pt. */
import { Lexicon } from "../lexicon.ts";
import { phrases } from "../phrases.ts";

export const sentimentLexicon = new Lexicon({
  good:
    `good nice great excellent amazing awesome wonderful fantastic perfect brilliant lovely beautiful superb outstanding delightful happy glad pleased satisfied
    love loved loves enjoy enjoyed like liked recommend impressed helpful friendly fast easy reliable best better fun thanks thank thankful grateful appreciate appreciated
    delicious comfortable charming elegant favorite favourite incredible pleasant smooth win won success successful bueno buena excelente genial maravilloso feliz gracias encanta
    bon bonne excellent magnifique parfait merci heureux adore gut toll super wunderbar danke ausgezeichnet freundlich schon buono ottimo grazie felice bellissimo bom boa otimo obrigado obrigada`,
  bad:
    `bad terrible awful horrible poor worst worse disappointing disappointed disappointment hate hated hates dislike annoying annoyed angry furious upset sad unhappy
    useless broken slow rude unacceptable ridiculous disgusting waste wasted fail failed fails failure problem problems wrong boring dull frustrating frustrated pathetic mess
    buggy unreliable expensive overpriced dirty cold painful lousy mediocre nightmare scam regret worthless refund complaint never-again ugly unfair
    malo mala terrible horrible pesimo triste enfadado odio mauvais mauvaise nul horrible triste deteste decu schlecht schrecklich furchtbar enttauscht traurig hasse
    brutto pessimo terribile triste delusione ruim pessimo horrivel triste odeio`,
  very: `very really so extremely absolutely totally incredibly utterly completely truly highly muy tres sehr molto muito`,
  negate: `not no never isn't wasn't don't doesn't didn't won't can't cannot hardly neither without n't nicht no pas non nao kein keine`,
});

export const sentimentPhrases = phrases(
  sentimentLexicon,
  `
  positive 0.65 0: good !negate
  positive 0.85 1: very good !negate
  positive 0.85 6: good good !negate
  positive 0.6 1: negate bad
  negative 0.7 0: bad !negate
  negative 0.9 1: very bad !negate
  negative 0.9 6: bad bad !negate
  negative 0.75 2: negate good
  `,
);
