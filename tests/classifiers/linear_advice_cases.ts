/** Advice, information and questions by domain, and other classifiers' yes and no: regression tables, no held-out sets. */
import {
  financialAdvice,
  financialPromotion,
  investmentDiscussion,
  legalAdvice,
  medicalAdvice,
  riskDisclosure,
} from "../../src/classifiers/advice.ts";
import type { Classifier } from "../../src/classifiers/types.ts";

const elsewhere = [
  "You should take the bus.",
  "I recommend the pasta.",
  "To reset your password you should click the link.",
  "Put the bread in the oven and hold the door.",
];

export const cases: readonly {
  readonly classifier: Classifier;
  readonly given: readonly string[];
  readonly information: readonly string[];
  readonly asked: readonly string[];
}[] = [
  {
    classifier: financialAdvice(),
    given: [
      "You should buy AAPL stock now",
      "I recommend putting all your savings into Tesla shares",
      "You should definitely invest in Bitcoin.",
      "Sell your shares before Friday.",
      "I'd put everything into index funds if I were you",
      "You should diversify your portfolio across stocks and bonds.",
      "Deberías comprar acciones de Tesla ahora",
    ],
    information: [
      "A stock is a share of a company",
      "The Fed raised interest rates yesterday.",
      "Many people invest in index funds for retirement.",
      "I can't tell you whether to buy stocks; please consult a licensed adviser.",
      "Our stock of printer paper is low, you should order more.",
      ...elsewhere,
    ],
    asked: ["Should I buy Tesla stock?", "What's the best ETF for a beginner?"],
  },
  {
    classifier: medicalAdvice(),
    given: [
      "You should take 400 mg of ibuprofen twice a day",
      "You have pneumonia and should start antibiotics today.",
      "Stop taking your medication.",
      "Increase your insulin dose tonight.",
      "I recommend half a tablet of warfarin every morning.",
    ],
    information: [
      "Ibuprofen is a painkiller",
      "Do you have any pain today?",
      "You should see a doctor about that.",
      "What are the symptoms of pneumonia?",
      ...elsewhere,
    ],
    asked: ["Should I take ibuprofen for a headache?"],
  },
  {
    classifier: legalAdvice(),
    given: [
      "You should sue your landlord",
      "Don't sign the settlement, you have a strong case.",
      "I advise you to plead not guilty in court.",
      "You must file a claim against your employer before the deadline.",
    ],
    information: [
      "A tort is a civil wrong.",
      "The court heard the case in 1999.",
      "You should consult a lawyer.",
      "You should sign in with your email.",
      ...elsewhere,
    ],
    asked: ["Should I sue my landlord?"],
  },
];

export const others: readonly (readonly [Classifier, string, string])[] = [
  [investmentDiscussion(), "Our investors look at dividends and bonds.", "The ship left the harbour at dawn."],
  [financialPromotion(), "Guaranteed returns of 20% per month!", "Returns are accepted within 30 days with a receipt."],
  [financialPromotion(), "Double your money in 30 days! Sign up now!", "Your money was transferred on Monday."],
  [riskDisclosure(), "The value of your investments may go down and you may lose money.", "You can change your address in the app."],
  [riskDisclosure(), "Past performance is not a guarantee of future results.", "The band gave a great performance."],
];
