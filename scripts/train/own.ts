/**
 * Trains a model for `type: linear` from labelled text: `deno run -A scripts/train/own.ts examples.tsv model.json`. Each line of the
 * input is `1` or `0`, a tab, and the text. A few thousand lines make a useful model, a few dozen show how it works.
 */
import { Lexicon } from "../../src/classifiers/lexicon.ts";
import { PhraseSet } from "../../src/classifiers/phrases.ts";
import { Vocabulary } from "../../src/classifiers/vocabulary.ts";
import { example, fit, type FitOptions } from "./fit.ts";
import { random, type Row, shuffle } from "./rows.ts";

const OPTIONS: Omit<FitOptions, "version"> = { buckets: 1 << 16, letters: [2, 5], epochs: 8, rate: 0.2, decay: 1e-5, seed: 1 };

const [input, output] = Deno.args;
if (input === undefined || output === undefined) {
  console.error("usage: deno run -A scripts/train/own.ts examples.tsv model.json");
  Deno.exit(2);
}
const rows = (await Deno.readTextFile(input)).split("\n").filter((line) => line.trim() !== "").map((line, i): Row => {
  const match = /^([01])\t(.+)$/.exec(line);
  if (match === null) {
    console.error(`${input}:${i + 1}: expected 1 or 0, a tab, and a text`);
    Deno.exit(2);
  }
  return { text: match[2]!, label: match[1] === "1" ? 1 : 0, source: "own", sub: "", lang: "" };
});
const vocabulary = new Vocabulary(new Lexicon({}), undefined);
const options: FitOptions = { ...OPTIONS, version: new Date().toISOString().slice(0, 10) };
const examples = shuffle(rows, random(options.seed)).map((row) => example(row, 1, vocabulary, new PhraseSet([], 0), options));
await Deno.writeTextFile(output, JSON.stringify(fit(examples, options)) + "\n");
console.log(`${output}: ${rows.length} examples, ${rows.filter(({ label }) => label === 1).length} of them positive`);
