/** Classifiers that add up patterns: each distinct one found makes the finding likelier. `topic` and `code`. */
import { z } from "zod";
import { compilePatterns, type PatternSet } from "../matching/mod.ts";
import { EntitySession } from "./entities/session.ts";
import { chain } from "./maybe.ts";
import type { Classifier, EntityPattern, Score, ScoreContext } from "./types.ts";

/** A pattern that speaks for a label with a weight in (0, 1]. */
export interface Evidence {
  readonly label: string;
  readonly weight: number;
  /** RE2 syntax. */
  readonly source: string;
  readonly caseInsensitive?: boolean;
}

/** Scores each label 1 − ∏(1 − weight) over its distinct patterns; the score is that of the likeliest label. */
export function evidenceClassifier(name: string, evidence: readonly Evidence[]): Classifier {
  const patterns = evidence.map(({ label, weight, source, caseInsensitive = false }): EntityPattern => ({
    entity: label,
    label,
    region: "global",
    score: weight,
    spec: { source, caseInsensitive },
  }));
  // Spans carry the name they were found under; numbers tell the patterns apart.
  const numbered = patterns.map((pattern, i) => ({ ...pattern, entity: String(i) }));
  let set: PatternSet | undefined;
  const open = (context: ScoreContext) => {
    set ??= compilePatterns(patterns.map(({ spec }) => spec));
    const session = new EntitySession(set, numbered, context);
    return { push: (segment: string) => chain(session.push(segment), (found) => combined(found, evidence)) };
  };
  return { name, tier: "A", labels: [...new Set(evidence.map(({ label }) => label))], open };
}

function combined(found: Score, evidence: readonly Evidence[]): Score {
  const against = new Map<string, number>();
  for (const number of Object.keys(found.labels ?? {})) {
    const { label, weight } = evidence[Number(number)]!;
    against.set(label, (against.get(label) ?? 1) * (1 - weight));
  }
  const labels = Object.fromEntries([...against].map(([label, rest]) => [label, 1 - rest]));
  const best = Object.entries(labels).reduce<[string, number]>((best, entry) => entry[1] > best[1] ? entry : best, ["", 0]);
  const spans = (found.spans ?? []).map((span) => ({ ...span, entity: evidence[Number(span.entity)]!.label }));
  return { score: best[1], ...(best[1] > 0 && { label: best[0] }), labels, spans };
}

export const topicOptions = z.strictObject({
  /** Words and phrases by topic. */
  topics: z.record(z.string(), z.array(z.string().trim().min(1)).min(1)).default({}),
  /** Weight of one word: 0.5 scores 0.5 for one, 0.75 for two, 0.88 for three. */
  weight: z.number().gt(0).max(1).default(0.5),
});

/** `topic`: how much a text is about one of the topics, by the distinct words of theirs that occur. */
export function topic(name: string, { topics, weight }: z.infer<typeof topicOptions>): Classifier {
  const evidence = Object.entries(topics).flatMap(([label, words]) =>
    words.map((word): Evidence => ({ label, weight, source: phrase(word), caseInsensitive: true }))
  );
  return evidenceClassifier(name, evidence);
}

