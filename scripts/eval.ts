/**
 * Measures every classifier on labelled text and writes the tables of docs/classifiers.md between its markers.
 *
 * Usage: `deno task eval [CLASSIFIER…]`; with names, prints only.
 */
import { buildClassifierSet } from "../src/classifiers/registry.ts";
import { entityFigures } from "./eval/entities.ts";
import { byRow, bySource, type Judged } from "./eval/held_out.ts";
import { atThreshold, auroc, averagePrecision } from "./train/metrics.ts";
import { recipes } from "./train/recipes.ts";
import { random, readRows, shuffle } from "./train/rows.ts";

/** Default of `thresholds.safety`. */
const THRESHOLD = 0.85;

const number = (value: number, digits = 3) => Number.isNaN(value) ? "–" : value.toFixed(digits);
const percent = (value: number) => Number.isNaN(value) ? "–" : `${(value * 100).toFixed(1)} %`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function line(name: string, judged: readonly Judged[]): string[] {
  const { precision, recall, f1, falsePositiveRate } = atThreshold(judged, THRESHOLD);
  const positive = judged.filter((row) => row.label === 1).length;
  const both = positive > 0 && positive < judged.length;
  return [
    name,
    String(judged.length),
    String(positive),
    number(auroc(judged)),
    both ? number(averagePrecision(judged)) : "–",
    both ? number(precision) : "–",
    percent(recall),
    both ? number(f1) : "–",
    percent(falsePositiveRate),
  ];
}

const HEAD = ["set", "n", "positive", "AUROC", "avg. precision", "precision", "recall", "F1", "false positives"];

function grouped(judged: readonly Judged[], key: (row: Judged) => string): [string, Judged[]][] {
  const groups = new Map<string, Judged[]>();
  for (const row of judged) {
    const group = groups.get(key(row));
    if (group === undefined) groups.set(key(row), [row]);
    else group.push(row);
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b));
}

/** Microseconds per 1,000 characters of ordinary prose, best of five rounds. */
async function speed(name: string): Promise<number> {
  const classifier = buildClassifierSet({}).get(name);
  if (classifier === undefined) throw new ReferenceError(`Cannot measure "${name}": no such classifier`);
  const texts = shuffle((await readRows("injection")).filter((row) => row.label === 0 && row.text.length > 200), random(2)).slice(0, 1500);
  const chars = texts.reduce((sum, row) => sum + row.text.length, 0);
  let best = Infinity;
  for (let round = 0; round < 5; round++) {
    const started = performance.now();
    for (const { text } of texts) {
      classifier.open({ tenant: "eval", phase: "ingress", contextChunks: 3 }, new AbortController().signal).push(text);
    }
    best = Math.min(best, (performance.now() - started) * 1e6 / chars);
  }
  return best;
}

const SPEEDS = [
  "prompt_injection",
  "toxicity",
  "hate_speech",
  "profanity",
  "sentiment",
  "financial_advice",
  "medical_advice",
  "legal_advice",
  "pii_detector",
];

async function report(names: readonly string[]): Promise<string> {
  const parts: string[] = [];
  for (const recipe of recipes) {
    if (names.length > 0 && !names.includes(recipe.name)) continue;
    const rows = await recipe.rows();
    const held = bySource(recipe, rows), mixed = byRow(recipe, rows);
    const languages = new Set(mixed.map((row) => row.lang)).size > 1 ? grouped(mixed, (row) => row.lang) : [];
    parts.push(
      `### ${recipe.name}\n\nEach row judged by a model that saw nothing of its source:\n`,
      table(HEAD, [
        line("**all held-out sources**", held),
        ...grouped(held, (row) => row.source).map(([name, group]) => line(name, group)),
      ]),
      `\nOne row in ten held out at random (training and test share sources, so this flatters):\n`,
      table(HEAD, [line("**all**", mixed), ...languages.map(([lang, group]) => line(`language ${lang}`, group))]),
      "",
    );
  }
  if (names.length === 0 || names.includes("pii_detector")) {
    const figures = await entityFigures();
    parts.push(
      "### pii_detector\n\nGenerated sentences; a finding counts when it overlaps a labelled span of its kind:\n",
      table(
        ["kind", "n", "precision", "recall", "F1"],
        figures.map((f) => [f.kind, String(f.n), number(f.precision), number(f.recall), number(f.f1)]),
      ),
      "",
    );
  }
  const speeds: string[][] = [];
  for (const name of SPEEDS) if (names.length === 0 || names.includes(name)) speeds.push([name, number(await speed(name), 1)]);
  parts.push(
    "### Speed\n\nPrompts, answers and code of 200 characters and more, on one core of the machine that wrote this table:\n",
    table(["classifier", "µs per 1,000 characters"], speeds),
  );
  return parts.join("\n");
}

const text = await report(Deno.args);
console.log(text);
if (Deno.args.length === 0) {
  const page = new URL("../docs/classifiers.md", import.meta.url);
  const before = await Deno.readTextFile(page);
  const [start, end] = ["<!-- eval:start -->", "<!-- eval:end -->"];
  const from = before.indexOf(start), to = before.indexOf(end);
  if (from === -1 || to === -1) throw new SyntaxError(`Cannot write tables: docs/classifiers.md lacks ${start} or ${end}`);
  await Deno.writeTextFile(page, `${before.slice(0, from + start.length)}\n\n${text}\n\n${before.slice(to)}`);
}
