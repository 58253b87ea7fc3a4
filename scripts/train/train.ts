/**
 * Trains every shipped linear model from `../shared/data` and writes `src/classifiers/models/*.ts`. Deterministic.
 *
 * Usage: `deno run -A scripts/train/train.ts [NAME…]`
 */
import type { LinearModelData } from "../../src/classifiers/linear.ts";
import { Vocabulary } from "../../src/classifiers/vocabulary.ts";
import { example, fit } from "./fit.ts";
import { type Recipe, recipes } from "./recipes.ts";
import { random, type Row, shuffle } from "./rows.ts";

/** Fits one recipe on `rows`. */
export function train(recipe: Recipe, unordered: readonly Row[]): LinearModelData {
  const rows = shuffle([...unordered], random(recipe.options.seed));
  const vocabulary = new Vocabulary(recipe.lexicon, undefined);
  return fit(rows.map((row) => example(row, recipe.weight(row), vocabulary, recipe.phrases, recipe.options)), recipe.options);
}

/** The model as a TypeScript module: it travels in a compiled binary and needs no file access. */
export function moduleText(recipe: Recipe, model: LinearModelData): string {
  return `/** Trained by scripts/train/train.ts; do not edit. Model card: docs/model-cards/${recipe.name}.md. */
import type { LinearModelData } from "../linear.ts";

export const ${recipe.constant}: LinearModelData = {
  version: ${JSON.stringify(model.version)},
  buckets: ${model.buckets},
  scale: ${model.scale},
  bias: ${model.bias},
  letters: [${model.letters.join(", ")}],${model.classes === true ? "\n  classes: true," : ""}
  weights: "${model.weights}",
};
`;
}

if (import.meta.main) {
  for (const recipe of recipes) {
    if (Deno.args.length > 0 && !Deno.args.includes(recipe.name)) continue;
    const started = performance.now();
    const model = train(recipe, await recipe.rows());
    await Deno.writeTextFile(new URL(`../../src/classifiers/models/${recipe.name}.ts`, import.meta.url), moduleText(recipe, model));
    console.log(
      `${recipe.name}: ${((performance.now() - started) / 1000).toFixed(1)} s, scale ${model.scale.toFixed(4)}, bias ${
        model.bias.toFixed(2)
      }`,
    );
  }
}