function phrase(word: string): string {
  const source = word.split(/\s+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(String.raw`\s{1,8}`);
  const first = /^\w/.test(word) ? "\\b" : "", last = /\w$/.test(word) ? "\\b" : "";
  return `${first}${source}${last}`;
}

const line = (source: string) => String.raw`(?:^|\n)[ \t]{0,32}` + source;

/** Constructs of the commonest languages. A word alone weighs little: prose has `import`, `return` and `class`, too. */
const CODE: readonly Evidence[] = [
  { label: "python", weight: 0.6, source: line(String.raw`(?:async )?def \w{1,64}\([^)\n]{0,120}\)(?: ?-> ?[^:\n]{1,40})?:`) },
  { label: "python", weight: 0.5, source: line(String.raw`(?:from [\w.]{1,64} )?import [\w., *]{1,80}\n`) },
  { label: "python", weight: 0.4, source: line(String.raw`(?:elif|if|for|while|with|try|except|else)\b[^\n]{0,100}:[ \t]*\n[ \t]+`) },
  { label: "python", weight: 0.4, source: String.raw`\b(?:print|len|range|self\.\w{1,32})\([^)\n]{0,80}\)` },
  { label: "python", weight: 0.5, source: String.raw`if __name__ ==|\blambda \w{1,16}:` },
  { label: "javascript", weight: 0.6, source: String.raw`\b(?:const|let|var) [\w$]{1,64}(?:: ?[\w<>\[\]|]{1,40})? = ` },
  { label: "javascript", weight: 0.6, source: String.raw`\b(?:async )?function ?\*? ?[\w$]{0,64}\([^)\n]{0,120}\) ?\{` },
  { label: "javascript", weight: 0.5, source: String.raw`(?:\)|\b\w{1,32}) => (?:\{|\(|\w)` },
  {
    label: "javascript",
    weight: 0.5,
    source: String.raw`\b(?:console\.(?:log|error|warn)|document\.\w{1,32}|require|addEventListener|JSON\.(?:parse|stringify))\(`,
  },
  {
    label: "javascript",
    weight: 0.5,
    source: line(String.raw`(?:import [^\n]{1,80} from ["']|export (?:default|const|function|class|interface|type) )`),
  },
  { label: "c_family", weight: 0.6, source: line(String.raw`#(?:include ?[<"]|define \w|ifndef \w|pragma \w)`) },
  {
    label: "c_family",
    weight: 0.5,
    source: String
      .raw`\b(?:public|private|protected|static|final) (?:static |final |async )?(?:class|void|int|string|String|bool|boolean|double|Task)\b`,
  },
  {
    label: "c_family",
    weight: 0.5,
    source: String.raw`\b(?:int|void|char|double|float|bool|auto|size_t) \*?\w{1,32}(?: ?=|\[|\([^)\n]{0,80}\) ?\{|;)`,
  },
  { label: "c_family", weight: 0.4, source: String.raw`\b(?:std::\w|System\.out\.|printf\(|using namespace |new \w{1,40}\()` },
  { label: "c_family", weight: 0.3, source: String.raw`;[ \t]*\n[ \t]*\}` },
  { label: "rust", weight: 0.6, source: String.raw`\bfn \w{1,64}(?:<[^>\n]{1,40}>)?\([^)\n]{0,120}\)(?: -> [^{\n]{1,60})? ?\{` },
  {
    label: "rust",
    weight: 0.5,
    source: String.raw`\blet mut \w|\bimpl(?:<\w{1,8}>)? \w{1,64}(?: for \w{1,64})? \{|\b(?:println|vec|panic)!|\buse (?:std|crate)::`,
  },
  { label: "go", weight: 0.6, source: String.raw`\bfunc (?:\(\w{1,16} \*?\w{1,40}\) )?\w{1,64}\([^)\n]{0,120}\)[^{\n]{0,60}\{` },
  { label: "go", weight: 0.5, source: String.raw`\b\w{1,32}(?:, \w{1,32})? := |\bif err != nil\b|(?:^|\n)package \w{1,32}\n` },
  { label: "sql", weight: 0.6, source: String.raw`\bSELECT\b[^;\n]{1,200}\bFROM [\w."\x60]{1,64}` },
  {
    label: "sql",
    weight: 0.6,
    source: String.raw`\b(?:INSERT INTO|UPDATE|DELETE FROM|CREATE TABLE|ALTER TABLE|DROP TABLE) [\w."\x60]{1,64}[ (]`,
  },
  {
    label: "shell",
    weight: 0.5,
    source: line(
      String
        .raw`(?:\$ |#!/|sudo |apt(?:-get)? |pip3? install |npm (?:i|install|run) |git (?:clone|commit|push|checkout) |curl -|chmod \+?\w|export \w{1,32}=)`,
    ),
  },
  { label: "shell", weight: 0.4, source: String.raw`\bfi\n|\bdone\n|\$\{?\w{1,32}\}? \| (?:grep|awk|sed|xargs|sort)\b` },
  {
    label: "html",
    weight: 0.6,
    source: String.raw`<!DOCTYPE html|<(?:html|head|body|div|script|style|span|table|form)(?: [^>\n]{0,120})?>`,
  },
  { label: "html", weight: 0.4, source: String.raw`</(?:div|p|span|script|body|html|table|ul|li|a)>` },
  { label: "css", weight: 0.6, source: String.raw`[.#]?[\w-]{1,40} ?\{[ \t]*\n?[ \t]*[a-z-]{2,30}: ?[^;\n]{1,60};` },
  { label: "json", weight: 0.5, source: String.raw`[{,][ \t]*\n[ \t]{0,32}"[\w -]{1,64}": ?[\["{\d tfn]` },
  { label: "fence", weight: 0.7, source: String.raw`(?:^|\n)[ \t]{0,8}\x60\x60\x60[a-z+#]{0,16}\n` },
];

/** `code`: program text, by language. */
export function code(name: string): Classifier {
  return evidenceClassifier(name, CODE);
}
