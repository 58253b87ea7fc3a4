/** `type: pattern` and `type: keywords`: a team's own regular expressions and words as classifiers. */
import { z } from "zod";
import { compilePatterns, PatternError, type PatternSpec } from "../matching/mod.ts";
import { entityClassifier } from "./entities/detector.ts";
import type { EntityClassifier, EntityPattern } from "./types.ts";

const score = z.number().gt(0).max(1).default(1);

/** One pattern as written: a text, or with options. */
const patternSchema = z.union([
  z.string().min(1).transform((pattern) => ({ pattern, name: undefined, score: 1, case_insensitive: false, multiline: false })),
  z.strictObject({
    /** The label and entity of its matches. @default the classifier's name */
    name: z.string().min(1).optional(),
    pattern: z.string().min(1),
    score,
    case_insensitive: z.boolean().default(false),
    multiline: z.boolean().default(false),
  }),
], { error: "expected a pattern or {name, pattern, score, case_insensitive, multiline}" });

export const patternOptions = z.strictObject({ patterns: z.array(patternSchema).min(1) });

/**
 * A classifier whose score is that of the best pattern found.
 * @throws z.ZodError at `patterns.N.pattern` when a pattern has no linear-time form.
 */
export function patternClassifier(name: string, options: z.infer<typeof patternOptions>): EntityClassifier {
  const entities = options.patterns.map(({ name: label = name, pattern, score, case_insensitive, multiline }, i): EntityPattern => {
    const spec: PatternSpec = {
      source: pattern,
      caseInsensitive: case_insensitive,
      multiline,
      ...(score < 1 && { check: () => score }),
    };
    try {
      compilePatterns([spec]);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      throw new z.ZodError([{ code: "custom", path: ["patterns", i, "pattern"], input: pattern, message: error.message }]);
    }
    return { entity: label, label, region: "global", score, spec };
  });
  return entityClassifier(name, entities);
}

export const keywordOptions = z.strictObject({
  /** Words or phrases; or lists of them by label. */
  keywords: z.union([z.array(z.string().trim().min(1)).min(1), z.record(z.string(), z.array(z.string().trim().min(1)).min(1))]),
  case_insensitive: z.boolean().default(true),
  /** `false` finds them inside of words, too. */
  whole_word: z.boolean().default(true),
  score,
});

/** A classifier that finds words and phrases; any white space between the words of a phrase. */
export function keywordClassifier(name: string, options: z.infer<typeof keywordOptions>): EntityClassifier {
  const { keywords, case_insensitive, whole_word, score } = options;
  const lists = Array.isArray(keywords) ? { [name]: keywords } : keywords;
  const entities = Object.entries(lists).flatMap(([label, words]) =>
    words.map((word): EntityPattern => {
      const phrase = word.split(/\s+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(String.raw`\s{1,8}`);
      const spec: PatternSpec = {
        source: phrase,
        caseInsensitive: case_insensitive,
        wholeWord: whole_word,
        ...(score < 1 && { check: () => score }),
      };
      return { entity: label, label, region: "global", score, spec };
    })
  );
  return entityClassifier(name, entities);
}
