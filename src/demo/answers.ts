/** What the mock LLM says: things that policies care about when asked, a friendly answer otherwise. Deterministic. */

/** Numbers that are never issued, or reserved for examples; the SSN is the one that checks of digits let pass. */
const PERSONAL = "Here is what I have on file. Name: Ann Example. Her SSN is 123-45-6789 and her card number is 4111 1111 1111 1111. " +
  "You can write to ann.example@example.org or call +1 212-555-0142 on weekdays.";
const INSULT = "Honestly? You are a stupid, worthless idiot and nobody wants to read your messages.";
const INVESTMENT =
  "You should put all of your savings into ACME shares today. I recommend buying the stock now, it is guaranteed to double by summer.";
const MEDICAL =
  "You should stop taking your insulin and take 800 mg of ibuprofen four times a day instead. You have the flu, no need to see a doctor.";
const SENTENCES = [
  "Streaming answers arrive a few characters at a time.",
  "A gateway that looks at them has to decide what may pass before it knows what comes next.",
  "Most text is harmless and should not wait.",
  "Only where something could still become a match does a character have to be held back.",
  "When the next character settles the question, the text moves on.",
];

const TOPICS: readonly (readonly [RegExp, string])[] = [
  [/\b(ssn|social security|personal data|credit card|card number|e-?mail address|phone number|on file)\b/i, PERSONAL],
  [/\b(insult|offend|be rude|swear)\b/i, INSULT],
  [/\b(invest|stocks?|shares|savings|portfolio)\b/i, INVESTMENT],
  [/\b(medicine|medication|insulin|dose|dosage|ibuprofen|symptoms?)\b/i, MEDICAL],
  [/\b(long|essay|story|article)\b/i, Array.from({ length: 12 }, (_, i) => SENTENCES[i % SENTENCES.length]).join(" ")],
];

/** The answer to the last thing a user said. */
export function answerTo(question: string): string {
  const topic = TOPICS.find(([words]) => words.test(question));
  if (topic !== undefined) return topic[1];
  const quoted = question.trim().slice(0, 200);
  return quoted === "" ? "Hello! Ask me anything." : `You said: "${quoted}". That is a good question, and I am glad to help with it.`;
}

/** Cuts a text the way models do: a word with the space before it, long words in two. */
export function tokensOf(text: string): string[] {
  return text.match(/\s*[^\s]{1,7}/g) ?? [];
}
