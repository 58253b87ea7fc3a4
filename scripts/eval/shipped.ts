/** Scores rows with the classifiers as shipped. */
import { cases, others } from "../../tests/classifiers/linear_advice_cases.ts";
import { attacks, lookAlikes } from "../../tests/classifiers/linear_injection_cases.ts";
import { blunt, friendly, offensive } from "../../tests/classifiers/linear_toxicity_cases.ts";
import { buildClassifierSet } from "../../src/classifiers/registry.ts";
import type { Scored } from "../train/metrics.ts";
import { random, type Row, shuffle } from "../train/rows.ts";
import { abuse, attacks as freshAttacks, benignPrompts, comments } from "./fresh.ts";
import { unseenAbuse, unseenComments } from "./unseen_comments.ts";
import { unseenAttacks, unseenBenign } from "./unseen_prompts.ts";

const shipped = buildClassifierSet({});

/** A labelled text. */
type Labelled = Pick<Row, "text" | "label">;

/** Scores of whole texts, cut at 6,000 characters. Throws `ReferenceError` for a name that no built-in classifier has. */
export async function judge(name: string, rows: readonly Labelled[]): Promise<Scored[]> {
  const classifier = shipped.get(name);
  if (classifier === undefined) throw new ReferenceError(`Cannot measure "${name}": no such classifier`);
  const judged: Scored[] = [];
  for (const { text, label } of rows) {
    const session = classifier.open({ tenant: "eval", phase: "ingress", contextChunks: 0 }, new AbortController().signal);
    judged.push({ label, score: (await session.push(text.slice(0, 6000))).score });
  }
  return judged;
}

/** Texts timed at once: about a millisecond's work, which other programs on the machine leave alone now and then. */
const SLICE = 30;
const ROUNDS = 20;

/**
 * Microseconds per 1,000 characters, context of three segments. Each slice of `texts` counts with the best of its rounds, so that what else the
 * machine does counts little.
 */
export function speed(name: string, texts: readonly string[]): number {
  const classifier = shipped.get(name);
  if (classifier === undefined) throw new ReferenceError(`Cannot measure "${name}": no such classifier`);
  const chars = texts.reduce((sum, text) => sum + text.length, 0);
  const slices = Array.from({ length: Math.ceil(texts.length / SLICE) }, (_, i) => texts.slice(i * SLICE, (i + 1) * SLICE));
  const best = slices.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round++) {
    slices.forEach((slice, i) => {
      const started = performance.now();
      for (const text of slice) {
        classifier.open({ tenant: "eval", phase: "ingress", contextChunks: 3 }, new AbortController().signal).push(text);
      }
      best[i] = Math.min(best[i]!, performance.now() - started);
    });
  }
  return best.reduce((sum, ms) => sum + ms, 0) * 1e6 / chars;
}

/** Ordinary prose for `speed`: benign prompts, answers and code of 200 characters and more; the repository's own pages when there are none. */
export async function prose(rows: readonly Row[]): Promise<string[]> {
  const long = rows.filter((row) => row.label === 0 && row.text.length > 200).map((row) => row.text);
  if (long.length > 0) return shuffle(long, random(2)).slice(0, 1500);
  const docs = new URL("../../docs/", import.meta.url);
  const texts: string[] = [];
  for await (const { name } of Deno.readDir(docs)) {
    if (name.endsWith(".md")) {
      texts.push(...(await Deno.readTextFile(new URL(name, docs))).split("\n\n").filter((part) => part.length > 200));
    }
  }
  return texts;
}

const labelled = (texts: readonly string[], label: 0 | 1) => texts.map((text) => ({ text, label }));

/** The regression tables of the tests, by classifier. Rules were extended after their failures: no held-out sets. */
export const regressionTables: readonly (readonly [string, readonly Labelled[]])[] = [
  ["prompt_injection", [...labelled(Object.values(attacks).flat(), 1), ...labelled(Object.values(lookAlikes).flat(), 0)]],
  ["toxicity", [...labelled(offensive.map(([text]) => text), 1), ...labelled([...friendly, ...blunt], 0)]],
  ...cases.map(({ classifier, given, information, asked }) =>
    [classifier.name, [...labelled(given, 1), ...labelled([...information, ...asked], 0)]] as const
  ),
  ...["investment_discussion", "financial_promotion", "risk_disclosure"].map((name) =>
    [
      name,
      others.filter(([classifier]) => classifier.name === name).flatMap(([, yes, no]) => [...labelled([yes], 1), ...labelled([no], 0)]),
    ] as const
  ),
];

/** Texts that nothing was trained on, by classifier and set. */
export const freshTables: readonly (readonly [string, string, readonly Labelled[]])[] = [
  ["prompt_injection", "first set", [...labelled(freshAttacks, 1), ...labelled(benignPrompts, 0)]],
  ["prompt_injection", "second set", [...labelled(Object.values(unseenAttacks).flat(), 1), ...labelled(unseenBenign, 0)]],
  ...Object.entries(unseenAttacks).map(([family, texts]) =>
    ["prompt_injection", `second set, ${family}`, [...labelled(texts, 1), ...labelled(unseenBenign, 0)]] as const
  ),
  ["toxicity", "first set", [...labelled(abuse, 1), ...labelled(comments, 0)]],
  ["toxicity", "second set", [...labelled(unseenAbuse, 1), ...labelled(unseenComments, 0)]],
];
