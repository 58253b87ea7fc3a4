/** The classifiers that ship in the program: one line each. */
import { z } from "zod";
import { financialAdvice, financialPromotion, investmentDiscussion, legalAdvice, medicalAdvice, riskDisclosure } from "./advice.ts";
import { piiDetector, secretsDetector } from "./entities/detector.ts";
import { encodedText } from "./encoded_text.ts";
import { code, topic, topicOptions } from "./evidence.ts";
import { gibberish } from "./gibberish.ts";
import { promptInjection } from "./injection.ts";
import { jsonSchema, jsonSchemaOptions } from "./json_schema.ts";
import { language, languageOptions } from "./language.ts";
import { systemPromptLeak } from "./prompt_leak.ts";
import type { ClassifierDeps } from "./registry.ts";
import { sentiment } from "./sentiment.ts";
import { hateSpeech, profanity, toxicity } from "./toxicity.ts";
import { urlPolicy, urlPolicyOptions } from "./url_policy.ts";
import type { Classifier } from "./types.ts";

/** Makes one built-in under a name, from the options its definition may carry; throws `z.ZodError` for wrong ones. */
export type BuildClassifier = (name: string, options: unknown, deps: ClassifierDeps) => Classifier;

/** A built-in with options that `schema` describes. */
export function configurable<T>(
  schema: z.ZodType<T>,
  build: (name: string, options: T, deps: ClassifierDeps) => Classifier,
): BuildClassifier {
  return (name, options, deps) => build(name, schema.parse(options), deps);
}

/** A built-in without options. */
function plain(build: (name: string) => Classifier): BuildClassifier {
  return configurable(z.strictObject({}).default({}), (name) => build(name));
}

const entityOptions = z.strictObject({
  entities: z.array(z.string()).min(1).optional(),
  allow_list: z.array(z.string().min(1)).optional(),
  context: z.record(z.string(), z.array(z.string().min(1))).optional(),
});

/** Built-in classifiers by name. They are made when first asked for and shared by all tenants that do not configure them. */
export const BUILTINS: Readonly<Record<string, BuildClassifier>> = {
  pii_detector: configurable(entityOptions, piiDetector),
  secrets: configurable(entityOptions, secretsDetector),
  prompt_injection: plain(promptInjection),
  toxicity: plain(toxicity),
  hate_speech: plain(hateSpeech),
  profanity: plain(profanity),
  sentiment: plain(sentiment),
  financial_advice: plain(financialAdvice),
  medical_advice: plain(medicalAdvice),
  legal_advice: plain(legalAdvice),
  investment_discussion: plain(investmentDiscussion),
  financial_promotion: plain(financialPromotion),
  risk_disclosure: plain(riskDisclosure),
  system_prompt_leak: plain(systemPromptLeak),
  gibberish: plain(gibberish),
  encoded_text: plain(encodedText),
  code: plain(code),
  language: configurable(languageOptions, language),
  topic: configurable(topicOptions, topic),
  url_policy: configurable(urlPolicyOptions, urlPolicy),
  json_schema: configurable(jsonSchemaOptions, jsonSchema),
};
