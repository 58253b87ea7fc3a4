import assert from "node:assert/strict";
import { example, fit, type FitOptions } from "../../scripts/train/fit.ts";
import { atThreshold, auroc, averagePrecision } from "../../scripts/train/metrics.ts";
import { Lexicon } from "../../src/classifiers/lexicon.ts";
import { openLexical } from "../../src/classifiers/lexical.ts";
import { LinearModel, sigmoid } from "../../src/classifiers/linear.ts";
import { phrases } from "../../src/classifiers/phrases.ts";
import { Vocabulary } from "../../src/classifiers/vocabulary.ts";

const root = new URL("../../", import.meta.url);

Deno.test("every trained model is under 3 MB, carries its version and has a card with figures", async () => {
  let models = 0;
  for await (const { name } of Deno.readDir(new URL("src/classifiers/models/", root))) {
    models++;
    const text = await Deno.readTextFile(new URL(`src/classifiers/models/${name}`, root));
    assert.ok(text.length < 3_000_000, `${name}: ${text.length} bytes`);
    assert.match(text, /version: "\d{4}-\d{2}-\d{2}[a-z]?"/, name);
    const card = `docs/model-cards/${name.replace(/\.ts$/, ".md")}`;
    assert.ok(text.includes(card), `${name} names ${card}`);
    const page = await Deno.readTextFile(new URL(card, root));
    for (const part of ["Licence", "## Thresholds", "## Data", "## Figures", "| sources held out in turn |", "## Limits"]) {
      assert.ok(page.includes(part), `${card} lacks ${part}`);
    }
  }
  assert.equal(models, 6);
});

Deno.test("LinearModel refuses weights that do not fit its buckets", () => {
  const data = { version: "2026-01-01", buckets: 4, scale: 1, bias: 0, letters: [0, 0] as const, weights: btoa("abc") };
  assert.throws(() => new LinearModel(data), /Cannot load model "2026-01-01": 3 weights for 4 buckets/);
  assert.throws(() => new LinearModel({ ...data, buckets: 3 }), TypeError);
});

const options: FitOptions = { version: "2026-01-01", buckets: 1 << 12, letters: [3, 4], epochs: 6, rate: 0.2, decay: 0, seed: 1 };
const lexicon = new Lexicon({ fruit: "apple pear" });
const none = phrases(lexicon, "fruity 0.1 0: fruit");
const rows = Array.from({ length: 60 }, (_, i) => [
  { text: `the red apple number ${i} is ripe`, label: 1 as const },
  { text: `the grey engine number ${i} is loud`, label: 0 as const },
]).flat();

Deno.test("fit() separates what words separate, the same way every time", () => {
  const learn = () => {
    const vocabulary = new Vocabulary(lexicon, undefined);
    return fit(rows.map((row) => example(row, 1, vocabulary, none, options)), options);
  };
  const model = learn();
  assert.deepEqual(model, learn());
  const spec = {
    vocabulary: new Vocabulary(lexicon, new LinearModel(model)),
    phrases: none,
    score: ({ logit }: { readonly logit: number }) => ({ score: sigmoid(logit) }),
  };
  const score = (text: string) => openLexical(spec, { contextChunks: 0 }).push(text).score;
  assert.ok(score("a ripe apple") > 0.5, String(score("a ripe apple")));
  assert.ok(score("a loud engine") < 0.5, String(score("a loud engine")));
});

Deno.test("a model that weighs classes judges a word it never saw by its kin, in pairs too", () => {
  const lexicon = new Lexicon({ drop: "ignore forget quash", order: "rules orders mandate", thing: "rows columns cells" });
  const examples = ["ignore", "forget"].flatMap((verb) =>
    Array.from({ length: 40 }, (_, i) => [
      { text: `${verb} the ${i % 2 === 0 ? "rules" : "orders"} of day ${i}`, label: 1 as const },
      { text: `${verb} the ${i % 2 === 0 ? "rows" : "columns"} of day ${i}`, label: 0 as const },
    ]).flat()
  );
  const score = (classes: boolean, text: string) => {
    const chosen: FitOptions = { ...options, letters: [0, 0], classes };
    const none = phrases(lexicon, "ordered 0.1 0: order");
    const learned = fit(examples.map((row) => example(row, 1, new Vocabulary(lexicon, undefined), none, chosen)), chosen);
    const spec = {
      vocabulary: new Vocabulary(lexicon, new LinearModel(learned)),
      phrases: phrases(lexicon, "other 0.1 0: thing"),
      score: ({ logit }: { readonly logit: number }) => ({ score: sigmoid(logit) }),
    };
    return openLexical(spec, { contextChunks: 0 }).push(text).score;
  };
  assert.ok(score(true, "quash the mandate") > 0.5, String(score(true, "quash the mandate")));
  assert.ok(score(true, "quash the cells") < 0.5, String(score(true, "quash the cells")));
  const gap = (classes: boolean) => score(classes, "quash the mandate") - score(classes, "quash the cells");
  assert.ok(gap(true) > gap(false) + 0.2, `${gap(true)} with classes, ${gap(false)} without`);
});

Deno.test("metrics give the textbook's values", () => {
  const scored = ([[0.9, 1], [0.8, 0], [0.7, 1], [0.1, 0]] as const).map(([score, label]) => ({ score, label }));
  assert.equal(auroc(scored), 0.75);
  assert.equal(averagePrecision(scored), (1 + 2 / 3) / 2);
  assert.deepEqual(atThreshold(scored, 0.75), { precision: 0.5, recall: 0.5, f1: 0.5, falsePositiveRate: 0.5 });
  assert.equal(auroc([{ score: 0.5, label: 1 }, { score: 0.5, label: 0 }]), 0.5);
  assert.ok(Number.isNaN(auroc([{ score: 1, label: 1 }])));
});
